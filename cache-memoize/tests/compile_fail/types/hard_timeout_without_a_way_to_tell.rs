//! `hard_timeout` on functions that cannot say that they took too long.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 300, hard_timeout = 2)]
async fn plain(id: u64) -> u64 {
    id
}

struct Failure;

#[cache_memoize(ttl = 300, hard_timeout = 2)]
async fn other_error(id: u64) -> Result<u64, Failure> {
    Ok(id)
}

fn main() {}
