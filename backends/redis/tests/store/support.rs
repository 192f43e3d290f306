use cache_memoize_core::{
    AsyncStore, Bytes, KeyRef, LeaseMode, PutMode, Result, Store, Token, Ttl,
};
use cache_memoize_redis::Redis;
use cache_memoize_testkit::Fixture;
use std::any::Any;
use std::time::{Duration, Instant};

/// On a machine that runs other tests beside this one, a second is not much.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn key(text: &str) -> KeyRef<'_> {
    KeyRef::new(text).unwrap()
}

pub(crate) fn open(url: &str) -> Redis {
    Redis::open(url).unwrap_or_else(|error| panic!("{error}"))
}

/// A store with time enough for a machine that is busy with other tests.
pub(crate) fn patient(url: &str) -> Redis {
    let redis = open(url);
    redis.limit_time(PATIENCE);
    redis
}

/// The store as the suite takes it, with a runtime for its async face and the server that it speaks with.
pub(crate) fn served(redis: Redis, server: impl Any) -> Fixture {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
    Fixture::new(redis.into()).runner(move |future| runtime.block_on(future)).keep(server)
}
