//! `cache_err` on a function that returns no `Result`.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 300, cache_err = true)]
fn all_of_none(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, cache_err = |error: &String| error.is_empty())]
fn some_of_none(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {}
