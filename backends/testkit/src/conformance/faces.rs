use super::{Face, Subject, subject::value};
use crate::Fixture;
use crate::fixture::Runner;
use cache_memoize_core::{
    Backend, Bytes, ErasedAsyncStore, KeyRef, Lease, LeaseMode, Object, ObjectStore, Put, PutMode,
    Result, Store, StoreError, StoreErrorKind, Token, Ttl,
};
use std::sync::Arc;

pub(super) fn offered(backend: &Backend) -> Vec<Face> {
    [
        (Face::Blocking, backend.store().is_some()),
        (Face::Async, backend.async_store().is_some()),
        (Face::Objects, backend.objects().is_some()),
        (Face::Listing, backend.listing().is_some()),
    ]
    .into_iter()
    .filter_map(|(face, is_there)| is_there.then_some(face))
    .collect()
}

/// A removal through one face is a removal for the other, or a sync function could not invalidate
/// what an async one stores.
pub(super) fn assert_shared(fixture: Fixture) {
    let asynchronous = open(Face::Async, &fixture);
    let (subject, _kept) = Subject::new(Face::Blocking, fixture);
    let async_subject = subject.with_store(asynchronous);
    for (one, other) in [(&subject, &async_subject), (&async_subject, &subject)] {
        one.put("key", "value");
        assert_eq!(other.get("key"), value("value"), "the faces keep different values");
        let token = one.join("key").token;
        assert!(other.remove("key"), "a face does not find the other's value");
        assert!(!one.fill("key", token, "late"), "a face does not revoke the other's lease");
    }
}

/// A face of the backend, as the clauses take it.
pub(super) fn open(face: Face, fixture: &Fixture) -> Arc<dyn Store> {
    let store = find(face, fixture);
    store.unwrap_or_else(|| panic!("backend {} has no {face} face to test", fixture.backend.name()))
}

fn find(face: Face, fixture: &Fixture) -> Option<Arc<dyn Store>> {
    let backend = &fixture.backend;
    match face {
        Face::Blocking => backend.store().cloned(),
        Face::Async => backend.async_store().map(|store| {
            let store = Driven { store: store.clone(), runner: fixture.runner.clone() };
            Arc::new(store) as Arc<dyn Store>
        }),
        Face::Objects => backend
            .objects()
            .map(|objects| Arc::new(BytesAsObjects(objects.clone())) as Arc<dyn Store>),
        Face::Listing => backend.listing().and_then(|_| {
            let writers = [Face::Blocking, Face::Async, Face::Objects];
            writers.into_iter().find_map(|face| find(face, fixture))
        }),
    }
}

/// The async face, every future of it carried out on the spot.
struct Driven {
    store: Arc<dyn ErasedAsyncStore>,
    runner: Runner,
}

impl Store for Driven {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.runner.run(self.store.get(keys))
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.runner.run(self.store.put(key, value, ttl, mode))
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        self.runner.run(self.store.lease(key, ttl, mode))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.runner.run(self.store.release(key, token))
    }

    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        self.runner.run(self.store.put_many(puts))
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        self.runner.run(self.store.lease_many(keys, ttl, mode))
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        self.runner.run(self.store.release_many(leases))
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.runner.run(self.store.remove(keys))
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.runner.run(self.store.increment(key, by, start, ttl))
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.runner.run(self.store.touch(key, ttl))
    }

    fn clear(&self) -> Result<()> {
        self.runner.run(self.store.clear())
    }

    fn ping(&self) -> Result<()> {
        self.runner.run(self.store.ping())
    }
}

/// The face for objects, with bytes for its objects. The clauses for counters and upkeep do not
/// bind it, and what they call is not there.
struct BytesAsObjects(Arc<dyn ObjectStore>);

impl BytesAsObjects {
    fn read(&self, key: KeyRef<'_>) -> Option<Bytes> {
        let mut shown = None;
        let found = self.0.read(key, &mut |object| shown = object.downcast_ref::<Bytes>().cloned());
        assert_eq!(found, shown.is_some(), "a value is shown if, and only if, there is one");
        shown
    }
}

impl Store for BytesAsObjects {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        Ok(keys.iter().map(|key| self.read(*key)).collect())
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let object = Object { weight: value.len(), value: Box::new(value) };
        self.0.put(key, object, ttl, mode)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        let lease = self.0.lease(key, ttl, mode);
        Ok((lease, self.read(key)))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.0.release(key, token);
        Ok(())
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        Ok(keys.iter().map(|key| self.0.remove(*key)).collect())
    }

    fn increment(&self, _: KeyRef<'_>, _: u64, _: u64, _: Ttl) -> Result<u64> {
        Err(bytes_only("increment"))
    }

    fn touch(&self, _: KeyRef<'_>, _: Ttl) -> Result<bool> {
        Err(bytes_only("touch"))
    }

    fn clear(&self) -> Result<()> {
        self.0.clear();
        Ok(())
    }

    fn ping(&self) -> Result<()> {
        Err(bytes_only("ping"))
    }
}

fn bytes_only(operation: &'static str) -> StoreError {
    let context = "typed objects do not have this operation; only clauses for bytes may call it";
    StoreError::new(StoreErrorKind::Unsupported, operation, context)
}
