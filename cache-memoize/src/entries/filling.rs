//! What is stored, for how long, and what comes of storing it.

use super::{EntryOf, Face};
use crate::codec::Codec;
use crate::error::Error;
use crate::lifetime::Lifetime;
use crate::observer::EventKind;
use crate::plan::{Fill, Permit};
use crate::rules::{Form as _, Ruleset};
use crate::stats::Counted;
use cache_memoize_core::{Bytes, Put, PutMode, StoreError, StoreErrorKind, Token, Ttl};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A value in the form of the store, to be stored while its lease stands.
pub(super) struct Prepared {
    pub(super) entry: Bytes,
    /// How long the value is fresh.
    pub(super) ttl: Ttl,
    /// How long the store keeps it.
    pub(super) kept_for: Ttl,
    pub(super) token: Token,
}

impl<R: Ruleset, S: ?Sized> EntryOf<'_, R, S> {
    /// Brings a value into the form of a store of bytes; otherwise says what comes of it without the store, and its
    /// lifetime, if it has one.
    pub(super) fn prepared(
        &self,
        permit: Permit,
        stored: &R::Stored,
    ) -> Result<Prepared, (Fill, Option<Ttl>)> {
        let ttl = self.storable_for(stored).ok_or((Fill::Unfit, None))?;
        let Permit::Fenced(token) = permit else { return Err((Fill::Failed, Some(ttl))) };
        let groups = self.numbers().complete().ok_or((Fill::Failed, Some(ttl)))?;
        let entry = self.encoded(stored, &self.stamps(ttl), groups);
        let entry = entry.map_err(|_| (Fill::Unfit, Some(ttl)))?;
        Ok(Prepared { entry, ttl, kept_for: self.kept_for(stored, ttl), token })
    }

    /// The value as it is stored whatever is there.
    pub(super) fn put_of(&self, stored: &R::Stored) -> Result<Put<'_>, Error> {
        let ttl = self.lifetime(stored).ok_or_else(|| self.lifeless())?;
        let groups = self.numbers().complete().unwrap_or_default();
        let value = self.encoded(stored, &self.stamps_now(ttl), groups)?;
        let ttl = self.kept_for(stored, ttl);
        Ok(Put { key: self.key, value, ttl, mode: PutMode::Always })
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
                near.keep(stored, R::Form::weight, ttl.as_duration().unwrap_or(Duration::MAX));
            }
            _ => {}
        }
        if renews && fill == Fill::Failed {
            self.owe();
        }
        fill
    }
}
