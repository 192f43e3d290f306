//! `cache_if`: which values are stored.

use crate::clocks::assert_never_lives;
use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{ErrorKind, cache_memoize};

fn is_some(value: &Option<u32>) -> bool {
    value.is_some()
}

#[cache_memoize(ttl = 60, cache_if = is_some, key = id)]
fn path(id: u32, found: bool) -> Option<u32> {
    found.then(|| fresh(id))
}

#[cache_memoize(ttl = 60, cache_if = Option::is_some, key = id)]
fn method(id: u32, found: bool) -> Option<u32> {
    found.then(|| fresh(id))
}

#[cache_memoize(ttl = 60, cache_if = |(kept, _)| *kept)]
fn closure(kept: bool) -> (bool, u32) {
    (kept, fresh(kept))
}

#[cache_memoize(ttl = 60, cache_if = |value: &(u32, u32)| value.0 > 0)]
fn on_the_ok_of_a_result(value: Result<u32, String>) -> Result<(u32, u32), String> {
    value.map(|value| (value, fresh(value)))
}

#[cache_memoize(ttl = 60, cache_if = |value| value.0 > 0, cache_err = true)]
fn beside_stored_errors(value: Result<u32, u32>) -> Result<(u32, u32), (u32, u32)> {
    value.map(|value| (value, fresh(value))).map_err(|error| (error, fresh(error)))
}

#[cache_memoize(ttl = 60, key = (), cache_if = |value| *value >= least)]
fn of_an_argument(value: u32, least: u32) -> u32 {
    value
}

#[cache_memoize(ttl = 60, cache_if = |(kept, _)| *kept)]
async fn awaited(kept: bool) -> (bool, u32) {
    (kept, fresh(kept))
}

#[cache_memoize(ttl = 60, local, cache_if = |value| value.0.is_some())]
fn of_local_values(id: u32, found: bool) -> Opaque {
    Opaque(found.then(|| fresh(id)))
}

#[derive(Clone, Debug, PartialEq)]
struct Opaque(Option<u32>);

#[test]
fn a_path_or_a_closure_judges_the_value() {
    on_every_kind(|kind| {
        assert_eq!(path(1, false), None, "{kind}");
        let first = path(1, true);
        assert!(first.is_some(), "{kind}: None was not stored");
        assert_eq!(path(1, false), first, "{kind}");
        assert_eq!(method(1, false), None, "{kind}");
        let first = method(1, true);
        assert_eq!(method(1, false), first, "{kind}");
        assert_eq!(closure(true), closure(true), "{kind}");
        assert_never_lives(|| closure(false));
    });
}

#[test]
fn of_a_result_it_sees_the_ok() {
    on_every_kind(|kind| {
        assert_never_lives(|| on_the_ok_of_a_result(Ok(0)));
        assert_eq!(on_the_ok_of_a_result(Ok(1)), on_the_ok_of_a_result(Ok(1)), "{kind}");
        let error = on_the_ok_of_a_result(Err("no".to_owned()));
        assert_eq!(error, Err("no".to_owned()), "{kind}");
    });
}

#[test]
fn of_errors_that_are_stored_it_says_nothing() {
    on_every_kind(|kind| {
        assert_never_lives(|| beside_stored_errors(Ok(0)));
        for value in [Ok(1), Err(0)] {
            assert_eq!(beside_stored_errors(value), beside_stored_errors(value), "{kind}");
        }
    });
}

#[test]
fn it_may_speak_of_the_arguments() {
    on_every_kind(|kind| {
        assert_eq!(of_an_argument(5, 10), 5, "{kind}");
        assert_eq!(of_an_argument(15, 10), 15, "{kind}");
        assert_eq!(of_an_argument(5, 10), 15, "{kind}");
    });
}

#[test]
fn it_holds_for_async_functions_and_local_values() {
    on_every_kind(|kind| {
        block_on(async {
            assert_eq!(awaited(true).await, awaited(true).await, "{kind}");
            assert_ne!(awaited(false).await, awaited(false).await, "{kind}");
        });
        assert_eq!(of_local_values(1, true), of_local_values(1, true), "{kind}");
        assert_eq!(of_local_values(2, false), Opaque(None), "{kind}");
        assert_eq!(peek_of_local_values(2, false).expect("it works"), None, "{kind}");
    });
}

#[test]
fn a_refresh_or_a_primed_value_is_judged_too() {
    on_every_kind(|kind| {
        assert!(path(1, true).is_some(), "{kind}");
        assert_eq!(refresh_path(1, false), None, "{kind}");
        assert_eq!(peek_path(1).expect("it works"), None, "{kind}: the old one is outdated");
        let refused = prime_path(1, None).expect_err("it is turned down");
        assert_eq!(refused.kind(), ErrorKind::NotKept, "{kind}");
        prime_path(1, Some(7)).expect("it is kept");
        assert_eq!(path(1, false), Some(7), "{kind}");
        block_on(async {
            assert!(!refresh_awaited(false).await.0, "{kind}");
            assert_eq!(peek_awaited(false).await.expect("it works"), None, "{kind}");
        });
    });
}
