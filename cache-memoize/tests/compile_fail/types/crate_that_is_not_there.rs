//! `crate` with a path that leads nowhere.

use cache_memoize::{CacheKey, cache_memoize};

#[cache_memoize(ttl = 300, crate = nowhere::cache_memoize)]
fn remembered(id: u64) -> u64 {
    id
}

#[derive(CacheKey)]
#[cache_key(crate = nowhere::cache_memoize)]
struct User {
    id: u64,
}

fn main() {}
