//! `jitter`: lifetimes are spread, so that entries which were stored together do not end together.

use crate::clocks::{SECOND, assert_lives, assert_lives_forever, on_every_clock};
use crate::computations::fresh;
use cache_memoize::cache_memoize;
use cache_memoize_testkit::FakeClock;
use std::time::Duration;

/// So many that no chance puts all of them on one side.
const MANY: u32 = 200;

#[cache_memoize(ttl = 1000, jitter = 0.1)]
fn spread(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = Duration::from_secs(1000), jitter = 0.1)]
fn spread_expression(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl_with = |_| Duration::from_secs(1000), jitter = 0.1)]
fn spread_with(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(cache_err = true, err_ttl = 1000, jitter = 0.1)]
fn spread_error(id: u32) -> Result<u32, u32> {
    Err(fresh(id))
}

#[cache_memoize(ttl = 1000, jitter = 0)]
fn exact(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = "forever", jitter = 0.5)]
fn forever(id: u32) -> u32 {
    fresh(id)
}

/// How many of the values that `store` stores are there after nine tenths of a thousand seconds, after all
/// of them, and after eleven tenths.
fn survivors(clock: &FakeClock, store: &dyn Fn(u32), is_there: &dyn Fn(u32) -> bool) -> [u32; 3] {
    (0..MANY).for_each(store);
    [900 * SECOND - Duration::from_millis(1), 100 * SECOND, 101 * SECOND].map(|wait| {
        clock.advance(wait);
        (0..MANY).map(|id| u32::from(is_there(id))).sum()
    })
}

#[test]
fn lifetimes_are_spread_by_as_much_as_it_says() {
    on_every_clock(|clock| {
        let of_all_forms = [
            survivors(clock, &|id| assert_ne!(spread(id), 0), &|id| {
                peek_spread(id).expect("it works").is_some()
            }),
            survivors(clock, &|id| assert_ne!(spread_expression(id), 0), &|id| {
                peek_spread_expression(id).expect("it works").is_some()
            }),
            survivors(clock, &|id| assert_ne!(spread_with(id), 0), &|id| {
                peek_spread_with(id).expect("it works").is_some()
            }),
            survivors(clock, &|id| assert!(spread_error(id).is_err()), &|id| {
                peek_spread_error(id).expect("it works").is_some()
            }),
        ];
        for [early, middle, late] in of_all_forms {
            assert_eq!((early, late), (MANY, 0));
            assert!((1..MANY).contains(&middle), "{middle} of {MANY} are there");
        }
    });
}

#[test]
fn zero_leaves_them_exact() {
    on_every_clock(|clock| assert_lives(clock, 1000 * SECOND, || exact(1)));
}

#[test]
fn forever_stays_forever() {
    on_every_clock(|clock| assert_lives_forever(clock, || forever(1)));
}
