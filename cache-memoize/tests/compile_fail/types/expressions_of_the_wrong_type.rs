//! Options whose expression the compiler alone understands.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = seconds)]
fn ttl(seconds: u64) -> u64 {
    seconds
}

#[cache_memoize(cache = name)]
fn cache(name: &str) -> u64 {
    name.len() as u64
}

#[cache_memoize(cache_if = |text: &String| text.is_empty())]
fn cache_if(id: u64) -> u64 {
    id
}

#[cache_memoize(cache_err = |number: &u64| *number > 1)]
fn cache_err(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(ttl_with = |seconds: &u64| *seconds)]
fn ttl_with(id: u64) -> u64 {
    id
}

#[cache_memoize(cache_err = true, err_ttl = 5_u64.max(id))]
fn err_ttl(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(on_hit = |_: &u64, _: &u64| ())]
fn on_hit(id: u64) -> u64 {
    id
}

#[cache_memoize(on_miss = log)]
fn on_miss(id: u64) -> u64 {
    id
}

#[cache_memoize(key = nobody)]
fn key(id: u64) -> u64 {
    id
}

fn log(_: &String) {}

fn main() {}
