//! What is stored, for how long, and what comes of storing it.

use super::{EntryOf, Face};
use crate::caches::Scopes;
use crate::codec::{Codec, CodecError, Stamps};
use crate::error::{Error, ErrorKind};
use crate::flight::waits::Inside;
use crate::groups::Numbered;
use crate::lifetime::Lifetime;
use crate::observer::EventKind;
use crate::parallel;
use crate::plan::{Fill, Permit};
use crate::rules::{Ruleset, Transcoder};
use crate::stats::Counted;
use cache_memoize_core::{KeyRef, Put, PutMode, StoreError, StoreErrorKind, Ttl};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How a value is to be stored, all but its bytes.
pub(super) struct Draft {
    stamps: Stamps,
    groups: Vec<Numbered>,
    /// How long the value is fresh.
    pub(super) ttl: Ttl,
    /// How long the store keeps it.
    kept_for: Ttl,
    mode: PutMode,
}

/// A value that is not stored: what comes of it without the store, and its lifetime, if it has one.
pub(super) type Undrafted = (Fill, Option<Ttl>);

impl<'a, R: Ruleset, S: ?Sized> EntryOf<'a, R, S> {
    /// How to store a value while its lease stands.
    pub(super) fn draft(&self, permit: Permit, stored: &R::Stored) -> Result<Draft, Undrafted> {
        let ttl = self.storable_for(stored).ok_or((Fill::Unfit, None))?;
        let Permit::Fenced(token) = permit else { return Err((Fill::Failed, Some(ttl))) };
        let groups = self.numbers().complete().ok_or((Fill::Failed, Some(ttl)))?;
        let (stamps, kept_for) = (self.stamps(ttl), self.kept_for(stored, ttl));
        Ok(Draft { stamps, groups, ttl, kept_for, mode: PutMode::IfLease(token) })
    }

    /// How to store a value whatever is there.
    pub(super) fn draft_of_any(&self, stored: &R::Stored) -> Result<Draft, Error> {
        let ttl = self.lifetime(stored).ok_or_else(|| self.lifeless())?;
        let groups = self.numbers().complete().unwrap_or_default();
        let (stamps, kept_for) = (self.stamps_now(ttl), self.kept_for(stored, ttl));
        Ok(Draft { stamps, groups, ttl, kept_for, mode: PutMode::Always })
    }

    /// The value as it is stored.
    pub(super) fn written(&self, stored: &R::Stored, draft: Draft) -> Result<Put<'a>, Error> {
        let Some((codec, transcoder)) = self.transcoder() else { return Err(stays_here()) };
        let Draft { stamps, groups, kept_for: ttl, mode, .. } = draft;
        let value = (transcoder.encode)(codec, self.key, stored, &stamps, groups);
        let value = value.map_err(|error| self.unstorable(error))?;
        Ok(Put { key: self.key, value, ttl, mode })
    }

    /// Values as they are stored, each in its own entry: made on several threads, if it takes long.
    pub(super) fn written_all(
        entries: &[Self],
        drafts: Vec<(usize, &R::Stored, Draft)>,
    ) -> Vec<Result<Put<'a>, Error>> {
        let transcoder = entries.first().and_then(Self::transcoder);
        let Some((codec, Transcoder { encode, .. })) = transcoder else {
            return drafts.iter().map(|_| Err(stays_here())).collect();
        };
        let places: Vec<_> = drafts.iter().map(|(place, ..)| *place).collect();
        let drafts =
            drafts.into_iter().map(|(place, stored, draft)| (entries[place].key, stored, draft));
        // A value that is written may call in here.
        let (scopes, inside) = (Scopes::of_this_thread(), Inside::of_this_thread());
        let surround = |work: &mut dyn FnMut()| {
            let _inside = inside.clone().enter();
            scopes.enter(work);
        };
        let written = |(key, stored, draft): (KeyRef<'a>, _, Draft)| {
            let Draft { stamps, groups, kept_for: ttl, mode, .. } = draft;
            let value = encode(codec, key, stored, &stamps, groups)?;
            Ok(Put { key, value, ttl, mode })
        };
        let puts = parallel::map(drafts.collect(), surround, written);
        let told = |(place, put): (usize, Result<_, CodecError>)| {
            put.map_err(|error| entries[place].unstorable(error))
        };
        places.into_iter().zip(puts).map(told).collect()
    }

    fn unstorable(&self, error: CodecError) -> Error {
        self.tell(Counted::Fault, EventKind::Unstorable { reason: &error });
        Error::new(ErrorKind::Unstorable, "store", error.to_string()).with_source(error)
    }

    /// How long to store this value; `None` if it is not to be stored.
    pub(super) fn storable_for(&self, stored: &R::Stored) -> Option<Ttl> {
        if self.experience.has_told() { None } else { self.lifetime(stored) }
    }

    /// How long this value lives; `None` if it is over at once.
    pub(super) fn lifetime(&self, stored: &R::Stored) -> Option<Ttl> {
        let lifetimes = self.rules.lifetime(stored);
        let said = lifetimes.said.or_else(|| self.site.lifetime(lifetimes.error));
        let lifetime = said.unwrap_or(self.cache.default_ttl);
        lifetime.spread(self.site.jitter_of(), fastrand::f64()).ttl()
    }

    /// How long the store is to keep a value that is fresh for `ttl`.
    pub(super) fn kept_for(&self, stored: &R::Stored, ttl: Ttl) -> Ttl {
        // Of a plain entry nobody could tell whether it is fresh still.
        let is_plain = self.cache.codec.as_ref().is_some_and(Codec::is_plain);
        if self.rules.is_error(stored) || is_plain && matches!(self.face, Face::Bytes(_)) {
            return ttl;
        }
        Lifetime::from(ttl).and_then(self.rules.freshness().grace()).ttl().unwrap_or(ttl)
    }

    /// What came of a fill.
    pub(super) fn filled(&self, answer: Result<bool, StoreError>) -> Fill {
        match answer {
            Ok(true) => {
                self.tell(Counted::Stored, EventKind::Stored);
                Fill::Accepted
            }
            Ok(false) => {
                self.site.is_as_slow_as(self.cost());
                self.tell(Counted::FencedOff, EventKind::FencedOff);
                Fill::Refused
            }
            Err(error) => match error.kind() {
                StoreErrorKind::Unavailable | StoreErrorKind::Timeout => Fill::Failed,
                _ => Fill::Unfit,
            },
        }
    }

    /// What came of a fill with an object. Where it is too heavy, its lease stood all the same: it is not
    /// older than an invalidation, and those who wait may have it.
    pub(super) fn filled_object(&self, answer: Result<bool, StoreError>) -> Fill {
        match answer {
            Err(error) => {
                self.tell(Counted::Fault, EventKind::StoreFault { error: &error });
                Fill::Failed
            }
            answered => self.filled(answered),
        }
    }

    /// After a fill of the store behind the near tier.
    pub(super) fn followed(&self, fill: Fill, stored: R::Stored, ttl: Ttl) -> Fill {
        let renews = self.renews.load(Ordering::Relaxed);
        match &self.near {
            // Others may have read the old value under the lease of the refresh.
            Some(near) if renews => near.forget(),
            Some(near) if matches!(fill, Fill::Accepted | Fill::Failed) => {
                near.keep::<_, R::Form>(stored, ttl.as_duration().unwrap_or(Duration::MAX));
            }
            _ => {}
        }
        if renews && fill == Fill::Failed {
            self.owe();
        }
        fill
    }
}

fn stays_here() -> Error {
    Error::new(ErrorKind::Unsupported, "store", "the value stays in process")
}
