//! `u64 -> u64`: nothing but the cache itself costs anything.

use crate::{BOUND, RUNS, TTL};
use benchmarks::{Candidate, Hits};
use cache_memoize::cache_memoize;
use cached::macros::{cached, concurrent_cached};
use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

pub(crate) fn hits(keys: u64) -> Hits<u64, u64> {
    Hits::new("u64 -> u64", (0..keys).collect(), square, &RUNS).with([
        Candidate::blocking("cache-memoize", ours),
        Candidate::blocking("cache-memoize, local", ours_local),
        Candidate::blocking("cached, ttl", cached_ttl),
        Candidate::blocking("cached, ttl, max_size", cached_bounded),
        Candidate::blocking("concurrent_cached, ttl", sharded_ttl),
        Candidate::blocking("concurrent_cached, ttl, max_size", sharded_bounded),
        Candidate::blocking("moka, ttl, bound, get", moka_get),
        Candidate::blocking("moka, ttl, bound, get_with", moka_get_with),
        Candidate::blocking("bare papaya map", bare_papaya),
        Candidate::blocking("bare RwLock<HashMap>", bare_locked),
    ])
}

fn square(number: u64) -> u64 {
    number.wrapping_mul(number)
}

fn computed(number: u64) -> u64 {
    RUNS.count();
    square(number)
}

#[cache_memoize(ttl = 3600)]
fn ours(number: u64) -> u64 {
    computed(number)
}

#[cache_memoize(ttl = 3600, local, cache = "local")]
fn ours_local(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600)]
fn cached_ttl(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600, max_size = 10_000)]
fn cached_bounded(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600)]
fn sharded_ttl(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
fn sharded_bounded(number: u64) -> u64 {
    computed(number)
}

fn moka_get(number: u64) -> u64 {
    static CACHE: LazyLock<moka::sync::Cache<u64, u64>> = LazyLock::new(moka_cache);
    CACHE.get(&number).unwrap_or_else(|| {
        let value = computed(number);
        CACHE.insert(number, value);
        value
    })
}

fn moka_get_with(number: u64) -> u64 {
    static CACHE: LazyLock<moka::sync::Cache<u64, u64>> = LazyLock::new(moka_cache);
    CACHE.get_with(number, || computed(number))
}

fn moka_cache() -> moka::sync::Cache<u64, u64> {
    moka::sync::Cache::builder().max_capacity(BOUND as u64).time_to_live(TTL).build()
}

/// The floor: without a lifetime, a bound or statistics, and with the hasher of this library's store.
///
/// By default a papaya map stops in the middle of a resize when writes stop, and every hit from then on
/// searches two tables; after `get_or_insert_with`, which does not help to copy, even more of them.
fn bare_papaya(number: u64) -> u64 {
    type Map = papaya::HashMap<u64, u64, foldhash::fast::RandomState>;
    static MAP: LazyLock<Map> = LazyLock::new(|| {
        let map = papaya::HashMap::builder().hasher(foldhash::fast::RandomState::default());
        map.resize_mode(papaya::ResizeMode::Blocking).build()
    });
    let map = MAP.pin();
    map.get(&number).copied().unwrap_or_else(|| {
        let value = computed(number);
        map.insert(number, value);
        value
    })
}

/// What one writes first, with the same hasher.
fn bare_locked(number: u64) -> u64 {
    type Map = HashMap<u64, u64, foldhash::fast::RandomState>;
    static MAP: LazyLock<RwLock<Map>> = LazyLock::new(RwLock::default);
    let found = MAP.read().expect("no writer panics").get(&number).copied();
    found.unwrap_or_else(|| {
        *MAP.write().expect("no writer panics").entry(number).or_insert_with(|| computed(number))
    })
}
