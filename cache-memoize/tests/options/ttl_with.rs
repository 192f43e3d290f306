//! `ttl_with`: the lifetime comes from the value.

use crate::clocks::{
    SECOND, assert_lives, assert_lives_forever, assert_never_lives, on_every_clock,
};
use crate::computations::fresh;
use crate::support::block_on;
use cache_memoize::{ErrorKind, cache_memoize};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Token {
    number: u32,
    lifetime: Duration,
}

impl Token {
    fn new(lifetime: Duration) -> Self {
        Self { number: fresh(lifetime), lifetime }
    }

    fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

#[cache_memoize(ttl_with = Token::lifetime)]
fn path(lifetime: Duration) -> Token {
    Token::new(lifetime)
}

#[cache_memoize(ttl_with = |token| token.lifetime / 2)]
fn closure(lifetime: Duration) -> Token {
    Token::new(lifetime)
}

#[cache_memoize(ttl_with = |token: &Token| token.lifetime)]
fn on_the_ok_of_a_result(lifetime: Duration, works: bool) -> Result<Token, u32> {
    if works { Ok(Token::new(lifetime)) } else { Err(fresh(works)) }
}

#[cache_memoize(ttl_with = |token| token.lifetime * factor)]
fn of_an_argument(lifetime: Duration, factor: u32) -> Token {
    Token::new(lifetime)
}

#[cache_memoize(ttl_with = Token::lifetime)]
async fn awaited(lifetime: Duration) -> Token {
    Token::new(lifetime)
}

#[test]
fn a_path_or_a_closure_gives_it() {
    on_every_clock(|clock| {
        for seconds in [1, 20, 3_000] {
            assert_lives(clock, seconds * SECOND, || path(seconds * SECOND));
            assert_lives(clock, seconds * SECOND, || closure(2 * seconds * SECOND));
            assert_lives(clock, seconds * SECOND, || block_on(awaited(seconds * SECOND)));
        }
        assert_lives(clock, 6 * SECOND, || of_an_argument(2 * SECOND, 3));
    });
}

#[test]
fn of_a_result_it_sees_the_ok() {
    on_every_clock(|clock| {
        assert_lives(clock, 2 * SECOND, || on_the_ok_of_a_result(2 * SECOND, true));
        assert_never_lives(|| on_the_ok_of_a_result(2 * SECOND, false));
    });
}

#[test]
fn zero_is_not_stored_and_the_longest_is_for_ever() {
    on_every_clock(|clock| {
        assert_never_lives(|| path(Duration::ZERO));
        assert_lives_forever(clock, || path(Duration::MAX));
    });
}

#[test]
fn a_refreshed_or_primed_value_has_its_own() {
    on_every_clock(|clock| {
        path(10 * SECOND);
        prime_path(10 * SECOND, Token::new(2 * SECOND)).expect("it is kept");
        clock.advance(2 * SECOND);
        assert_eq!(peek_path(10 * SECOND).expect("it works"), None);
        let renewed = refresh_path(10 * SECOND);
        clock.advance(9 * SECOND);
        assert_eq!(path(10 * SECOND), renewed);
        let refused = prime_path(10 * SECOND, Token::new(Duration::ZERO)).expect_err("it is over");
        assert_eq!(refused.kind(), ErrorKind::NotKept);
    });
}
