//! One server of several that is down: its keys are computed, the others are found, and it comes back by itself.

use crate::support::{backend, block_on, built, patient, wait_until, with_default};
use cache_memoize::core::Backend;
use cache_memoize::{Cache, Event, EventKind, cache_memoize};
use cache_memoize_testkit::servers::{MemcachedServer, RedisCluster};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

const IDS: u32 = 60;
const PATIENCE: Duration = Duration::from_secs(60);

static AGE: AtomicU32 = AtomicU32::new(0);

/// Says when it was computed.
#[cache_memoize(ttl = 3600, prefix = "age")]
fn age(id: u32) -> u32 {
    let _ = id;
    AGE.load(Ordering::SeqCst)
}

/// The same entries as those of [`age`].
#[cache_memoize(ttl = 3600, prefix = "age")]
async fn age_async(id: u32) -> u32 {
    let _ = id;
    AGE.load(Ordering::SeqCst)
}

/// Three servers that are one store.
enum Servers {
    Redis(RedisCluster),
    Memcached(Vec<MemcachedServer>),
}

impl Servers {
    fn url(&self) -> String {
        match self {
            Self::Redis(cluster) => cluster.url(),
            Self::Memcached(servers) => {
                let addresses: Vec<_> = servers.iter().map(MemcachedServer::address).collect();
                format!("memcached://{}", addresses.join(","))
            }
        }
    }

    fn kill_the_first(&mut self) {
        match self {
            Self::Redis(cluster) => cluster.nodes_mut()[0].kill(),
            Self::Memcached(servers) => servers[0].kill(),
        }
    }

    fn restart_the_first(&mut self) {
        match self {
            Self::Redis(cluster) => cluster.nodes_mut()[0].restart(),
            Self::Memcached(servers) => servers[0].restart(),
        }
    }
}

/// A cache on all three, and which of the keys the first has.
struct Rig {
    cache: Cache,
    downs: Arc<AtomicUsize>,
    is_async: bool,
}

impl Rig {
    fn new(backend: Backend, is_async: bool) -> Self {
        let downs = Arc::new(AtomicUsize::new(0));
        let counter = downs.clone();
        let count = move |event: &Event<'_>| {
            if matches!(event.kind, EventKind::StoreDown { .. }) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        };
        Self { cache: built(patient().backend(backend).observer(count)), downs, is_async }
    }

    fn ages(&self) -> Vec<u32> {
        if self.is_async {
            block_on(&self.cache, async {
                let mut ages = Vec::new();
                for id in 0..IDS {
                    ages.push(age_async(id).await);
                }
                ages
            })
        } else {
            with_default(&self.cache, || (0..IDS).map(age).collect())
        }
    }
}

fn one_of_three_is_down(mut servers: Servers) {
    for is_async in [false, true] {
        let backend = backend(&servers.url());
        let rig = Rig::new(backend.clone(), is_async);
        let begin = AGE.fetch_add(1, Ordering::SeqCst) + 1;
        // All servers are asked, so that their numbers are known.
        rig.cache.ping().expect("all servers answer");
        with_default(&rig.cache, || (0..IDS).for_each(|id| drop(invalidate_age(id))));
        assert_eq!(rig.ages(), [begin; IDS as usize]);

        servers.kill_the_first();
        let later = AGE.fetch_add(1, Ordering::SeqCst) + 1;
        let first_time = rig.ages();
        let lost = |id: u32| first_time[id as usize] == later;
        let number = (0..IDS).filter(|id| lost(*id)).count();
        assert!((5..40).contains(&number), "the first server has {number} keys of {IDS}");
        for _ in 0..20 {
            assert_eq!(rig.ages(), first_time, "the others are not harmed");
        }
        assert_eq!(rig.downs.load(Ordering::SeqCst), 1, "told once");
        let part = |id| with_default(&rig.cache, || backend.part(cache_key_age(id).as_ref()));
        let dead: Vec<_> = (0..IDS).filter(|id| lost(*id)).map(part).collect();
        assert!(dead.iter().all(|it| *it == dead[0]), "{dead:?}");
        assert!((0..IDS).all(|id| lost(id) == (part(id) == dead[0])));
        rig.cache.ping().expect_err("one of them is down");

        servers.restart_the_first();
        let last = AGE.fetch_add(1, Ordering::SeqCst) + 1;
        wait_until("the first server is used again", PATIENCE, || {
            let before = rig.ages();
            AGE.fetch_add(1, Ordering::SeqCst);
            rig.ages() == before
        });
        let found = rig.ages();
        assert!((0..IDS).all(|id| lost(id) == (found[id as usize] >= last)), "{found:?}");
    }
}

#[test]
fn one_memcached_of_three_is_down() {
    let servers = (0..3).map(|_| MemcachedServer::start()).collect();
    one_of_three_is_down(Servers::Memcached(servers));
}

#[test]
fn one_master_of_a_redis_cluster_is_down() {
    one_of_three_is_down(Servers::Redis(RedisCluster::start(3)));
}
