//! `skip(..)` names whole arguments, each once.

use cache_memoize::cache_memoize;

#[cache_memoize(skip(conection))]
fn misspelt(connection: &str, id: u64) -> u64 {
    id + connection.len() as u64
}

#[cache_memoize(skip(zebra))]
fn unheard_of(connection: &str, id: u64) -> u64 {
    id + connection.len() as u64
}

#[cache_memoize(skip(connection, connection))]
fn twice(connection: &str, id: u64) -> u64 {
    id + connection.len() as u64
}

#[cache_memoize(skip(left))]
fn a_part((left, right): (u64, u64)) -> u64 {
    left + right
}

#[cache_memoize(skip(self))]
fn without_a_receiver() -> u64 {
    1
}

fn main() {}
