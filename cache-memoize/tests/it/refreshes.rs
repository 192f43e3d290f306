//! What refreshes leave behind that do not come to their end, counted: no lease, no waiter, no task.

use crate::support::{block_on, with_default};
use cache_memoize::core::{Backend, Key, LeaseMode, Ttl};
use cache_memoize::{Cache, Memory, cache_memoize, caches};
use cache_memoize_testkit::FakeClock;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Far longer than any wait here.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a computation ends. Whoever computes, or is going to, holds a clone.
type End = Arc<AtomicBool>;

fn compute(ends_badly: &End) -> u32 {
    assert!(!ends_badly.load(Ordering::SeqCst), "on purpose");
    7
}

async fn compute_async(ends_badly: &End) -> u32 {
    if ends_badly.load(Ordering::SeqCst) { pending().await } else { 7 }
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", skip(end), prefix = "aging")]
fn aging(id: u32, end: End) -> u32 {
    let _ = id;
    compute(&end)
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", skip(end), prefix = "aging")]
async fn aging_async(id: u32, end: End) -> u32 {
    let _ = id;
    compute_async(&end).await
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", background, skip(end), prefix = "aging")]
fn behind(id: u32, end: End) -> u32 {
    let _ = id;
    compute(&end)
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", batch, skip(end), prefix = "aging")]
fn many(ids: &[u32], end: End) -> Vec<u32> {
    vec![compute(&end); ids.len()]
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", batch, skip(end), prefix = "aging")]
async fn many_async(ids: &[u32], end: End) -> Vec<u32> {
    vec![compute_async(&end).await; ids.len()]
}

/// A cache with values that are due, and what is counted.
struct Bench {
    backend: Backend,
    end: End,
}

impl Bench {
    /// Runs a test on a store of objects, and on one of bytes.
    fn each(test: impl Fn(&Self)) {
        for is_bytes in [false, true] {
            let clock = FakeClock::new();
            let memory: Backend = Memory::builder().clock(clock.clone()).build().into();
            let bytes = cache_memoize_testkit::Counts::new().wrap(&memory);
            let backend = if is_bytes { bytes } else { memory };
            let cache = Cache::builder().backend(backend.clone()).build();
            let bench = Self { backend, end: End::default() };
            with_default(&cache.expect("the settings are right"), || {
                (1..=2).for_each(|id| assert_eq!(aging(id, bench.end()), 7));
                clock.advance(Duration::from_secs(11));
                bench.end.store(true, Ordering::SeqCst);
                test(&bench);
            });
        }
    }

    fn end(&self) -> End {
        self.end.clone()
    }

    /// Asserts that nothing is left of what was going on about the keys 1 and 2.
    #[track_caller]
    fn assert_nothing_is_left(&self) {
        assert!(caches::wait_for_background(PATIENCE), "something goes on in the background");
        assert_eq!(Arc::strong_count(&self.end), 1, "somebody waits, or is going to compute");
        // What a future could not give back when it was dropped, the next call gives back.
        self.end.store(false, Ordering::SeqCst);
        assert_eq!(aging(3, self.end()), 7);
        for id in 1..=2 {
            let key = cache_key_aging(id);
            assert!(self.is_free(&key), "a lease on {key} is left");
            assert_eq!(refresh_aging(id, self.end()), 7, "nobody is waited for");
        }
    }

    fn is_free(&self, key: &Key) -> bool {
        match (self.backend.objects(), self.backend.store()) {
            (Some(objects), _) => objects.lease(key.as_ref(), Ttl::Forever, LeaseMode::Join).first,
            (None, Some(store)) => {
                let lease = store.lease(key.as_ref(), Ttl::Forever, LeaseMode::Join);
                lease.expect("the store works").0.first
            }
            (None, None) => unreachable!("a backend in process has a face"),
        }
    }
}

#[track_caller]
fn assert_panics<R>(call: impl FnOnce() -> R) {
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "the panic reaches its caller");
}

#[test]
fn a_refresh_that_panics_leaves_nothing() {
    Bench::each(|bench| {
        assert_panics(|| refresh_aging(1, bench.end()));
        assert_panics(|| refresh_many(&[2, 1], bench.end()));
        bench.assert_nothing_is_left();
    });
}

#[test]
fn a_due_value_whose_computation_panics_leaves_nothing() {
    Bench::each(|bench| {
        assert_panics(|| aging(1, bench.end()));
        assert_panics(|| many(&[1, 2], bench.end()));
        bench.assert_nothing_is_left();
    });
}

#[test]
fn a_panic_in_the_background_leaves_nothing() {
    Bench::each(|bench| {
        assert_eq!(behind(1, bench.end()), 7);
        bench.assert_nothing_is_left();
    });
}

/// Polls `call` until it waits for what does not come, and drops it.
fn cancel(call: impl Future<Output = impl Sized>) {
    assert!(until_it_waits(&mut pin!(call)).is_none(), "it is not over");
}

fn until_it_waits<F: Future>(call: &mut Pin<&mut F>) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match call.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[test]
fn a_refresh_that_is_cancelled_leaves_nothing() {
    Bench::each(|bench| {
        cancel(refresh_aging_async(1, bench.end()));
        cancel(refresh_many_async(&[2, 1], bench.end()));
        bench.assert_nothing_is_left();
    });
}

#[test]
fn a_due_value_whose_computation_is_cancelled_leaves_nothing() {
    Bench::each(|bench| {
        cancel(aging_async(1, bench.end()));
        cancel(many_async(&[1, 2], bench.end()));
        bench.assert_nothing_is_left();
    });
}

#[test]
fn who_waits_for_one_that_is_cancelled_goes_on() {
    Bench::each(|bench| {
        for id in 1..=2 {
            invalidate_aging(id).expect("the store works");
        }
        let mut leader = Box::pin(many_async(&[1, 2], bench.end()));
        assert!(until_it_waits(&mut leader.as_mut()).is_none());
        let mut follower = Box::pin(aging_async(1, bench.end()));
        assert!(until_it_waits(&mut follower.as_mut()).is_none());
        bench.end.store(false, Ordering::SeqCst);
        assert!(until_it_waits(&mut follower.as_mut()).is_none(), "it waits for the leader");
        drop(leader);
        assert_eq!(block_on(poll_fn(|context| follower.as_mut().poll(context))), 7);
        drop(follower);
        bench.assert_nothing_is_left();
    });
}
