//! What a thread holds after a hit ends with what is in the store.

use crate::support::with_default;
use cache_memoize::{Cache, Memory, cache_memoize, caches};
use cache_memoize_testkit::FakeClock;
use serde::{Deserialize, Serialize, Serializer};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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

/// How often one of these was serialized.
static SERIALIZED: AtomicU64 = AtomicU64::new(0);

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Letter(String);

impl Serialize for Letter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SERIALIZED.fetch_add(1, Ordering::SeqCst);
        self.0.serialize(serializer)
    }
}

#[cache_memoize(ttl = 60)]
fn letter(number: u64) -> Letter {
    Letter(format!("letter {number}"))
}

/// To serialize a value may take a lock that its readers hold.
#[test]
fn a_hit_serializes_nothing() {
    with_default(&Cache::memory(), || {
        letter(1);
        let before = SERIALIZED.load(Ordering::SeqCst);
        settled(|| letter(1));
        assert_eq!(SERIALIZED.load(Ordering::SeqCst), before);
    });
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Unspeakable(String);

impl Serialize for Unspeakable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("it is not to be written down");
    }
}

#[cache_memoize(ttl = 60)]
fn unspeakable(number: u64) -> Unspeakable {
    Unspeakable(format!("name {} of {number}", next_version()))
}

#[test]
fn a_value_that_cannot_be_weighed_is_remembered_all_the_same() {
    with_default(&Cache::memory(), || drop(settled(|| unspeakable(1))));
}

/// How many heavy ones there are, and whether the next clone replaces the entry by one.
static HEAVY: AtomicU64 = AtomicU64::new(0);
static REPLACES: AtomicBool = AtomicBool::new(false);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Parcel(Vec<u8>);

impl Parcel {
    fn new(bytes: usize) -> Self {
        HEAVY.fetch_add(u64::from(bytes > 1_000), Ordering::SeqCst);
        Self(vec![0; bytes])
    }
}

impl Clone for Parcel {
    fn clone(&self) -> Self {
        if REPLACES.swap(false, Ordering::SeqCst) {
            prime_parcel(1, Self::new(100_000)).expect("the store does not fail");
        }
        Self::new(self.0.len())
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        HEAVY.fetch_sub(u64::from(self.0.len() > 1_000), Ordering::SeqCst);
    }
}

#[cache_memoize(ttl = 60)]
fn parcel(number: u64) -> Parcel {
    let _ = number;
    Parcel::new(10)
}

/// Between the look at a value and the hold of it, another one may take its place.
#[test]
fn a_heavy_value_is_not_held_in_place_of_a_light_one() {
    with_default(&Cache::memory(), || {
        parcel(1);
        REPLACES.store(true, Ordering::SeqCst);
        assert_eq!(parcel(1).0.len(), 10);
        assert_eq!(HEAVY.load(Ordering::SeqCst), 1);
        invalidate_parcel(1).expect("the store does not fail");
        assert_eq!(HEAVY.load(Ordering::SeqCst), 0);
    });
}

static EXPLODES: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mine;

impl Drop for Mine {
    fn drop(&mut self) {
        assert!(!EXPLODES.load(Ordering::SeqCst), "it is armed");
    }
}

#[cache_memoize(ttl = 60)]
fn mine(number: u64) -> Mine {
    let _ = number;
    Mine
}

/// A panic while a thread ends would end the process.
#[test]
fn a_thread_ends_in_peace_whatever_it_holds() {
    let cache = Cache::memory();
    let (held, is_held) = mpsc::channel();
    let (go, gone) = mpsc::channel::<()>();
    let inner = cache.clone();
    let holder = thread::spawn(move || {
        with_default(&inner, || drop(settled(|| mine(1))));
        held.send(()).expect("the test listens");
        gone.recv().expect_err("nothing is said");
    });
    is_held.recv().expect("the holder holds");
    with_default(&cache, || invalidate_mine(1)).expect("the store does not fail");
    EXPLODES.store(true, Ordering::SeqCst);
    drop(go);
    holder.join().expect("the holder does not panic");
    EXPLODES.store(false, Ordering::SeqCst);
}
