//! How do I ask for many things at once, and compute only those that are missing?

use cache_memoize::{Error, cache_memoize};
use std::collections::HashMap;

/// The database of a shop.
struct Database;

impl Database {
    /// One query, however many products it is about. One of them does not exist.
    fn prices(&self, ids: &[u32]) -> HashMap<u32, u32> {
        println!("  (SELECT id, price FROM products WHERE id IN ({ids:?}))");
        ids.iter().filter(|id| **id != 13).map(|id| (*id, id * 100)).collect()
    }
}

#[cache_memoize(ttl = "5m", batch, skip(database))]
fn prices(ids: &[u32], database: &Database) -> HashMap<u32, u32> {
    database.prices(ids)
}

fn show(ids: &[u32]) {
    let found = prices(ids, &Database);
    let prices: Vec<String> = ids
        .iter()
        .map(|id| match found.get(id) {
            Some(price) => format!("{id} costs {price}"),
            None => format!("there is no {id}"),
        })
        .collect();
    println!("{}", prices.join(", "));
}

fn main() -> Result<(), Error> {
    println!("A first page of products:");
    show(&[1, 2, 3]);

    println!("The next page shares two of them:");
    show(&[2, 3, 4, 5]);

    println!("What does not exist is not remembered, and asked for again:");
    show(&[1, 13]);
    show(&[1, 13]);

    println!("Two prices change:");
    invalidate_prices(&[2, 5])?;
    println!("{} of five are remembered.", peek_prices(&[1, 2, 3, 4, 5])?.len());
    show(&[1, 2, 3, 4, 5]);
    Ok(())
}
