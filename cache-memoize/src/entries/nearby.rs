//! The near tier of a cache, as one call uses it.
//!
//! It is fenced like any store: a lease is taken in it before the store behind is asked, and what the store
//! answers is kept only while that lease stands. An invalidation, made here or heard of on the bus, revokes
//! it.

use super::objects::Held;
use crate::groups::Membership;
use crate::near::Nearness;
use crate::rules::Form;
use crate::sync::lock;
use crate::treatment::Spot;
use cache_memoize_core::{KeyRef, Lease, LeaseMode, Object, ObjectStore, PutMode, Ttl};
use std::sync::Mutex;
use std::time::Duration;

/// The near copy of one entry, for one call.
pub(super) struct Nearby<'a> {
    near: &'a Nearness,
    spot: &'a Spot<'a>,
    taken: Mutex<Option<Taken>>,
}

/// What a copy is kept under.
struct Taken {
    lease: Lease,
    membership: Membership,
}

impl<'a> Nearby<'a> {
    pub(super) fn of(spot: &'a Spot<'a>) -> Option<Self> {
        let near = spot.cache.near.as_ref()?;
        Some(Self { near, spot, taken: Mutex::new(None) })
    }

    pub(super) fn tier(&self) -> &'a dyn ObjectStore {
        self.near.tier()
    }

    /// Takes a lease, before the store behind is asked for the first time.
    pub(super) fn begin(&self, mode: LeaseMode) {
        let mut taken = lock(&self.taken);
        if taken.is_none() || mode == LeaseMode::Renew {
            *taken = Ttl::new(super::LEASE).map(|ttl| {
                let membership = self.spot.members(self.tier()).join();
                Taken { lease: self.tier().lease(self.key(), ttl, mode), membership }
            });
        }
    }

    /// Keeps a copy of what the store has, for as long as it lives there, and no longer than near copies do.
    pub(super) fn keep<T, F>(&self, stored: T, left: Duration)
    where
        T: Clone + Send + Sync + 'static,
        F: Form<T>,
    {
        let Some(Taken { lease, membership }) = self.taken() else { return };
        let Some(ttl) = Ttl::new(self.near.lifetime(left)) else { return };
        let weight = if self.tier().weighs() { F::weight(&stored) } else { 0 };
        let object = Object { value: Box::new(Held::new::<F>(stored, membership)), weight };
        // Refused or too heavy: the copy is not needed.
        let _ = self.tier().put(self.key(), object, ttl, PutMode::IfLease(lease.token));
    }

    /// Drops the copy, and refuses those that are under way.
    pub(super) fn forget(&self) {
        self.taken();
        self.tier().remove(self.key());
    }

    fn taken(&self) -> Option<Taken> {
        lock(&self.taken).take()
    }

    fn key(&self) -> KeyRef<'a> {
        self.spot.key.as_ref()
    }
}

impl Drop for Nearby<'_> {
    fn drop(&mut self) {
        if let Some(Taken { lease, .. }) = self.taken().filter(|taken| taken.lease.first) {
            self.tier().release(self.key(), lease.token);
        }
    }
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use super::*;
    use crate::rules::Portable;
    use crate::site::BY_HAND;
    use crate::{Cache, Near};
    use cache_memoize_core::{Backend, Key};
    use cache_memoize_memory::Memory;
    use cache_memoize_testkit::Counts;

    fn cache() -> Cache {
        let backend: Backend = Memory::new().into();
        let backend = Counts::new().wrap(&backend);
        Cache::builder().backend(backend).near(Near::entries(10)).build().unwrap()
    }

    #[test]
    fn a_lease_is_given_back_by_whoever_took_it_and_by_nobody_else() {
        let (cache, key) = (cache(), Key::new("key").unwrap());
        let spot = Spot { cache: cache.inner(), site: &BY_HAND, key: &key, tags: &[] };
        let begun = || {
            let nearby = Nearby::of(&spot).unwrap();
            nearby.begin(LeaseMode::Join);
            nearby
        };
        let (first, second) = (begun(), begun());
        drop(second);
        first.keep::<_, Portable>(7, Duration::MAX);
        let mut copy = None;
        first.tier().read(key.as_ref(), &mut |object| {
            copy = object.downcast_ref::<Held<i32>>().map(|held| held.stored);
        });
        assert_eq!(copy, Some(7), "its lease stands");
        drop(begun());
        let tier = cache.inner().near.as_ref().unwrap().tier();
        assert!(
            tier.lease(key.as_ref(), Ttl::Forever, LeaseMode::Join).first,
            "no lease is left over"
        );
    }
}
