//! `stale_if_error` on a function that returns no `Result`.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 300, stale_if_error = 600)]
fn plain(id: u64) -> u64 {
    id
}

fn main() {}
