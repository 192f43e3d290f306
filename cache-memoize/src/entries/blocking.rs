use super::filling::Undrafted;
use super::grouped::{borrowed, each};
use super::{ANY_TIME, EntryOf, Face, TO_LEARN_THE_TOKEN, only};
use crate::drive::blocking::Entries;
use crate::drive::{Leased, Look, Note, Replaced};
use crate::error::Error;
use crate::explain::Explained;
use crate::orphans::Orphan;
use crate::plan::{Fill, Permit};
use crate::resilience::Operation;
use crate::rules::Ruleset;
use cache_memoize_core::{
    Bytes, Key, KeyRef, Lease, LeaseMode, Put, PutMode, Result as Answer, Store, StoreError,
    Timestamp, Token, Ttl,
};
use std::thread;
use std::time::Duration;

impl<R: Ruleset> Entries for EntryOf<'_, R, dyn Store> {
    type Stored = R::Stored;

    fn look(&self) -> Look<R::Stored> {
        match self.face {
            Face::Objects(objects) => self.look_into(objects),
            Face::Bytes(store) => match self.near_value() {
                Some(stored) => Look::Found(stored),
                None => self.get(store).map_or(Look::Nothing, |entry| self.looked_at(entry)),
            },
            Face::Missing(_) => Look::Nothing,
        }
    }

    fn lease(&self, mode: LeaseMode) -> Leased<R::Stored> {
        self.take_lease(mode, self.lease, ANY_TIME)
    }

    fn lease_to_replace(&self, old: &Replaced) -> Leased<R::Stored> {
        self.take_lease(LeaseMode::Join, self.lease_to_replace(old), old.expires)
    }

    fn fill(&self, permit: Permit, stored: R::Stored) -> Fill {
        match self.face {
            Face::Objects(objects) => match self.storable_for(&stored) {
                Some(ttl) => self.fill_object(objects, permit, stored, ttl),
                None => Fill::Unfit,
            },
            Face::Bytes(store) => {
                let (fill, ttl) = self.put_under(store, permit, &stored);
                ttl.map_or(fill, |ttl| self.followed(fill, stored, ttl))
            }
            Face::Missing(_) => Fill::Failed,
        }
    }

    fn abandon(&self, permit: Permit) {
        let Permit::Fenced(token) = permit else { return };
        match self.face {
            Face::Objects(objects) => objects.release(self.key, token),
            Face::Bytes(store) => {
                if self.release(store, self.key, token).is_err() {
                    self.orphan(token);
                }
            }
            Face::Missing(_) => {}
        }
    }

    fn confirm(&self, fill: Fill) -> Fill {
        match self.face {
            Face::Bytes(store) if fill == Fill::Accepted => {
                let keys = self.number_keys();
                self.confirmed(fill, self.get_all(store, &borrowed(&keys)))
            }
            _ => fill,
        }
    }

    fn forget(&self) {
        match self.face {
            Face::Objects(objects) => drop(objects.remove(self.key)),
            Face::Bytes(store) => self.forgotten(&self.remove(store)),
            Face::Missing(_) => {}
        }
    }

    fn nap(&self, time: Duration) {
        thread::sleep(time);
        self.experience.forgive();
    }

    fn rests(&self) -> bool {
        self.is_resting()
    }

    fn leave_alone(&self) {
        self.rest();
    }

    fn tags(&self) -> &[String] {
        self.spot.tags
    }

    fn note(&self, note: Note) {
        self.noted(note);
    }
}

/// What calls and companions ask of a store of bytes.
impl<R: Ruleset> EntryOf<'_, R, dyn Store> {
    /// Takes a lease for that time, or finds a value that is fresh beyond the moment `after`.
    fn take_lease(&self, mode: LeaseMode, ttl: Ttl, after: Timestamp) -> Leased<R::Stored> {
        match self.face {
            Face::Objects(objects) => self.lease_object(objects, mode, ttl, after),
            Face::Bytes(store) => {
                let answer = self.ask_for_lease(store, mode, ttl);
                let (leased, needless) = self.leased(answer, mode, after);
                if let Some(token) = needless {
                    self.abandon(Permit::Fenced(token));
                }
                leased
            }
            Face::Missing(_) => Leased::Granted { permit: Permit::Unfenced, first: true },
        }
    }

    fn get(&self, store: &dyn Store) -> Answer<Option<Bytes>> {
        self.begin_near(LeaseMode::Join);
        self.pay(store);
        self.undisputed(Operation::Get)?;
        let numbers = self.number_keys();
        let keys: Vec<_> =
            std::iter::once(self.key).chain(numbers.iter().map(Key::as_ref)).collect();
        let answers = self.get_all(store, &keys)?;
        let entry = self.learned(answers);
        let others = self.unread_of(entry.as_ref());
        if !others.is_empty() {
            let answers = self.get_all(store, &borrowed(&others))?;
            self.numbers().learn_others(others, &answers);
        }
        Ok(entry)
    }

    pub(super) fn get_all(
        &self,
        store: &dyn Store,
        keys: &[KeyRef<'_>],
    ) -> Answer<Vec<Option<Bytes>>> {
        self.ask(Operation::Get, || each("get", keys.len(), store.get(keys)))
    }

    /// Learns the generations of the entry's groups before it is computed, and draws those that nobody has drawn.
    fn know_generations(&self, store: &dyn Store) -> Answer<()> {
        if !self.numbers().are_read() {
            let keys = self.number_keys();
            let answers = self.get_all(store, &borrowed(&keys))?;
            self.numbers().learn(&answers);
        }
        let absent = self.numbers().absent();
        for key in absent {
            let number = self.draw(store, key.as_ref())?;
            self.numbers().began(&key, number);
        }
        Ok(())
    }

    fn ask_for_lease(
        &self,
        store: &dyn Store,
        mode: LeaseMode,
        ttl: Ttl,
    ) -> Answer<(Lease, Option<Bytes>)> {
        self.begin_near(mode);
        self.pay(store);
        self.undisputed(Operation::Lease)?;
        self.adopt(store);
        self.know_generations(store)?;
        let asked = self.question(Operation::Lease)?;
        let doubt = self.doubt();
        doubt.after(self.answered(asked, store.lease(self.key, ttl, mode)))
    }

    /// What came of a fill, and the lifetime of the value, if it has one.
    fn put_under(&self, store: &dyn Store, permit: Permit, stored: &R::Stored) -> Undrafted {
        let draft = match self.draft(permit, stored) {
            Ok(draft) => draft,
            Err(undrafted) => return undrafted,
        };
        let ttl = draft.ttl;
        let Ok(Put { key, value, ttl: kept_for, mode }) = self.written(stored, draft) else {
            return (Fill::Unfit, Some(ttl));
        };
        let stored = self.ask(Operation::Put, || store.put(key, value, kept_for, mode));
        (self.filled(stored), Some(ttl))
    }

    fn release(&self, store: &dyn Store, key: KeyRef<'_>, token: Token) -> Answer<()> {
        self.ask(Operation::Release, || store.release(key, token))
    }

    /// Gives back leases of async calls that were cancelled, and of calls that could not reach the store.
    pub(super) fn adopt(&self, store: &dyn Store) {
        for orphan in self.orphans() {
            let Some(key) = orphan.key() else { continue };
            let Ok(token) = self.token_of(&orphan, key, store) else { return };
            if self.release(store, key, token).is_err() {
                return;
            }
            orphan.arrived();
        }
    }

    /// The token of a lease. Where the store's answer got lost, it is that of whoever stands now.
    fn token_of(&self, orphan: &Orphan<'_>, key: KeyRef<'_>, store: &dyn Store) -> Answer<Token> {
        if let Some(token) = orphan.token() {
            return Ok(token);
        }
        let lease = || store.lease(key, TO_LEARN_THE_TOKEN, LeaseMode::Join);
        Ok(self.ask(Operation::Lease, lease)?.0.token)
    }

    /// Carries out the invalidations that the store has not heard of.
    pub(super) fn pay(&self, store: &dyn Store) {
        while let Some(payment) = self.payment() {
            let removed = self.ask(Operation::Remove, || store.remove(&payment.keys()));
            match removed {
                Ok(_) => payment.arrived(),
                Err(_) => return payment.failed(self.cache.now()),
            }
        }
    }

    pub(super) fn ask<T>(
        &self,
        operation: Operation,
        question: impl FnOnce() -> Answer<T>,
    ) -> Result<T, StoreError> {
        let asked = self.question(operation)?;
        self.answered(asked, question())
    }

    fn remove(&self, store: &dyn Store) -> Answer<bool> {
        self.pay(store);
        self.ask(Operation::Remove, || only("remove", store.remove(&[self.key])))
    }

    /// Removes the generations of a group from one server, the key of this entry among them, and says whether any
    /// was there.
    pub(crate) fn remove_all(&self, store: &dyn Store, keys: &[Key]) -> Result<bool, Error> {
        self.pay(store);
        let remove = || each("remove", keys.len(), store.remove(&borrowed(keys)));
        let removed = self.ask(Operation::Remove, remove);
        self.removed_all(keys, removed)
    }

    /// Deletes the entry and revokes its leases.
    pub(crate) fn invalidate(&self) -> Result<bool, Error> {
        match self.face {
            Face::Objects(objects) => self.invalidated(Ok(objects.remove(self.key))),
            Face::Bytes(store) => self.invalidated(self.remove(store)),
            Face::Missing(reason) => self.missing("invalidate", reason).map(|()| false),
        }
    }

    /// The fresh value that is there.
    pub(crate) fn peek(&self) -> Result<Option<R::Stored>, Error> {
        match self.face {
            Face::Objects(objects) => Ok(self.look_into(objects).servable()),
            Face::Bytes(store) => match self.near_value() {
                Some(stored) => Ok(Some(stored)),
                None => match self.get(store) {
                    Ok(entry) => Ok(self.looked_at(entry).servable()),
                    Err(error) => Err(self.failed("peek", error)),
                },
            },
            Face::Missing(reason) => self.missing("peek", reason).map(|()| None),
        }
    }

    /// What is known of the entry.
    pub(crate) fn explain(&self) -> Result<Option<Explained>, Error> {
        if let Some(explained) = self.explained_locally() {
            return Ok(Some(explained));
        }
        match self.face {
            Face::Objects(objects) => Ok(self.explained_object(objects)),
            Face::Bytes(store) => match self.get(store) {
                Ok(entry) => Ok(self.explained(entry)),
                Err(error) => Err(self.failed("explain", error)),
            },
            Face::Missing(reason) => self.missing("explain", reason).map(|()| None),
        }
    }

    /// Stores a value, whatever is there.
    pub(crate) fn prime(&self, stored: R::Stored) -> Result<(), Error> {
        let ttl = self.lifetime(&stored).ok_or_else(|| self.lifeless())?;
        match self.face {
            Face::Objects(objects) => {
                self.began();
                let membership = self.joined(objects);
                self.primed(self.put_object(objects, stored, membership, ttl, PutMode::Always))
            }
            Face::Bytes(store) => {
                self.pay(store);
                let known = self.know_generations(store);
                known.map_err(|error| self.failed("store", error))?;
                let Put { key, value, ttl, mode } =
                    self.written(&stored, self.draft_of_any(&stored)?)?;
                self.primed(self.ask(Operation::Put, || store.put(key, value, ttl, mode)))
            }
            Face::Missing(reason) => self.missing("store", reason),
        }
    }

    /// Asks the store for a sign of life.
    pub(crate) fn ping(&self) -> Result<(), Error> {
        match self.face {
            Face::Objects(_) => Ok(()),
            Face::Bytes(store) => {
                self.pinged(store.ping())?;
                self.settle(store)
            }
            Face::Missing(reason) => self.missing("ping", reason),
        }
    }

    /// Carries out all of the invalidations that the store has not heard of.
    fn settle(&self, store: &dyn Store) -> Result<(), Error> {
        while let Some(payment) = self.any_payment() {
            match store.remove(&payment.keys()) {
                Ok(_) => payment.arrived(),
                Err(error) => {
                    payment.failed(self.cache.now());
                    return Err(self.failed("ping", error));
                }
            }
        }
        Ok(())
    }
}
