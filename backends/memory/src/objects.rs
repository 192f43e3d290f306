use crate::Memory;
use crate::entry::Payload;
use crate::store::outcome;
use cache_memoize_core::{
    AnyObject, Generations, HeldObject, KeyRef, Lease, LeaseMode, Object, ObjectStore, OnEviction,
    PutMode, Result, Subscription, Token, Ttl,
};
use std::sync::Arc;

impl ObjectStore for Memory {
    #[inline]
    fn read(&self, key: KeyRef<'_>, reader: &mut dyn FnMut(&AnyObject)) -> bool {
        let shown = self.table.read(key, |entry| entry.payload.object().map(reader));
        shown.flatten().is_some()
    }

    fn hold(
        &self,
        key: KeyRef<'_>,
        wanted: &dyn Fn(&AnyObject) -> bool,
    ) -> Option<Arc<dyn HeldObject>> {
        self.table.hold(key, |entry| entry.payload.object().is_some_and(wanted))
    }

    fn put(&self, key: KeyRef<'_>, object: Object, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let Object { value, weight } = object;
        let put = self.table.put(key, Payload::Object(value), weight, ttl, mode);
        outcome(put, key, weight, self.table.bounds().weight)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Lease {
        self.table.write(|writer| writer.lease(key, ttl, mode))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) {
        self.table.write(|writer| writer.release(key, token));
    }

    fn remove(&self, key: KeyRef<'_>) -> bool {
        self.table.write(|writer| writer.remove(key))
    }

    fn clear(&self) {
        self.table.write(|writer| writer.clear());
    }

    fn weighs(&self) -> bool {
        self.table.bounds().weighs
    }

    fn generations(&self) -> &Generations {
        &self.generations
    }

    fn watch_evictions(&self, prefix: &str, told: OnEviction) -> Subscription {
        self.table.watchers().add(prefix, told)
    }
}
