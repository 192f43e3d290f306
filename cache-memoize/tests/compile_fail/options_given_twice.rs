//! Every option counts once.

use cache_memoize::{Cache, cache_memoize};

static REPORTS: std::sync::LazyLock<Cache> = std::sync::LazyLock::new(Cache::memory);

#[cache_memoize(ttl = 300, ttl = "5m")]
fn ttl(id: u64) -> u64 {
    id
}

#[cache_memoize(cache = "reports", cache = &REPORTS)]
fn cache(id: u64) -> u64 {
    id
}

#[cache_memoize(prefix = "rates", prefix = "rates")]
fn prefix(id: u64) -> u64 {
    id
}

#[cache_memoize(key = id, key = user)]
fn key(id: u64, user: u64) -> u64 {
    id + user
}

#[cache_memoize(skip(id), skip(user))]
fn skip(id: u64, user: u64) -> u64 {
    id + user
}

#[cache_memoize(extra = 1, extra = 2)]
fn extra(id: u64) -> u64 {
    id
}

#[cache_memoize(version = 1, version = 2)]
fn version(id: u64) -> u64 {
    id
}

#[cache_memoize(store_result = false, store_result = true)]
fn store_result(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(cache_if = |id: &u64| *id > 1, cache_if = |id: &u64| *id > 2)]
fn cache_if(id: u64) -> u64 {
    id
}

#[cache_memoize(cache_err = true, cache_err = false)]
fn cache_err(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(cache_err = true, err_ttl = 1, err_ttl = 2)]
fn err_ttl(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(ttl_with = lifetime, ttl_with = lifetime)]
fn ttl_with(id: u64) -> u64 {
    id
}

#[cache_memoize(jitter = 0.1, jitter = 0.2)]
fn jitter(id: u64) -> u64 {
    id
}

#[cache_memoize(on_hit = log, on_hit = log, on_miss = log, on_miss = log)]
fn hooks(id: u64) -> u64 {
    id
}

#[cache_memoize(single_flight = "off", single_flight = "process")]
fn single_flight(id: u64) -> u64 {
    id
}

#[cache_memoize(local, local)]
fn local(id: u64) -> u64 {
    id
}

#[cache_memoize(companions = false, companions = pub)]
fn companions(id: u64) -> u64 {
    id
}

#[cache_memoize(crate = cache_memoize, crate = ::cache_memoize)]
fn krate(id: u64) -> u64 {
    id
}

struct Shop;

impl Shop {
    #[cache_memoize(in_impl, in_impl)]
    fn in_impl(id: u64) -> u64 {
        id
    }
}

fn lifetime(seconds: &u64) -> std::time::Duration {
    std::time::Duration::from_secs(*seconds)
}

fn log(_: &u64) {}

fn main() {}
