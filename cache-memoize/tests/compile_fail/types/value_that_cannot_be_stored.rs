//! A value is cloned and serialized; with `local` it is cloned and sent.

use cache_memoize::cache_memoize;
use std::rc::Rc;

#[derive(Clone)]
struct Report {
    pages: u64,
}

#[cache_memoize(ttl = 300)]
fn without_serde(pages: u64) -> Report {
    Report { pages }
}

#[cache_memoize(ttl = 300)]
async fn without_serde_async(pages: u64) -> Result<Report, String> {
    Ok(Report { pages })
}

#[cache_memoize(ttl = 300)]
fn type_parameter<T: Default>(_id: u64) -> T {
    T::default()
}

struct Connection;

#[cache_memoize(ttl = 300, local)]
fn without_clone(_id: u64) -> Connection {
    Connection
}

#[cache_memoize(ttl = 300, local)]
fn of_one_thread(id: u64) -> Rc<u64> {
    Rc::new(id)
}

fn main() {
    let _ = without_serde(1).pages;
}
