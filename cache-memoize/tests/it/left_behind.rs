//! What calls leave behind that did not go to their end: leases, claims, debts and computations from before.

use crate::support::{block_on, with_default};
use cache_memoize::core::{Backend, StoreErrorKind};
use cache_memoize::{Cache, CacheBuilder, Memory, cache_memoize, caches};
use cache_memoize_testkit::{FakeClock, Fault, Faults};
use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

const OUTAGE: Fault = Fault::Fail(StoreErrorKind::Unavailable);
const SECOND: Duration = Duration::from_secs(1);
/// Far longer than any wait here, far shorter than for another's lease.
const PATIENCE: Duration = Duration::from_secs(20);

thread_local! {
    /// What happens while a function computes on this thread, after it looked at the world.
    static MEANWHILE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

fn meanwhile(action: impl FnOnce() + 'static) {
    MEANWHILE.set(Some(Box::new(action)));
}

fn fresh() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let value = NEXT.fetch_add(1, Ordering::SeqCst);
    if let Some(action) = MEANWHILE.take() {
        action();
    }
    value
}

#[cache_memoize(ttl = 3600, prefix = "number")]
fn number(id: u32) -> u32 {
    let _ = id;
    fresh()
}

/// The same entries as those of [`number`].
#[cache_memoize(ttl = 3600, prefix = "number")]
async fn number_async(id: u32) -> u32 {
    let _ = id;
    fresh()
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", prefix = "due")]
fn due(id: u32) -> u32 {
    let _ = id;
    fresh()
}

/// The same entries as those of [`due`].
#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", prefix = "due")]
async fn due_async(id: u32) -> u32 {
    let _ = id;
    fresh()
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h")]
fn slowing(id: u32) -> u32 {
    let _ = id;
    fresh()
}

#[cache_memoize(ttl = 3600, single_flight = "fleet")]
fn shared(id: u32) -> u32 {
    let _ = id;
    fresh()
}

#[cache_memoize(ttl = 3600, store_result = false, skip(runs))]
fn once(runs: &AtomicU32) {
    runs.fetch_add(1, Ordering::SeqCst);
}

#[cache_memoize(ttl = 3600, store_result = false, skip(runs))]
async fn once_async(runs: &AtomicU32) {
    runs.fetch_add(1, Ordering::SeqCst);
}

/// A cache on a store of bytes that fails as it is told, and the clock of both.
fn bench(set: impl FnOnce(CacheBuilder) -> CacheBuilder) -> (Faults, FakeClock, Cache) {
    let (faults, clock) = (Faults::new(), FakeClock::new());
    let memory: Backend = Memory::builder().clock(clock.clone()).build().into();
    let builder = set(Cache::builder().backend(faults.wrap(&memory)));
    (faults, clock, builder.build().expect("the settings are right"))
}

#[test]
fn a_computation_from_before_an_invalidation_that_nobody_remembers_is_not_believed() {
    const REMEMBERED: u32 = 65_536;
    let (faults, clock, cache) = bench(|builder| builder);
    with_default(&cache.clone(), || {
        meanwhile(move || {
            clock.advance(SECOND);
            faults.on("remove").always(OUTAGE);
            for other in 0..REMEMBERED {
                cache.invalidate(("other", other)).expect_err("the store is down");
            }
            invalidate_number(7).expect_err("the store is down");
            faults.heal();
            clock.advance(SECOND);
        });
        let old = number(7);
        assert_ne!(number(7), old, "it was computed before the invalidation");
    });
}

#[test]
fn a_due_value_is_tried_again_at_once_after_a_fill_that_did_not_arrive() {
    let (faults, clock, cache) = bench(|builder| builder);
    with_default(&cache, || {
        let old = due(1);
        clock.advance(11 * SECOND);
        faults.on("put").nth(1, OUTAGE);
        let lost = due(1);
        assert_ne!(lost, old);
        let new = due(1);
        assert!(![old, lost].contains(&new), "the lease was given back");
        assert_eq!(due(1), new);
    });
}

#[test]
fn a_due_value_is_tried_again_at_once_after_an_async_fill_that_did_not_arrive() {
    let (faults, clock, cache) = bench(|builder| builder);
    block_on(caches::scoped_async([("default", cache)], async {
        let old = due_async(1).await;
        clock.advance(11 * SECOND);
        faults.on("put").nth(1, OUTAGE);
        let lost = due_async(1).await;
        assert_ne!(lost, old);
        let new = due_async(1).await;
        assert!(![old, lost].contains(&new), "the lease was given back");
        assert_eq!(due_async(1).await, new);
    }));
}

#[test]
fn a_fleet_does_not_wait_for_a_fill_that_did_not_arrive() {
    let (faults, _, cache) = bench(|builder| builder.wait_limit(4 * PATIENCE));
    with_default(&cache, || {
        faults.on("put").nth(1, OUTAGE);
        shared(1);
        let began = Instant::now();
        let stored = shared(1);
        assert!(began.elapsed() < PATIENCE, "nobody holds a lease");
        assert_eq!(shared(1), stored);
    });
}

/// A claim stands as long as its lease, though the store was never told that the function ran.
#[test]
fn a_guard_that_ran_and_could_not_say_so_does_not_run_again() {
    let (faults, _, cache) = bench(|builder| builder);
    let runs = AtomicU32::new(0);
    with_default(&cache, || {
        faults.on("put").nth(1, OUTAGE);
        (0..3).for_each(|_| once(&runs));
    });
    assert_eq!(runs.into_inner(), 1);
}

#[test]
fn a_guard_that_ran_and_was_dropped_while_it_said_so_does_not_run_again() {
    let (faults, _, cache) = bench(|builder| builder);
    let runs = AtomicU32::new(0);
    block_on(caches::scoped_async([("default", cache)], async {
        faults.on("put").nth(1, Fault::Hang);
        drop_while_hanging(&faults, once_async(&runs)).await;
        once_async(&runs).await;
    }));
    assert_eq!(runs.into_inner(), 1);
}

async fn drop_while_hanging(faults: &Faults, future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending(), "the store hangs");
        if faults.hanging() > 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// As with a future that lost in a `select!` and is kept.
#[test]
fn an_invalidation_is_made_up_for_though_the_call_that_began_to_is_polled_no_more() {
    let (faults, clock, cache) = bench(|builder| builder);
    block_on(caches::scoped_async([("default", cache.clone())], async {
        let old = number_async(1).await;
        faults.on("remove").nth(1, OUTAGE);
        invalidate_number_async(1).await.expect_err("the store is down");
        faults.on("remove").nth(1, Fault::Hang);
        let mut stuck = Box::pin(number_async(2));
        let polled = stuck.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "it waits for the payment");
        faults.heal();
        clock.advance(SECOND);
        let new = number_async(1).await;
        assert_ne!(new, old);
        assert_eq!(number_async(1).await, new, "the debt is paid");
        cache.ping_async().await.expect("the store answers");
        drop(stuck);
        assert_eq!(number_async(1).await, new, "it is paid once");
    }));
}

#[test]
fn a_lease_whose_answer_got_lost_keeps_nobody_from_trying_again() {
    const LOST: Fault = Fault::FailAfter(StoreErrorKind::Timeout);
    let (faults, clock, cache) = bench(|builder| builder);
    with_default(&cache, || {
        let old = due(1);
        clock.advance(11 * SECOND);
        faults.on("lease").nth(1, LOST);
        assert_eq!(due(1), old);
        let new = due(1);
        assert_ne!(new, old);
        assert_eq!(due(1), new);
        clock.advance(11 * SECOND);
        faults.on("lease").nth(1, LOST);
        assert_eq!(block_on(due_async(1)), new);
        let newer = block_on(due_async(1));
        assert_ne!(newer, new);
        assert_eq!(due(1), newer);
    });
}

#[test]
fn a_claim_whose_answer_got_lost_stands() {
    const LOST: Fault = Fault::FailAfter(StoreErrorKind::Timeout);
    let (faults, _, cache) = bench(|builder| builder);
    with_default(&cache, || {
        let runs = AtomicU32::new(0);
        faults.on("lease").nth(1, LOST);
        (0..3).for_each(|_| once(&runs));
        assert_eq!(runs.swap(0, Ordering::SeqCst), 1);
        faults.on("lease").nth(1, LOST);
        (0..3).for_each(|_| block_on(once_async(&runs)));
        assert_eq!(runs.into_inner(), 1);
    });
}

#[test]
fn a_function_that_has_become_slow_is_stored_again() {
    let (_, clock, cache) = bench(|builder| builder);
    with_default(&cache, || {
        slowing(1);
        clock.advance(11 * SECOND);
        let takes_its_time = || {
            let clock = clock.clone();
            meanwhile(move || clock.advance(100 * SECOND));
        };
        takes_its_time();
        slowing(1);
        takes_its_time();
        let new = slowing(1);
        assert_eq!(slowing(1), new, "the lease is long enough by now");
    });
}
