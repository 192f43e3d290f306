//! How do I spare the round trip to Redis?
//!
//! With a near tier in this process, which Redis tells of what others change. Here two services have one each.
//! A URL of your own may be given as an argument.

use cache_memoize::{Cache, Error, Near, Redis, cache_memoize, caches};
use std::time::{Duration, Instant};

#[cache_memoize(ttl = 3600)]
fn weather(city: &str) -> String {
    std::thread::sleep(Duration::from_millis(100));
    format!("it rains in {city}")
}

fn service(url: &str) -> Result<Cache, Error> {
    let near = Near::entries(10_000).ttl(Duration::from_secs(30));
    Cache::builder().backend(Redis::open(url)?).prefix("weather").near(near).build()
}

fn timed(what: &str) {
    let begin = Instant::now();
    weather("Bergen");
    println!("{what:<45} {:?}", begin.elapsed());
}

fn main() -> Result<(), Error> {
    let (url, _server) = examples::servers::redis_url();
    let (here, there) = (service(&url)?, service(&url)?);

    caches::install("default", there.clone())?;
    timed("computed by the other service");
    caches::install("default", here.clone())?;
    timed("found in Redis");
    // Redis may still be telling that the other service stored it.
    std::thread::sleep(Duration::from_millis(50));
    timed("found in Redis, and kept near");
    timed("found near");

    caches::install("default", there)?;
    invalidate_weather("Bergen")?;
    caches::install("default", here)?;
    std::thread::sleep(Duration::from_millis(50));
    timed("computed, since the other service invalidated it");
    Ok(())
}
