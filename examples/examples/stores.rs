//! How do I move from memory to Redis or memcached?
//!
//! By changing the URL, and nothing else: `cargo run -p examples --features servers --example stores -- URL`, or
//! the variable `CACHE_URL`. Without a URL it starts a server of each kind and goes through them all.

use cache_memoize::{Cache, Error, cache_memoize, caches};
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use std::time::{Duration, Instant};

#[cache_memoize(ttl = 300)]
fn population(country: &str) -> u64 {
    std::thread::sleep(Duration::from_millis(100));
    country.bytes().map(u64::from).product()
}

fn show() -> Result<(), Error> {
    for what in ["computed", "remembered"] {
        let begin = Instant::now();
        let inhabitants = population("Iceland");
        println!("  {what:<11} {inhabitants} in {:?}", begin.elapsed());
    }
    invalidate_population("Iceland")?;
    println!("  invalidated {:?}", peek_population("Iceland")?);
    Ok(())
}

fn main() -> Result<(), Error> {
    if std::env::var_os("CACHE_URL").is_some() {
        caches::from_env()?;
        return show();
    }
    if let Some(url) = std::env::args().nth(1) {
        caches::install("default", Cache::from_url(&url)?)?;
        return show();
    }
    let (redis, memcached) = (RedisServer::start(), MemcachedServer::start_unix());
    for url in ["memory:".to_owned(), redis.tcp_url(), redis.unix_url(), memcached.url()] {
        println!("{url}");
        caches::install("default", Cache::from_url(&url)?)?;
        show()?;
    }
    Ok(())
}
