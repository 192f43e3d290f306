//! Caches for tests, and the runs that every law is tested under.

use cache_memoize::core::Backend;
use cache_memoize::{Cache, CacheBuilder, Memcached, Memory, Near, Redis, caches};
use cache_memoize_testkit::Counts;
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use std::any::Any;
use std::time::Duration;

/// A cache under its name, and what must live as long.
pub(crate) type Kind = (&'static str, Cache, Box<dyn Any>);

/// A cache of values as they are, one of bytes, and one on each server: a law holds in all of them.
pub(crate) fn every_kind() -> Vec<Kind> {
    let mut kinds = in_process_kinds();
    kinds.extend(server_kinds());
    kinds
}

/// The caches whose store is in this process.
pub(crate) fn in_process_kinds() -> Vec<Kind> {
    vec![("objects", Cache::memory(), Box::new(())), ("bytes", bytes(&Counts::new()), Box::new(()))]
}

/// The caches whose store is a server.
pub(crate) fn server_kinds() -> Vec<Kind> {
    server_kinds_with(|settings| settings)
}

/// The same with these settings besides.
pub(crate) fn server_kinds_with(set: impl Fn(CacheBuilder) -> CacheBuilder) -> Vec<Kind> {
    let redis = RedisServer::start();
    let far = RedisServer::start();
    let memcached = MemcachedServer::start_unix();
    let open_memcached = Memcached::open(&memcached.url()).expect("the URL is right");
    let patient = |backend: Backend| set(patient().backend(backend));
    let near = patient(opened_redis(&far)).near(Near::entries(1_000));
    vec![
        ("redis", built(patient(opened_redis(&redis))), Box::new(redis)),
        ("redis behind a near tier", built(near), Box::new(far)),
        ("memcached", built(patient(open_memcached.into())), Box::new(memcached)),
    ]
}

fn opened_redis(server: &RedisServer) -> Backend {
    Redis::open(&server.unix_url()).expect("the URL is right").into()
}

/// The laws are not about time: a busy machine is no fault of a store.
const PATIENCE: Duration = Duration::from_secs(30);

fn patient() -> CacheBuilder {
    Cache::builder().timeout(PATIENCE).call_timeout(Duration::MAX)
}

fn built(settings: CacheBuilder) -> Cache {
    settings.build().expect("the settings are right")
}

/// A cache of bytes, whose round trips are counted.
pub(crate) fn bytes(counts: &Counts) -> Cache {
    let backend: Backend = Memory::new().into();
    built(Cache::builder().backend(counts.wrap(&backend)))
}

/// Runs a test on every kind of cache.
pub(crate) fn on_every_kind(test: impl Fn(&str)) {
    for (name, cache, _server) in every_kind() {
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
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime starts").block_on(future)
}
