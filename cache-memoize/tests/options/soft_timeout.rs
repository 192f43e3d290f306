//! `soft_timeout`: who has an old value gets it after a while, and the computation goes on behind.

mod awaited;
mod overtaken;
mod source;

use crate::clocks::{SECOND, World, in_worlds};
use crate::support::{on_every_kind, with_default};
use cache_memoize::{Cache, CacheKey, KeyWriter, cache_memoize, caches};
use source::Source;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

/// How long the background may take on a busy machine, and how long a caller waits that is not to leave.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a caller waits that is to leave.
const SOON: Duration = Duration::from_millis(10);

/// Longer than any test takes.
const FOREVER: Duration = Duration::from_secs(36_000);

/// Ages at which the value of [`value`] is due, and at which it is the answer to an error alone.
const OLD: [Duration; 2] = [DUE, SPARE];
const DUE: Duration = Duration::from_secs(10);
const SPARE: Duration = Duration::from_secs(30);

type Answer = Result<u32, String>;

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    soft_timeout = limit,
    skip(limit, source)
)]
fn value(limit: Duration, source: Arc<Source>) -> Answer {
    source.ask()
}

#[cache_memoize(ttl = 10, stale_if_error = 60, soft_timeout = "10ms", key = id)]
fn spare(id: u32, source: Arc<Source>) -> Answer {
    source.ask()
}

/// Its first value is due at once.
#[cache_memoize(
    ttl_with = first_is_short,
    stale_while_revalidate = 3_600,
    soft_timeout = "10ms",
    skip(source)
)]
fn soon_due(source: Arc<Source>) -> Answer {
    source.ask()
}

fn first_is_short(run: &u32) -> Duration {
    if *run == 1 { Duration::from_millis(1) } else { Duration::from_secs(1_000) }
}

/// Is always due, once it has cost something.
#[cache_memoize(ttl = 1_000, early_refresh = 1e15, soft_timeout = 3_600, skip(source))]
fn early(source: Arc<Source>) -> Answer {
    source.ask()
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    background,
    soft_timeout = limit,
    skip(limit, source)
)]
fn behind(limit: Duration, source: Arc<Source>) -> Answer {
    source.ask()
}

#[cache_memoize(
    ttl = 10,
    stale_if_error = 60,
    single_flight = "fleet",
    soft_timeout = limit,
    skip(limit, source),
    on_hit = || source.hit()
)]
fn in_fleet(limit: Duration, source: Arc<Source>) -> Answer {
    source.ask()
}

fn rest() {
    assert!(caches::wait_for_background(PATIENCE), "the background does not come to rest");
}

/// Runs a test on every kind of cache with the value of the first run as old as that.
fn with_old_value(ages: &[Duration], test: impl Fn(&World, &Arc<Source>)) {
    for age in ages {
        in_worlds(|world| {
            world.run(|| {
                let source = Arc::new(Source::default());
                assert_eq!(value(SOON, source.clone()), Ok(1), "without an old value all wait");
                world.clock.advance(*age);
                test(world, &source);
            });
        });
    }
}

#[test]
fn what_takes_longer_is_answered_with_the_old_value_and_stored_when_it_is_done() {
    with_old_value(&OLD, |world, source| {
        source.shut();
        assert_eq!(value(SOON, source.clone()), Ok(1));
        assert_eq!(world.cache.stats().total().stale, 1);
        source.open();
        rest();
        assert_eq!(value(SOON, source.clone()), Ok(2));
        assert_eq!(source.runs(), 2);
    });
}

#[test]
fn what_takes_less_is_waited_for() {
    with_old_value(&OLD, |world, source| {
        source.shut();
        thread::scope(|scope| {
            let call = scope.spawn(|| world.run(|| value(PATIENCE, source.clone())));
            source.wait_for_run(2);
            source.open();
            assert_eq!(call.join().expect("it returns"), Ok(2));
        });
        assert_eq!((value(SOON, source.clone()), source.runs()), (Ok(2), 2));
    });
}

#[test]
fn while_it_goes_on_nobody_else_computes() {
    with_old_value(&OLD, |_, source| {
        source.shut();
        assert_eq!(value(SOON, source.clone()), Ok(1));
        source.wait_for_run(2);
        assert_eq!(value(SOON, source.clone()), Ok(1), "others leave after their own time");
        source.open();
        rest();
        assert_eq!((value(SOON, source.clone()), source.runs()), (Ok(2), 2));
    });
}

#[test]
fn who_is_more_patient_than_another_gets_the_new_value() {
    with_old_value(&[SPARE], |world, source| {
        source.shut();
        assert_eq!(value(SOON, source.clone()), Ok(1));
        thread::scope(|scope| {
            let call = scope.spawn(|| world.run(|| value(PATIENCE, source.clone())));
            source.open();
            assert_eq!(call.join().expect("it returns"), Ok(2));
        });
        assert_eq!(source.runs(), 2);
    });
}

#[test]
fn on_every_store_the_computation_goes_on() {
    on_every_kind(|kind| {
        let source = Arc::new(Source::default());
        assert_eq!(soon_due(source.clone()), Ok(1), "{kind}");
        while peek_soon_due().expect("the store works").is_some() {
            thread::yield_now();
        }
        source.shut();
        assert_eq!(soon_due(source.clone()), Ok(1), "{kind}");
        source.open();
        rest();
        let new = peek_soon_due().expect("the store works");
        assert_eq!((new, source.runs()), (Some(Ok(2)), 2), "{kind}");
    });
}

#[test]
fn a_panic_reaches_who_waits_and_nobody_else() {
    with_old_value(&OLD, |_, source| {
        source.panics(true);
        let call = || catch_unwind(AssertUnwindSafe(|| value(PATIENCE, source.clone())));
        let panic = call().expect_err("it panics");
        assert_eq!(panic.downcast_ref(), Some(&"the function panics"));
        source.shut();
        assert_eq!(value(SOON, source.clone()), Ok(1), "nothing is left behind");
        source.open();
        rest();
        source.panics(false);
        assert_eq!(value(PATIENCE, source.clone()), Ok(4), "nor is anything after that");
    });
}

#[test]
fn an_error_is_treated_as_ever() {
    with_old_value(&OLD, |world, source| {
        source.fails(true);
        for _ in 0..3 {
            assert_eq!(value(PATIENCE, source.clone()), Ok(1));
        }
        assert_eq!(source.runs(), 2, "it is left alone");
        world.clock.advance(5 * SECOND);
        source.shut();
        assert_eq!(value(SOON, source.clone()), Ok(1));
        source.open();
        rest();
        for _ in 0..3 {
            assert_eq!(value(PATIENCE, source.clone()), Ok(1));
        }
        assert_eq!(source.runs(), 3, "behind its caller too");
        world.clock.advance(70 * SECOND);
        assert!(value(SOON, source.clone()).is_err(), "without an old value it is an error");
    });
}

#[test]
fn where_background_serves_at_once_it_counts_for_the_answers_to_errors() {
    for (age, limit) in [(DUE, FOREVER), (SPARE, SOON)] {
        in_worlds(|world| {
            let source = Arc::new(Source::default());
            let call = || {
                let (cache, source) = (world.cache.clone(), source.clone());
                let call = move || with_default(&cache, || behind(limit, source));
                answered_elsewhere(call).expect("nobody waits")
            };
            assert_eq!(call(), Ok(1));
            world.clock.advance(age);
            source.shut();
            assert_eq!(call(), Ok(1));
            source.open();
            rest();
            assert_eq!((call(), source.runs()), (Ok(2), 2));
        });
    }
}

#[test]
fn whoever_is_more_than_the_background_has_threads_leaves_as_well() {
    in_worlds(|world| {
        world.run(|| {
            let source = Arc::new(Source::default());
            let ids = 1..=20;
            ids.clone().for_each(|id| assert_eq!(spare(id, source.clone()), Ok(id)));
            world.clock.advance(SPARE);
            source.shut();
            for id in ids.clone().chain(ids.clone()) {
                assert_eq!(spare(id, source.clone()), Ok(id));
            }
            source.open();
            rest();
            assert_eq!(source.runs(), 40);
            assert_eq!(world.cache.stats().total().hits, 0, "each took one place");
            ids.clone().for_each(|id| assert_ne!(spare(id, source.clone()), Ok(id)));
            assert_eq!(source.runs(), 40, "all of them are stored");
        });
    });
}

#[test]
fn another_process_is_waited_for_no_longer_than_that() {
    in_worlds(|world| {
        let source = Arc::new(Source::default());
        let call = |cache: &Cache, limit| with_default(cache, || in_fleet(limit, source.clone()));
        assert_eq!(call(&world.cache, SOON), Ok(1));
        world.clock.advance(SPARE);
        source.shut();
        thread::scope(|scope| {
            let other = world.elsewhere();
            let elsewhere = scope.spawn(move || call(&other, PATIENCE));
            source.wait_for_run(2);
            assert_eq!(call(&world.cache, SOON), Ok(1));
            source.open();
            assert_eq!(elsewhere.join().expect("it returns"), Ok(2));
        });
        rest();
        assert_eq!(source.hits(), 1, "it did not run for who left");
        assert_eq!((call(&world.cache, SOON), source.runs()), (Ok(2), 2));
    });
}

#[test]
fn what_is_renewed_early_is_waited_for_as_well() {
    in_worlds(|world| {
        let source = Arc::new(Source::default());
        let call = || world.run(|| early(source.clone()));
        source.shut();
        thread::scope(|scope| {
            let first = scope.spawn(call);
            source.wait_for_run(1);
            world.clock.advance(2 * SECOND);
            source.open();
            assert_eq!(first.join().expect("it returns"), Ok(1));
        });
        assert_eq!(call(), Ok(2));
    });
}

#[test]
fn without_room_in_the_background_the_caller_computes_and_waits() {
    with_old_value(&OLD, |_, source| {
        assert!(caches::shut_down_background(PATIENCE));
        assert_eq!(value(SOON, source.clone()), Ok(2));
        assert_eq!(source.thread(), Some(thread::current().id()));
    });
}

#[cache_memoize(ttl = 1_000, skip(turns))]
fn outer(turns: Arc<AtomicU32>) -> u32 {
    let turn = turns.fetch_add(1, Ordering::SeqCst);
    if turn < 2 { inner(turns).unwrap_or(turn) } else { turn }
}

#[cache_memoize(ttl = 10, stale_if_error = 600, soft_timeout = 3_600, skip(turns))]
fn inner(turns: Arc<AtomicU32>) -> Answer {
    Ok(outer(turns))
}

#[test]
fn nobody_waits_for_itself_by_way_of_another_thread() {
    in_worlds(|world| {
        world.run(|| prime_inner(Ok(0))).expect("the store works");
        world.clock.advance(SPARE);
        let cache = world.cache.clone();
        let call = move || with_default(&cache, || outer(Arc::default()));
        assert_eq!(answered_elsewhere(call).expect("it does not wait for itself"), 2);
        rest();
    });
}

/// What a call gives on another thread, if that does not last longer than it may.
fn answered_elsewhere<R: Send + 'static>(call: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(call()));
    // Who waits for another caller gives up after thirty seconds.
    receiver.recv_timeout(PATIENCE / 3).ok()
}

#[derive(Default)]
struct Hooks {
    hits: AtomicU32,
    misses: AtomicU32,
    source: Source,
}

impl CacheKey for Hooks {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        1.cache_key(key);
    }
}

#[cache_memoize(
    ttl = 10,
    stale_if_error = 600,
    soft_timeout = "10ms",
    key = &*hooks,
    on_hit = |hooks: &Hooks| hooks.hits.fetch_add(1, Ordering::SeqCst),
    on_miss = |hooks: &Hooks| hooks.misses.fetch_add(1, Ordering::SeqCst)
)]
fn hooked(hooks: Arc<Hooks>) -> Answer {
    hooks.source.ask()
}

#[test]
fn a_call_is_a_miss_if_the_function_runs_and_otherwise_a_hit() {
    in_worlds(|world| {
        world.run(|| {
            let hooks = Arc::new(Hooks::default());
            let told = || (hooks.hits.load(Ordering::SeqCst), hooks.misses.load(Ordering::SeqCst));
            assert_eq!((hooked(hooks.clone()), told()), (Ok(1), (0, 1)));
            world.clock.advance(SPARE);
            hooks.source.shut();
            assert_eq!(hooked(hooks.clone()), Ok(1));
            hooks.source.wait_for_run(2);
            assert_eq!((hooked(hooks.clone()), told()), (Ok(1), (1, 2)), "one runs, one leaves");
            hooks.source.open();
            rest();
            assert_eq!((hooked(hooks.clone()), told()), (Ok(2), (2, 2)));
        });
    });
}
