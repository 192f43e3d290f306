//! `u64 -> u64`: nothing but the cache itself costs anything.

use crate::bars::{OURS, is_ttl_form, limit_to_best, show, to_best};
use crate::{BOUND, RUNS, TTL};
use benchmarks::{Candidate, Failure, Hits, Options, Report};
use cache_memoize::cache_memoize;
use cached::macros::{cached, concurrent_cached};
use cached::{Cached, ConcurrentCached};
use memoize::memoize;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{LazyLock, RwLock};

const TITLE: &str = "A hit in process, u64 -> u64";
const BARE: &str = "bare papaya map";

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    for on in show(TITLE, hits(options.number("--keys")), options, report)? {
        let what = format!("{TITLE}, {}", on.in_words());
        let limit = if on.threads == 1 { 0.6 } else { 0.2 };
        limit_to_best(report, &what, limit, &on.measured, is_ttl_form);
        if let Some((best, _)) = to_best(&on.measured, is_ttl_form) {
            // What a map takes that does nothing else: nobody goes below it.
            let bare = on.measured.ratio(BARE, best);
            report.compare(format!("{what}, {BARE} to {best}"), bare);
        }
        if on.threads > 1 {
            for bounded in ["cached, ttl, max_size", "concurrent_cached, ttl, max_size"] {
                report.limit(
                    format!("{what}, to {bounded}"),
                    0.1,
                    on.measured.ratio(OURS, bounded),
                );
            }
        }
    }
    Ok(())
}

fn hits(keys: u64) -> Hits<u64, u64> {
    Hits::new(TITLE, (0..keys).collect(), square, &RUNS).with([
        Candidate::blocking("cache-memoize", ours),
        Candidate::blocking("cache-memoize, local", ours_local),
        Candidate::blocking("cached, ttl", cached_ttl),
        Candidate::blocking("cached, ttl, max_size", cached_bounded),
        Candidate::blocking("concurrent_cached, ttl", sharded_ttl),
        Candidate::blocking("concurrent_cached, ttl, max_size", sharded_bounded),
        Candidate::blocking("moka, ttl, bound, get", moka_get),
        Candidate::blocking("moka, ttl, bound, get_with", moka_get_with),
        Candidate::blocking("quick_cache, bound, get", quick_get),
        Candidate::blocking("quick_cache, bound, get_or_insert_with", quick_get_or_insert),
        Candidate::blocking("memoize, ttl, bound, shared", memoized),
        Candidate::blocking(BARE, bare_papaya),
        Candidate::blocking("bare RwLock<HashMap>", bare_locked),
    ])
}

pub(crate) fn square(number: u64) -> u64 {
    number.wrapping_mul(number)
}

pub(crate) fn computed(number: u64) -> u64 {
    RUNS.count();
    square(number)
}

#[cache_memoize(ttl = 3600)]
pub(crate) fn ours(number: u64) -> u64 {
    computed(number)
}

#[cache_memoize(ttl = 3600, local, cache = "local")]
fn ours_local(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600)]
pub(crate) fn cached_ttl(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600, max_size = 10_000)]
pub(crate) fn cached_bounded(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600)]
pub(crate) fn sharded_ttl(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
pub(crate) fn sharded_bounded(number: u64) -> u64 {
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

static MOKA: LazyLock<moka::sync::Cache<u64, u64>> = LazyLock::new(moka_cache);

pub(crate) fn moka_get_with(number: u64) -> u64 {
    MOKA.get_with(number, || computed(number))
}

fn moka_cache() -> moka::sync::Cache<u64, u64> {
    moka::sync::Cache::builder().max_capacity(BOUND as u64).time_to_live(TTL).build()
}

static QUICK: LazyLock<quick_cache::sync::Cache<u64, u64>> =
    LazyLock::new(|| quick_cache::sync::Cache::new(BOUND));

/// It has no lifetimes, and counts nothing unless a feature is enabled.
fn quick_get(number: u64) -> u64 {
    static CACHE: LazyLock<quick_cache::sync::Cache<u64, u64>> =
        LazyLock::new(|| quick_cache::sync::Cache::new(BOUND));
    CACHE.get(&number).unwrap_or_else(|| {
        let value = computed(number);
        CACHE.insert(number, value);
        value
    })
}

pub(crate) fn quick_get_or_insert(number: u64) -> u64 {
    let Ok(value) = QUICK.get_or_insert_with(&number, || Ok::<_, Infallible>(computed(number)));
    value
}

/// Behind one mutex. Without `SharedCache` each thread has a cache of its own, and computes what another has.
#[memoize(SharedCache, Capacity: 10_000, TimeToLive: TTL)]
pub(crate) fn memoized(number: u64) -> u64 {
    computed(number)
}

/// How each of them forgets one value.
pub(crate) mod forget {
    use super::*;

    pub(crate) fn ours(number: u64) -> bool {
        super::invalidate_ours(number).unwrap_or(false)
    }

    pub(crate) fn cached_ttl(number: u64) -> bool {
        CACHED_TTL.write().cache_remove(&number).is_some()
    }

    pub(crate) fn cached_bounded(number: u64) -> bool {
        CACHED_BOUNDED.write().cache_remove(&number).is_some()
    }

    pub(crate) fn sharded_ttl(number: u64) -> bool {
        ConcurrentCached::cache_remove(&*SHARDED_TTL, &number).is_ok_and(|old| old.is_some())
    }

    pub(crate) fn sharded_bounded(number: u64) -> bool {
        ConcurrentCached::cache_remove(&*SHARDED_BOUNDED, &number).is_ok_and(|old| old.is_some())
    }

    pub(crate) fn moka(number: u64) -> bool {
        MOKA.remove(&number).is_some()
    }

    pub(crate) fn quick(number: u64) -> bool {
        QUICK.remove(&number).is_some()
    }
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
