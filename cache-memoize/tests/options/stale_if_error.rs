//! `stale_if_error`: after its lifetime a value is the answer to an error.

use crate::clocks::{MILLISECOND, SECOND, World, in_worlds};
use crate::computations::fresh;
use crate::support::block_on;
use cache_memoize::cache_memoize;
use std::cell::Cell;
use std::time::Duration;

thread_local! {
    /// Whether the functions fail on this thread.
    static FAILS: Cell<bool> = const { Cell::new(false) };
    /// How often they ran.
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn compute(id: u32) -> Result<u32, String> {
    RUNS.set(RUNS.get() + 1);
    if FAILS.get() { Err("the origin is down".to_owned()) } else { Ok(fresh(id)) }
}

#[cache_memoize(ttl = 10, stale_if_error = 600, prefix = "number")]
fn number(id: u32) -> Result<u32, String> {
    compute(id)
}

/// The same entries as those of [`number`].
#[cache_memoize(ttl = 10, stale_if_error = 600, prefix = "number")]
async fn number_async(id: u32) -> Result<u32, String> {
    compute(id)
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "30s", stale_if_error = Duration::from_secs(time))]
fn both(time: u64) -> Result<u32, String> {
    compute(1)
}

#[cache_memoize(ttl = 10, stale_if_error = 600, cache_err = true, err_ttl = 20)]
fn with_errors(id: u32) -> Result<u32, String> {
    compute(id)
}

/// Runs a test whose functions work at first, with how often they ran in `runs`.
fn in_sane_worlds(test: impl Fn(&World)) {
    in_worlds(|world| {
        FAILS.set(false);
        world.run(|| test(world));
    });
}

/// How often the functions ran since the last question.
fn runs() -> u32 {
    RUNS.replace(0)
}

#[test]
fn an_error_is_answered_with_the_old_value_for_as_long_as_it_says() {
    in_sane_worlds(|world| {
        let old = number(1);
        world.clock.advance(10 * SECOND);
        FAILS.set(true);
        assert_eq!(number(1), old);
        assert_eq!(block_on(async { number_async(1).await }), old);
        world.clock.advance(600 * SECOND - MILLISECOND);
        assert_eq!(number(1), old);
        world.clock.advance(MILLISECOND);
        assert!(number(1).is_err(), "its time is over");
    });
}

#[test]
fn what_works_again_is_served_at_once() {
    in_sane_worlds(|world| {
        let old = number(1);
        world.clock.advance(10 * SECOND);
        FAILS.set(true);
        assert_eq!(number(1), old);
        FAILS.set(false);
        world.clock.advance(5 * SECOND);
        let new = number(1);
        assert_ne!(new, old);
        FAILS.set(true);
        assert_eq!(number(1), new, "the old one does not come back");
    });
}

#[test]
fn a_function_that_failed_is_left_alone_for_five_seconds() {
    in_sane_worlds(|world| {
        let old = number(1);
        world.clock.advance(10 * SECOND);
        FAILS.set(true);
        runs();
        for _ in 0..10 {
            assert_eq!(number(1), old);
        }
        assert_eq!(runs(), 1);
        world.clock.advance(5 * SECOND - MILLISECOND);
        assert_eq!(number(1), old);
        assert_eq!(runs(), 0);
        world.clock.advance(MILLISECOND);
        assert_eq!((number(1), number(1)), (old.clone(), old));
        assert_eq!(runs(), 1);
    });
}

#[test]
fn an_outage_of_ten_minutes_reaches_no_caller() {
    in_sane_worlds(|world| {
        let old = number(1);
        FAILS.set(true);
        runs();
        for _ in 0..6_000 {
            world.clock.advance(100 * MILLISECOND);
            assert_eq!(number(1), old);
        }
        let tries = runs();
        assert!((100..=119).contains(&tries), "590 seconds, a try every five: {tries}");
        assert_eq!(world.cache.stats().total().stale, 5_901);
    });
}

#[test]
fn without_an_old_value_an_error_is_an_error() {
    in_sane_worlds(|world| {
        FAILS.set(true);
        runs();
        assert!(number(1).is_err());
        assert!(number(1).is_err());
        assert_eq!(runs(), 2, "nobody is left alone");
        FAILS.set(false);
        let old = number(1);
        world.clock.advance(10 * SECOND);
        invalidate_number(1).expect("the store works");
        FAILS.set(true);
        assert!(number(1).is_err(), "what was invalidated is no answer");
        assert!(old.is_ok());
    });
}

/// Is invalidated while it computes, and fails.
#[cache_memoize(ttl = 10, stale_if_error = 600)]
fn overtaken(id: u32) -> Result<u32, String> {
    if FAILS.get() {
        invalidate_overtaken(id).expect("the store works");
    }
    compute(id)
}

#[test]
fn what_was_invalidated_meanwhile_is_no_answer() {
    in_sane_worlds(|world| {
        overtaken(1).expect("it works");
        world.clock.advance(10 * SECOND);
        FAILS.set(true);
        assert!(overtaken(1).is_err());
    });
}

#[test]
fn with_stale_while_revalidate_the_longer_of_the_two_counts_for_errors() {
    for time in [5, 100] {
        in_sane_worlds(|world| {
            let old = both(time);
            FAILS.set(true);
            let end = 10 + time.max(30);
            world.clock.advance(end as u32 * SECOND - MILLISECOND);
            assert_eq!(both(time), old);
            world.clock.advance(MILLISECOND);
            assert!(both(time).is_err());
        });
    }
}

#[test]
fn an_old_value_is_a_better_answer_than_a_stored_error() {
    in_sane_worlds(|world| {
        let old = with_errors(1);
        world.clock.advance(10 * SECOND);
        FAILS.set(true);
        assert_eq!(with_errors(1), old);
        let error = with_errors(2);
        assert!(error.is_err());
        runs();
        assert_eq!(with_errors(2), error, "it is stored");
        assert_eq!(runs(), 0);
        world.clock.advance(20 * SECOND);
        assert!(with_errors(2).is_err());
        assert_eq!(runs(), 1, "an old error is no answer");
    });
}
