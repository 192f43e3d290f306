//! Is an error stored when the function's type is an alias of `Result`?

use crate::support::{block_on, hitbox_cache};
use cache_memoize::cache_memoize;
use cached::macros::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

type Answer = Result<u32, String>;

fn fails_once(calls: &AtomicU32) -> Answer {
    match calls.fetch_add(1, SeqCst) {
        0 => Err("try again".to_owned()),
        _ => Ok(42),
    }
}

#[test]
fn cache_memoize_stores_no_error() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    #[cache_memoize(ttl = 60)]
    fn ours() -> Answer {
        fails_once(&CALLS)
    }
    assert!(ours().is_err());
    assert_eq!(ours(), Ok(42));
}

#[test]
fn cached_stores_the_error() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    #[cached(ttl_secs = 60)]
    fn theirs() -> Answer {
        fails_once(&CALLS)
    }
    assert!(theirs().is_err());
    assert!(theirs().is_err());
}

#[test]
fn moka_stores_no_error_where_told_that_it_may_fail() {
    let calls = AtomicU32::new(0);
    let cache = moka::sync::Cache::new(10);
    assert!(cache.try_get_with(1, || fails_once(&calls)).is_err());
    assert_eq!(cache.try_get_with(1, || fails_once(&calls)), Ok(42));
}

#[test]
fn hitbox_stores_no_error() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    #[hitbox_fn::cached(prefix = "aliases")]
    async fn theirs() -> Answer {
        fails_once(&CALLS)
    }
    block_on(async {
        let cache = hitbox_cache();
        assert!(theirs().cache(&cache).await.is_err());
        assert_eq!(theirs().cache(&cache).await, Ok(42));
    });
}
