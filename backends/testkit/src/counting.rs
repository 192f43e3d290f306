use crate::erased::Erased;
use crate::operation::Operation;
use cache_memoize_core::{
    AsyncStore, Backend, Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, Token, Ttl,
};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many round trips a [`CountingStore`] saw, by operation. Clones share the numbers.
///
/// ```
/// # use cache_memoize_core::Backend;
/// # use cache_memoize_testkit::Counts;
/// # let backend = Backend::new("table");
/// let counts = Counts::new();
/// let backend = counts.wrap(&backend);
/// // a cache on `backend` is asked for something twice
/// assert_eq!(counts.of("get"), 0);
/// assert_eq!(counts.total(), 0);
/// ```
#[derive(Clone, Default)]
pub struct Counts(Arc<[AtomicU64; Operation::ALL.len()]>);

impl Counts {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All round trips.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|count| count.load(Ordering::SeqCst)).sum()
    }

    /// The round trips of the operation named by its method: `"get"`.
    ///
    /// # Panics
    /// If a store has no such operation.
    #[must_use]
    #[track_caller]
    pub fn of(&self, operation: &str) -> u64 {
        self.0[Operation::named(operation) as usize].load(Ordering::SeqCst)
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        for count in &*self.0 {
            count.store(0, Ordering::SeqCst);
        }
    }

    /// `backend`, counted here through its blocking and its async face.
    ///
    /// The face for objects is left out: what goes through it makes no round trip, and a cache that
    /// found it would have nothing to count. So is a listing, which no function asks.
    #[must_use]
    pub fn wrap(&self, backend: &Backend) -> Backend {
        let mut wrapped = backend.without_faces();
        if let Some(store) = backend.store() {
            wrapped = wrapped.with_store(CountingStore::new(store.clone(), self.clone()));
        }
        if let Some(store) = backend.async_store() {
            let store = CountingStore::new(Erased(store.clone()), self.clone());
            wrapped = wrapped.with_async_store(store);
        }
        wrapped
    }

    fn add(&self, operation: Operation) {
        self.0[operation as usize].fetch_add(1, Ordering::SeqCst);
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Operation::ALL.map(Operation::name).map(|name| (name, self.of(name)));
        f.debug_map().entries(counts).finish()
    }
}

/// A store that counts every call, one round trip each, and passes it on.
#[derive(Clone, Debug)]
pub struct CountingStore<S> {
    inner: S,
    counts: Counts,
}

impl<S> CountingStore<S> {
    /// Counts the calls of `inner` in `counts`.
    pub fn new(inner: S, counts: Counts) -> Self {
        Self { inner, counts }
    }

    /// The numbers.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    fn counted(&self, operation: Operation) -> &S {
        self.counts.add(operation);
        &self.inner
    }
}

impl<S: Store> Store for CountingStore<S> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.counted(Operation::Get).get(keys)
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.counted(Operation::Put).put(key, value, ttl, mode)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        self.counted(Operation::Lease).lease(key, ttl, mode)
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.counted(Operation::Release).release(key, token)
    }

    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        self.counted(Operation::Put).put_many(puts)
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        self.counted(Operation::Lease).lease_many(keys, ttl, mode)
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        self.counted(Operation::Release).release_many(leases)
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.counted(Operation::Remove).remove(keys)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.counted(Operation::Increment).increment(key, by, start, ttl)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.counted(Operation::Touch).touch(key, ttl)
    }

    fn clear(&self) -> Result<()> {
        self.counted(Operation::Clear).clear()
    }

    fn ping(&self) -> Result<()> {
        self.counted(Operation::Ping).ping()
    }

    fn limit_time(&self, limit: Duration) {
        self.inner.limit_time(limit);
    }
}

/// A call counts when its future is first polled.
impl<S: AsyncStore> AsyncStore for CountingStore<S> {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.counted(Operation::Get).get(keys).await
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.counted(Operation::Put).put(key, value, ttl, mode).await
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        self.counted(Operation::Lease).lease(key, ttl, mode).await
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.counted(Operation::Release).release(key, token).await
    }

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        self.counted(Operation::Put).put_many(puts).await
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        self.counted(Operation::Lease).lease_many(keys, ttl, mode).await
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        self.counted(Operation::Release).release_many(leases).await
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.counted(Operation::Remove).remove(keys).await
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.counted(Operation::Increment).increment(key, by, start, ttl).await
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.counted(Operation::Touch).touch(key, ttl).await
    }

    async fn clear(&self) -> Result<()> {
        self.counted(Operation::Clear).clear().await
    }

    async fn ping(&self) -> Result<()> {
        self.counted(Operation::Ping).ping().await
    }
}
