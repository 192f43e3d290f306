//! `async u64 -> u64`, on a current-thread runtime for each thread.

use crate::bars::{is_ttl_form, limit_to_best, show};
use crate::{BOUND, RUNS, TTL};
use benchmarks::{Candidate, Failure, Hits, Options, Report};
use cache_memoize::cache_memoize;
use cached::macros::{cached, concurrent_cached};
use hitbox_fn::prelude::PolicyConfig;
use hitbox_moka::MokaBackend;
use std::convert::Infallible;
use std::sync::LazyLock;

const TITLE: &str = "An async hit in process, u64 -> u64";

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    for on in show(TITLE, hits(options.number("--keys")), options, report)? {
        if on.threads > 1 {
            let what = format!("{TITLE}, {} workers", on.threads);
            limit_to_best(report, &what, 0.2, &on.measured, is_ttl_form);
        }
    }
    Ok(())
}

fn hits(keys: u64) -> Hits<u64, u64> {
    Hits::new(TITLE, (0..keys).collect(), cube, &RUNS).with([
        Candidate::asynchronous("cache-memoize", ours),
        Candidate::asynchronous("cached, ttl", cached_ttl),
        Candidate::asynchronous("cached, ttl, max_size", cached_bounded),
        Candidate::asynchronous("concurrent_cached, ttl", sharded_ttl),
        Candidate::asynchronous("concurrent_cached, ttl, max_size", sharded_bounded),
        Candidate::asynchronous("moka, ttl, bound, get", moka_get),
        Candidate::asynchronous("moka, ttl, bound, get_with", moka_get_with),
        Candidate::asynchronous("quick_cache, bound, get_or_insert_async", quick),
        Candidate::asynchronous("hitbox, ttl, bound", async |number| {
            remembered(number).cache(&*HITBOX).await
        }),
    ])
}

fn cube(number: u64) -> u64 {
    number.wrapping_pow(3)
}

fn computed(number: u64) -> u64 {
    RUNS.count();
    cube(number)
}

#[cache_memoize(ttl = 3600)]
async fn ours(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600)]
async fn cached_ttl(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600, max_size = 10_000)]
async fn cached_bounded(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600)]
async fn sharded_ttl(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
async fn sharded_bounded(number: u64) -> u64 {
    computed(number)
}

async fn moka_get(number: u64) -> u64 {
    static CACHE: LazyLock<moka::future::Cache<u64, u64>> = LazyLock::new(moka_cache);
    match CACHE.get(&number).await {
        Some(value) => value,
        None => {
            let value = computed(number);
            CACHE.insert(number, value).await;
            value
        }
    }
}

async fn moka_get_with(number: u64) -> u64 {
    static CACHE: LazyLock<moka::future::Cache<u64, u64>> = LazyLock::new(moka_cache);
    CACHE.get_with(number, async { computed(number) }).await
}

fn moka_cache() -> moka::future::Cache<u64, u64> {
    moka::future::Cache::builder().max_capacity(BOUND as u64).time_to_live(TTL).build()
}

/// It has no lifetimes.
async fn quick(number: u64) -> u64 {
    static CACHE: LazyLock<quick_cache::sync::Cache<u64, u64>> =
        LazyLock::new(|| quick_cache::sync::Cache::new(BOUND));
    let value = async { Ok::<_, Infallible>(computed(number)) };
    let Ok(value) = CACHE.get_or_insert_async(&number, value).await;
    value
}

static HITBOX: LazyLock<hitbox_fn::Cache<MokaBackend>> = LazyLock::new(|| {
    hitbox_fn::Cache::builder()
        .backend(MokaBackend::builder().max_entries(BOUND as u64).build())
        .policy(PolicyConfig::builder().ttl(TTL).build())
        .build()
});

#[hitbox_fn::cached]
async fn remembered(number: u64) -> u64 {
    computed(number)
}
