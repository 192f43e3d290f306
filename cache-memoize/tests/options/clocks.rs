//! Caches on a clock that the test moves.

use crate::support::with_default;
use cache_memoize::core::Backend;
use cache_memoize::{Cache, CacheBuilder, Memory};
use cache_memoize_testkit::{Counts, FakeClock};
use std::fmt::Debug;
use std::time::Duration;

pub(crate) const MILLISECOND: Duration = Duration::from_millis(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Runs a test on every kind of cache, with the clock that the cache goes by.
pub(crate) fn on_every_clock(test: impl Fn(&FakeClock)) {
    with_settings(|settings| settings, test);
}

/// Runs a test on every kind of cache with these settings.
pub(crate) fn with_settings(
    settings: impl Fn(CacheBuilder) -> CacheBuilder,
    test: impl Fn(&FakeClock),
) {
    let kinds: [fn(Backend) -> Backend; 2] =
        [|objects| objects, |objects| Counts::new().wrap(&objects)];
    for kind in kinds {
        let clock = FakeClock::new();
        let memory = Memory::builder().clock(clock.clone()).build();
        let cache = settings(Cache::builder().backend(kind(memory.into()))).build();
        with_default(&cache.expect("the settings are right"), || test(&clock));
    }
}

/// Asserts that what `call` computes is remembered for exactly `lifetime`.
#[track_caller]
pub(crate) fn assert_lives<T: PartialEq + Debug>(
    clock: &FakeClock,
    lifetime: Duration,
    call: impl Fn() -> T,
) {
    let first = call();
    clock.advance(lifetime - MILLISECOND);
    assert_eq!(call(), first, "it is over before {lifetime:?}");
    clock.advance(MILLISECOND);
    assert_ne!(call(), first, "it is there after {lifetime:?}");
}

/// Asserts that what `call` computes is remembered as long as anyone can tell.
#[track_caller]
pub(crate) fn assert_lives_forever<T: PartialEq + Debug>(clock: &FakeClock, call: impl Fn() -> T) {
    let first = call();
    clock.advance(Duration::from_secs(100 * 365 * 24 * 3600));
    assert_eq!(call(), first, "it is over");
}

/// Asserts that what `call` computes is not remembered at all.
#[track_caller]
pub(crate) fn assert_never_lives<T: PartialEq + Debug>(call: impl Fn() -> T) {
    let first = call();
    assert_ne!(call(), first, "it was remembered");
}
