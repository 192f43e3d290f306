//! Options that contradict each other, told at the one that should go.

use cache_memoize::cache_memoize;
use std::time::Duration;

#[cache_memoize(key = user, skip(id))]
fn key_and_skip(id: u64, user: u64) -> u64 {
    id + user
}

#[cache_memoize(ttl = 300, ttl_with = lifetime)]
fn ttl_and_ttl_with(id: u64) -> u64 {
    id
}

#[cache_memoize(err_ttl = 5)]
fn err_ttl_alone(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(cache_err = false, err_ttl = 5)]
fn err_ttl_of_no_error(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(store_result = false, cache_if = |id: &u64| *id > 1)]
fn guard_and_cache_if(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(store_result = false, ttl_with = lifetime)]
fn guard_and_ttl_with(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(store_result = false, cache_err = true, err_ttl = 5)]
fn guard_and_errors(_id: u64) -> Result<(), String> {
    Ok(())
}

#[cache_memoize(store_result = false, local)]
fn guard_and_local(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(ttl = "forever", stale_while_revalidate = 60, early_refresh = true)]
fn forever_and_old(id: u64) -> u64 {
    id
}

#[cache_memoize(store_result = false, stale_if_error = 60)]
fn guard_and_old(_id: u64) -> Result<(), String> {
    Ok(())
}

#[cache_memoize(store_result = false, single_flight = "fleet")]
fn guard_in_a_fleet(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(ttl = 300, background)]
fn background_alone(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, early_refresh = true, background)]
fn background_and_borrowed(name: &str, label: &'static str) -> u64 {
    (name.len() + label.len()) as u64
}

#[cache_memoize(ttl = 300, soft_timeout = "10ms")]
fn soft_timeout_without_old_values(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, early_refresh = true, background, soft_timeout = "10ms")]
fn soft_timeout_and_background(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, early_refresh = true, soft_timeout = "forever")]
fn soft_timeout_of_for_ever(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, stale_if_error = 60, soft_timeout = 2, hard_timeout = 2)]
async fn soft_timeout_that_is_no_shorter(id: u64) -> Result<u64, cache_memoize::Error> {
    Ok(id)
}

#[cache_memoize(store_result = false, soft_timeout = 2)]
fn guard_and_soft_timeout(_id: u64) -> Option<u64> {
    None
}

#[cache_memoize(ttl = 300, early_refresh = true, soft_timeout = 2)]
fn soft_timeout_and_borrowed(name: &str, label: &'static str) -> u64 {
    (name.len() + label.len()) as u64
}

#[cache_memoize(ttl = 300, early_refresh = true, soft_timeout = 2)]
const fn soft_timeout_and_const(id: u64) -> u64 {
    id
}

fn lifetime(seconds: &u64) -> Duration {
    Duration::from_secs(*seconds)
}

fn main() {}
