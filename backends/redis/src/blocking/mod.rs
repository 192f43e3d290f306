//! The blocking face.

mod connection;
mod dialer;
mod inbox;
mod listing;
mod pool;
mod resolver;
mod stream;

pub(crate) use connection::Connection;
pub(crate) use dialer::Dialer;
#[cfg(feature = "tokio")]
pub(crate) use stream::KEEPALIVE;

use crate::Redis;
use crate::cluster::Cluster;
use crate::command::Batch;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::operations::{self, Leftovers, draw_tokens, only, told_of_each};
use crate::rounds::{Rounds, Step};
use crate::settings::{Address, Settings};
use cache_memoize_core::{
    Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, StoreErrorKind, Token, Ttl,
};
use pool::Pool;
use redis::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

impl Store for Redis {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let batch = operations::get(keys, self.is_cluster());
        self.perform("get", &batch, |replies| operations::read_get(keys.len(), replies))
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        only("put", self.put_many(vec![Put { key, value, ttl, mode }]))?
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        only("lease", self.lease_many(&[key], ttl, mode)?)
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.release_many(&[(key, token)])
    }

    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        let asked: Vec<_> = puts.iter().map(|put| (put.key, put.mode)).collect();
        let stored = self.perform("put", &operations::put(puts), operations::read_puts);
        let mut answers = told_of_each(&self.settings().place, asked.len(), stored);
        let leftovers = Leftovers::of(&asked, &answers);
        if let Err(error) = self.drop_all(&leftovers.keys) {
            leftovers.stayed(&error, &mut answers);
        }
        answers
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let tokens = draw_tokens(keys.len());
        let batch = operations::lease(keys, ttl, mode, &tokens);
        self.perform("lease", &batch, |replies| operations::read_leases(mode, &tokens, replies))
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        self.perform("release", &operations::release(leases), operations::read_done)
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.perform("remove", &operations::remove(keys), operations::read_verdicts)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let batch = operations::increment(key, by, start, ttl);
        self.perform("increment", &batch, operations::read_increment)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.perform("touch", &operations::touch(key, ttl), operations::read_verdict)
    }

    fn clear(&self) -> Result<()> {
        self.distrust_cluster();
        self.perform("clear", &operations::clear(), operations::read_done)
    }

    fn ping(&self) -> Result<()> {
        self.perform("ping", &operations::ping(), operations::read_done)
    }

    fn limit_time(&self, limit: Duration) {
        self.set_limit(limit);
    }
}

impl Redis {
    /// Has nothing behind of values that were to be replaced.
    fn drop_all(&self, keys: &[KeyRef<'_>]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.perform("put", &operations::remove(keys), operations::read_done)
    }

    fn perform<T>(
        &self,
        operation: &'static str,
        batch: &Batch,
        read: impl FnOnce(Vec<Value>) -> Result<T, Fault>,
    ) -> Result<T> {
        let answer = self.blocking().run(batch, Deadline::after(self.limit())).and_then(read);
        answer.map_err(|fault| {
            self.blocking().distrust_after(&fault);
            fault.at(&self.settings().place).into_error(operation)
        })
    }
}

/// The connections of a blocking store.
pub(crate) struct Connections {
    settings: Arc<Settings>,
    nodes: Nodes,
}

enum Nodes {
    One(Arc<Pool>),
    Cluster { cluster: Arc<Cluster>, pools: Mutex<HashMap<Address, Arc<Pool>>> },
}

impl Connections {
    pub(crate) fn new(settings: &Arc<Settings>, cluster: Option<&Arc<Cluster>>) -> Self {
        let nodes = match (Dialer::for_place(settings), cluster) {
            (Some(dialer), _) => Nodes::One(Arc::new(Pool::new(dialer, settings))),
            (None, cluster) => Nodes::Cluster {
                cluster: cluster.cloned().unwrap_or_else(|| Arc::new(Cluster::new(Vec::new()))),
                pools: Mutex::default(),
            },
        };
        Self { settings: settings.clone(), nodes }
    }

    /// Carries a batch out, and once more if the first time ended on a connection that had been over before,
    /// provided that this can do no harm.
    fn run(&self, batch: &Batch, deadline: Deadline) -> Result<Vec<Value>, Fault> {
        match self.attempt(batch, deadline) {
            Err(fault) if fault.is_unanswered() && batch.is_repeatable => {
                self.attempt(batch, deadline)
            }
            outcome => outcome,
        }
    }

    fn attempt(&self, batch: &Batch, deadline: Deadline) -> Result<Vec<Value>, Fault> {
        match (&self.nodes, batch.single_plain_command()) {
            (Nodes::One(pool), Some(command)) => {
                pool.exchange(!batch.is_repeatable, &[command], deadline)
            }
            _ => self.attempt_in_rounds(batch, deadline),
        }
    }

    fn attempt_in_rounds(&self, batch: &Batch, deadline: Deadline) -> Result<Vec<Value>, Fault> {
        let mut rounds = Rounds::new(batch);
        while let Some(steps) = rounds.next() {
            match &self.nodes {
                Nodes::One(pool) => {
                    let commands = rounds.commands(&steps);
                    let replies = pool.exchange(!batch.is_repeatable, &commands, deadline)?;
                    rounds.settle(steps, replies, None);
                }
                Nodes::Cluster { cluster, .. } => {
                    let outcome = self.ask_cluster(cluster, &mut rounds, steps, batch, deadline);
                    outcome.inspect_err(|_| cluster.doubt())?;
                }
            }
        }
        Ok(rounds.finish())
    }

    /// Sends to every node first, and then takes the replies: the slowest counts, not the sum.
    fn ask_cluster(
        &self,
        cluster: &Cluster,
        rounds: &mut Rounds<'_>,
        steps: Vec<Step>,
        batch: &Batch,
        deadline: Deadline,
    ) -> Result<(), Fault> {
        self.read_map(cluster, deadline)?;
        let mut asked = Vec::new();
        for (node, steps) in rounds.parcels(steps, cluster)? {
            let mut connection = self.pool(&node).check_out(!batch.is_repeatable, deadline)?;
            let commands = rounds.commands(&steps);
            connection.send(&commands, deadline)?;
            asked.push((node, connection, steps, commands.len()));
        }
        for (node, mut connection, steps, count) in asked {
            let replies = connection.receive(count, deadline)?;
            rounds.settle(steps, replies, Some((cluster, &node)));
        }
        Ok(())
    }

    /// Reads the map of the cluster, if that is necessary. An old one that cannot be read anew is used further.
    pub(crate) fn read_map(&self, cluster: &Cluster, deadline: Deadline) -> Result<(), Fault> {
        let Some(reading) = cluster.reading() else { return Ok(()) };
        let informants = cluster.informants();
        let mut failure = Fault::new(StoreErrorKind::Configuration, "the cluster has no nodes");
        for (index, node) in informants.iter().enumerate() {
            let share = deadline.shared_with(informants.len() - index);
            let replies = self.pool(node).exchange(false, &[Cluster::question()], share);
            let reply = replies.and_then(|replies| {
                replies.into_iter().next().ok_or_else(|| Fault::protocol(node))
            });
            match reply.and_then(|reply| reading.learn(reply, node)) {
                Ok(()) => return self.forget_strangers(cluster),
                Err(fault) => failure = fault,
            }
        }
        if cluster.masters().is_ok() { Ok(()) } else { Err(failure) }
    }

    /// A reply of the wrong sort may belong to another question, and so might all that come after it.
    fn distrust_after(&self, fault: &Fault) {
        if fault.kind() != StoreErrorKind::Protocol {
            return;
        }
        match &self.nodes {
            Nodes::One(pool) => pool.forget_idle(),
            Nodes::Cluster { pools, .. } => {
                let pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
                pools.values().for_each(|pool| pool.forget_idle());
            }
        }
    }

    fn forget_strangers(&self, cluster: &Cluster) -> Result<(), Fault> {
        let known = cluster.informants();
        if let Nodes::Cluster { pools, .. } = &self.nodes {
            let mut pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
            pools.retain(|node, _| known.contains(node));
        }
        Ok(())
    }

    fn pool(&self, node: &Address) -> Arc<Pool> {
        let make = || Arc::new(Pool::new(Dialer::for_node(&self.settings, node), &self.settings));
        match &self.nodes {
            Nodes::One(pool) => pool.clone(),
            Nodes::Cluster { pools, .. } => {
                let mut pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
                pools.entry(node.clone()).or_insert_with(make).clone()
            }
        }
    }
}
