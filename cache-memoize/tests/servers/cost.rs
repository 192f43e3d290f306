//! What calls cost: counted at the store, at the network and by the servers themselves.

use crate::support::{KINDS, Kind, Server, backend, built, patient, with_default};
use cache_memoize::{Cache, cache_memoize};
use cache_memoize_testkit::Counts;
use cache_memoize_testkit::servers::Proxy;

#[cache_memoize(ttl = 600)]
fn doubled(number: u64) -> u64 {
    number * 2
}

#[cache_memoize(ttl = 600)]
async fn doubled_async(number: u64) -> u64 {
    number * 2
}

/// A cache whose round trips are counted thrice.
struct Bench {
    counts: Counts,
    proxy: Proxy,
    server: Server,
    cache: Cache,
}

/// What something took: operations of the store, exchanges on the network, commands of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    operations: u64,
    exchanges: u64,
    commands: u64,
}

impl Bench {
    fn new(kind: Kind) -> Self {
        let server = Server::start(kind);
        let (proxy, url) = server.proxied();
        let counts = Counts::new();
        let cache = built(patient().backend(counts.wrap(&backend(&url))));
        Self { counts, proxy, server, cache }
    }

    fn so_far(&self) -> Cost {
        Cost {
            operations: self.counts.total(),
            exchanges: self.proxy.exchanges(),
            commands: self.commands(),
        }
    }

    /// How often the server was asked something, as it counts itself. Redis counts what it reads at once,
    /// and so a script as one; memcached counts what gets, stores and deletes.
    fn commands(&self) -> u64 {
        match &self.server {
            Server::Redis(server) => server.info("total_reads_processed"),
            Server::Memcached(server) => ["cmd_get", "cmd_set", "delete_hits", "delete_misses"]
                .iter()
                .map(|name| server.stat(name))
                .sum(),
        }
    }

    /// What `body` costs once the connection stands and the server knows the scripts.
    fn cost(&self, body: impl FnOnce()) -> Cost {
        let before = self.so_far();
        body();
        let after = self.so_far();
        // Redis counts the question itself.
        let questions = u64::from(self.server.kind() == Kind::Redis);
        Cost {
            operations: after.operations - before.operations,
            exchanges: after.exchanges - before.exchanges,
            commands: after.commands - before.commands - questions,
        }
    }
}

fn assert_costs(name: &str, kind: Kind, cost: Cost, round_trips: u64) {
    assert_eq!(
        (cost.operations, cost.exchanges),
        (round_trips, round_trips),
        "{kind:?} {name}: {cost:?}"
    );
    // A look is three commands of memcached, for the entry and for its two groups, which go together; a lease
    // and an invalidation are two.
    let commands = match kind {
        Kind::Redis => round_trips..=round_trips,
        Kind::Memcached if name.ends_with("hit") || name == "peek" => 3..=3,
        Kind::Memcached if name.ends_with("miss") => round_trips + 2..=round_trips + 3,
        Kind::Memcached => round_trips..=round_trips + 1,
    };
    assert!(commands.contains(&cost.commands), "{kind:?} {name}: {cost:?}");
}

#[test]
fn a_hit_costs_one_round_trip_a_miss_three_and_an_invalidation_one() {
    for kind in KINDS {
        let bench = Bench::new(kind);
        with_default(&bench.cache, || {
            // Connects, and tells the server its scripts.
            let _ = (doubled(1), doubled(1), invalidate_doubled(1));
            for number in 2..10 {
                let miss = bench.cost(|| assert_eq!(doubled(number), number * 2));
                assert_costs("miss", kind, miss, 3);
                let hit = bench.cost(|| assert_eq!(doubled(number), number * 2));
                assert_costs("hit", kind, hit, 1);
                let peek =
                    bench.cost(|| assert!(peek_doubled(number).is_ok_and(|it| it.is_some())));
                assert_costs("peek", kind, peek, 1);
                let gone = bench.cost(|| assert!(invalidate_doubled(number).expect("it works")));
                assert_costs("invalidation", kind, gone, 1);
            }
        });
    }
}

#[test]
fn an_async_hit_costs_one_round_trip_a_miss_three_and_an_invalidation_one() {
    for kind in KINDS {
        let bench = Bench::new(kind);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime starts");
        let call = |number| {
            let caches = [("default", bench.cache.clone())];
            let call = cache_memoize::caches::scoped_async(caches, doubled_async(number));
            assert_eq!(runtime.block_on(call), number * 2);
        };
        let invalidate = |number| {
            let caches = [("default", bench.cache.clone())];
            let gone = invalidate_doubled_async(number);
            let gone = runtime.block_on(cache_memoize::caches::scoped_async(caches, gone));
            assert!(gone.expect("it works"));
        };
        call(1);
        invalidate(1);
        for number in 2..10 {
            assert_costs("async miss", kind, bench.cost(|| call(number)), 3);
            assert_costs("async hit", kind, bench.cost(|| call(number)), 1);
            assert_costs("async invalidation", kind, bench.cost(|| invalidate(number)), 1);
        }
    }
}
