//! Groups on servers: however many entries one has, and on however many servers they are.

use crate::support::{
    KINDS, Server, backend, block_on, built, patient, report, wait_until, with_default,
};
use cache_memoize::core::Backend;
use cache_memoize::{Cache, Near, cache_memoize};
use cache_memoize_testkit::Counts;
use cache_memoize_testkit::servers::{MemcachedServer, RedisCluster};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

static AGE: AtomicU32 = AtomicU32::new(0);

/// Says when it was computed.
#[cache_memoize(ttl = 3600, tags("shop:{shop}", "shops"))]
fn price(shop: u32, item: u32) -> u32 {
    let _ = (shop, item);
    AGE.load(Ordering::SeqCst)
}

const ITEMS: u32 = 40;

/// When the prices of two shops were computed.
fn prices(cache: &Cache) -> [Vec<u32>; 2] {
    with_default(cache, || [1, 2].map(|shop| (0..ITEMS).map(|item| price(shop, item)).collect()))
}

fn next_age() -> u32 {
    AGE.fetch_add(1, Ordering::SeqCst) + 1
}

fn of_age(age: u32) -> Vec<u32> {
    vec![age; ITEMS as usize]
}

/// Whatever server they are on, many are read in few round trips.
fn assert_many_are_read(cache: &Cache, counts: &Counts, servers: u64) {
    let keys = || (0..ITEMS).map(|item| cache_key_price(1, item));
    cache.set_many((0..ITEMS).map(|at| (("many", at), at))).expect("the servers answer");
    let found = cache.get_many((0..ITEMS).map(|at| ("many", at))).expect("the servers answer");
    assert!(found.into_iter().eq((0..ITEMS).map(Some)));
    prices(cache);
    counts.reset();
    let found: Vec<Option<u32>> = cache.get_many(keys()).expect("the servers answer");
    assert!(found.iter().all(Option::is_some));
    // The tags of entries are known by the entries alone.
    assert!(counts.total() <= servers + 2 * u64::from(ITEMS), "{}", counts.total());
    counts.reset();
    cache.get_many::<u32>((0..ITEMS).map(|at| ("many", at))).expect("the servers answer");
    assert_eq!(counts.total(), servers);
}

/// What one process invalidates is invalidated in another, and on every server.
fn assert_groups_are_forgotten(here: &Cache, there: &Cache) {
    let first = next_age();
    here.clear().expect("the servers answer");
    assert_eq!(prices(here), [of_age(first), of_age(first)]);
    assert_eq!(prices(there), [of_age(first), of_age(first)]);
    let second = next_age();
    here.invalidate_tag("shop:1").expect("the servers answer");
    assert_eq!(prices(there), [of_age(second), of_age(first)]);
    let third = next_age();
    with_default(there, invalidate_all_price).expect("the servers answer");
    assert_eq!(prices(here), [of_age(third), of_age(third)]);
    let fourth = next_age();
    block_on(there, here.invalidate_tag_async("shops")).expect("the servers answer");
    assert_eq!(prices(there), [of_age(fourth), of_age(fourth)]);
    let last = next_age();
    block_on(here, there.clear_async()).expect("the servers answer");
    assert_eq!(prices(here), [of_age(last), of_age(last)]);
}

#[test]
fn a_group_spreads_over_three_memcacheds() {
    let servers: Vec<_> = (0..3).map(|_| MemcachedServer::start()).collect();
    let addresses: Vec<_> = servers.iter().map(MemcachedServer::address).collect();
    let cache =
        || built(patient().backend(backend(&format!("memcached://{}", addresses.join(",")))));
    assert_groups_are_forgotten(&cache(), &cache());
    let counts = Counts::new();
    let backend = backend(&format!("memcached://{}", addresses.join(",")));
    assert_many_are_read(&built(patient().backend(counts.wrap(&backend))), &counts, 3);
}

#[test]
fn a_group_spreads_over_a_redis_cluster() {
    let cluster = RedisCluster::start(3);
    let cache = || built(patient().backend(backend(&cluster.url())));
    assert_groups_are_forgotten(&cache(), &cache());
    let counts = Counts::new();
    let backend = backend(&cluster.url());
    assert_many_are_read(&built(patient().backend(counts.wrap(&backend))), &counts, 3);
}

#[test]
fn copies_elsewhere_hear_of_their_group() {
    let server = Server::start(KINDS[0]);
    let near = Near::entries(1_000).ttl(Duration::from_secs(3600));
    let here = built(patient().backend(backend(&server.url())).near(near.clone()));
    let there = built(patient().backend(backend(&server.url())).near(near));
    let first = next_age();
    assert_eq!((prices(&here), prices(&there)).0, [of_age(first), of_age(first)]);
    let second = next_age();
    here.invalidate_tag("shop:1").expect("the server answers");
    let hears = || prices(&there) == [of_age(second), of_age(first)];
    wait_until("the other has heard of it", Duration::from_secs(10), hears);
}

#[cache_memoize(ttl = 3600, tags("all"), skip(value))]
fn stored(id: u32, value: u32) -> u32 {
    let _ = id;
    value
}

/// `CACHE_MEMOIZE_GROUP_ENTRIES` says how many entries the group has, 5,000 without it.
#[test]
fn a_group_is_forgotten_in_one_round_trip_however_many_entries_it_has() {
    let told = std::env::var("CACHE_MEMOIZE_GROUP_ENTRIES").ok();
    let entries: u32 = told.map_or(5_000, |text| text.parse().expect("a number of entries"));
    for kind in KINDS {
        let (server, counts) = (Server::start(kind), Counts::new());
        let backend: Backend = counts.wrap(&backend(&server.url()));
        let cache = built(patient().backend(backend));
        with_default(&cache, || {
            assert!((0..entries).all(|id| stored(id, 1) == 1));
            counts.reset();
            let began = Instant::now();
            cache.invalidate_tag("all").expect("the server answers");
            let took = began.elapsed();
            assert_eq!((counts.total(), counts.of("remove")), (1, 1));
            report(format_args!("{kind:?}: {entries} entries forgotten in {took:?}"));
            assert!((0..100).all(|id| stored(id * (entries / 100), 2) == 2));
        });
    }
}
