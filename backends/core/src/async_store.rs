use crate::{KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, Token, Ttl};
use bytes::Bytes;
use std::pin::Pin;

/// A store of bytes, for async callers: [`Store`] with `async fn`, clause by clause.
///
/// Two clauses are its own. No method blocks a thread. And a future may be dropped at any point: what
/// it was doing then takes place or not, and nothing else is harmed; in particular a connection that
/// was left in the middle of an exchange is never used again.
///
/// Implementors write plain `async fn`; the futures must be `Send`.
pub trait AsyncStore: Send + Sync {
    /// See [`Store::get`]. The keys may be those of many callers, who asked at the same time.
    fn get(&self, keys: &[KeyRef<'_>]) -> impl Future<Output = Result<Vec<Option<Bytes>>>> + Send;

    /// See [`Store::put`].
    fn put(
        &self,
        key: KeyRef<'_>,
        value: Bytes,
        ttl: Ttl,
        mode: PutMode,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// See [`Store::lease`].
    fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> impl Future<Output = Result<(Lease, Option<Bytes>)>> + Send;

    /// See [`Store::release`].
    fn release(&self, key: KeyRef<'_>, token: Token) -> impl Future<Output = Result<()>> + Send;

    /// See [`Store::put_many`].
    fn put_many(&self, puts: Vec<Put<'_>>) -> impl Future<Output = Vec<Result<bool>>> + Send {
        async move {
            let mut answers = Vec::with_capacity(puts.len());
            for Put { key, value, ttl, mode } in puts {
                answers.push(self.put(key, value, ttl, mode).await);
            }
            answers
        }
    }

    /// See [`Store::lease_many`].
    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> impl Future<Output = Result<Vec<(Lease, Option<Bytes>)>>> + Send {
        async move {
            let mut leases = Vec::with_capacity(keys.len());
            for key in keys {
                leases.push(self.lease(*key, ttl, mode).await?);
            }
            Ok(leases)
        }
    }

    /// See [`Store::release_many`].
    fn release_many(
        &self,
        leases: &[(KeyRef<'_>, Token)],
    ) -> impl Future<Output = Result<()>> + Send {
        async move {
            for (key, token) in leases {
                self.release(*key, *token).await?;
            }
            Ok(())
        }
    }

    /// See [`Store::remove`].
    fn remove(&self, keys: &[KeyRef<'_>]) -> impl Future<Output = Result<Vec<bool>>> + Send;

    /// See [`Store::increment`].
    fn increment(
        &self,
        key: KeyRef<'_>,
        by: u64,
        start: u64,
        ttl: Ttl,
    ) -> impl Future<Output = Result<u64>> + Send;

    /// See [`Store::touch`].
    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> impl Future<Output = Result<bool>> + Send;

    /// See [`Store::clear`].
    fn clear(&self) -> impl Future<Output = Result<()>> + Send;

    /// See [`Store::ping`].
    fn ping(&self) -> impl Future<Output = Result<()>> + Send;
}

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A lease, and the live value that was there.
type Leased = (Lease, Option<Bytes>);

/// An [`AsyncStore`] behind a pointer. Every `AsyncStore` is one; nobody implements it by hand.
pub trait ErasedAsyncStore: Send + Sync {
    /// See [`Store::get`].
    fn get<'a>(&'a self, keys: &'a [KeyRef<'a>]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>>>;

    /// See [`Store::put`].
    fn put<'a>(
        &'a self,
        key: KeyRef<'a>,
        value: Bytes,
        ttl: Ttl,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<bool>>;

    /// See [`Store::lease`].
    fn lease<'a>(
        &'a self,
        key: KeyRef<'a>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> BoxFuture<'a, Result<(Lease, Option<Bytes>)>>;

    /// See [`Store::release`].
    fn release<'a>(&'a self, key: KeyRef<'a>, token: Token) -> BoxFuture<'a, Result<()>>;

    /// See [`Store::put_many`].
    fn put_many<'a>(&'a self, puts: Vec<Put<'a>>) -> BoxFuture<'a, Vec<Result<bool>>>;

    /// See [`Store::lease_many`].
    fn lease_many<'a>(
        &'a self,
        keys: &'a [KeyRef<'a>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> BoxFuture<'a, Result<Vec<Leased>>>;

    /// See [`Store::release_many`].
    fn release_many<'a>(&'a self, leases: &'a [(KeyRef<'a>, Token)]) -> BoxFuture<'a, Result<()>>;

    /// See [`Store::remove`].
    fn remove<'a>(&'a self, keys: &'a [KeyRef<'a>]) -> BoxFuture<'a, Result<Vec<bool>>>;

    /// See [`Store::increment`].
    fn increment<'a>(
        &'a self,
        key: KeyRef<'a>,
        by: u64,
        start: u64,
        ttl: Ttl,
    ) -> BoxFuture<'a, Result<u64>>;

    /// See [`Store::touch`].
    fn touch<'a>(&'a self, key: KeyRef<'a>, ttl: Ttl) -> BoxFuture<'a, Result<bool>>;

    /// See [`Store::clear`].
    fn clear<'a>(&'a self) -> BoxFuture<'a, Result<()>>;

    /// See [`Store::ping`].
    fn ping<'a>(&'a self) -> BoxFuture<'a, Result<()>>;
}

impl<S: AsyncStore> ErasedAsyncStore for S {
    fn get<'a>(&'a self, keys: &'a [KeyRef<'a>]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>>> {
        Box::pin(AsyncStore::get(self, keys))
    }

    fn put<'a>(
        &'a self,
        key: KeyRef<'a>,
        value: Bytes,
        ttl: Ttl,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(AsyncStore::put(self, key, value, ttl, mode))
    }

    fn lease<'a>(
        &'a self,
        key: KeyRef<'a>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> BoxFuture<'a, Result<(Lease, Option<Bytes>)>> {
        Box::pin(AsyncStore::lease(self, key, ttl, mode))
    }

    fn release<'a>(&'a self, key: KeyRef<'a>, token: Token) -> BoxFuture<'a, Result<()>> {
        Box::pin(AsyncStore::release(self, key, token))
    }

    fn put_many<'a>(&'a self, puts: Vec<Put<'a>>) -> BoxFuture<'a, Vec<Result<bool>>> {
        Box::pin(AsyncStore::put_many(self, puts))
    }

    fn lease_many<'a>(
        &'a self,
        keys: &'a [KeyRef<'a>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> BoxFuture<'a, Result<Vec<Leased>>> {
        Box::pin(AsyncStore::lease_many(self, keys, ttl, mode))
    }

    fn release_many<'a>(&'a self, leases: &'a [(KeyRef<'a>, Token)]) -> BoxFuture<'a, Result<()>> {
        Box::pin(AsyncStore::release_many(self, leases))
    }

    fn remove<'a>(&'a self, keys: &'a [KeyRef<'a>]) -> BoxFuture<'a, Result<Vec<bool>>> {
        Box::pin(AsyncStore::remove(self, keys))
    }

    fn increment<'a>(
        &'a self,
        key: KeyRef<'a>,
        by: u64,
        start: u64,
        ttl: Ttl,
    ) -> BoxFuture<'a, Result<u64>> {
        Box::pin(AsyncStore::increment(self, key, by, start, ttl))
    }

    fn touch<'a>(&'a self, key: KeyRef<'a>, ttl: Ttl) -> BoxFuture<'a, Result<bool>> {
        Box::pin(AsyncStore::touch(self, key, ttl))
    }

    fn clear<'a>(&'a self) -> BoxFuture<'a, Result<()>> {
        Box::pin(AsyncStore::clear(self))
    }

    fn ping<'a>(&'a self) -> BoxFuture<'a, Result<()>> {
        Box::pin(AsyncStore::ping(self))
    }
}

/// The async face of a [`Store`] that never waits for anything, such as one in memory.
#[derive(Clone, Debug)]
pub struct NonBlocking<S>(pub S);

impl<S: Store> AsyncStore for NonBlocking<S> {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.0.get(keys)
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.0.put(key, value, ttl, mode)
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        self.0.lease(key, ttl, mode)
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.0.release(key, token)
    }

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        self.0.put_many(puts)
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        self.0.lease_many(keys, ttl, mode)
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        self.0.release_many(leases)
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.0.remove(keys)
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.0.increment(key, by, start, ttl)
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.0.touch(key, ttl)
    }

    async fn clear(&self) -> Result<()> {
        self.0.clear()
    }

    async fn ping(&self) -> Result<()> {
        self.0.ping()
    }
}
