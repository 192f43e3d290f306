//! How do I forget everything about one user?

use cache_memoize::{Cache, Error, cache_memoize, caches};

#[cache_memoize(ttl = "1h", tags("user:{user}"))]
fn name(user: u32) -> String {
    println!("  (looking up the name of {user})");
    format!("user {user}")
}

#[cache_memoize(ttl = "1h", tags("user:{user}", "orders"))]
fn orders(user: u32, page: u32) -> Vec<String> {
    println!("  (looking up page {page} of the orders of {user})");
    vec![format!("order {page} of {user}")]
}

fn visit(user: u32) {
    println!("{} has {:?} and {:?}", name(user), orders(user, 1), orders(user, 2));
}

fn main() -> Result<(), Error> {
    let cache = Cache::memory();
    caches::install("default", cache.clone())?;
    visit(1);
    visit(2);

    println!("User 1 has changed: one call, whatever there is.");
    cache.invalidate_tag("user:1")?;
    visit(1);
    visit(2);

    println!("Prices have changed: all pages of all users, and no name.");
    invalidate_all_orders()?;
    visit(1);
    Ok(())
}
