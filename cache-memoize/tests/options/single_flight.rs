//! `single_flight`: whether the callers of one key wait for each other.

use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::{Cache, cache_memoize, caches};
use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const CALLERS: u32 = 4;

/// Where the callers of a function meet.
#[derive(Default)]
struct Meeting {
    arrived: AtomicU32,
    inside: AtomicU32,
}

impl Meeting {
    fn computations(&self) -> u32 {
        self.inside.load(Ordering::SeqCst)
    }

    /// A computation that ends once all callers are on their way.
    fn compute_while_all_arrive(&self) -> u32 {
        self.inside.fetch_add(1, Ordering::SeqCst);
        wait_until(|| self.arrived.load(Ordering::SeqCst) == CALLERS);
        7
    }

    /// A computation that ends once all callers are in one of their own.
    fn compute_while_all_compute(&self) -> u32 {
        self.inside.fetch_add(1, Ordering::SeqCst);
        wait_until(|| self.computations() == CALLERS);
        7
    }
}

fn wait_until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "the other callers did not come");
        spin_loop();
        thread::yield_now();
    }
}

#[cache_memoize(ttl = 60, skip(meeting))]
fn unsaid(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_arrive()
}

#[cache_memoize(ttl = 60, skip(meeting), single_flight = "process")]
fn process(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_arrive()
}

#[cache_memoize(ttl = 60, skip(meeting), single_flight = "fleet")]
fn fleet(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_arrive()
}

#[cache_memoize(ttl = 60, skip(meeting), single_flight = "fleet")]
async fn fleet_async(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_arrive()
}

#[cache_memoize(ttl = 60, skip(meeting), single_flight = "off")]
fn off(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_compute()
}

#[cache_memoize(ttl = 60, skip(meeting), single_flight = "process")]
async fn process_async(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_arrive()
}

#[cache_memoize(ttl = 60, skip(meeting), single_flight = "off")]
async fn off_async(meeting: &Meeting) -> u32 {
    meeting.compute_while_all_compute()
}

/// How many computations it takes to answer all callers.
fn computations(call: impl Fn(&Meeting) -> u32 + Sync) -> u32 {
    let cache = caches::get("default").expect("the scope has a cache");
    let meeting = Meeting::default();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                with_default(&cache, || {
                    meeting.arrived.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(call(&meeting), 7);
                });
            });
        }
    });
    meeting.computations()
}

#[test]
fn unsaid_or_process_one_computes_and_the_others_wait() {
    on_every_kind(|kind| {
        assert_eq!(computations(unsaid), 1, "{kind}");
        assert_eq!(computations(process), 1, "{kind}");
        assert_eq!(computations(|meeting| block_on(process_async(meeting))), 1, "{kind}");
    });
}

/// What other processes do is shown with other processes, in `tests/servers/fleet.rs`.
#[test]
fn in_a_fleet_one_computes_and_the_others_wait() {
    on_every_kind(|kind| {
        assert_eq!(computations(fleet), 1, "{kind}");
        assert_eq!(computations(|meeting| block_on(fleet_async(meeting))), 1, "{kind}");
    });
}

#[test]
fn off_each_computes_at_once() {
    on_every_kind(|kind| {
        assert_eq!(computations(off), CALLERS, "{kind}");
        assert_eq!(computations(|meeting| block_on(off_async(meeting))), CALLERS, "{kind}");
    });
}

#[test]
fn off_values_are_remembered_all_the_same() {
    let cache = Cache::memory();
    with_default(&cache, || assert_eq!(computations(off), CALLERS));
    assert_eq!(with_default(&cache, || off(&Meeting::default())), 7);
    assert_eq!(cache.stats().total().hits, 1);
}

#[cache_memoize(ttl = 60, skip(depth), single_flight = "fleet")]
fn recursive(kind: &str, depth: u32) -> u32 {
    if depth == 0 { 7 } else { recursive(kind, depth - 1) }
}

#[cache_memoize(ttl = 60, skip(depth), single_flight = "fleet")]
async fn recursive_async(kind: &str, depth: u32) -> u32 {
    if depth == 0 { 7 } else { Box::pin(recursive_async(kind, depth - 1)).await }
}

/// The lease that stands in the store is the caller's own.
#[test]
fn in_a_fleet_a_function_does_not_wait_for_itself() {
    on_every_kind(|kind| {
        let began = Instant::now();
        assert_eq!(recursive(kind, 3), 7);
        assert_eq!(block_on(recursive_async(kind, 3)), 7);
        assert!(began.elapsed() < Duration::from_secs(14), "{kind}: a lease of a fleet lives 15 s");
    });
}
