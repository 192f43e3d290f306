use super::{EntryOf, Face, only, read_object};
use crate::drive::asynchronous::Entries;
use crate::drive::{Leased, Look, Note};
use crate::error::Error;
use crate::plan::{Fill, Permit};
use crate::rules::Ruleset;
use cache_memoize_core::{ErasedAsyncStore, LeaseMode, PutMode};

// The lifetime of the face is spelled out, or no future of a call could be proved `Send`.
impl<'s, R: Ruleset> Entries for EntryOf<'_, R, dyn ErasedAsyncStore + 's> {
    type Stored = R::Stored;

    async fn look(&self) -> Look<R::Stored> {
        match self.face {
            Face::Objects(objects) => {
                read_object(objects, self.key).map_or(Look::Nothing, Look::Found)
            }
            Face::Bytes(store) => match only("get", store.get(&[self.key]).await) {
                Ok(entry) => self.decoded(entry),
                Err(error) => {
                    self.fault(&error);
                    Look::Nothing
                }
            },
            Face::Missing(_) => Look::Nothing,
        }
    }

    async fn lease(&self, mode: LeaseMode) -> Leased<R::Stored> {
        match self.face {
            Face::Objects(objects) => self.lease_object(objects, mode),
            Face::Bytes(store) => {
                self.adopt(store).await;
                let answer = store.lease(self.key, self.lease, mode).await;
                let (leased, needless) = self.leased(answer, mode);
                if let Some(token) = needless {
                    self.release(Permit::Fenced(token)).await;
                }
                leased
            }
            Face::Missing(_) => Leased::Granted { permit: Permit::Unfenced, first: true },
        }
    }

    async fn fill(&self, permit: Permit, stored: R::Stored) -> Fill {
        let (token, ttl) = match self.prepared(permit, &stored) {
            Ok(prepared) => prepared,
            Err(fill) => {
                self.release(permit).await;
                return fill;
            }
        };
        let mode = PutMode::IfLease(token);
        match self.face {
            Face::Objects(objects) => {
                let object = self.object(stored, objects);
                self.filled_object(objects.put(self.key, object, ttl, mode))
            }
            Face::Bytes(store) => match self.encoded(&stored, &self.stamps(ttl)) {
                Ok(entry) => self.filled(store.put(self.key, entry, ttl, mode).await),
                Err(_) => {
                    self.release(permit).await;
                    Fill::Refused
                }
            },
            Face::Missing(_) => Fill::Failed,
        }
    }

    async fn release(&self, permit: Permit) {
        let Permit::Fenced(token) = permit else { return };
        match self.face {
            Face::Objects(objects) => objects.release(self.key, token),
            Face::Bytes(store) => {
                if let Err(error) = store.release(self.key, token).await {
                    self.fault(&error);
                }
            }
            Face::Missing(_) => {}
        }
    }

    fn abandon(&self, permit: Permit) {
        match (&self.face, permit) {
            (Face::Objects(objects), Permit::Fenced(token)) => objects.release(self.key, token),
            (Face::Bytes(_), Permit::Fenced(token)) => self.cache.orphans.push(self.key, token),
            (Face::Missing(_), _) | (_, Permit::Unfenced) => {}
        }
    }

    fn note(&self, note: Note) {
        self.noted(note);
    }
}

impl<R: Ruleset> EntryOf<'_, R, dyn ErasedAsyncStore + '_> {
    /// Gives back leases of calls that were cancelled.
    async fn adopt(&self, store: &(dyn ErasedAsyncStore + '_)) {
        for orphan in self.cache.orphans.adopt(self.key) {
            let Some((key, token)) = orphan.lease() else { continue };
            if let Err(error) = store.release(key, token).await {
                return self.fault(&error);
            }
            orphan.arrived();
        }
    }

    /// Deletes the entry and revokes its leases.
    pub(crate) async fn invalidate(&self) -> Result<bool, Error> {
        match self.face {
            Face::Objects(objects) => self.invalidated(Ok(objects.remove(self.key))),
            Face::Bytes(store) => self.invalidated(only("remove", store.remove(&[self.key]).await)),
            Face::Missing(reason) => self.missing("invalidate", reason).map(|()| false),
        }
    }

    /// The fresh value that is there.
    pub(crate) async fn peek(&self) -> Result<Option<R::Stored>, Error> {
        match self.face {
            Face::Objects(objects) => Ok(read_object(objects, self.key)),
            Face::Bytes(store) => match only("get", store.get(&[self.key]).await) {
                Ok(entry) => Ok(self.decoded(entry).found()),
                Err(error) => Err(self.failed("peek", error)),
            },
            Face::Missing(reason) => self.missing("peek", reason).map(|()| None),
        }
    }

    /// Stores a value, whatever is there.
    pub(crate) async fn prime(&self, stored: R::Stored) -> Result<(), Error> {
        let ttl = self.lifetime(&stored).ok_or_else(|| self.lifeless())?;
        match self.face {
            Face::Objects(objects) => {
                let object = self.object(stored, objects);
                self.primed(objects.put(self.key, object, ttl, PutMode::Always))
            }
            Face::Bytes(store) => {
                let entry = self.encoded(&stored, &self.stamps_now(ttl))?;
                self.primed(store.put(self.key, entry, ttl, PutMode::Always).await)
            }
            Face::Missing(reason) => self.missing("store", reason),
        }
    }
}
