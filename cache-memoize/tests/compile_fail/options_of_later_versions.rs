//! Options that are not there yet.

use cache_memoize::cache_memoize;
use std::collections::HashMap;

#[cache_memoize(ttl = 300, batch)]
fn batch(ids: &[u64]) -> HashMap<u64, u64> {
    ids.iter().map(|id| (*id, *id)).collect()
}

fn main() {}
