//! The faces of a backend: what a call costs in round trips, and what happens where a store fails or a face
//! is missing.

use crate::support::{block_on, bytes, with_default};
use cache_memoize::core::{Backend, NonBlocking, StoreErrorKind};
use cache_memoize::{Cache, ErrorKind, Event, Memory, cache_memoize, caches};
use cache_memoize_testkit::{Counts, Fault, Faults, FaultyStore};
use std::cell::Cell;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn run() -> u32 {
    RUNS.set(RUNS.get() + 1);
    RUNS.get()
}

#[cache_memoize(ttl = 60)]
fn numbered(id: u32) -> u32 {
    run() + id - id
}

#[cache_memoize(ttl = 60, prefix = "numbered_async")]
async fn numbered_async(id: u32) -> u32 {
    run() + id - id
}

#[cache_memoize(ttl = 60, local)]
fn shared(id: u32) -> Arc<Mutex<u32>> {
    Arc::new(Mutex::new(id))
}

#[cache_memoize(ttl = 60, cache = "nowhere")]
fn homeless(id: u32) -> u32 {
    run() + id - id
}

#[test]
fn a_hit_costs_one_round_trip_and_a_miss_three() {
    let counts = Counts::new();
    with_default(&bytes(&counts), || {
        let cost = |body: &dyn Fn()| {
            counts.reset();
            body();
            counts.total()
        };
        assert_eq!(cost(&|| assert_ne!(numbered(0), 0)), 5, "and the groups of cache and function");
        assert_eq!(cost(&|| assert_ne!(numbered(1), 0)), 3, "get, lease, put");
        assert_eq!(cost(&|| assert_ne!(numbered(1), 0)), 1);
        assert_eq!(cost(&|| assert!(peek_numbered(1).is_ok())), 1);
        assert_eq!(cost(&|| assert_ne!(refresh_numbered(1), 0)), 3, "get, lease, put");
        assert_eq!(cost(&|| assert!(invalidate_numbered(1).is_ok())), 1);
        assert_eq!(cost(&|| assert!(prime_numbered(1, 5).is_ok())), 2, "get, put");
    });
}

#[test]
fn an_async_hit_costs_one_round_trip_and_a_miss_three() {
    let counts = Counts::new();
    block_on(caches::scoped_async([("default", bytes(&counts))], async {
        numbered_async(0).await;
        for (expected, again) in [(3, "the first"), (1, "the second")] {
            counts.reset();
            numbered_async(1).await;
            assert_eq!(counts.total(), expected, "{again}");
        }
        counts.reset();
        invalidate_numbered_async(1).await.expect("it works");
        assert_eq!(counts.total(), 1);
    }));
}

/// A store that does what it is told to do wrong.
fn faulty() -> (Faults, Cache, Arc<Mutex<Vec<String>>>) {
    let faults = Faults::new();
    let backend: Backend = Memory::new().into();
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = events.clone();
    let observer = move |event: &Event<'_>| {
        seen.lock().expect("no observer panics").push(format!("{:?}", event.kind));
    };
    let cache = Cache::builder().backend(faults.wrap(&backend)).observer(observer).build();
    (faults, cache.expect("the settings are right"), events)
}

#[test]
fn a_store_that_fails_never_breaks_the_function() {
    let (faults, cache, events) = faulty();
    with_default(&cache, || {
        faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
        numbered(1);
        let refused = invalidate_numbered(1).expect_err("a companion says what is wrong");
        assert_eq!(refused.kind(), ErrorKind::Store(StoreErrorKind::Unavailable));
        assert!(events.lock().expect("no panic").iter().any(|event| event.contains("StoreFault")));
        faults.heal();
        let second = numbered(1);
        assert_eq!(numbered(1), second, "hits again");
    });
}

#[test]
fn every_single_fault_is_survived() {
    for operation in ["get", "lease", "put", "release"] {
        for fault in [Fault::Fail(StoreErrorKind::TooLarge), Fault::Fail(StoreErrorKind::Timeout)] {
            let (faults, cache, _) = faulty();
            with_default(&cache, || {
                faults.on(operation).once(fault);
                let first = numbered(1);
                let second = numbered(1);
                assert!(second == first || second == first + 1, "{operation}");
                assert_eq!(numbered(1), second, "{operation}: remembered in the end");
            });
        }
    }
}

#[test]
fn every_single_fault_is_survived_by_async_functions_too() {
    for operation in ["get", "lease", "put"] {
        let (faults, cache, _) = faulty();
        block_on(caches::scoped_async([("default", cache)], async {
            faults.on(operation).once(Fault::Fail(StoreErrorKind::Timeout));
            let first = numbered_async(1).await;
            let second = numbered_async(1).await;
            assert!(second == first || second == first + 1, "{operation}");
            assert_eq!(numbered_async(1).await, second, "{operation}: remembered in the end");
        }));
    }
}

#[cache_memoize(ttl = 60)]
fn failing(id: u32) -> Result<u32, u32> {
    Err(id)
}

#[cache_memoize(ttl = 60, key = ())]
async fn failing_async(ends: bool) -> Result<u32, u32> {
    if !ends {
        std::future::pending::<()>().await;
    }
    Err(7)
}

#[test]
fn a_lease_that_cannot_be_given_back_breaks_nothing() {
    let (faults, cache, _) = faulty();
    faults.on("release").always(Fault::Fail(StoreErrorKind::Unavailable));
    let faults_counted = || cache.stats().total().faults;
    with_default(&cache, || {
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!((failing(7), faults_counted()), (Err(7), 1));
        assert_eq!(pin!(failing_async(true)).poll(&mut context), Poll::Ready(Err(7)));
        assert_eq!(faults_counted(), 2, "the lease of the one before is tried again");
        assert!(pin!(failing_async(false)).poll(&mut context).is_pending());
        let before = faults_counted();
        faults.heal();
        assert_eq!(pin!(failing_async(true)).poll(&mut context), Poll::Ready(Err(7)));
        assert_eq!(faults_counted(), before, "all are given back");
    });
}

#[cache_memoize(ttl = 60)]
async fn yields_once(id: u32) -> u32 {
    tokio::task::yield_now().await;
    run() + id - id
}

/// Where the store said no, it can be asked again; out of reach, it could only make everybody compute.
#[test]
fn followers_take_what_a_store_out_of_reach_did_not() {
    use StoreErrorKind::{Other, Timeout, TooLarge, Unavailable};
    for (kind, taken) in [(Unavailable, true), (Timeout, true), (TooLarge, false), (Other, false)] {
        let (faults, cache, _) = faulty();
        faults.on("put").once(Fault::Fail(kind));
        with_default(&cache, || {
            let mut context = Context::from_waker(Waker::noop());
            let [mut leader, mut follower] = [(); 2].map(|()| Box::pin(yields_once(1)));
            assert!(leader.as_mut().poll(&mut context).is_pending());
            assert!(follower.as_mut().poll(&mut context).is_pending());
            let Poll::Ready(led) = leader.as_mut().poll(&mut context) else { panic!("it is done") };
            let followed = follower.as_mut().poll(&mut context);
            assert_eq!(followed == Poll::Ready(led), taken, "{kind:?}");
        });
    }
}

#[derive(Clone, serde::Deserialize)]
struct Unwilling;

impl serde::Serialize for Unwilling {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not today"))
    }
}

#[cache_memoize(ttl = 60)]
fn unwilling(id: u32) -> Unwilling {
    RUNS.set(RUNS.get() + 1 + id - id);
    Unwilling
}

#[test]
fn a_value_that_refuses_serialization_is_computed_each_time_and_said() {
    let (_, cache, events) = faulty();
    with_default(&cache, || {
        let _ = (unwilling(1), unwilling(1));
        assert_eq!(RUNS.get(), 2);
        assert!(events.lock().expect("no panic").iter().any(|event| event.contains("Unstorable")));
        let refused = prime_unwilling(1, Unwilling).expect_err("it has no bytes");
        assert_eq!(refused.kind(), ErrorKind::Unstorable);
    });
}

#[test]
fn corrupted_bytes_are_a_miss() {
    let (faults, cache, events) = faulty();
    with_default(&cache, || {
        let first = numbered(1);
        faults.on("get").once(Fault::Corrupt);
        let second = numbered(1);
        assert!(second == first || second == first + 1, "the value, or one of its own");
        assert!(events.lock().expect("no panic").iter().any(|event| event.contains("Unreadable")));
    });
}

#[test]
fn a_lost_write_costs_a_computation() {
    let (faults, cache, _) = faulty();
    with_default(&cache, || {
        faults.on("put").once(Fault::LoseWrite);
        let first = numbered(1);
        assert_eq!(numbered(1), first + 1);
        assert_eq!(numbered(1), first + 1);
    });
}

#[test]
fn a_missing_face_is_said_and_the_function_computes() {
    let whole: Backend = Counts::new().wrap(&Memory::new().into());
    let store = whole.store().expect("there is one").clone();
    let blocking_only = Cache::builder().backend(Backend::new("half").with_store(store)).build();
    let cache = blocking_only.expect("the settings are right");
    block_on(caches::scoped_async([("default", cache)], async {
        let first = numbered_async(1).await;
        assert_eq!(numbered_async(1).await, first + 1);
        let refused = invalidate_numbered_async(1).await.expect_err("no async face");
        assert_eq!(refused.kind(), ErrorKind::Unsupported);
        assert!(refused.to_string().contains("async"), "{refused}");
    }));
}

#[test]
fn async_functions_leave_the_blocking_face_alone() {
    let faults = Faults::new();
    faults.everywhere().always(Fault::Fail(StoreErrorKind::Other));
    let memory = Memory::new();
    let backend = Backend::new("two faces")
        .with_store(FaultyStore::new(memory.clone(), faults))
        .with_async_store(NonBlocking(memory));
    let cache = Cache::builder().backend(backend).build().expect("the settings are right");
    block_on(caches::scoped_async([("default", cache.clone())], async {
        let first = numbered_async(1).await;
        assert_eq!(numbered_async(1).await, first);
        assert_eq!(peek_numbered_async(1).await.expect("it works"), Some(first));
        assert_eq!(refresh_numbered_async(1).await, first + 1);
        assert!(invalidate_numbered_async(1).await.expect("it works"));
        prime_numbered_async(1, 99).await.expect("it works");
        assert_eq!(numbered_async(1).await, 99);
        assert!(
            pin!(failing_async(false)).poll(&mut Context::from_waker(Waker::noop())).is_pending()
        );
        assert_eq!(failing_async(true).await, Err(7));
    }));
    assert_eq!(cache.stats().total().faults, 0);
}

#[test]
fn local_values_stay_in_the_process_whatever_the_store() {
    let counts = Counts::new();
    for cache in [Cache::memory(), bytes(&counts)] {
        with_default(&cache, || {
            assert!(Arc::ptr_eq(&shared(1), &shared(1)));
            assert!(invalidate_shared(1).expect("it works"));
            assert!(peek_shared(1).expect("it works").is_none());
        });
    }
    assert_eq!(counts.total(), 0);
}

#[test]
fn a_cache_that_is_not_installed_is_said_and_the_function_computes() {
    let first = homeless(1);
    assert_eq!(homeless(1), first + 1);
    let refused = invalidate_homeless(1).expect_err("there is no cache");
    assert_eq!(refused.kind(), ErrorKind::NotInstalled);
    let missing = caches::check().expect_err("two are missing").to_string();
    for part in [
        "\"nowhere\" for ",
        "CACHE_URL_NOWHERE",
        "faces.rs:",
        "\"nightly-Reports\" for ",
        "config.rs:",
    ] {
        assert!(missing.contains(part), "{missing}");
    }
    let others = ["nowhere", "nightly-Reports"].map(|name| (name, Cache::memory()));
    caches::scoped(others, || {
        let known = homeless(1);
        assert_eq!(homeless(1), known);
        caches::check().expect("in this scope it is installed");
    });
}

#[test]
fn a_disabled_cache_computes_each_time() {
    with_default(&Cache::disabled(), || {
        let first = numbered(1);
        assert_eq!(numbered(1), first + 1);
        assert!(!invalidate_numbered(1).expect("nothing is wrong"));
        assert_eq!(peek_numbered(1).expect("nothing is wrong"), None);
    });
}

#[test]
fn caches_with_different_prefixes_share_a_store_and_no_entry() {
    let memory = Memory::new();
    let cache = |prefix| Cache::builder().backend(memory.clone()).prefix(prefix).build();
    let (left, right) = (cache("left").expect("right"), cache("right").expect("right"));
    let first = with_default(&left, || numbered(1));
    assert_eq!(with_default(&right, || numbered(1)), first + 1);
    assert_eq!(with_default(&left, || numbered(1)), first);
    assert!(with_default(&left, || cache_key_numbered(1)).as_str().starts_with("left|"));
}

#[cache_memoize(ttl = 60, skip(arrived))]
fn heavy(length: usize, arrived: &AtomicU32) -> Vec<u8> {
    run();
    while arrived.load(Ordering::SeqCst) < 4 {
        thread::yield_now();
    }
    vec![0; length]
}

#[test]
fn what_is_too_heavy_for_the_store_is_said_and_shared_among_those_who_wait() {
    let backend = Memory::builder().max_bytes(10_000).build();
    let cache = Cache::builder().backend(backend).build().expect("the settings are right");
    let arrived = AtomicU32::new(0);
    let call = || {
        with_default(&cache, || {
            arrived.fetch_add(1, Ordering::SeqCst);
            heavy(100_000, &arrived).len()
        })
    };
    thread::scope(|scope| {
        let callers = [(); 4].map(|()| scope.spawn(call));
        for caller in callers {
            assert_eq!(caller.join().expect("it computes"), 100_000);
        }
    });
    let stats = cache.stats().total();
    assert_eq!((stats.faults, stats.fenced_off, stats.stored), (stats.misses, 0, 0));
    let refused = with_default(&cache, || prime_heavy(100_000, vec![0; 100_000]));
    let refused = refused.expect_err("it is too heavy");
    assert_eq!(refused.kind(), ErrorKind::Store(StoreErrorKind::TooLarge));
    assert!(refused.to_string().contains("max_bytes"), "{refused}");
}

#[test]
fn what_is_stored_by_hand_has_the_prefix_of_its_cache_too() {
    let memory = Memory::new();
    let [left, right] = ["left", "right"].map(|prefix| {
        let cache = Cache::builder().backend(memory.clone()).prefix(prefix).build();
        cache.expect("the settings are right")
    });
    left.set("a", 1).expect("it works");
    assert_eq!(right.get::<i32>("a").expect("it works"), None);
    assert_eq!(left.get("a").expect("it works"), Some(1));
}

#[cache_memoize(ttl = 60)]
fn blank_page(length: usize) -> String {
    " ".repeat(length)
}

/// These tests run with every feature enabled: what is written must be what it is with none of them.
#[test]
fn features_do_not_change_what_is_written() {
    const MESSAGE_PACK: u8 = 1;
    const NOT_COMPRESSED: u8 = 0;
    let backend: Backend = Counts::new().wrap(&Memory::new().into());
    let store = backend.store().expect("there is one").clone();
    let cache = Cache::builder().backend(backend).build().expect("the settings are right");
    with_default(&cache, || {
        blank_page(10_000);
        let key = cache_key_blank_page(10_000);
        let entry = store.get(&[key.as_ref()]).expect("it works").remove(0).expect("it is stored");
        assert_eq!((entry[4], entry[5]), (MESSAGE_PACK, NOT_COMPRESSED));
        assert!(entry.len() > 10_000);
    });
}

#[test]
fn statistics_say_what_happened() {
    let cache = Cache::memory();
    with_default(&cache, || {
        let _ = (numbered(1), numbered(1), numbered(2), invalidate_numbered(1));
    });
    let stats = cache.stats();
    let numbered = stats.function("numbered").expect("it was called");
    assert_eq!(
        (numbered.hits, numbered.misses, numbered.stored, numbered.invalidated),
        (1, 2, 2, 1)
    );
    assert_eq!(stats.total().hits, 1);
    let table = stats.to_string();
    let widths: Vec<_> = table.lines().map(|line| line.chars().count()).collect();
    assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
}
