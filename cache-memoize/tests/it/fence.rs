//! The fence law: after an invalidation returned, no one is served a value whose computation began before
//! it. `model/` checks it under every schedule; here it is stressed on the public interface.

use crate::support::{block_on, every_kind, on_every_kind, with_default};
use cache_memoize::core::StoreErrorKind;
use cache_memoize::{Cache, Memory, cache_memoize, caches};
use cache_memoize_testkit::{Counts, Fault, Faults};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;

/// What the function reads: a version that only grows. By key, so that tests do not meet.
static SOURCES: [AtomicU64; 16] = [const { AtomicU64::new(0) }; 16];

#[cache_memoize(ttl = 60)]
fn version(source: usize) -> u64 {
    let version = SOURCES[source].load(Ordering::SeqCst);
    // The longer it takes from reading to storing, the more invalidations come in between.
    (0..version % 7).for_each(|_| thread::yield_now());
    version
}

#[cache_memoize(ttl = 60, prefix = "async_version")]
async fn version_async(source: usize) -> u64 {
    let version = SOURCES[source].load(Ordering::SeqCst);
    for _ in 0..version % 7 {
        tokio::task::yield_now().await;
    }
    version
}

const ROUNDS: u64 = 3_000;

#[test]
fn readers_never_see_what_was_invalidated() {
    for (source, (name, cache, _server)) in every_kind().into_iter().enumerate() {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| with_default(&cache, || read_and_check(source, name)));
            }
            scope.spawn(|| with_default(&cache, || write_and_invalidate(source)));
        });
    }
}

fn read_and_check(source: usize, name: &str) {
    while INVALIDATED[source].load(Ordering::SeqCst) < ROUNDS {
        let oldest = INVALIDATED[source].load(Ordering::SeqCst);
        let served = version(source);
        assert!(
            served >= oldest,
            "{name}: served version {served}, {oldest} was invalidated before"
        );
    }
}

/// Up to which version everything older was invalidated.
static INVALIDATED: [AtomicU64; 16] = [const { AtomicU64::new(0) }; 16];

fn write_and_invalidate(source: usize) {
    for round in 1..=ROUNDS {
        SOURCES[source].store(round, Ordering::SeqCst);
        invalidate_version(source).expect("the store does not fail");
        INVALIDATED[source].store(round, Ordering::SeqCst);
    }
}

#[test]
fn async_readers_never_see_what_was_invalidated() {
    for (source, (name, cache, _server)) in every_kind().into_iter().enumerate() {
        let source = source + 8;
        block_on(async {
            let readers: Vec<_> = (0..4)
                .map(|_| {
                    let caches = [("default", cache.clone())];
                    tokio::spawn(caches::scoped_async(caches, async move {
                        while INVALIDATED[source].load(Ordering::SeqCst) < ROUNDS {
                            let oldest = INVALIDATED[source].load(Ordering::SeqCst);
                            let served = version_async(source).await;
                            assert!(served >= oldest, "{name}: served {served} after {oldest}");
                            tokio::task::yield_now().await;
                        }
                    }))
                })
                .collect();
            let writer = caches::scoped_async([("default", cache.clone())], async {
                for round in 1..=ROUNDS {
                    SOURCES[source].store(round, Ordering::SeqCst);
                    invalidate_version_async(source).await.expect("the store does not fail");
                    INVALIDATED[source].store(round, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                }
            });
            writer.await;
            for reader in readers {
                reader.await.expect("a reader sees no violation");
            }
        });
    }
}

/// A computation that waits in the middle until it is told to go on.
struct Gate {
    entered: Barrier,
    leave: Barrier,
}

fn gate() -> Arc<Gate> {
    Arc::new(Gate { entered: Barrier::new(2), leave: Barrier::new(2) })
}

impl Gate {
    fn pass<T>(&self, value: T) -> T {
        self.entered.wait();
        self.leave.wait();
        value
    }
}

#[cache_memoize(ttl = 60, skip(gate))]
fn gated(key: u32, gate: Option<&Gate>, value: u32) -> u32 {
    let _ = key;
    gate.map_or(value, |gate| gate.pass(value))
}

/// The arguments of the companions are those of the key.
fn gated_key(value: u32) -> (u32, u32) {
    (1, value)
}

#[test]
fn an_invalidation_keeps_the_computation_under_way_out() {
    on_every_kind(|name| {
        let cache = caches::get("default").expect("the scope has a cache");
        let gate = gate();
        let (key, value) = gated_key(1);
        let overtaken = thread::spawn({
            let (cache, gate) = (cache.clone(), gate.clone());
            move || with_default(&cache, || gated(key, Some(&gate), value))
        });
        gate.entered.wait();
        assert!(!invalidate_gated(key, value).expect("it works"), "{name}: nothing was stored yet");
        assert_eq!(
            gated(key, None, value),
            value,
            "{name}: a computation of its own, while the old one waits"
        );
        gate.leave.wait();
        assert_eq!(overtaken.join().expect("it returns"), value);
        assert_eq!(cache.stats().total().fenced_off, 1, "{name}");
    });
}

#[cache_memoize(ttl = 60, key = ())]
async fn unending(ends: bool) -> u32 {
    if !ends {
        std::future::pending::<()>().await;
    }
    1
}

#[test]
fn an_async_caller_after_an_invalidation_computes_for_itself() {
    on_every_kind(|name| {
        let mut context = Context::from_waker(Waker::noop());
        let mut overtaken = Box::pin(unending(false));
        assert!(overtaken.as_mut().poll(&mut context).is_pending());
        assert!(!block_on(invalidate_unending()).expect("it works"), "{name}");
        assert_eq!(pin!(unending(true)).poll(&mut context), Poll::Ready(1), "{name}");
    });
}

/// What begins while the store is removing the entry began before the invalidation returned.
#[test]
fn an_invalidation_is_not_over_before_the_store_has_removed_the_entry() {
    let faults = Faults::new();
    let cache = Cache::builder().backend(faults.wrap(&Memory::new().into())).build();
    let cache = cache.expect("the settings are right");
    let gate = gate();
    faults.on("remove").once(Fault::Hang);
    thread::scope(|scope| {
        let invalidating = scope.spawn(|| with_default(&cache, || invalidate_gated(1, 1)));
        faults.wait_until_hanging(1);
        scope.spawn(|| with_default(&cache, || gated(1, Some(&gate), 1)));
        gate.entered.wait();
        faults.release();
        invalidating.join().expect("it returns").expect("it works");
        let late = with_default(&cache, || gated(1, None, 1));
        assert_eq!(late, 1, "a computation of its own, while the other one waits");
        gate.leave.wait();
    });
}

#[test]
fn a_refresh_revokes_what_began_before_it_and_leaves_the_old_value_readable() {
    on_every_kind(|name| {
        let cache = caches::get("default").expect("the scope has a cache");
        prime_refreshed(0, 1).expect("it works");
        let gate = gate();
        let refreshing = thread::spawn({
            let (cache, gate) = (cache.clone(), gate.clone());
            move || with_default(&cache, || refresh_refreshed(0, 2, Some(&gate)))
        });
        gate.entered.wait();
        assert_eq!(refreshed(0, 9, None), 1, "{name}: the old value is there meanwhile");
        gate.leave.wait();
        assert_eq!(refreshing.join().expect("it returns"), 2);
        assert_eq!(refreshed(0, 9, None), 2, "{name}: the refresh was stored");
    });
}

#[test]
fn an_invalidation_overtakes_a_refresh() {
    on_every_kind(|name| {
        let cache = caches::get("default").expect("the scope has a cache");
        let gate = gate();
        let refreshing = thread::spawn({
            let (cache, gate) = (cache.clone(), gate.clone());
            move || with_default(&cache, || refresh_refreshed(0, 2, Some(&gate)))
        });
        gate.entered.wait();
        invalidate_refreshed(0).expect("it works");
        gate.leave.wait();
        assert_eq!(refreshing.join().expect("it returns"), 2);
        assert_eq!(peek_refreshed(0).expect("it works"), None, "{name}");
    });
}

#[test]
fn what_was_primed_is_not_overwritten_by_a_computation_under_way() {
    on_every_kind(|name| {
        let cache: Cache = caches::get("default").expect("the scope has a cache");
        let gate = gate();
        let computing = thread::spawn({
            let (cache, gate) = (cache.clone(), gate.clone());
            move || with_default(&cache, || refreshed(0, 2, Some(&gate)))
        });
        gate.entered.wait();
        prime_refreshed(0, 3).expect("it works");
        gate.leave.wait();
        assert_eq!(computing.join().expect("it returns"), 2);
        assert_eq!(refreshed(0, 9, None), 3, "{name}");
    });
}

#[cache_memoize(ttl = 60, key = key)]
fn refreshed(key: u32, value: u32, gate: Option<&Gate>) -> u32 {
    gate.map_or(value, |gate| gate.pass(value))
}

static UNFENCED: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = 60)]
async fn unfenced(id: u32) -> u32 {
    let value = UNFENCED.load(Ordering::SeqCst) + id;
    tokio::task::yield_now().await;
    value
}

/// Without a lease the store fences nothing off. Those who wait in this process are kept from it all the same.
#[test]
fn who_waits_for_what_was_overtaken_without_a_lease_computes_anew() {
    for invalidate in [false, true] {
        let faults = Faults::new();
        let backend = Counts::new().wrap(&faults.wrap(&Memory::new().into()));
        let cache = Cache::builder().backend(backend).build().expect("the settings are right");
        let call = || caches::scoped_async([("default", cache.clone())], unfenced(0));
        faults.on("lease").once(Fault::Fail(StoreErrorKind::Other));
        let (mut leader, mut follower) = (Box::pin(call()), Box::pin(call()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(leader.as_mut().poll(&mut context).is_pending(), "it computes");
        assert!(follower.as_mut().poll(&mut context).is_pending(), "it waits");
        let old = UNFENCED.fetch_add(1, Ordering::SeqCst);
        if invalidate {
            let gone = caches::scoped_async([("default", cache.clone())], invalidate_unfenced(0));
            block_on(gone).expect("the store works");
        }
        assert_eq!(block_on(leader), old);
        let expected = if invalidate { old + 1 } else { old };
        assert_eq!(block_on(follower), expected);
    }
}
