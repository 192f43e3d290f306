use crate::{KeyRef, Lease, LeaseMode, PutMode, Result, Token, Ttl};
use bytes::Bytes;
use std::time::Duration;

/// A value on its way into a store: what [`Store::put_many`] takes.
#[derive(Clone, Debug)]
pub struct Put<'a> {
    /// Under which key.
    pub key: KeyRef<'a>,
    /// The value.
    pub value: Bytes,
    /// How long it lives.
    pub ttl: Ttl,
    /// When it is stored.
    pub mode: PutMode,
}

/// A store of bytes, for blocking callers.
///
/// Every method is *atomic* per key: concurrent callers see its whole effect or none of it. A method
/// that names several keys is atomic for each, not for all. A store is shared between threads, and no
/// method may block for longer than the store's own time limit.
///
/// An error means that the answer is not known. The engine then computes as if the store were empty,
/// and stores nothing; so an implementor never guesses.
///
/// The [crate's front page](crate) tells in which order the methods are called, and which race each
/// clause closes. `cache_memoize_testkit::conformance!` checks them all.
pub trait Store: Send + Sync {
    /// The live values of `keys`, in their order; `None` where there is none.
    ///
    /// A value whose time is over is never returned. No keys give an empty answer.
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>>;

    /// Stores `value` for `ttl` if `mode` allows it, and says whether it did.
    ///
    /// Any bytes are a value, none at all included. A value too large for the store is an error of
    /// kind [`TooLarge`](crate::StoreErrorKind::TooLarge), and leaves no older value behind under
    /// [`PutMode::Always`].
    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool>;

    /// Takes a lease, and gives the live value that is there in the same step.
    ///
    /// A token is forgotten after `ttl`, counted from its creation; fills under it are refused from
    /// then on. An expired value takes no token with it, and a value that is there hinders no lease.
    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)>;

    /// Revokes `token` if it is the one that stands, so that the next to ask is the first again. The
    /// value stays.
    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()>;

    /// Stores many values, each as by [`put`](Self::put), and answers for each, in their order: that one is refused,
    /// or too large, is nothing to the others. No key comes twice.
    ///
    /// This and the two that follow do one after the other unless the store knows better, as one on a server does:
    /// there many take as many round trips as one.
    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        puts.into_iter()
            .map(|Put { key, value, ttl, mode }| self.put(key, value, ttl, mode))
            .collect()
    }

    /// Takes many leases, each as by [`lease`](Self::lease), in the order of the keys. No key comes twice.
    ///
    /// After an error some may have been taken.
    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        keys.iter().map(|key| self.lease(*key, ttl, mode)).collect()
    }

    /// Revokes many tokens, each as by [`release`](Self::release). No key comes twice.
    ///
    /// After an error some may stand.
    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        leases.iter().try_for_each(|(key, token)| self.release(*key, *token))
    }

    /// Deletes values and revokes leases of `keys`, and says for each whether a live value was there.
    ///
    /// A key without a value still loses its token. Once this returned `Ok`, no fill under a token
    /// handed out before is accepted: this is the clause that all else rests on.
    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>>;

    /// Adds `by` to the counter under `key` and gives the new number. Where no counter is, it becomes
    /// `start` and lives for `ttl`; a counter that is there keeps its time. Passing the end of 64 bits
    /// wraps round.
    ///
    /// `get` reads a counter as decimal ASCII, and `put` may write one so. Any other value is an error
    /// of kind [`WrongType`](crate::StoreErrorKind::WrongType).
    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64>;

    /// Lets the live value under `key` live for `ttl` from now, and says whether there was one.
    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool>;

    /// Deletes every value and revokes every lease of this store.
    fn clear(&self) -> Result<()>;

    /// Asks for a sign of life: one round trip, nothing changed. A store in this process gives it as it is.
    fn ping(&self) -> Result<()> {
        Ok(())
    }

    /// From now on no operation takes longer than `limit`: what would is an error of kind
    /// [`Timeout`](crate::StoreErrorKind::Timeout). Called when a cache is built whose settings say a time
    /// limit. A store that never waits has none.
    fn limit_time(&self, _limit: Duration) {}
}

impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        (**self).get(keys)
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        (**self).put(key, value, ttl, mode)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        (**self).lease(key, ttl, mode)
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        (**self).release(key, token)
    }

    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        (**self).put_many(puts)
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        (**self).lease_many(keys, ttl, mode)
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        (**self).release_many(leases)
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        (**self).remove(keys)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        (**self).increment(key, by, start, ttl)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        (**self).touch(key, ttl)
    }

    fn clear(&self) -> Result<()> {
        (**self).clear()
    }

    fn ping(&self) -> Result<()> {
        (**self).ping()
    }

    fn limit_time(&self, limit: Duration) {
        (**self).limit_time(limit);
    }
}
