//! The end of a thread, of a scope, and of a future: nothing is left behind, and nothing breaks.

use crate::support::{block_on, bytes, every_kind, with_default};
use cache_memoize::{Cache, Event, EventKind, Memory, cache_memoize, caches};
use cache_memoize_testkit::Counts;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

#[cache_memoize(ttl = 60)]
fn level(of: u32) -> u32 {
    of
}

/// Calls an annotated function when it is dropped.
struct Last(u32);

impl Drop for Last {
    fn drop(&mut self) {
        assert_eq!(level(self.0), self.0);
        let _ = (peek_level(self.0), invalidate_level(self.0), Cache::memory().get::<u32>("key"));
    }
}

thread_local! {
    static KEPT: RefCell<Vec<Last>> = const { RefCell::new(Vec::new()) };
}

#[cache_memoize(ttl = 60, local)]
fn handle(of: u32) -> Arc<Last> {
    Arc::new(Last(of))
}

#[test]
fn what_a_thread_drops_in_the_end_may_call_annotated_functions() {
    let kept_before_the_first_call = || {
        KEPT.with(|kept| kept.borrow_mut().push(Last(1)));
        level(1);
    };
    let kept_after_it = || {
        level(2);
        KEPT.with(|kept| kept.borrow_mut().push(Last(2)));
    };
    let kept_without_a_call = || KEPT.with(|kept| kept.borrow_mut().push(Last(3)));
    let kept_by_a_cache = || {
        caches::scoped([("default", Cache::memory())], || drop(handle(4)));
    };
    thread::spawn(kept_before_the_first_call).join().expect("it ends");
    thread::spawn(kept_after_it).join().expect("it ends");
    thread::spawn(kept_without_a_call).join().expect("it ends");
    thread::spawn(kept_by_a_cache).join().expect("it ends");
}

#[cache_memoize(ttl = 60, local)]
fn witness(of: u32) -> Arc<u32> {
    Arc::new(of)
}

#[test]
fn a_scope_leaves_no_value_behind() {
    let kept = with_default(&Cache::memory(), || Arc::downgrade(&witness(1)));
    // The store may just be being swept, and goes when that is done.
    let deadline = Instant::now() + Duration::from_secs(30);
    while kept.upgrade().is_some() {
        assert!(Instant::now() < deadline, "the value is still there");
        thread::yield_now();
    }
}

static REMINDED: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = "1d", store_result = false, prefix = "remind")]
async fn remind_later(of: u32) {
    std::future::pending::<()>().await;
    REMINDED.fetch_add(of, Ordering::SeqCst);
}

#[cache_memoize(ttl = "1d", store_result = false, prefix = "remind")]
fn remind(of: u32) -> Option<u32> {
    Some(of)
}

fn begin_and_drop<F: Future>(future: F) {
    let polled = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
}

#[test]
fn a_blocking_caller_takes_over_the_claim_of_a_dropped_future() {
    for (kind, cache, _server) in every_kind() {
        with_default(&cache, || {
            begin_and_drop(remind_later(1));
            assert_eq!(remind(1), Some(1), "{kind}");
            assert_eq!(remind(1), None, "{kind}");
        });
    }
}

#[test]
fn an_observer_that_panics_leaves_no_claim_behind() {
    let first = AtomicU32::new(0);
    let observer = move |event: &Event<'_>| {
        if matches!(event.kind, EventKind::Miss) && first.fetch_add(1, Ordering::SeqCst) == 0 {
            panic!("as told");
        }
    };
    let cache = Cache::builder().backend(Memory::new()).observer(observer).build();
    with_default(&cache.expect("the settings are right"), || {
        let panicked = catch_unwind(AssertUnwindSafe(|| remind(2)));
        assert!(panicked.is_err());
        assert_eq!(remind(2), Some(2));
    });
}

/// A waker that panics the first time it is used, by whomever.
struct Fragile(AtomicU32);

impl Wake for Fragile {
    fn wake(self: Arc<Self>) {
        assert_ne!(self.0.fetch_add(1, Ordering::SeqCst), 0, "as told");
    }
}

#[cache_memoize(ttl = 60, skip(ready))]
async fn when_ready(ready: &AtomicU32) -> u32 {
    while ready.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    7
}

#[test]
fn a_waker_that_panics_keeps_nobody_asleep() {
    with_default(&bytes(&Counts::new()), || {
        let ready = AtomicU32::new(0);
        let mut context = Context::from_waker(Waker::noop());
        let mut leader = pin!(when_ready(&ready));
        assert!(leader.as_mut().poll(&mut context).is_pending());
        let fragile = Waker::from(Arc::new(Fragile(AtomicU32::new(0))));
        let mut followers: Vec<_> = (0..4).map(|_| Box::pin(when_ready(&ready))).collect();
        for follower in &mut followers {
            let polled = follower.as_mut().poll(&mut Context::from_waker(&fragile));
            assert!(polled.is_pending());
        }
        ready.store(1, Ordering::SeqCst);
        while leader.as_mut().poll(&mut context).is_pending() {}
        for mut follower in followers {
            assert_eq!(follower.as_mut().poll(&mut context), Poll::Ready(7));
        }
    });
}

#[cache_memoize(ttl = 60, cache_if = |_| asks_itself_when_judged_blocking() == 7)]
async fn asks_itself_when_judged() -> u32 {
    7
}

fn asks_itself_when_judged_blocking() -> u32 {
    thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
    }
    if DEPTH.replace(DEPTH.get() + 1) > 0 {
        return 7;
    }
    poll_to_the_end(asks_itself_when_judged())
}

/// Polls until the end: nothing here waits for anything but itself.
fn poll_to_the_end<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

#[test]
fn a_predicate_that_calls_the_function_itself_does_not_wait_for_itself() {
    block_on(caches::scoped_async([("default", Cache::memory())], async {
        assert_eq!(asks_itself_when_judged().await, 7);
    }));
}
