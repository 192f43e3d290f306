//! What a thread holds after a hit ends with what is in the store.

use crate::support::with_default;
use cache_memoize::{Cache, Memory, cache_memoize, caches};
use cache_memoize_testkit::FakeClock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

static VERSION: AtomicU64 = AtomicU64::new(0);

fn next_version() -> u64 {
    VERSION.fetch_add(1, Ordering::SeqCst)
}

#[cache_memoize(ttl = 60, prefix = "held", tags("all"))]
fn tagged(number: u64) -> u64 {
    let _ = number;
    next_version()
}

#[cache_memoize(ttl = 60)]
fn version(number: u64) -> u64 {
    let _ = number;
    next_version()
}

#[cache_memoize(ttl = 60)]
async fn version_async(number: u64) -> u64 {
    let _ = number;
    next_version()
}

#[cache_memoize(ttl = 60)]
fn named(name: &str) -> String {
    format!("{name} {}", next_version())
}

struct Shelf(u64);

impl Shelf {
    #[cache_memoize(in_impl, ttl = 60, key = self.0)]
    fn version(&self) -> u64 {
        next_version()
    }
}

/// A way to end an entry of `version(1)`.
type End = (&'static str, fn(&Cache));

const ENDS: [End; 6] = [
    ("invalidated", |_| assert!(invalidate_version(1).is_ok())),
    ("primed", |_| assert!(prime_version(1, next_version()).is_ok())),
    ("refreshed", |_| assert!(refresh_version(1) > 0)),
    ("invalidated with its function", |_| assert!(invalidate_all_version().is_ok())),
    ("cleared", |cache| assert!(cache.clear().is_ok())),
    ("invalidated by its key", |cache| assert!(cache.invalidate(cache_key_version(1)).is_ok())),
];

/// Calls often enough for the thread to hold the value, and gives it.
fn settled<T: PartialEq + std::fmt::Debug>(call: impl Fn() -> T) -> T {
    let value = call();
    (0..3).for_each(|_| assert_eq!(call(), value));
    value
}

#[test]
fn what_is_held_ends_on_the_thread_that_ends_it() {
    for (how, end) in ENDS {
        let cache = Cache::memory();
        with_default(&cache, || {
            let before = settled(|| version(1));
            let neighbour = settled(|| version(2));
            end(&cache);
            assert!(version(1) > before, "{how}");
            if !["cleared", "invalidated with its function"].contains(&how) {
                assert_eq!(version(2), neighbour, "{how}");
            }
        });
    }
}

#[test]
fn what_is_held_ends_on_other_threads() {
    for (how, end) in ENDS {
        let cache = Cache::memory();
        let (ask, asked) = mpsc::channel::<()>();
        let (answer, answers) = mpsc::channel();
        let other = cache.clone();
        let reader = thread::spawn(move || {
            with_default(&other, || {
                while asked.recv().is_ok() {
                    answer.send(settled(|| version(1))).expect("the test listens");
                }
            });
        });
        ask.send(()).expect("the reader listens");
        let before = answers.recv().expect("the reader answers");
        with_default(&cache, || end(&cache));
        ask.send(()).expect("the reader listens");
        assert!(answers.recv().expect("the reader answers") > before, "{how}");
        drop(ask);
        reader.join().expect("the reader does not panic");
    }
}

#[test]
fn what_is_held_ends_with_its_tag() {
    let cache = Cache::memory();
    with_default(&cache, || {
        let before = settled(|| tagged(1));
        cache.invalidate_tag("all").expect("the store does not fail");
        assert!(tagged(1) > before);
    });
}

#[test]
fn what_is_held_ends_with_its_time() {
    let clock = FakeClock::new();
    let memory = Memory::builder().clock(Arc::new(clock.clone())).build();
    let cache = Cache::builder().backend(memory).build().expect("the settings are right");
    with_default(&cache, || {
        let before = settled(|| version(1));
        clock.advance(Duration::from_millis(59_999));
        assert_eq!(version(1), before);
        clock.advance(Duration::from_millis(1));
        assert!(version(1) > before);
    });
}

#[test]
fn what_is_held_ends_when_it_is_evicted() {
    let memory = Memory::builder().max_entries(2).build();
    let cache = Cache::builder().backend(memory).build().expect("the settings are right");
    with_default(&cache, || {
        let before = settled(|| version(1));
        (2..100).for_each(|number| assert!(settled(|| version(number)) > before));
        assert!(version(1) > before);
    });
}

#[test]
fn each_cache_has_its_own() {
    let (one, other) = (Cache::memory(), Cache::memory());
    let first = with_default(&one, || settled(|| version(1)));
    let second = with_default(&other, || settled(|| version(1)));
    assert_ne!(first, second);
    assert_eq!(with_default(&one, || version(1)), first);
    with_default(&one, || {
        with_default(&other, || assert_eq!(version(1), second));
        assert_eq!(version(1), first);
    });
    with_default(&Cache::disabled(), || assert_ne!(version(1), version(1)));
}

#[test]
fn each_call_has_its_own() {
    with_default(&Cache::memory(), || {
        let numbers: Vec<_> = (0..5_000).map(|number| settled(|| version(number))).collect();
        let again: Vec<_> = (0..5_000).map(version).collect();
        assert_eq!(numbers, again);
        let names: Vec<_> = (0..500).map(|number| settled(|| named(&"x".repeat(number)))).collect();
        let again: Vec<_> = (0..500).map(|number| named(&"x".repeat(number))).collect();
        assert_eq!(names, again);
        let shelves: Vec<_> = (0..50).map(|number| settled(|| Shelf(number).version())).collect();
        let again: Vec<_> = (0..50).map(|number| Shelf(number).version()).collect();
        assert_eq!(shelves, again);
    });
}

#[tokio::test]
async fn async_calls_hold_too() {
    let cache = Cache::memory();
    caches::scoped_async([("default", cache)], async {
        let before = version_async(1).await;
        for _ in 0..3 {
            assert_eq!(version_async(1).await, before);
        }
        invalidate_version_async(1).await.expect("the store does not fail");
        assert!(version_async(1).await > before);
    })
    .await;
}

#[test]
fn hits_of_what_is_held_are_counted() {
    let cache = Cache::memory();
    with_default(&cache, || drop((0..10).map(|_| version(1)).collect::<Vec<_>>()));
    let stats = cache.stats();
    let stats = stats.function("held::version").expect("it was called");
    assert_eq!((stats.hits, stats.misses), (9, 1));
}

/// How many of these there are.
static LIVING: AtomicU64 = AtomicU64::new(0);

#[derive(Debug, PartialEq)]
struct Guest;

impl Clone for Guest {
    fn clone(&self) -> Self {
        LIVING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        LIVING.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cache_memoize(ttl = 60, local)]
fn guest(number: u64) -> Guest {
    let _ = number;
    LIVING.fetch_add(1, Ordering::SeqCst);
    Guest
}

/// Who has a `Drop` of his own and does not say what he weighs is not held: he goes when he is invalidated.
#[test]
fn what_may_be_heavy_is_not_held() {
    with_default(&Cache::memory(), || {
        drop(settled(|| guest(1)));
        assert_eq!(LIVING.load(Ordering::SeqCst), 1);
        invalidate_guest(1).expect("the store does not fail");
        assert_eq!(LIVING.load(Ordering::SeqCst), 0);
    });
}
