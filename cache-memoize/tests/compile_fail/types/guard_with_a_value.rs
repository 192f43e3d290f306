//! `store_result = false` on a function that has nothing to return when it is held back.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 300, store_result = false)]
fn value(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, store_result = false)]
async fn value_in_a_result(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {}
