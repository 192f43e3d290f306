//! A list of 30 strings: what a copy for each caller costs, and what it costs to hand out the value itself.

use crate::bars::show;
use crate::{BOUND, RUNS, TTL};
use benchmarks::{Candidate, Failure, Hits, Options, Report};
use cache_memoize::cache_memoize;
use cached::macros::{cached, concurrent_cached};
use std::sync::{Arc, LazyLock};

type List = Vec<String>;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let keys = || (0..options.number("--keys")).collect();
    let copies = Hits::new("lists", keys(), list, &RUNS).with([
        Candidate::blocking("cache-memoize", ours),
        Candidate::blocking("cached, ttl, max_size", cached_bounded),
        Candidate::blocking("concurrent_cached, ttl, max_size", sharded_bounded),
        Candidate::blocking("moka, ttl, bound, get_with", moka),
    ]);
    show("A hit in process, 30 strings, a copy each", copies, options, report)?;
    let shared = Hits::new("shared lists", keys(), |number| Arc::new(list(number)), &RUNS).with([
        Candidate::blocking("cache-memoize", ours_shared),
        Candidate::blocking("cache-memoize, local", ours_local),
        Candidate::blocking("cached, ttl, max_size", cached_shared),
        Candidate::blocking("concurrent_cached, ttl, max_size", sharded_shared),
        Candidate::blocking("moka, ttl, bound, get_with", moka_shared),
    ]);
    show("A hit in process, 30 strings behind an Arc", shared, options, report)?;
    Ok(())
}

fn list(number: u64) -> List {
    (0..30).map(|index| format!("string {:05}", number.wrapping_add(index) % 100_000)).collect()
}

fn computed(number: u64) -> List {
    RUNS.count();
    list(number)
}

#[cache_memoize(ttl = 3600)]
fn ours(number: u64) -> List {
    computed(number)
}

#[cached(ttl_secs = 3600, max_size = 10_000)]
fn cached_bounded(number: u64) -> List {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
fn sharded_bounded(number: u64) -> List {
    computed(number)
}

fn moka(number: u64) -> List {
    static CACHE: LazyLock<moka::sync::Cache<u64, List>> = LazyLock::new(moka_cache);
    CACHE.get_with(number, || computed(number))
}

#[cache_memoize(ttl = 3600)]
fn ours_shared(number: u64) -> Arc<List> {
    Arc::new(computed(number))
}

#[cache_memoize(ttl = 3600, local, cache = "local")]
fn ours_local(number: u64) -> Arc<List> {
    Arc::new(computed(number))
}

#[cached(ttl_secs = 3600, max_size = 10_000)]
fn cached_shared(number: u64) -> Arc<List> {
    Arc::new(computed(number))
}

#[concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
fn sharded_shared(number: u64) -> Arc<List> {
    Arc::new(computed(number))
}

fn moka_shared(number: u64) -> Arc<List> {
    static CACHE: LazyLock<moka::sync::Cache<u64, Arc<List>>> = LazyLock::new(moka_cache);
    CACHE.get_with(number, || Arc::new(computed(number)))
}

fn moka_cache<V: Clone + Send + Sync + 'static>() -> moka::sync::Cache<u64, V> {
    moka::sync::Cache::builder().max_capacity(BOUND as u64).time_to_live(TTL).build()
}
