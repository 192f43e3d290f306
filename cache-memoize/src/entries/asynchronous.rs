use super::filling::Undrafted;
use super::grouped::{borrowed, each};
use super::{ANY_TIME, EntryOf, Face, TO_LEARN_THE_TOKEN, only};
use crate::drive::asynchronous::Entries;
use crate::drive::{Leased, Look, Note, Replaced};
use crate::error::Error;
use crate::explain::Explained;
use crate::gathering::{Read, Wanted};
use crate::orphans::Orphan;
use crate::plan::{Fill, Permit};
use crate::resilience::{Operation, overdue, within};
use crate::rules::Ruleset;
use cache_memoize_core::{
    Bytes, ErasedAsyncStore, Key, KeyRef, Lease, LeaseMode, Put, PutMode, Result as Answer,
    StoreError, Timestamp, Token, Ttl,
};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

// The lifetime of the face is spelled out, or no future of a call could be proved `Send`.
impl<'s, R: Ruleset> Entries for EntryOf<'_, R, dyn ErasedAsyncStore + 's> {
    type Stored = R::Stored;

    async fn look(&self) -> Look<R::Stored> {
        match self.face {
            Face::Objects(objects) => self.look_into(objects),
            Face::Bytes(store) => match self.near_value() {
                Some(stored) => Look::Found(stored),
                None => self.get(store).await.map_or(Look::Nothing, |entry| self.looked_at(entry)),
            },
            Face::Missing(_) => Look::Nothing,
        }
    }

    async fn lease(&self, mode: LeaseMode) -> Leased<R::Stored> {
        self.take_lease(mode, self.lease, ANY_TIME).await
    }

    async fn lease_to_replace(&self, old: &Replaced) -> Leased<R::Stored> {
        self.take_lease(LeaseMode::Join, self.lease_to_replace(old), old.expires).await
    }

    async fn fill(&self, permit: Permit, stored: R::Stored) -> Fill {
        match self.face {
            Face::Objects(objects) => match self.storable_for(&stored) {
                Some(ttl) => self.fill_object(objects, permit, stored, ttl),
                None => Fill::Unfit,
            },
            Face::Bytes(store) => {
                let (fill, ttl) = self.put_under(store, permit, &stored).await;
                ttl.map_or(fill, |ttl| self.followed(fill, stored, ttl))
            }
            Face::Missing(_) => Fill::Failed,
        }
    }

    async fn release(&self, permit: Permit) {
        let Permit::Fenced(token) = permit else { return };
        match self.face {
            Face::Objects(objects) => objects.release(self.key, token),
            Face::Bytes(store) => {
                if self.give_back(store, self.key, token).await.is_err() {
                    self.orphan(token);
                }
            }
            Face::Missing(_) => {}
        }
    }

    fn abandon(&self, permit: Permit) {
        match (&self.face, permit) {
            (Face::Objects(objects), Permit::Fenced(token)) => objects.release(self.key, token),
            (Face::Bytes(_), Permit::Fenced(token)) => self.orphan(token),
            (Face::Missing(_), _) | (_, Permit::Unfenced) => {}
        }
    }

    async fn confirm(&self, fill: Fill) -> Fill {
        match self.face {
            Face::Bytes(store) if fill == Fill::Accepted => {
                let keys = self.number_keys();
                self.confirmed(fill, self.get_all(store, &borrowed(&keys)).await)
            }
            _ => fill,
        }
    }

    async fn forget(&self) {
        match self.face {
            Face::Objects(objects) => drop(objects.remove(self.key)),
            Face::Bytes(store) => self.forgotten(&self.remove(store).await),
            Face::Missing(_) => {}
        }
    }

    async fn nap(&self, time: Duration) {
        within(time, pending::<()>()).await;
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
impl<R: Ruleset> EntryOf<'_, R, dyn ErasedAsyncStore + '_> {
    /// Takes a lease for that time, or finds a value that is fresh beyond the moment `after`.
    async fn take_lease(&self, mode: LeaseMode, ttl: Ttl, after: Timestamp) -> Leased<R::Stored> {
        match self.face {
            Face::Objects(objects) => self.lease_object(objects, mode, ttl, after),
            Face::Bytes(store) => {
                let answer = self.ask_for_lease(store, mode, ttl).await;
                let (leased, needless) = self.leased(answer, mode, after);
                if let Some(token) = needless {
                    self.release(Permit::Fenced(token)).await;
                }
                leased
            }
            Face::Missing(_) => Leased::Granted { permit: Permit::Unfenced, first: true },
        }
    }

    async fn get(&self, store: &(dyn ErasedAsyncStore + '_)) -> Answer<Option<Bytes>> {
        self.begin_near(LeaseMode::Join);
        self.pay(store).await;
        self.undisputed(Operation::Get)?;
        let numbers = self.number_keys();
        let answers = self.read(&numbers).await?;
        let entry = self.learned(answers);
        let others = self.unread_of(entry.as_ref());
        if !others.is_empty() {
            // In a box, as what is owed: it is rare, and the future of every hit would have room for it.
            let answers = Box::pin(self.get_all(store, &borrowed(&others))).await?;
            self.numbers().learn_others(others, &answers);
        }
        Ok(entry)
    }

    /// Reads the entry and these generations, together with what others read.
    async fn read(&self, numbers: &Arc<[Key]>) -> Answer<Vec<Option<Bytes>>> {
        let asked = self.question(Operation::Get)?;
        let wanted = Wanted { entry: self.whole_key(), numbers };
        let Read { answers, is_told } = self.cache.readers[self.part()].get(wanted).await;
        let asked = if is_told { asked.of_another() } else { asked };
        self.answered(asked, each("get", 1 + numbers.len(), answers))
    }

    pub(super) async fn get_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        keys: &[KeyRef<'_>],
    ) -> Answer<Vec<Option<Bytes>>> {
        let get = async { each("get", keys.len(), store.get(keys).await) };
        self.ask(Operation::Get, get).await
    }

    /// Learns the generations of the entry's groups before it is computed, and draws those that nobody has drawn.
    async fn know_generations(&self, store: &(dyn ErasedAsyncStore + '_)) -> Answer<()> {
        if !self.numbers().are_read() {
            let keys = self.number_keys();
            let answers = self.get_all(store, &borrowed(&keys)).await?;
            self.numbers().learn(&answers);
        }
        let absent = self.numbers().absent();
        for key in absent {
            let number = self.draw(store, key.as_ref()).await?;
            self.numbers().began(&key, number);
        }
        Ok(())
    }

    async fn ask_for_lease(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        mode: LeaseMode,
        ttl: Ttl,
    ) -> Answer<(Lease, Option<Bytes>)> {
        self.begin_near(mode);
        self.pay(store).await;
        self.undisputed(Operation::Lease)?;
        self.adopt(store).await;
        self.know_generations(store).await?;
        let asked = self.question(Operation::Lease)?;
        let doubt = self.doubt();
        let lease = self.in_time(Operation::Lease, store.lease(self.key, ttl, mode)).await;
        doubt.after(self.answered(asked, lease))
    }

    /// What came of a fill, and the lifetime of the value, if it has one.
    async fn put_under(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        permit: Permit,
        stored: &R::Stored,
    ) -> Undrafted {
        let draft = match self.draft(permit, stored) {
            Ok(draft) => draft,
            Err(undrafted) => return undrafted,
        };
        let ttl = draft.ttl;
        let Ok(Put { key, value, ttl: kept_for, mode }) = self.written(stored, draft) else {
            return (Fill::Unfit, Some(ttl));
        };
        let stored = self.ask(Operation::Put, store.put(key, value, kept_for, mode)).await;
        (self.filled(stored), Some(ttl))
    }

    async fn give_back(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        key: KeyRef<'_>,
        token: Token,
    ) -> Answer<()> {
        self.ask(Operation::Release, store.release(key, token)).await
    }

    /// Gives back leases of async calls that were cancelled, and of calls that could not reach the store.
    pub(super) async fn adopt(&self, store: &(dyn ErasedAsyncStore + '_)) {
        for orphan in self.orphans() {
            let Some(key) = orphan.key() else { continue };
            let Ok(token) = self.token_of(&orphan, key, store).await else { return };
            if self.give_back(store, key, token).await.is_err() {
                return;
            }
            orphan.arrived();
        }
    }

    /// The token of a lease. Where the store's answer got lost, it is that of whoever stands now.
    async fn token_of(
        &self,
        orphan: &Orphan<'_>,
        key: KeyRef<'_>,
        store: &(dyn ErasedAsyncStore + '_),
    ) -> Answer<Token> {
        if let Some(token) = orphan.token() {
            return Ok(token);
        }
        let lease = store.lease(key, TO_LEARN_THE_TOKEN, LeaseMode::Join);
        Ok(self.ask(Operation::Lease, lease).await?.0.token)
    }

    /// Carries out the invalidations that the store has not heard of.
    pub(super) async fn pay(&self, store: &(dyn ErasedAsyncStore + '_)) {
        if self.cache.resilience.debts.are_there() {
            Box::pin(self.pay_debts(store)).await;
        }
    }

    async fn pay_debts(&self, store: &(dyn ErasedAsyncStore + '_)) {
        while let Some(payment) = self.payment() {
            let removed = self.ask(Operation::Remove, store.remove(&payment.keys())).await;
            match removed {
                Ok(_) => payment.arrived(),
                Err(_) => return payment.failed(self.cache.now()),
            }
        }
    }

    pub(super) async fn ask<T>(
        &self,
        operation: Operation,
        question: impl Future<Output = Answer<T>>,
    ) -> Result<T, StoreError> {
        let asked = self.question(operation)?;
        self.answered(asked, self.in_time(operation, question).await)
    }

    pub(super) async fn in_time<T>(
        &self,
        operation: Operation,
        question: impl Future<Output = Answer<T>>,
    ) -> Answer<T> {
        let limit = self.cache.resilience.limits.operation;
        within(limit, question).await.unwrap_or_else(|| Err(overdue(operation, limit)))
    }

    async fn remove(&self, store: &(dyn ErasedAsyncStore + '_)) -> Answer<bool> {
        self.pay(store).await;
        let remove = async { only("remove", store.remove(&[self.key]).await) };
        self.ask(Operation::Remove, remove).await
    }

    /// Removes the generations of a group from one server, the key of this entry among them, and says whether any
    /// was there.
    pub(crate) async fn remove_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        keys: &[Key],
    ) -> Result<bool, Error> {
        self.pay(store).await;
        let remove = async { each("remove", keys.len(), store.remove(&borrowed(keys)).await) };
        let removed = self.ask(Operation::Remove, remove).await;
        self.removed_all(keys, removed)
    }

    /// Deletes the entry and revokes its leases.
    pub(crate) async fn invalidate(&self) -> Result<bool, Error> {
        match self.face {
            Face::Objects(objects) => self.invalidated(Ok(objects.remove(self.key))),
            Face::Bytes(store) => self.invalidated(self.remove(store).await),
            Face::Missing(reason) => self.missing("invalidate", reason).map(|()| false),
        }
    }

    /// The fresh value that is there.
    pub(crate) async fn peek(&self) -> Result<Option<R::Stored>, Error> {
        match self.face {
            Face::Objects(objects) => Ok(self.look_into(objects).servable()),
            Face::Bytes(store) => match self.near_value() {
                Some(stored) => Ok(Some(stored)),
                None => match self.get(store).await {
                    Ok(entry) => Ok(self.looked_at(entry).servable()),
                    Err(error) => Err(self.failed("peek", error)),
                },
            },
            Face::Missing(reason) => self.missing("peek", reason).map(|()| None),
        }
    }

    /// What is known of the entry.
    pub(crate) async fn explain(&self) -> Result<Option<Explained>, Error> {
        if let Some(explained) = self.explained_locally() {
            return Ok(Some(explained));
        }
        match self.face {
            Face::Objects(objects) => Ok(self.explained_object(objects)),
            Face::Bytes(store) => match self.get(store).await {
                Ok(entry) => Ok(self.explained(entry)),
                Err(error) => Err(self.failed("explain", error)),
            },
            Face::Missing(reason) => self.missing("explain", reason).map(|()| None),
        }
    }

    /// Stores a value, whatever is there.
    pub(crate) async fn prime(&self, stored: R::Stored) -> Result<(), Error> {
        let ttl = self.lifetime(&stored).ok_or_else(|| self.lifeless())?;
        match self.face {
            Face::Objects(objects) => {
                self.began();
                let membership = self.joined(objects);
                self.primed(self.put_object(objects, stored, membership, ttl, PutMode::Always))
            }
            Face::Bytes(store) => {
                self.pay(store).await;
                let known = self.know_generations(store).await;
                known.map_err(|error| self.failed("store", error))?;
                let Put { key, value, ttl, mode } =
                    self.written(&stored, self.draft_of_any(&stored)?)?;
                let put = store.put(key, value, ttl, mode);
                self.primed(self.ask(Operation::Put, put).await)
            }
            Face::Missing(reason) => self.missing("store", reason),
        }
    }

    /// Asks the store for a sign of life.
    pub(crate) async fn ping(&self) -> Result<(), Error> {
        match self.face {
            Face::Objects(_) => Ok(()),
            Face::Bytes(store) => {
                self.pinged(self.in_time(Operation::Ping, store.ping()).await)?;
                self.settle(store).await
            }
            Face::Missing(reason) => self.missing("ping", reason),
        }
    }

    /// Carries out all of the invalidations that the store has not heard of.
    async fn settle(&self, store: &(dyn ErasedAsyncStore + '_)) -> Result<(), Error> {
        while let Some(payment) = self.any_payment() {
            let removed = self.in_time(Operation::Remove, store.remove(&payment.keys())).await;
            match removed {
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
