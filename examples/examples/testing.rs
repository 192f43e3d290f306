//! How do I test code that uses the cache?
//!
//! With caches of the test's own, a clock that it sets, and a store that fails when it is told to.

use cache_memoize::{Cache, Memory, cache_memoize, caches};
use cache_memoize_testkit::FakeClock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static QUERIES: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = 300)]
fn user_name(id: u32) -> String {
    QUERIES.fetch_add(1, Ordering::Relaxed);
    format!("user {id}")
}

fn queries(body: impl FnOnce()) -> u32 {
    let before = QUERIES.load(Ordering::Relaxed);
    body();
    QUERIES.load(Ordering::Relaxed) - before
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Two tests do not meet in one cache.
    for _ in 0..2 {
        let fresh = caches::scoped([("default", Cache::memory())], || {
            queries(|| drop([user_name(1), user_name(1)]))
        });
        assert_eq!(fresh, 1);
    }

    // Five minutes pass without waiting for them.
    let clock = FakeClock::new();
    let cache = Cache::builder().backend(Memory::builder().clock(clock.clone()).build()).build()?;
    caches::scoped([("default", cache)], || {
        assert_eq!(queries(|| drop(user_name(1))), 1);
        clock.advance(Duration::from_secs(299));
        assert_eq!(queries(|| drop(user_name(1))), 0, "still fresh");
        clock.advance(Duration::from_secs(1));
        assert_eq!(queries(|| drop(user_name(1))), 1, "over");
    });

    // Without a cache the function still does what it does.
    let uncached = caches::scoped([("default", Cache::disabled())], || {
        queries(|| drop([user_name(1), user_name(1)]))
    });
    assert_eq!(uncached, 2);
    println!("three tests, no waiting, no cache left behind");
    Ok(())
}
