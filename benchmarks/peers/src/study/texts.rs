//! `(u64, &str) -> String`: a key of two parts, one of them borrowed text of 16 bytes, and a value on the heap.

use crate::bars::{is_ttl_form, limit_to_best, show};
use crate::{BOUND, RUNS, TTL};
use benchmarks::{Candidate, Failure, Hits, Options, Report};
use cache_memoize::cache_memoize;
use cached::macros::{cached, concurrent_cached};
use equivalent::Equivalent;
use memoize::memoize;
use std::sync::LazyLock;

const TITLE: &str = "A hit in process, (u64, &str16) -> String";

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    for on in show(TITLE, hits(options.number("--keys")), options, report)? {
        if on.threads == 1 {
            limit_to_best(report, &format!("{TITLE}, 1 thread"), 0.55, &on.measured, is_ttl_form);
        }
    }
    Ok(())
}

type Arguments = (u64, &'static str);

fn hits(keys: u64) -> Hits<Arguments, String> {
    Hits::new(TITLE, arguments(keys), |(id, name)| label(id, name), &RUNS).with([
        Candidate::blocking("cache-memoize", |(id, name)| ours(id, name)),
        Candidate::blocking("cached, ttl", |(id, name)| cached_ttl(id, name)),
        Candidate::blocking("cached, ttl, max_size", |(id, name)| cached_bounded(id, name)),
        Candidate::blocking("concurrent_cached, ttl", |(id, name)| sharded_ttl(id, name)),
        Candidate::blocking("concurrent_cached, ttl, max_size", |(id, name): Arguments| {
            sharded_bounded(id, name)
        }),
        Candidate::blocking("moka, ttl, bound, get", |(id, name)| moka_get(id, name)),
        Candidate::blocking("moka, ttl, bound, get_with", |(id, name)| moka_get_with(id, name)),
        Candidate::blocking("quick_cache, bound, get", |(id, name)| quick_get(id, name)),
        Candidate::blocking("memoize, ttl, bound, shared", |(id, name): Arguments| {
            memoized(id, name.to_owned())
        }),
    ])
}

/// Names of 16 bytes, every other one with a blank.
const CITIES: [&str; 8] = [
    "Saint-Petersburg",
    "Andorra la Vella",
    "Clermont-Ferrand",
    "Ho Chi Minh City",
    "Chalon-sur-Saone",
    "Santiago de Cuba",
    "Boulogne-sur-Mer",
    "Frankfurt (Oder)",
];

fn arguments(keys: u64) -> Vec<Arguments> {
    (0..keys).zip(CITIES.into_iter().cycle()).collect()
}

fn label(id: u64, name: &str) -> String {
    format!("{name}, number {id}")
}

fn computed(id: u64, name: &str) -> String {
    RUNS.count();
    label(id, name)
}

#[cache_memoize(ttl = 3600)]
fn ours(id: u64, name: &str) -> String {
    computed(id, name)
}

#[cached(ttl_secs = 3600)]
fn cached_ttl(id: u64, name: &str) -> String {
    computed(id, name)
}

#[cached(ttl_secs = 3600, max_size = 10_000)]
fn cached_bounded(id: u64, name: &str) -> String {
    computed(id, name)
}

#[concurrent_cached(ttl_secs = 3600)]
fn sharded_ttl(id: u64, name: &str) -> String {
    computed(id, name)
}

#[concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
fn sharded_bounded(id: u64, name: &str) -> String {
    computed(id, name)
}

/// The quickest that moka allows: the key is not copied for a hit.
fn moka_get(id: u64, name: &str) -> String {
    static CACHE: LazyLock<moka::sync::Cache<(u64, String), String>> = LazyLock::new(moka_cache);
    CACHE.get(&Borrowed(id, name)).unwrap_or_else(|| {
        let value = computed(id, name);
        CACHE.insert((id, name.to_owned()), value.clone());
        value
    })
}

fn moka_get_with(id: u64, name: &str) -> String {
    static CACHE: LazyLock<moka::sync::Cache<(u64, String), String>> = LazyLock::new(moka_cache);
    CACHE.get_with((id, name.to_owned()), || computed(id, name))
}

fn moka_cache() -> moka::sync::Cache<(u64, String), String> {
    moka::sync::Cache::builder().max_capacity(BOUND as u64).time_to_live(TTL).build()
}

/// The quickest that it allows, too; it has no lifetimes.
fn quick_get(id: u64, name: &str) -> String {
    type Cache = quick_cache::sync::Cache<(u64, String), String>;
    static CACHE: LazyLock<Cache> = LazyLock::new(|| Cache::new(BOUND));
    CACHE.get(&Borrowed(id, name)).unwrap_or_else(|| {
        let value = computed(id, name);
        CACHE.insert((id, name.to_owned()), value.clone());
        value
    })
}

/// It takes owned arguments only, and is behind one mutex.
#[memoize(SharedCache, Capacity: 10_000, TimeToLive: TTL)]
fn memoized(id: u64, name: String) -> String {
    computed(id, &name)
}

/// Hashes as the key it stands for.
#[derive(Hash)]
struct Borrowed<'a>(u64, &'a str);

impl Equivalent<(u64, String)> for Borrowed<'_> {
    fn equivalent(&self, key: &(u64, String)) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}
