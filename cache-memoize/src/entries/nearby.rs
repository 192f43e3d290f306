//! The near tier of a cache, as one call uses it.
//!
//! It is fenced like any store: a lease is taken in it before the store behind is asked, and what the store
//! answers is kept only while that lease stands. An invalidation, made here or heard of on the bus, revokes
//! it.

use super::objects::Held;
use crate::cache::Inner;
use crate::sync::lock;
use cache_memoize_core::{KeyRef, Lease, LeaseMode, Object, ObjectStore, PutMode, Ttl};
use std::sync::Mutex;
use std::time::Duration;

/// The near copy of one entry, for one call.
pub(super) struct Nearby<'a> {
    tier: &'a dyn ObjectStore,
    longest: Duration,
    key: KeyRef<'a>,
    lease: Mutex<Option<Lease>>,
}

impl<'a> Nearby<'a> {
    pub(super) fn of(cache: &'a Inner, key: KeyRef<'a>) -> Option<Self> {
        let near = cache.near.as_ref()?;
        Some(Self { tier: near.tier(), longest: near.ttl(), key, lease: Mutex::new(None) })
    }

    pub(super) fn tier(&self) -> &'a dyn ObjectStore {
        self.tier
    }

    /// Takes a lease, before the store behind is asked for the first time.
    pub(super) fn begin(&self, mode: LeaseMode) {
        let mut lease = lock(&self.lease);
        if lease.is_none() || mode == LeaseMode::Renew {
            *lease = Ttl::new(super::LEASE).map(|ttl| self.tier.lease(self.key, ttl, mode));
        }
    }

    /// Keeps a copy of what the store has, for as long as it lives there, and no longer than near copies do.
    pub(super) fn keep<T: Clone + Send + Sync + 'static>(
        &self,
        stored: T,
        weight: impl Fn(&T) -> usize,
        left: Duration,
    ) {
        let Some(lease) = self.taken() else { return };
        let Some(ttl) = Ttl::new(left.min(self.longest)) else { return };
        let weight = if self.tier.weighs() { weight(&stored) } else { 0 };
        let object = Object { value: Box::new(Held(stored)), weight };
        // Refused or too heavy: the copy is not needed.
        let _ = self.tier.put(self.key, object, ttl, PutMode::IfLease(lease.token));
    }

    /// Drops the copy, and refuses those that are under way.
    pub(super) fn forget(&self) {
        self.taken();
        self.tier.remove(self.key);
    }

    fn taken(&self) -> Option<Lease> {
        lock(&self.lease).take()
    }
}

impl Drop for Nearby<'_> {
    fn drop(&mut self) {
        if let Some(lease) = self.taken().filter(|lease| lease.first) {
            self.tier.release(self.key, lease.token);
        }
    }
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use super::*;
    use crate::{Cache, Near};
    use cache_memoize_core::Backend;
    use cache_memoize_memory::Memory;
    use cache_memoize_testkit::Counts;

    fn cache() -> Cache {
        let backend: Backend = Memory::new().into();
        let backend = Counts::new().wrap(&backend);
        Cache::builder().backend(backend).near(Near::entries(10)).build().unwrap()
    }

    #[test]
    fn a_lease_is_given_back_by_whoever_took_it_and_by_nobody_else() {
        let (cache, key) = (cache(), KeyRef::new("key").unwrap());
        let begun = || {
            let nearby = Nearby::of(cache.inner(), key).unwrap();
            nearby.begin(LeaseMode::Join);
            nearby
        };
        let (first, second) = (begun(), begun());
        drop(second);
        first.keep(7, |_| 1, Duration::MAX);
        let mut copy = None;
        first.tier().read(key, &mut |object| {
            copy = object.downcast_ref::<Held<i32>>().map(|held| held.0);
        });
        assert_eq!(copy, Some(7), "its lease stands");
        drop(begun());
        let tier = cache.inner().near.as_ref().unwrap().tier();
        assert!(tier.lease(key, Ttl::Forever, LeaseMode::Join).first, "no lease is left over");
    }
}
