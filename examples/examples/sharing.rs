//! How do two services share one Redis?
//!
//! With a prefix each, where they have nothing to do with one another; with the same prefix for the cache and
//! for the function, where one is to find what the other computed. A URL of your own may be given as an argument.

use cache_memoize::{Cache, Error, caches};

mod shop {
    use cache_memoize::cache_memoize;

    #[cache_memoize(ttl = 60, prefix = "price")]
    pub fn price(article: u32) -> u32 {
        println!("  the shop asks for the price of {article}");
        article * 100
    }
}

mod warehouse {
    use cache_memoize::cache_memoize;

    /// The same prefix, the same arguments, the same type: the same entry.
    #[cache_memoize(ttl = 60, prefix = "price")]
    pub fn price(article: u32) -> u32 {
        println!("  the warehouse asks for the price of {article}");
        article * 100
    }
}

fn main() -> Result<(), Error> {
    let (url, _server) = examples::servers::redis_url();
    let service = |prefix: &str| Cache::builder().backend(open(&url)?).prefix(prefix).build();

    println!("apart:");
    with(service("shop")?, || shop::price(7));
    with(service("warehouse")?, || warehouse::price(7));

    println!("together:");
    with(service("prices")?, || shop::price(7));
    with(service("prices")?, || warehouse::price(7));

    println!("after the warehouse changed it:");
    with(service("prices")?, || warehouse::invalidate_price(7))?;
    with(service("prices")?, || shop::price(7));
    Ok(())
}

fn open(url: &str) -> Result<cache_memoize::Redis, Error> {
    Ok(cache_memoize::Redis::open(url)?)
}

/// In the life of a service: `caches::install("default", cache)` in its `main`.
fn with<R>(cache: Cache, body: impl FnOnce() -> R) -> R {
    caches::scoped([("default", cache)], body)
}
