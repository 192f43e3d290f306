use cache_memoize_core::{
    AsyncStore, Bytes, ErasedAsyncStore, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Token, Ttl,
};
use std::sync::Arc;

/// The async face of a [`Backend`](cache_memoize_core::Backend), as an [`AsyncStore`] again, so
/// that it can be wrapped like any other.
pub(crate) struct Erased(pub(crate) Arc<dyn ErasedAsyncStore>);

impl AsyncStore for Erased {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.0.get(keys).await
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.0.put(key, value, ttl, mode).await
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

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        self.0.put_many(puts).await
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        self.0.lease_many(keys, ttl, mode).await
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        self.0.release_many(leases).await
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
