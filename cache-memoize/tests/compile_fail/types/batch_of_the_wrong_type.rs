//! Values that belong to no key, and arguments that can be used once.

use cache_memoize::cache_memoize;
use std::collections::HashMap;

#[cache_memoize(ttl = 300, batch)]
fn a_sum(ids: &[u64]) -> u64 {
    ids.iter().sum()
}

#[cache_memoize(ttl = 300, batch)]
fn other_keys(ids: &[u64]) -> HashMap<String, u64> {
    ids.iter().map(|id| (id.to_string(), *id)).collect()
}

#[cache_memoize(ttl = 300, batch, stale_if_error = 60)]
fn without_errors(ids: &[u64]) -> Vec<u64> {
    ids.to_vec()
}

struct Connection;

#[cache_memoize(ttl = 300, batch, skip(connection))]
fn used_up(ids: &[u64], connection: Connection) -> Vec<u64> {
    drop(connection);
    ids.to_vec()
}

fn main() {}
