use super::bare;
use super::node::Node;
use crate::cluster::Cluster;
use crate::fault::Fault;
use crate::settings::{Address, Settings};
use cache_memoize_core::StoreErrorKind;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;

/// Connections by the runtime that drives them. One of another runtime would stand still whenever that one
/// does, and end with it.
pub(crate) struct Runtimes {
    settings: Arc<Settings>,
    cluster: Option<Arc<Cluster>>,
    known: Arc<Known>,
}

type Known = Mutex<Vec<(Id, Arc<Links>)>>;

impl Runtimes {
    pub(crate) fn new(settings: &Arc<Settings>, cluster: Option<&Arc<Cluster>>) -> Self {
        Self { settings: settings.clone(), cluster: cluster.cloned(), known: Arc::default() }
    }

    /// The connections of the runtime that this is called in.
    pub(super) fn links(&self) -> Result<Arc<Links>, Fault> {
        let runtime = Handle::try_current().map_err(|_| no_runtime())?;
        let id = runtime.id();
        bare::check(id)?;
        if let Some(links) = find(&lock(&self.known), id) {
            return Ok(links);
        }
        let links = Arc::new(Links::new(&self.settings, self.cluster.as_ref()));
        {
            let mut known = lock(&self.known);
            if let Some(links) = find(&known, id) {
                return Ok(links);
            }
            known.push((id, links.clone()));
        }
        // A runtime that is about to end drops the task at once, which then takes the lock.
        let watch = watch_end(&runtime, id, Arc::downgrade(&self.known));
        let _ = links.watch.set(watch);
        Ok(links)
    }
}

fn find(known: &[(Id, Arc<Links>)], id: Id) -> Option<Arc<Links>> {
    known.iter().find(|(known, _)| *known == id).map(|(_, links)| links.clone())
}

/// A task that does nothing, and whose end is that of the runtime: then its connections are forgotten.
fn watch_end(runtime: &Handle, id: Id, known: Weak<Known>) -> AbortHandle {
    let forget = Forget { id, known };
    let watch = runtime.spawn(async move {
        let _forget = forget;
        std::future::pending::<()>().await;
    });
    watch.abort_handle()
}

struct Forget {
    id: Id,
    known: Weak<Known>,
}

impl Drop for Forget {
    fn drop(&mut self) {
        let Some(known) = self.known.upgrade() else { return };
        let forgotten: Vec<(Id, Arc<Links>)> =
            lock(&known).extract_if(.., |(id, _)| *id == self.id).collect();
        drop(forgotten);
    }
}

/// The connections of one runtime.
pub(crate) struct Links {
    settings: Arc<Settings>,
    kind: Kind,
    watch: OnceLock<AbortHandle>,
}

pub(super) enum Kind {
    /// With the one server or master.
    One(Arc<Node>),
    /// With the nodes of a cluster.
    Cluster { cluster: Arc<Cluster>, nodes: Mutex<HashMap<Address, Arc<Node>>> },
}

impl Links {
    fn new(settings: &Arc<Settings>, cluster: Option<&Arc<Cluster>>) -> Self {
        let kind = match (Node::for_place(settings), cluster) {
            (Some(node), _) => Kind::One(Arc::new(node)),
            (None, cluster) => Kind::Cluster {
                cluster: cluster.cloned().unwrap_or_else(|| Arc::new(Cluster::new(Vec::new()))),
                nodes: Mutex::default(),
            },
        };
        Self { settings: settings.clone(), kind, watch: OnceLock::new() }
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The node at this address.
    pub(super) fn node(&self, address: &Address) -> Arc<Node> {
        match &self.kind {
            Kind::One(node) => node.clone(),
            Kind::Cluster { nodes, .. } => {
                let make = || Arc::new(Node::at(&self.settings, address));
                lock(nodes).entry(address.clone()).or_insert_with(make).clone()
            }
        }
    }

    /// A reply of the wrong sort may belong to another question, and so might all that come after it.
    pub(super) fn distrust_after(&self, fault: &Fault) {
        if fault.kind() != StoreErrorKind::Protocol {
            return;
        }
        match &self.kind {
            Kind::One(node) => node.end(),
            Kind::Cluster { nodes, .. } => lock(nodes).values().for_each(|node| node.end()),
        }
    }

    /// Lets go of the nodes that do not belong to the cluster any more.
    pub(super) fn forget_strangers(&self, known: &[Address]) {
        if let Kind::Cluster { nodes, .. } = &self.kind {
            lock(nodes).retain(|address, _| known.contains(address));
        }
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get() {
            watch.abort();
        }
    }
}

/// The call does not take place within a runtime.
fn no_runtime() -> Fault {
    let context = "the async face works within a tokio runtime, and there is none here; call it \
                   inside one";
    Fault::new(StoreErrorKind::Unsupported, context)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use tokio::runtime::{Builder, Runtime};

    fn runtimes() -> Runtimes {
        let address = Address::Tcp { host: "127.0.0.1".to_owned(), port: 1 };
        let settings = Arc::new(Settings::new(crate::settings::Place::One(address)));
        Runtimes::new(&settings, None)
    }

    fn runtime() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).build().unwrap()
    }

    #[test]
    fn a_runtime_is_forgotten_when_it_ends() {
        let runtimes = runtimes();
        let (one, other) = (runtime(), runtime());
        let links = one.block_on(async { runtimes.links() }).unwrap();
        let again = one.block_on(async { runtimes.links() }).unwrap();
        assert!(Arc::ptr_eq(&links, &again));
        let others = other.block_on(async { runtimes.links() }).unwrap();
        assert!(!Arc::ptr_eq(&links, &others));
        assert_eq!(lock(&runtimes.known).len(), 2);
        drop(one);
        assert_eq!(lock(&runtimes.known).len(), 1);
        drop(other);
        assert!(lock(&runtimes.known).is_empty());
    }

    #[test]
    fn a_store_that_ends_leaves_no_task_behind() {
        let (runtimes, runtime) = (runtimes(), runtime());
        drop(runtime.block_on(async { runtimes.links() }).unwrap());
        assert_eq!(runtime.metrics().num_alive_tasks(), 1);
        drop(runtimes);
        let deadline = Instant::now() + Duration::from_secs(60);
        while runtime.metrics().num_alive_tasks() > 0 {
            assert!(Instant::now() < deadline, "the watch goes on");
            std::thread::yield_now();
        }
    }

    /// What ends with a runtime may still ask for something, and gets an error.
    #[test]
    fn a_runtime_that_is_ending_is_no_trouble() {
        struct Last(Arc<Runtimes>);
        impl Drop for Last {
            fn drop(&mut self) {
                let _ = self.0.links();
            }
        }
        let (runtimes, runtime) = (Arc::new(runtimes()), runtime());
        let last = Last(runtimes.clone());
        runtime.spawn(async move {
            let _last = last;
            std::future::pending::<()>().await;
        });
        drop(runtime);
        assert!(lock(&runtimes.known).is_empty());
    }
}
