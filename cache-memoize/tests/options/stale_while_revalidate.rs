//! `stale_while_revalidate`: after its lifetime a value is served while one caller computes a new one.

use crate::clocks::{MILLISECOND, SECOND, in_worlds, on_every_clock};
use crate::computations::fresh;
use crate::support::{block_on, with_default};
use cache_memoize::cache_memoize;
use cache_memoize::core::{LeaseMode, Ttl};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

thread_local! {
    /// What happens while the function computes on this thread.
    static MEANWHILE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Has `action` run within the next computation on this thread.
fn meanwhile(action: impl FnOnce() + 'static) {
    MEANWHILE.set(Some(Box::new(action)));
}

fn compute<A>(id: A) -> u32 {
    if let Some(action) = MEANWHILE.take() {
        action();
    }
    fresh(id)
}

#[cache_memoize(ttl = 10, stale_while_revalidate = 30, prefix = "number")]
fn number(id: u32) -> u32 {
    compute(id)
}

/// The same entries as those of [`number`].
#[cache_memoize(ttl = 10, stale_while_revalidate = 30, prefix = "number")]
async fn number_async(id: u32) -> u32 {
    tokio::task::yield_now().await;
    compute(id)
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = Duration::from_secs(seconds),
    single_flight = "off"
)]
fn expression(seconds: u64) -> u32 {
    compute(seconds)
}

/// Whoever finds nothing to serve computes at once.
#[cache_memoize(ttl = 10, stale_while_revalidate = "30s", single_flight = "off")]
fn unshared(id: u32) -> u32 {
    compute(id)
}

#[test]
fn one_caller_computes_while_the_others_get_the_old_value() {
    in_worlds(|world| {
        let old = world.run(|| number(1));
        world.clock.advance(10 * SECOND);
        let new = thread::scope(|scope| {
            let (begins, began) = mpsc::channel::<()>();
            let (ends, end) = mpsc::channel::<()>();
            let one = scope.spawn(move || {
                meanwhile(move || {
                    begins.send(()).expect("somebody waits");
                    end.recv().expect("somebody sends");
                });
                world.run(|| number(1))
            });
            began.recv().expect("one caller computes");
            for _ in 0..3 {
                assert_eq!(world.run(|| number(1)), old);
                assert_eq!(with_default(&world.elsewhere(), || number(1)), old, "nor elsewhere");
            }
            ends.send(()).expect("somebody waits");
            one.join().expect("it computes")
        });
        assert_ne!(new, old);
        assert_eq!(world.run(|| number(1)), new);
        let total = world.cache.stats().total();
        assert_eq!((total.misses, total.stale, total.refreshed), (1, 3, 1));
    });
}

#[test]
fn an_async_caller_computes_while_the_others_get_the_old_value() {
    in_worlds(|world| {
        let old = world.run(|| block_on(number_async(1)));
        world.clock.advance(10 * SECOND);
        let cache = world.cache.clone();
        meanwhile(move || {
            let other = thread::spawn(move || with_default(&cache, || block_on(number_async(1))));
            assert_eq!(other.join().expect("it returns"), old);
        });
        let new = world.run(|| block_on(number_async(1)));
        assert_ne!(new, old);
        assert_eq!(world.run(|| block_on(number_async(1))), new);
    });
}

#[test]
fn its_time_begins_with_the_end_of_the_lifetime() {
    in_worlds(|world| {
        for (age, is_served) in [(40 * SECOND - MILLISECOND, true), (40 * SECOND, false)] {
            let old = world.run(|| unshared(2));
            world.clock.advance(age);
            let cache = world.cache.clone();
            meanwhile(move || {
                let other = thread::spawn(move || with_default(&cache, || unshared(2)));
                assert_eq!(other.join().expect("it returns") == old, is_served, "after {age:?}");
            });
            assert_ne!(world.run(|| unshared(2)), old);
            world.run(|| invalidate_unshared(2)).expect("the store works");
        }
    });
}

#[test]
fn an_expression_gives_it() {
    in_worlds(|world| {
        for (age, is_served) in [(15 * SECOND - MILLISECOND, true), (15 * SECOND, false)] {
            let old = world.run(|| expression(5));
            world.clock.advance(age);
            let cache = world.cache.clone();
            meanwhile(move || {
                let other = thread::spawn(move || with_default(&cache, || expression(5)));
                assert_eq!(other.join().expect("it returns") == old, is_served, "after {age:?}");
            });
            assert_ne!(world.run(|| expression(5)), old);
            world.run(|| invalidate_expression(5)).expect("the store works");
        }
    });
}

#[test]
fn an_invalidated_value_is_served_to_nobody() {
    on_every_clock(|clock| {
        let old = number(3);
        clock.advance(10 * SECOND);
        invalidate_number(3).expect("the store works");
        assert_ne!(number(3), old);
    });
}

#[test]
fn who_took_the_work_and_never_did_it_costs_its_time_and_no_more() {
    in_worlds(|world| {
        let Some(store) = world.store() else { return };
        let old = world.run(|| number(4));
        world.clock.advance(10 * SECOND);
        let key = world.run(|| cache_key_number(4));
        let ttl = Ttl::new(10 * SECOND).expect("a lifetime");
        let (lease, _) = store.lease(key.as_ref(), ttl, LeaseMode::Join).expect("it works");
        assert!(lease.first);
        assert_eq!(world.run(|| number(4)), old);
        world.clock.advance(10 * SECOND);
        assert_ne!(world.run(|| number(4)), old);
    });
}

#[test]
fn a_computation_that_panics_or_is_cancelled_leaves_nothing_behind() {
    in_worlds(|world| {
        world.run(|| {
            let old = number(5);
            world.clock.advance(10 * SECOND);
            meanwhile(|| panic!("the function panics"));
            assert!(catch_unwind(AssertUnwindSafe(|| number(5))).is_err());
            assert_ne!(number(5), old, "the next caller computes");
            let old = number(6);
            world.clock.advance(10 * SECOND);
            drop_half_way(number_async(6));
            assert_ne!(number(6), old, "the next caller computes");
        });
    });
}

/// Polls a future once, and drops it.
fn drop_half_way<F: Future>(future: F) {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending(), "it is half-way");
}
