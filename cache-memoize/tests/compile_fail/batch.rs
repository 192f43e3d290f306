//! What a function of many keys must have, and cannot have.

use cache_memoize::{Cache, cache_memoize};
use std::collections::HashMap;

#[cache_memoize(ttl = 300, batch)]
fn no_keys(id: u64) -> HashMap<u64, u64> {
    HashMap::from([(id, id)])
}

#[cache_memoize(ttl = 300, batch)]
fn two_slices(ids: &[u64], others: &[u64]) -> Vec<u64> {
    ids.iter().chain(others).copied().collect()
}

#[cache_memoize(ttl = 300, batch, skip(connection))]
fn consumed(ids: &[u64], connection: &mut u64) -> Vec<u64> {
    *connection += 1;
    ids.to_vec()
}

#[cache_memoize(ttl = 300, batch, skip(ids))]
fn skipped(ids: &[u64], tenant: u64) -> Vec<u64> {
    vec![tenant; ids.len()]
}

#[cache_memoize(ttl = 300, batch, cache = caches[&ids])]
fn several_caches(ids: &[u64], caches: &HashMap<u64, Cache>) -> Vec<u64> {
    let _ = caches;
    ids.to_vec()
}

#[cache_memoize(ttl = 300, batch, store_result = false)]
fn guarded(ids: &[u64]) {
    let _ = ids;
}

#[cache_memoize(ttl = 300, batch, cache_err = true, err_ttl = 1)]
fn errors(ids: &[u64]) -> Result<Vec<u64>, String> {
    Ok(ids.to_vec())
}

#[cache_memoize(ttl = 300, batch, single_flight = "fleet", hard_timeout = 1)]
async fn in_a_fleet(ids: &[u64]) -> Result<Vec<u64>, cache_memoize::Error> {
    Ok(ids.to_vec())
}

struct Shop;

impl Shop {
    #[cache_memoize(ttl = 300, batch, skip(self), companions = false)]
    fn prices(&self, ids: &[u64]) -> Vec<u64> {
        ids.to_vec()
    }
}

fn main() {}
