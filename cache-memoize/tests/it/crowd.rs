//! Many async callers at once.

use cache_memoize::core::Backend;
use cache_memoize::{Cache, Memcached, Redis};
use cache_memoize_testkit::Counts;
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

const CROWD: u32 = 40;

/// Runs `test` with a cache on each server, whose round trips are counted.
fn on_every_server(test: impl Fn(&Cache, &Counts)) {
    let (redis, memcached) = (RedisServer::start(), MemcachedServer::start_unix());
    let opened: [Backend; 2] = [
        Redis::open(&redis.unix_url()).expect("the URL is right").into(),
        Memcached::open(&memcached.url()).expect("the URL is right").into(),
    ];
    for backend in opened {
        let counts = Counts::new();
        let cache = Cache::builder().backend(counts.wrap(&backend)).timeout(PATIENCE);
        test(&cache.call_timeout(Duration::MAX).build().expect("the settings are right"), &counts);
    }
}

/// A busy machine is no fault of a store.
const PATIENCE: Duration = Duration::from_secs(30);

/// What each of the crowd gets, who ask at once for one of so many keys.
async fn asked_by_a_crowd(cache: &Cache, keys: u32, source: &Arc<AtomicU32>) -> Vec<u32> {
    let mut crowd = JoinSet::new();
    for caller in 0..CROWD {
        let (cache, source) = (cache.clone(), source.clone());
        crowd.spawn(async move {
            let compute = async || source.load(Ordering::SeqCst);
            cache.get_or_compute_async(("key", caller % keys), compute).await
        });
    }
    crowd.join_all().await
}

#[test]
fn hits_of_a_crowd_take_few_round_trips() {
    on_every_server(|cache, counts| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let source = Arc::new(AtomicU32::new(7));
            asked_by_a_crowd(cache, CROWD, &source).await;
            source.store(8, Ordering::SeqCst);
            counts.reset();
            assert_eq!(asked_by_a_crowd(cache, CROWD, &source).await, [7; CROWD as usize]);
            let (looks, all) = (counts.of("get"), counts.total());
            assert!(looks == all && looks <= 8, "{looks} looks of {all} round trips");
        });
    });
}

#[test]
fn nobody_in_a_crowd_is_served_what_was_invalidated() {
    on_every_server(|cache, _| {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let source = Arc::new(AtomicU32::new(0));
            let spoiler = tokio::spawn(spoil(cache.clone(), source.clone()));
            while !spoiler.is_finished() {
                let least = source.load(Ordering::SeqCst);
                let seen = asked_by_a_crowd(cache, KEYS, &source).await;
                // What was invalidated before the crowd asked is at least one behind.
                assert!(seen.iter().all(|value| value + 1 >= least), "{seen:?} after {least}");
            }
            spoiler.await.unwrap();
        });
    });
}

const KEYS: u32 = 5;

/// Changes the source, and invalidates all that came of it, again and again.
async fn spoil(cache: Cache, source: Arc<AtomicU32>) {
    for _ in 0..200 {
        source.fetch_add(1, Ordering::SeqCst);
        for key in 0..KEYS {
            cache.invalidate_async(("key", key)).await.expect("the store works");
        }
    }
}
