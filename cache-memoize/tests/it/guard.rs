//! The guard law: `store_result = false` runs a function at most once in a lifetime.

use crate::by_hand::on_every_kind_in_process;
use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::{Cache, Memory, cache_memoize, caches};
use cache_memoize_testkit::FakeClock;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

#[cache_memoize(ttl = 60, store_result = false, skip(runs))]
fn once(runs: &AtomicU32) {
    runs.fetch_add(1, Ordering::SeqCst);
}

#[cache_memoize(ttl = 60, store_result = false, key = name)]
fn told(name: &str, answer: Option<u32>) -> Option<u32> {
    answer
}

#[cache_memoize(ttl = 60, store_result = false, key = name)]
fn risky(name: &str, works: bool) -> Result<Option<u32>, String> {
    if works { Ok(Some(1)) } else { Err("as asked".to_owned()) }
}

#[cache_memoize(ttl = 60, store_result = false)]
fn panics(name: &str) {
    panic!("{name}, as asked");
}

#[cache_memoize(ttl = 60, store_result = false, skip(runs))]
async fn once_async(runs: &AtomicU32) -> Result<(), String> {
    let run = runs.fetch_add(1, Ordering::SeqCst);
    tokio::task::yield_now().await;
    if run == 0 { Err("the first run fails".to_owned()) } else { Ok(()) }
}

#[test]
fn a_hundred_threads_run_it_once() {
    on_every_kind(|kind| {
        let cache = caches::get("default").expect("the scope has a cache");
        let runs = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..100 {
                scope.spawn(|| with_default(&cache, || once(&runs)));
            }
        });
        assert_eq!(runs.into_inner(), 1, "{kind}");
    });
}

#[cache_memoize(ttl = 60, store_result = false, skip(inside, leave))]
fn once_at_length(inside: &Barrier, leave: &Barrier) -> Option<()> {
    inside.wait();
    leave.wait();
    Some(())
}

#[test]
fn while_it_runs_every_other_call_is_held_back() {
    on_every_kind(|kind| {
        let cache = caches::get("default").expect("the scope has a cache");
        let [inside, leave, alone] = [2, 2, 1].map(Barrier::new);
        thread::scope(|scope| {
            scope.spawn(|| with_default(&cache, || once_at_length(&inside, &leave)));
            inside.wait();
            let second = once_at_length(&alone, &alone);
            leave.wait();
            assert_eq!(second, None, "{kind}");
        });
    });
}

#[test]
fn a_call_that_is_held_back_says_so() {
    on_every_kind(|_| {
        assert_eq!(told("a", Some(1)), Some(1));
        assert_eq!(told("a", Some(2)), None);
        assert_eq!(told("b", None), None, "it ran, and said None");
        assert_eq!(told("b", Some(3)), None, "so it is held back");
        assert_eq!(refresh_told("a", Some(4)), Some(4), "a refresh runs it all the same");
        assert!(invalidate_told("a").expect("it works"));
        assert_eq!(told("a", Some(5)), Some(5));
    });
}

#[test]
fn a_failure_gives_the_run_back() {
    on_every_kind(|_| {
        assert!(risky("a", false).is_err());
        assert!(risky("a", false).is_err(), "the next call may run");
        assert_eq!(risky("a", true), Ok(Some(1)));
        assert_eq!(risky("a", false), Ok(None), "held back");
    });
}

#[test]
fn a_panic_gives_the_run_back() {
    on_every_kind(|_| {
        for _ in 0..2 {
            assert!(catch_unwind(|| panics("a")).is_err(), "the next call may run");
        }
    });
}

#[cache_memoize(ttl = 60, store_result = false)]
async fn panics_async(name: &str) {
    tokio::task::yield_now().await;
    panic!("{name}, as asked");
}

#[test]
fn a_panic_of_an_async_function_gives_the_run_back_too() {
    on_every_kind(|kind| {
        let cache = caches::get("default").expect("the scope has a cache");
        for _ in 0..2 {
            let caches = [("default", cache.clone())];
            let call = || block_on(caches::scoped_async(caches, panics_async("a")));
            assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "{kind}: the next call may run");
        }
    });
}

#[test]
fn a_hundred_tasks_run_it_until_it_succeeds() {
    on_every_kind(|kind| {
        let cache = caches::get("default").expect("the scope has a cache");
        let runs = Arc::new(AtomicU32::new(0));
        let spawn = || {
            let (runs, caches) = (runs.clone(), [("default", cache.clone())]);
            tokio::spawn(caches::scoped_async(caches, async move { once_async(&runs).await }))
        };
        block_on(async {
            assert!(spawn().await.expect("it returns").is_err());
            let tasks: Vec<_> = (0..100).map(|_| spawn()).collect();
            for task in tasks {
                task.await.expect("it returns").expect("the second run succeeds");
            }
        });
        assert_eq!(runs.load(Ordering::SeqCst), 2, "{kind}");
    });
}

#[test]
fn after_its_lifetime_it_may_run_again() {
    let clock = FakeClock::new();
    let memory = Memory::builder().clock(clock.clone()).build();
    let cache = Cache::builder().backend(memory).build().expect("the settings are right");
    with_default(&cache, || {
        assert_eq!(told("a", Some(1)), Some(1));
        clock.advance(Duration::from_secs(59));
        assert_eq!(told("a", Some(2)), None);
        clock.advance(Duration::from_secs(1));
        assert_eq!(told("a", Some(3)), Some(3));
    });
}

static ENTERED: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = 60, store_result = false, key = name)]
async fn never_ends_at_first(name: &str, ends: bool) {
    ENTERED.fetch_add(1, Ordering::SeqCst);
    if !ends {
        std::future::pending::<()>().await;
    }
    assert_eq!(name, "a");
}

#[test]
fn a_dropped_future_gives_the_run_back() {
    on_every_kind(|kind| {
        let cache = caches::get("default").expect("the scope has a cache");
        block_on(caches::scoped_async([("default", cache.clone())], async {
            let runs = ENTERED.load(Ordering::SeqCst);
            let mut dropped = Box::pin(never_ends_at_first("a", false));
            std::future::poll_fn(|context| {
                assert!(dropped.as_mut().poll(context).is_pending());
                let has_begun = ENTERED.load(Ordering::SeqCst) > runs;
                if has_begun { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            drop(dropped);
            never_ends_at_first("a", true).await;
        }));
        assert_eq!(cache.stats().total().misses, 2, "{kind}: the second call ran");
    });
}

#[test]
fn a_dropped_future_gives_the_run_back_however_many_others_were_dropped() {
    on_every_kind_in_process(|kind| {
        let mut context = Context::from_waker(Waker::noop());
        let mut dropped =
            ["b", "c", "d", "e", "f", "a"].map(|name| Box::pin(never_ends_at_first(name, false)));
        assert!(dropped.iter_mut().all(|call| call.as_mut().poll(&mut context).is_pending()));
        drop(dropped);
        let cache = caches::get("default").expect("the scope has a cache");
        assert_eq!(pin!(never_ends_at_first("a", true)).poll(&mut context), Poll::Ready(()));
        assert_eq!(cache.stats().total().misses, 7, "{kind}: the last call ran");
    });
}

#[test]
fn a_run_that_does_not_end_holds_others_back_for_no_longer_than_its_lifetime() {
    let clock = FakeClock::new();
    let memory = Memory::builder().clock(Arc::new(clock.clone())).build();
    let cache = Cache::builder().backend(memory).build().expect("the settings are right");
    with_default(&cache, || {
        let mut context = Context::from_waker(Waker::noop());
        let mut stuck = Box::pin(never_ends_at_first("a", false));
        assert!(stuck.as_mut().poll(&mut context).is_pending());
        for (wait, runs) in [(59, 1), (1, 2)] {
            clock.advance(Duration::from_secs(wait));
            assert_eq!(pin!(never_ends_at_first("a", true)).poll(&mut context), Poll::Ready(()));
            assert_eq!(cache.stats().total().misses, runs);
        }
    });
}
