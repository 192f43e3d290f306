//! Caches for tests, and the runs that every law is tested under.

use cache_memoize::core::Backend;
use cache_memoize::{Cache, Memory, caches};
use cache_memoize_testkit::Counts;

/// A cache of values as they are, and one of bytes, as a store elsewhere would have them.
pub(crate) fn every_kind() -> [(&'static str, Cache); 2] {
    [("objects", Cache::memory()), ("bytes", bytes(&Counts::new()))]
}

/// A cache of bytes, whose round trips are counted.
pub(crate) fn bytes(counts: &Counts) -> Cache {
    let backend: Backend = Memory::new().into();
    Cache::builder().backend(counts.wrap(&backend)).build().expect("the settings are right")
}

/// Runs a test on every kind of cache.
pub(crate) fn on_every_kind(test: impl Fn(&str)) {
    for (name, cache) in every_kind() {
        with_default(&cache, || test(name));
    }
}

/// Runs `body` with `cache` as the default.
pub(crate) fn with_default<R>(cache: &Cache, body: impl FnOnce() -> R) -> R {
    caches::scoped([("default", cache.clone())], body)
}

/// Runs a future on two worker threads.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    runtime.expect("a runtime starts").block_on(future)
}
