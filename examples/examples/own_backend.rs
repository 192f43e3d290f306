//! How do I keep my values somewhere else?
//!
//! With a backend of your own: `src/table.rs` is a whole one, and `tests/own_backend.rs` holds it against the
//! contract.

use cache_memoize::core::{Backend, NonBlocking};
use cache_memoize::{Cache, cache_memoize, caches};
use examples::table::Table;
use std::sync::Arc;

#[cache_memoize(ttl = 60)]
fn square(number: u64) -> u64 {
    println!("  computing the square of {number}");
    number * number
}

fn main() -> Result<(), cache_memoize::Error> {
    let table = Arc::new(Table::default());
    let backend =
        Backend::new("table").with_store(table.clone()).with_async_store(NonBlocking(table));
    caches::install("default", Cache::builder().backend(backend).build()?)?;

    println!("{}", square(12));
    println!("{} once more, out of the table", square(12));
    invalidate_square(12)?;
    println!("{} after it was forgotten", square(12));
    Ok(())
}
