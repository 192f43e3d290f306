use cache_memoize_core::{
    AsyncStore, Bytes, KeyRef, Lease, LeaseMode, PutMode, Result, Store, StoreErrorKind, Token, Ttl,
};
use cache_memoize_redis::Redis;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// On a machine that runs other tests beside this one, a second is not much.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

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

pub(crate) fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn two_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Both faces of a store, to be asked in the same words.
pub(crate) fn faces(redis: &Redis) -> [(&'static str, Arc<dyn Store>); 2] {
    let awaited = Awaited { redis: redis.clone(), runtime: two_threads() };
    [("blocking", Arc::new(redis.clone())), ("async", Arc::new(awaited))]
}

/// The async face, each future carried out on the spot.
struct Awaited {
    redis: Redis,
    runtime: Runtime,
}

impl Store for Awaited {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.runtime.block_on(AsyncStore::get(&self.redis, keys))
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.runtime.block_on(AsyncStore::put(&self.redis, key, value, ttl, mode))
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        self.runtime.block_on(AsyncStore::lease(&self.redis, key, ttl, mode))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.runtime.block_on(AsyncStore::release(&self.redis, key, token))
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.runtime.block_on(AsyncStore::remove(&self.redis, keys))
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.runtime.block_on(AsyncStore::increment(&self.redis, key, by, start, ttl))
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.runtime.block_on(AsyncStore::touch(&self.redis, key, ttl))
    }

    fn clear(&self) -> Result<()> {
        self.runtime.block_on(AsyncStore::clear(&self.redis))
    }

    fn ping(&self) -> Result<()> {
        self.runtime.block_on(AsyncStore::ping(&self.redis))
    }

    fn limit_time(&self, limit: Duration) {
        self.redis.limit_time(limit);
    }
}

pub(crate) fn put(store: &dyn Store, name: &str, value: impl Into<Bytes>) -> Result<bool> {
    store.put(key(name), value.into(), Ttl::Forever, PutMode::Always)
}

pub(crate) fn get(store: &dyn Store, name: &str) -> Result<Option<Bytes>> {
    store.get(&[key(name)]).map(|mut values| values.remove(0))
}

pub(crate) fn value(text: &str) -> Option<Bytes> {
    Some(Bytes::copy_from_slice(text.as_bytes()))
}

/// What an operation gives that is to be known by its name.
type Act = fn(&dyn Store) -> Result<()>;

/// Every operation of the contract, on the key `key`.
pub(crate) const OPERATIONS: [(&str, Act); 12] = [
    ("get", |store| get(store, "key").map(drop)),
    ("get many", |store| store.get(&[key("key"), key("other")]).map(drop)),
    ("put", |store| put(store, "key", "value").map(drop)),
    ("add", |store| store.put(key("key"), "1".into(), Ttl::Forever, PutMode::IfAbsent).map(drop)),
    ("fill", |store| {
        let mode = PutMode::IfLease(Token::new(7));
        store.put(key("key"), "1".into(), Ttl::Forever, mode).map(drop)
    }),
    ("lease", |store| store.lease(key("key"), Ttl::Forever, LeaseMode::Join).map(drop)),
    ("release", |store| store.release(key("key"), Token::new(7))),
    ("remove", |store| store.remove(&[key("key"), key("other")]).map(drop)),
    ("increment", |store| store.increment(key("counter"), 1, 1, Ttl::Forever).map(drop)),
    ("touch", |store| store.touch(key("key"), Ttl::Forever).map(drop)),
    ("clear", |store| store.clear()),
    ("ping", |store| store.ping()),
];

#[track_caller]
pub(crate) fn assert_kind<T: Debug>(outcome: Result<T>, kind: StoreErrorKind) -> String {
    let error = outcome.expect_err("this should have failed");
    assert_eq!(error.kind(), kind, "{error:?}");
    error.to_string()
}

/// Waits for what happens elsewhere.
#[track_caller]
pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
