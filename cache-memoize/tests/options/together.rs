//! What options of freshness do to one another: the table of `docs/guide/together.md`, row by row.

use crate::clocks::{SECOND, in_worlds};
use cache_memoize::{cache_memoize, caches};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Where values come from: the number of the run, or an error.
#[derive(Default)]
struct Source {
    fails: AtomicBool,
    runs: AtomicU32,
    /// Whether it takes its time, and what tells that it does no longer.
    is_slow: Mutex<bool>,
    is_quick: Condvar,
}

impl Source {
    fn ask(&self) -> Result<u32, String> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        let slow = self.is_slow.lock().expect("nobody panics here");
        drop(self.is_quick.wait_while(slow, |slow| *slow).expect("nobody panics here"));
        if self.fails.load(Ordering::SeqCst) { Err("it is down".to_owned()) } else { Ok(run) }
    }

    fn slow(&self, slow: bool) {
        *self.is_slow.lock().expect("nobody panics here") = slow;
        self.is_quick.notify_all();
    }
}

type Function = fn(Arc<Source>) -> Result<u32, String>;

#[cache_memoize(ttl = 10, skip(source))]
fn neither(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(ttl = 10, stale_while_revalidate = 20, skip(source))]
fn revalidated(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(ttl = 10, stale_if_error = 60, skip(source))]
fn excused(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(ttl = 10, stale_while_revalidate = 20, stale_if_error = 60, skip(source))]
fn both(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    background,
    skip(source)
)]
fn behind(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    soft_timeout = 3_600,
    skip(source)
)]
fn patient(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    soft_timeout = "10ms",
    skip(source)
)]
fn impatient(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(ttl = 10, stale_if_error = 60, cache_err = true, err_ttl = 3, skip(source))]
fn with_errors(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

#[cache_memoize(
    ttl_with = |_| Duration::from_secs(10),
    stale_while_revalidate = 20,
    stale_if_error = 60,
    jitter = 0.0,
    skip(source)
)]
fn lifetime_of_its_own(source: Arc<Source>) -> Result<u32, String> {
    source.ask()
}

/// What the caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    Old,
    New,
    Error,
}

use Gets::{Error, New, Old};

/// The seconds since the old value was stored; whether the function fails; what the caller gets; whether the function
/// runs; and what the next caller gets, for whom it works.
type Row = (u64, bool, Gets, bool, Gets);

const NEITHER: &[Row] =
    &[(9, false, Old, false, Old), (10, false, New, true, New), (10, true, Error, true, New)];

const REVALIDATED: &[Row] = &[
    (9, false, Old, false, Old),
    (10, false, New, true, New),
    (10, true, Old, true, Old),
    (29, true, Old, true, Old),
    (30, false, New, true, New),
    (30, true, Error, true, New),
];

const EXCUSED: &[Row] = &[
    (9, false, Old, false, Old),
    (10, false, New, true, New),
    (10, true, Old, true, Old),
    (69, true, Old, true, Old),
    (70, true, Error, true, New),
];

const BOTH: &[Row] = &[
    (9, false, Old, false, Old),
    (10, false, New, true, New),
    (10, true, Old, true, Old),
    (30, false, New, true, New),
    (30, true, Old, true, Old),
    (69, true, Old, true, Old),
    (70, true, Error, true, New),
];

const BEHIND: &[Row] = &[
    (9, false, Old, false, Old),
    (10, false, Old, true, New),
    (10, true, Old, true, Old),
    (30, false, New, true, New),
    (30, true, Old, true, Old),
    (70, true, Error, true, New),
];

/// Of a function that takes longer than its `soft_timeout`, wherever there is an old value to leave with.
const IMPATIENT: &[Row] = &[
    (9, false, Old, false, Old),
    (10, false, Old, true, New),
    (10, true, Old, true, Old),
    (30, false, Old, true, New),
    (30, true, Old, true, Old),
    (69, true, Old, true, Old),
    (70, true, Error, true, New),
];

/// A stored error would be the answer for its own lifetime; it does not take the place of a value.
const WITH_ERRORS: &[Row] = &[
    (9, true, Old, false, Old),
    (10, true, Old, true, Old),
    (69, true, Old, true, Old),
    (70, true, Error, true, Error),
];

#[track_caller]
fn assert_table(name: &str, function: Function, table: &[Row]) {
    assert_table_of(name, function, false, table);
}

/// The table of a function that is slow where the caller gets the old value.
#[track_caller]
fn assert_table_of(name: &str, function: Function, is_slow: bool, table: &[Row]) {
    for row @ (age, fails, gets, runs, next) in table {
        in_worlds(|world| {
            let source = Arc::new(Source::default());
            let call = || {
                let answer = world.run(|| function(source.clone()));
                source.slow(false);
                assert!(caches::wait_for_background(Duration::from_secs(60)));
                match answer {
                    Ok(1) => Old,
                    Ok(_) => New,
                    Err(_) => Error,
                }
            };
            assert_eq!(call(), Old);
            world.clock.advance(u32::try_from(*age).expect("it is small") * SECOND);
            source.fails.store(*fails, Ordering::SeqCst);
            source.slow(is_slow && *gets == Old);
            assert_eq!(call(), *gets, "{name}: {row:?}");
            assert_eq!(source.runs.load(Ordering::SeqCst) > 1, *runs, "{name}: {row:?}");
            source.fails.store(false, Ordering::SeqCst);
            assert_eq!(call(), *next, "{name}: {row:?}, the next caller");
        });
    }
}

#[test]
fn what_the_options_do_to_one_another_is_as_the_table_says() {
    assert_table("neither", neither, NEITHER);
    assert_table("stale_while_revalidate", revalidated, REVALIDATED);
    assert_table("stale_if_error", excused, EXCUSED);
    assert_table("both", both, BOTH);
    assert_table("both, in the background", behind, BEHIND);
    assert_table("both, with soft_timeout", patient, BOTH);
    assert_table_of("both, with soft_timeout, slow", impatient, true, IMPATIENT);
    assert_table("stale_if_error and cache_err", with_errors, WITH_ERRORS);
    assert_table("both, with ttl_with", lifetime_of_its_own, BOTH);
}
