//! The laws of the fence and of the flight, under every schedule that the checker tries.

use crate::world::{Faith, Process, World};
use shuttle::{check_pct, check_random, future, thread};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// How many schedules each law is tried under; `MODEL_SCHEDULES` sets another number.
fn schedules() -> usize {
    std::env::var("MODEL_SCHEDULES").ok().and_then(|number| number.parse().ok()).unwrap_or(3_000)
}

/// How something is invalidated.
type Way = fn(&Process);

/// After an invalidation returned, no call is served a value whose computation began before it.
fn fence_law(world: &Arc<World>, wait_limit: Duration) {
    fence_law_for(Process::invalidate, world, wait_limit);
}

fn fence_law_for(invalidate: Way, world: &Arc<World>, wait_limit: Duration) {
    let here = Process::waiting(world, wait_limit);
    let there = Process::waiting(world, wait_limit);
    let callers = [&here, &here, &there].map(|process| {
        let process = process.clone();
        thread::spawn(move || {
            process.call();
        })
    });
    let awaiting = {
        let there = there.clone();
        thread::spawn(move || {
            future::block_on(there.call_async());
        })
    };
    let invalidator = {
        let (world, invalidating, asking) =
            (world.clone(), there.clone(), [here.clone(), there.clone()]);
        thread::spawn(move || {
            let before = world.now();
            invalidate(&invalidating);
            let late = asking.map(|process| thread::spawn(move || process.call()));
            for call in late {
                let began = call.join().expect("a call returns");
                assert!(began > before, "served a value of {began}, invalidated at {before}");
            }
        })
    };
    callers.into_iter().chain([awaiting, invalidator]).for_each(|it| it.join().expect("it ends"));
    assert_eq!(here.flights_under_way() + there.flights_under_way(), 0);
}

#[test]
fn the_fence_holds_across_processes() {
    check_random(|| fence_law(&World::new(Faith::Faithful), Duration::MAX), schedules());
}

/// Values that are served while one caller computes another.
#[test]
fn the_fence_holds_for_values_that_grow_old() {
    let law = || fence_law(&World::of_old_values(Faith::Faithful), Duration::MAX);
    check_random(law, schedules());
}

#[test]
fn the_fence_holds_for_groups() {
    for world in [World::new, World::of_old_values] {
        let law = move || {
            fence_law_for(Process::invalidate_group, &world(Faith::Faithful), Duration::MAX);
        };
        check_random(law, schedules());
    }
}

#[test]
fn a_value_whose_group_another_process_invalidated_is_not_passed_on() {
    check_random(|| passing_on_law(Process::invalidate_group, Faith::Faithful), schedules());
    check_pct(|| passing_on_law(Process::invalidate_group, Faith::Faithful), schedules(), 3);
}

#[test]
fn the_model_notices_that_a_group_is_not_asked_about() {
    let law = || passing_on_law(Process::invalidate_group, Faith::Unconfirmed);
    let run = || check_pct(law, schedules(), 3);
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err(), "the law held all the same");
}

#[test]
fn of_all_who_find_an_old_value_one_computes_at_a_time() {
    let law = || {
        let world = World::of_old_values(Faith::Faithful);
        let (here, there) = (Process::of(&world), Process::of(&world));
        let old = here.call();
        let callers = [&here, &here, &there].map(|process| {
            let process = process.clone();
            thread::spawn(move || process.call())
        });
        let values = callers.map(|caller| caller.join().expect("a call returns"));
        let computations = world.computations() - 1;
        assert!((1..=3).contains(&computations));
        assert!(values.iter().all(|value| *value >= old));
        assert_eq!(world.most_at_once(), 1, "two computed at once");
    };
    check_random(law, schedules());
}

/// Flights that are given up at any moment.
#[test]
fn the_fence_holds_however_impatient_the_callers_are() {
    check_random(|| fence_law(&World::new(Faith::Faithful), Duration::ZERO), schedules());
}

/// The narrow window between a fill and the landing of its flight, on a schedule of few threads.
#[test]
fn a_value_that_another_process_invalidated_is_not_passed_on() {
    check_random(|| passing_on_law(Process::invalidate, Faith::Faithful), schedules());
    check_pct(|| passing_on_law(Process::invalidate, Faith::Faithful), schedules(), 3);
}

fn passing_on_law(invalidate: Way, faith: Faith) {
    let world = World::new(faith);
    let (here, there) = (Process::of(&world), Process::of(&world));
    let early = [here.clone(), here.clone()].map(|it| thread::spawn(move || it.call()));
    let before = world.now();
    invalidate(&there);
    let began = here.call();
    assert!(began > before, "served a value of {began}, invalidated at {before}");
    early.into_iter().for_each(|call| drop(call.join()));
}

#[test]
fn without_a_store_the_fence_holds_within_the_process() {
    let law = || {
        let world = World::new(Faith::Down);
        let process = Process::of(&world);
        let early = [process.clone(), process.clone()].map(|it| thread::spawn(move || it.call()));
        let before = world.now();
        process.invalidate();
        assert!(process.call() > before);
        early.into_iter().for_each(|call| drop(call.join()));
    };
    check_random(law, schedules());
}

#[test]
fn the_model_notices_a_store_without_a_fence() {
    let law = || fence_law(&World::new(Faith::Unfenced), Duration::MAX);
    let run = || check_random(law, schedules());
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err(), "the law held without a fence");
}

#[test]
fn concurrent_callers_share_one_computation() {
    let law = || {
        let world = World::new(Faith::Faithful);
        let process = Process::of(&world);
        let blocking = [(); 3].map(|()| {
            let process = process.clone();
            thread::spawn(move || process.call())
        });
        let awaiting = {
            let process = process.clone();
            thread::spawn(move || future::block_on(process.call_async()))
        };
        for call in blocking.into_iter().chain([awaiting]) {
            call.join().expect("it returns");
        }
        assert_eq!(world.computations(), 1);
    };
    check_random(law, schedules());
}

#[test]
fn after_a_refresh_nothing_older_than_it_is_served() {
    let law = || {
        let world = World::new(Faith::Faithful);
        let (here, there) = (Process::of(&world), Process::of(&world));
        let early = {
            let there = there.clone();
            thread::spawn(move || there.call())
        };
        let before = world.now();
        assert!(here.refresh() > before);
        assert!(there.call() > before);
        drop(early.join());
        assert!(here.call() > before);
    };
    check_random(law, schedules());
}

#[test]
fn a_dropped_call_hands_the_work_on() {
    let law = || {
        let world = World::new(Faith::Faithful);
        let process = Process::of(&world);
        let waiting =
            [process.clone(), process.clone()].map(|process| thread::spawn(move || process.call()));
        let dropped = {
            let process: Arc<Process> = process.clone();
            thread::spawn(move || {
                let mut call = Box::pin(process.call_async());
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                let _ = call.as_mut().poll(&mut context);
            })
        };
        dropped.join().expect("it ends");
        for call in waiting {
            call.join().expect("nobody hangs");
        }
        assert_eq!(process.flights_under_way(), 0);
        assert!(world.computations() <= 2, "what the next one computed was stored, and shared");
    };
    check_random(law, schedules());
}
