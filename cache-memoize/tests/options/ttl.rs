//! `ttl`: how long a value is remembered.

use crate::clocks::{
    SECOND, assert_lives, assert_lives_forever, assert_never_lives, on_every_clock, with_settings,
};
use crate::computations::fresh;
use crate::support::block_on;
use cache_memoize::{ErrorKind, cache_memoize};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

#[cache_memoize(ttl = 7)]
fn seconds(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 1_000u64)]
fn seconds_with_a_type(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = "5m")]
fn text(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = "1h 30m 1s")]
fn long_text(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = "1500ms")]
fn part_of_a_second(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = "forever")]
fn forever(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize]
fn unsaid(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = MINUTE)]
fn constant(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = Duration::from_secs(60 * minutes), key = id)]
fn computed(id: u32, minutes: u64) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = given, skip(given))]
fn given_by_the_caller(id: u32, given: Duration) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = *part, skip(_pair))]
fn from_a_pattern(id: u32, (part, _): (Duration, u8), _pair: ()) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 7)]
async fn awaited(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = lifetime, key = id)]
async fn awaited_and_computed(id: u32, lifetime: Duration) -> u32 {
    fresh(id)
}

struct Settings {
    lifetime: Duration,
}

impl Settings {
    #[cache_memoize(ttl = self.lifetime, skip(self))]
    fn method(&self, id: u32) -> u32 {
        fresh(id)
    }
}

#[test]
fn a_number_counts_seconds() {
    on_every_clock(|clock| {
        assert_lives(clock, 7 * SECOND, || seconds(1));
        assert_lives(clock, 1_000 * SECOND, || seconds_with_a_type(1));
    });
}

#[test]
fn a_text_has_units() {
    on_every_clock(|clock| {
        assert_lives(clock, 5 * MINUTE, || text(1));
        assert_lives(clock, 90 * MINUTE + SECOND, || long_text(1));
        assert_lives(clock, Duration::from_millis(1500), || part_of_a_second(1));
    });
}

#[test]
fn an_expression_gives_a_duration() {
    on_every_clock(|clock| {
        assert_lives(clock, MINUTE, || constant(1));
        assert_lives(clock, 3 * MINUTE, || computed(1, 3));
        assert_lives(clock, 9 * SECOND, || given_by_the_caller(1, 9 * SECOND));
        assert_lives(clock, 8 * SECOND, || from_a_pattern(1, (8 * SECOND, 0), ()));
        assert_lives(clock, 4 * SECOND, || Settings { lifetime: 4 * SECOND }.method(1));
    });
}

#[test]
fn it_holds_for_async_functions() {
    on_every_clock(|clock| {
        assert_lives(clock, 7 * SECOND, || block_on(awaited(1)));
        assert_lives(clock, 3 * SECOND, || block_on(awaited_and_computed(1, 3 * SECOND)));
    });
}

#[test]
fn forever_is_until_someone_invalidates() {
    on_every_clock(|clock| {
        assert_lives_forever(clock, || forever(1));
        assert_lives_forever(clock, || given_by_the_caller(2, Duration::MAX));
        let first = forever(1);
        assert!(invalidate_forever(1).expect("it works"));
        assert_ne!(forever(1), first);
    });
}

#[test]
fn unsaid_it_is_the_default_of_the_cache() {
    on_every_clock(|clock| assert_lives(clock, 5 * MINUTE, || unsaid(1)));
    with_settings(
        |settings| settings.default_ttl(2 * SECOND),
        |clock| {
            assert_lives(clock, 2 * SECOND, || unsaid(1));
            assert_lives(clock, 7 * SECOND, || seconds(1));
        },
    );
    with_settings(
        |settings| settings.default_ttl(Duration::MAX),
        |clock| assert_lives_forever(clock, || unsaid(1)),
    );
}

#[test]
fn a_refresh_begins_a_new_lifetime() {
    on_every_clock(|clock| {
        seconds(1);
        clock.advance(6 * SECOND);
        let renewed = refresh_seconds(1);
        clock.advance(6 * SECOND);
        assert_eq!(seconds(1), renewed);
        clock.advance(SECOND);
        assert_ne!(seconds(1), renewed);
    });
}

#[test]
fn a_hit_does_not() {
    on_every_clock(|clock| {
        let first = seconds(1);
        clock.advance(6 * SECOND);
        assert_eq!(seconds(1), first);
        clock.advance(SECOND);
        assert_eq!(peek_seconds(1).expect("it works"), None);
    });
}

#[test]
fn a_primed_value_has_the_same_lifetime() {
    on_every_clock(|clock| {
        prime_computed(1, 2, 77).expect("it works");
        clock.advance(2 * MINUTE - SECOND);
        assert_eq!(computed(1, 2), 77);
        clock.advance(SECOND);
        assert_ne!(computed(1, 2), 77);
    });
}

#[test]
fn a_computed_lifetime_of_zero_remembers_nothing() {
    on_every_clock(|_| {
        assert_never_lives(|| given_by_the_caller(1, Duration::ZERO));
        let refused =
            prime_given_by_the_caller(1, Duration::ZERO, 7).expect_err("it is over at once");
        assert_eq!(refused.kind(), ErrorKind::NotKept);
        assert_eq!(peek_given_by_the_caller(1).expect("it works"), None);
    });
}
