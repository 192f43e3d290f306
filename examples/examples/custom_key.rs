//! What identifies a call?
//!
//! Its arguments, unless said otherwise: `skip` leaves one out, `key` replaces them all, `extra` adds what
//! is no argument, `version` turns the page when the meaning changes.

use cache_memoize::{CacheKey, Serialized, cache_memoize};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(CacheKey)]
enum Period {
    Day(u16, u8, u8),
    Year(u16),
}

/// A type of another crate, say, that has serde but no `CacheKey`.
#[derive(Serialize)]
struct Filter {
    tags: BTreeMap<String, bool>,
}

/// Something without a key of its own.
struct Connection;

#[cache_memoize(ttl = 60, skip(connection))]
fn visits(connection: &Connection, period: Period) -> u32 {
    let _ = connection;
    match period {
        Period::Day(..) => 10,
        Period::Year(_) => 3650,
    }
}

#[cache_memoize(ttl = 60, key = (page, Serialized(filter)), extra = tenant(), version = 2)]
fn search(connection: &Connection, page: u32, filter: &Filter) -> Vec<u32> {
    let _ = (connection, filter);
    vec![page]
}

fn tenant() -> &'static str {
    "acme"
}

fn main() {
    let filter =
        Filter { tags: BTreeMap::from([("new".to_owned(), true), ("big box".to_owned(), false)]) };
    visits(&Connection, Period::Year(2026));
    search(&Connection, 1, &filter);
    println!("{}", cache_key_visits(Period::Day(2026, 11, 23)));
    println!("{}", cache_key_visits(Period::Year(2026)));
    println!("{}", cache_key_search(1, &filter));
}
