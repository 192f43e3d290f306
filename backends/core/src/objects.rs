use crate::{Generations, KeyRef, Lease, LeaseMode, PutMode, Result, Subscription, Token, Ttl};
use std::any::Any;

/// A value as it is in memory, of any type.
pub type AnyObject = dyn Any + Send + Sync;

/// Is told the key of each value that a store evicts: see [`ObjectStore::watch_evictions`].
pub type OnEviction = Box<dyn Fn(KeyRef<'_>) + Send + Sync>;

/// A value handed to an [`ObjectStore`].
pub struct Object {
    /// The value.
    pub value: Box<AnyObject>,
    /// What the value weighs, in bytes, for a store that is [bounded by weight](ObjectStore::weighs).
    pub weight: usize,
}

/// A store of values as they are, in this process: nothing is serialized.
///
/// The clauses are those of [`Store`](crate::Store); only reading differs, since a value is looked at
/// where it lies instead of being copied. No method waits for anything but a moment's lock, so that async
/// callers use them as they are.
pub trait ObjectStore: Send + Sync {
    /// Shows the live value under `key` to `reader`, and says whether there was one.
    ///
    /// The reader is called once at most, and may call this store again.
    fn read(&self, key: KeyRef<'_>, reader: &mut dyn FnMut(&AnyObject)) -> bool;

    /// See [`Store::put`](crate::Store::put).
    ///
    /// # Errors
    /// [`TooLarge`](crate::StoreErrorKind::TooLarge) if the mode allows it, and the value is heavier than
    /// all that the store may hold.
    fn put(&self, key: KeyRef<'_>, object: Object, ttl: Ttl, mode: PutMode) -> Result<bool>;

    /// See [`Store::lease`](crate::Store::lease); whoever wants the value reads it afterwards.
    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Lease;

    /// See [`Store::release`](crate::Store::release).
    fn release(&self, key: KeyRef<'_>, token: Token);

    /// See [`Store::remove`](crate::Store::remove).
    fn remove(&self, key: KeyRef<'_>) -> bool;

    /// See [`Store::clear`](crate::Store::clear).
    fn clear(&self);

    /// Whether the store is bounded by weight, so that weighing a value is worth the trouble.
    fn weighs(&self) -> bool;

    /// How often groups of values were invalidated: the same for all handles of this store. A store need do no
    /// more than keep it.
    fn generations(&self) -> &Generations;

    /// Tells `told` of each value that goes before its time to make room for others, if its key begins with
    /// `prefix`, until the subscription is dropped.
    ///
    /// It is told by the writer that needed the room, with no lock held, and may call this store again. A store
    /// that never evicts, or does not know what, need not do anything.
    fn watch_evictions(&self, prefix: &str, told: OnEviction) -> Subscription {
        let _ = (prefix, told);
        Subscription::new(())
    }
}
