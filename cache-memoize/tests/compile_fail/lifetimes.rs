//! `ttl` and `err_ttl`: a lifetime is positive, and its unit is known.

use cache_memoize::cache_memoize;
use std::time::Duration;

#[cache_memoize(ttl = 0)]
fn zero(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = "0s")]
fn zero_as_text(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = Duration::ZERO)]
fn zero_as_a_constant(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = Duration::from_secs(0))]
fn zero_as_a_call(id: u64) -> u64 {
    id
}

#[cache_memoize(cache_err = true, err_ttl = 0)]
fn zero_for_errors(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(ttl = -5)]
fn negative(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 1.5)]
fn fraction(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 5 * 60)]
fn arithmetic(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 5m)]
fn unit_without_quotes(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = "5 apples")]
fn unit_unheard_of(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = "soon")]
fn no_number(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 18446744073709551615)]
fn longer_than_the_clock(id: u64) -> u64 {
    id
}

fn main() {
    let _ = Duration::ZERO;
}
