//! `err_ttl`: the lifetime of a stored error.

use crate::clocks::{
    SECOND, assert_lives, assert_lives_forever, assert_never_lives, on_every_clock,
};
use crate::computations::fresh;
use crate::support::block_on;
use cache_memoize::cache_memoize;
use std::time::Duration;

const MOMENT: Duration = Duration::from_secs(3);

#[cache_memoize(ttl = 60, cache_err = true, err_ttl = 5)]
fn seconds(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(ttl = 60, cache_err = true, err_ttl = "1m 30s")]
fn text(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(ttl = 60, cache_err = true, err_ttl = "forever")]
fn forever(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(ttl = 60, cache_err = true, err_ttl = MOMENT)]
fn constant(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(ttl = 60, cache_err = true, err_ttl = pause, skip(pause))]
fn computed(works: bool, pause: Duration) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(ttl = 60, cache_err = true)]
fn unsaid(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(cache_err = true, err_ttl = 5)]
fn without_ttl(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(ttl = 60, cache_err = true, err_ttl = 5)]
async fn awaited(works: bool) -> Result<u32, u32> {
    outcome(works)
}

#[cache_memoize(cache_err = true, err_ttl = 5, ttl_with = |_: &u32| MOMENT)]
fn beside_ttl_with(works: bool) -> Result<u32, u32> {
    outcome(works)
}

fn outcome(works: bool) -> Result<u32, u32> {
    if works { Ok(fresh(works)) } else { Err(fresh(works)) }
}

#[test]
fn an_error_lives_as_long_as_it_says() {
    on_every_clock(|clock| {
        assert_lives(clock, 5 * SECOND, || seconds(false));
        assert_lives(clock, 90 * SECOND, || text(false));
        assert_lives(clock, MOMENT, || constant(false));
        assert_lives(clock, 7 * SECOND, || computed(false, 7 * SECOND));
        assert_lives(clock, 5 * SECOND, || without_ttl(false));
        assert_lives(clock, 5 * SECOND, || beside_ttl_with(false));
        assert_lives(clock, 5 * SECOND, || block_on(awaited(false)));
        assert_lives_forever(clock, || forever(false));
        assert_never_lives(|| computed(false, Duration::ZERO));
    });
}

#[test]
fn a_value_lives_as_long_as_ever() {
    on_every_clock(|clock| {
        assert_lives(clock, 60 * SECOND, || seconds(true));
        assert_lives(clock, 60 * SECOND, || forever(true));
        assert_lives(clock, 60 * SECOND, || computed(true, 7 * SECOND));
        assert_lives(clock, 300 * SECOND, || without_ttl(true));
        assert_lives(clock, MOMENT, || beside_ttl_with(true));
        assert_lives(clock, 60 * SECOND, || block_on(awaited(true)));
    });
}

#[test]
fn unsaid_it_is_the_ttl() {
    on_every_clock(|clock| assert_lives(clock, 60 * SECOND, || unsaid(false)));
}

#[test]
fn a_primed_error_has_it_too() {
    on_every_clock(|clock| {
        prime_computed(false, 2 * SECOND, Err(7)).expect("it is kept");
        clock.advance(SECOND);
        assert_eq!(computed(false, 2 * SECOND), Err(7));
        clock.advance(SECOND);
        assert_ne!(computed(false, 2 * SECOND), Err(7));
    });
}
