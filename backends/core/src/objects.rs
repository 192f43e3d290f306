use crate::{Generations, KeyRef, Lease, LeaseMode, PutMode, Result, Subscription, Token, Ttl};
use std::any::Any;
use std::sync::Arc;

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

/// A value that a reader keeps hold of, to find it again without its key.
///
/// Holding prolongs nothing: the value is [live](Self::live) for whoever holds it exactly as long as it is for those
/// who [read](ObjectStore::read) it. Only its memory is not freed before the last holder lets go.
pub trait HeldObject: Send + Sync {
    /// The value, if a reader of its key would be shown this very one.
    ///
    /// `None` for ever once it was replaced, removed, cleared or evicted, from the moment on at which the call that
    /// did so returned; and while its lifetime is over. To find it live counts as asking for it, as reading does.
    fn live(&self) -> Option<&AnyObject>;

    /// Whether there is such a value, which does not count as asking for it where the store can tell without.
    fn is_live(&self) -> bool {
        self.live().is_some()
    }
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

    /// The live value under `key`, if it is `wanted`, for a reader that will ask for it again and again. To get hold of
    /// it does not count as asking for it, nor does to look whether it is wanted.
    ///
    /// A store need not have this: `None` is always right.
    fn hold(
        &self,
        key: KeyRef<'_>,
        wanted: &dyn Fn(&AnyObject) -> bool,
    ) -> Option<Arc<dyn HeldObject>> {
        let _ = (key, wanted);
        None
    }

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
