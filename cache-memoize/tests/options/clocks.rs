//! Caches on a clock that the test moves.

use crate::support::with_default;
use cache_memoize::core::{Backend, Store};
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
    in_every_world(settings, |world| with_default(&world.cache, || test(&world.clock)));
}

/// A cache, and the clock that it goes by.
pub(crate) struct World {
    pub(crate) clock: FakeClock,
    pub(crate) cache: Cache,
    backend: Backend,
}

impl World {
    /// Runs `body` with the cache as the default, as on a thread of its own.
    pub(crate) fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        with_default(&self.cache, body)
    }

    /// The same store as another process sees it.
    pub(crate) fn elsewhere(&self) -> Cache {
        built(Cache::builder().backend(self.backend.clone()))
    }

    /// The store, if it is one of bytes.
    pub(crate) fn store(&self) -> Option<&dyn Store> {
        self.backend.store().filter(|_| self.backend.objects().is_none()).map(|store| &**store)
    }
}

/// Runs a test on every kind of cache.
pub(crate) fn in_worlds(test: impl Fn(&World)) {
    in_every_world(|settings| settings, test);
}

fn in_every_world(settings: impl Fn(CacheBuilder) -> CacheBuilder, test: impl Fn(&World)) {
    let kinds: [fn(Backend) -> Backend; 2] =
        [|objects| objects, |objects| Counts::new().wrap(&objects)];
    for kind in kinds {
        let clock = FakeClock::new();
        let memory = Memory::builder().clock(clock.clone()).build();
        let backend = kind(memory.into());
        let cache = built(settings(Cache::builder().backend(backend.clone())));
        test(&World { clock, cache, backend });
    }
}

fn built(settings: CacheBuilder) -> Cache {
    settings.build().expect("the settings are right")
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
