use crate::operation::Operation;
use crate::timer;
use crate::{Fault, Faults};
use cache_memoize_core::{
    AsyncStore, Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, StoreError,
    StoreErrorKind, Token, Ttl,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A store that fails, waits, hangs, corrupts and forgets as its [`Faults`] tell it, and otherwise
/// passes every call on.
///
/// A blocking call that hangs fails when the [time limit](Store::limit_time) of the store is over, if it was
/// told one. Its async face never blocks a thread: a call that hangs or waits is a future that is pending,
/// and may be dropped like any other.
#[derive(Clone, Debug)]
pub struct FaultyStore<S> {
    inner: S,
    faults: Faults,
    limit: Arc<Mutex<Duration>>,
}

impl<S> FaultyStore<S> {
    /// Does to the calls of `inner` what `faults` says.
    pub fn new(inner: S, faults: Faults) -> Self {
        Self { inner, faults, limit: Arc::new(Mutex::new(Duration::MAX)) }
    }

    /// What goes wrong with it.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    fn call(&self, operation: Operation, keys: &[KeyRef<'_>]) -> Call<'_> {
        let limit = *self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        Call { operation, fault: self.faults.draw(operation, keys), faults: &self.faults, limit }
    }
}

/// A call of an operation, and what goes wrong with it.
struct Call<'a> {
    operation: Operation,
    fault: Option<Fault>,
    faults: &'a Faults,
    limit: Duration,
}

impl Call<'_> {
    /// What comes before the store is asked.
    fn begin(&self) -> Result<()> {
        match self.fault {
            Some(Fault::Fail(kind)) => return Err(self.error(kind)),
            Some(Fault::Delay(duration)) => thread::sleep(duration),
            Some(Fault::Hang) if !self.faults.gate().pass(self.limit) => {
                return Err(self.error(StoreErrorKind::Timeout));
            }
            _ => {}
        }
        Ok(())
    }

    async fn begin_async(&self) -> Result<()> {
        match self.fault {
            Some(Fault::Fail(kind)) => return Err(self.error(kind)),
            Some(Fault::Delay(duration)) => timer::sleep(duration).await,
            Some(Fault::Hang) => self.faults.gate().pass_async().await,
            _ => {}
        }
        Ok(())
    }

    fn loses_the_write(&self) -> bool {
        self.fault == Some(Fault::LoseWrite)
    }

    fn read(&self, value: Bytes) -> Bytes {
        match self.fault {
            Some(Fault::Corrupt) => self.faults.corrupt(&value),
            _ => value,
        }
    }

    /// What becomes of the store's answer.
    fn end<T>(&self, answer: T) -> Result<T> {
        match self.fault {
            Some(Fault::FailAfter(kind)) => Err(self.error(kind)),
            _ => Ok(answer),
        }
    }

    fn read_each(&self, leases: Vec<(Lease, Option<Bytes>)>) -> Vec<(Lease, Option<Bytes>)> {
        let read = |(lease, value): (Lease, Option<Bytes>)| (lease, value.map(|it| self.read(it)));
        leases.into_iter().map(read).collect()
    }

    fn end_each(&self, answers: Vec<Result<bool>>) -> Vec<Result<bool>> {
        answers.into_iter().map(|answer| answer.and_then(|it| self.end(it))).collect()
    }

    fn error(&self, kind: StoreErrorKind) -> StoreError {
        let context = "a fault that the test planned; `Faults::heal` ends it";
        StoreError::new(kind, self.operation.name(), context)
    }
}

fn keys_of<'a>(puts: &[Put<'a>]) -> Vec<KeyRef<'a>> {
    puts.iter().map(|put| put.key).collect()
}

fn all_failed(count: usize, error: &StoreError) -> Vec<Result<bool>> {
    (0..count).map(|_| Err(error.again())).collect()
}

fn lost(count: usize) -> Vec<Result<bool>> {
    (0..count).map(|_| Ok(true)).collect()
}

impl<S: Store> Store for FaultyStore<S> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let call = self.call(Operation::Get, keys);
        call.begin()?;
        let values = self.inner.get(keys)?;
        call.end(values.into_iter().map(|value| value.map(|value| call.read(value))).collect())
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let call = self.call(Operation::Put, &[key]);
        call.begin()?;
        if call.loses_the_write() {
            return Ok(true);
        }
        call.end(self.inner.put(key, value, ttl, mode)?)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        let call = self.call(Operation::Lease, &[key]);
        call.begin()?;
        let (lease, value) = self.inner.lease(key, ttl, mode)?;
        call.end((lease, value.map(|value| call.read(value))))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        let call = self.call(Operation::Release, &[key]);
        call.begin()?;
        self.inner.release(key, token)?;
        call.end(())
    }

    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        let (count, keys) = (puts.len(), keys_of(&puts));
        let call = self.call(Operation::Put, &keys);
        if let Err(error) = call.begin() {
            return all_failed(count, &error);
        }
        if call.loses_the_write() {
            return lost(count);
        }
        call.end_each(self.inner.put_many(puts))
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let call = self.call(Operation::Lease, keys);
        call.begin()?;
        call.end(call.read_each(self.inner.lease_many(keys, ttl, mode)?))
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        let keys: Vec<_> = leases.iter().map(|(key, _)| *key).collect();
        let call = self.call(Operation::Release, &keys);
        call.begin()?;
        self.inner.release_many(leases)?;
        call.end(())
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        let call = self.call(Operation::Remove, keys);
        call.begin()?;
        call.end(self.inner.remove(keys)?)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let call = self.call(Operation::Increment, &[key]);
        call.begin()?;
        call.end(self.inner.increment(key, by, start, ttl)?)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        let call = self.call(Operation::Touch, &[key]);
        call.begin()?;
        call.end(self.inner.touch(key, ttl)?)
    }

    fn clear(&self) -> Result<()> {
        let call = self.call(Operation::Clear, &[]);
        call.begin()?;
        self.inner.clear()?;
        call.end(())
    }

    fn ping(&self) -> Result<()> {
        let call = self.call(Operation::Ping, &[]);
        call.begin()?;
        self.inner.ping()?;
        call.end(())
    }

    fn limit_time(&self, limit: Duration) {
        *self.limit.lock().unwrap_or_else(PoisonError::into_inner) = limit;
        self.inner.limit_time(limit);
    }
}

impl<S: AsyncStore> AsyncStore for FaultyStore<S> {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let call = self.call(Operation::Get, keys);
        call.begin_async().await?;
        let values = self.inner.get(keys).await?;
        call.end(values.into_iter().map(|value| value.map(|value| call.read(value))).collect())
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let call = self.call(Operation::Put, &[key]);
        call.begin_async().await?;
        if call.loses_the_write() {
            return Ok(true);
        }
        call.end(self.inner.put(key, value, ttl, mode).await?)
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        let call = self.call(Operation::Lease, &[key]);
        call.begin_async().await?;
        let (lease, value) = self.inner.lease(key, ttl, mode).await?;
        call.end((lease, value.map(|value| call.read(value))))
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        let call = self.call(Operation::Release, &[key]);
        call.begin_async().await?;
        self.inner.release(key, token).await?;
        call.end(())
    }

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        let (count, keys) = (puts.len(), keys_of(&puts));
        let call = self.call(Operation::Put, &keys);
        if let Err(error) = call.begin_async().await {
            return all_failed(count, &error);
        }
        if call.loses_the_write() {
            return lost(count);
        }
        call.end_each(self.inner.put_many(puts).await)
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let call = self.call(Operation::Lease, keys);
        call.begin_async().await?;
        call.end(call.read_each(self.inner.lease_many(keys, ttl, mode).await?))
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        let keys: Vec<_> = leases.iter().map(|(key, _)| *key).collect();
        let call = self.call(Operation::Release, &keys);
        call.begin_async().await?;
        self.inner.release_many(leases).await?;
        call.end(())
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        let call = self.call(Operation::Remove, keys);
        call.begin_async().await?;
        call.end(self.inner.remove(keys).await?)
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let call = self.call(Operation::Increment, &[key]);
        call.begin_async().await?;
        call.end(self.inner.increment(key, by, start, ttl).await?)
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        let call = self.call(Operation::Touch, &[key]);
        call.begin_async().await?;
        call.end(self.inner.touch(key, ttl).await?)
    }

    async fn clear(&self) -> Result<()> {
        let call = self.call(Operation::Clear, &[]);
        call.begin_async().await?;
        self.inner.clear().await?;
        call.end(())
    }

    async fn ping(&self) -> Result<()> {
        let call = self.call(Operation::Ping, &[]);
        call.begin_async().await?;
        self.inner.ping().await?;
        call.end(())
    }
}
