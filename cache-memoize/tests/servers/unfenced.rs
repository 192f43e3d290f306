//! Stores that take every fill, whether its lease stands or not.

use cache_memoize::core::{
    AsyncStore, Backend, Bytes, KeyRef, Lease, LeaseMode, PutMode, Result, Store, Token, Ttl,
};
use cache_memoize::{Memcached, Redis};

/// The store at `url`, without its fence.
pub(crate) fn unfenced(url: &str) -> Backend {
    if url.starts_with("redis") {
        let redis = Redis::open(url).expect("the URL is right");
        Backend::new("redis").with_store(Unfenced(redis.clone())).with_async_store(Unfenced(redis))
    } else {
        let memcached = Memcached::open(url).expect("the URL is right");
        let backend = Backend::new("memcached").with_store(Unfenced(memcached.clone()));
        backend.with_async_store(Unfenced(memcached))
    }
}

struct Unfenced<S>(S);

fn without_lease(mode: PutMode) -> PutMode {
    match mode {
        PutMode::IfLease(_) => PutMode::Always,
        other => other,
    }
}

impl<S: Store> Store for Unfenced<S> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.0.get(keys)
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.0.put(key, value, ttl, without_lease(mode))
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        self.0.lease(key, ttl, mode)
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.0.release(key, token)
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.0.remove(keys)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.0.increment(key, by, start, ttl)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.0.touch(key, ttl)
    }

    fn clear(&self) -> Result<()> {
        self.0.clear()
    }

    fn limit_time(&self, limit: std::time::Duration) {
        self.0.limit_time(limit);
    }
}

impl<S: AsyncStore> AsyncStore for Unfenced<S> {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.0.get(keys).await
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.0.put(key, value, ttl, without_lease(mode)).await
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        self.0.lease(key, ttl, mode).await
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.0.release(key, token).await
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.0.remove(keys).await
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.0.increment(key, by, start, ttl).await
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.0.touch(key, ttl).await
    }

    async fn clear(&self) -> Result<()> {
        self.0.clear().await
    }

    async fn ping(&self) -> Result<()> {
        self.0.ping().await
    }
}
