//! What the bytes mean that a store answers with.

use super::{EntryOf, granted};
use crate::codec::Stamps;
use crate::drive::{Due, Leased, Look, Replaced};
use crate::observer::EventKind;
use crate::plan::Permit;
use crate::policy::{self, Freshness, Verdict};
use crate::rules::Ruleset;
use crate::stats::Counted;
use cache_memoize_core::{Bytes, Lease, LeaseMode, StoreError, Timestamp, Token};

/// What to do with a value now.
pub(super) fn verdict<R: Ruleset>(
    rules: &R,
    stored: &R::Stored,
    stamps: &Stamps,
    now: Timestamp,
) -> Verdict {
    // An old error is no better than a new one.
    let freshness = if rules.is_error(stored) { Freshness::PLAIN } else { rules.freshness() };
    freshness.verdict(stamps, now, fastrand::f64())
}

/// The value as the drivers see it.
pub(super) fn look<S>(verdict: Verdict, stored: impl FnOnce() -> S, stamps: &Stamps) -> Look<S> {
    match verdict {
        Verdict::Fresh => Look::Found(stored()),
        Verdict::Due => {
            let when = Replaced { expires: stamps.expires, cost: stamps.cost };
            Look::Due(Due { stored: stored(), when })
        }
        Verdict::Spare => Look::Spare(stored()),
        Verdict::Over => Look::Nothing,
    }
}

impl<R: Ruleset, S: ?Sized> EntryOf<'_, R, S> {
    /// What an answer of the store means now, with a copy of a fresh value left in the near tier.
    pub(super) fn looked_at(&self, entry: Option<Bytes>) -> Look<R::Stored> {
        let Some((stored, stamps)) = self.decoded(entry) else { return Look::Nothing };
        let verdict = verdict(self.rules, &stored, &stamps, self.cache.now());
        if verdict == Verdict::Fresh {
            self.keep_near(&stored, &stamps);
        }
        look(verdict, || stored, &stamps)
    }

    /// What came of asking for a lease, and the lease that nobody needs then, if there is one. A value is found
    /// if it is fresh beyond that moment.
    pub(super) fn leased(
        &self,
        answer: Result<(Lease, Option<Bytes>), StoreError>,
        mode: LeaseMode,
        after: Timestamp,
    ) -> (Leased<R::Stored>, Option<Token>) {
        self.began();
        match answer {
            Ok((lease, entry)) => match self.arrived(entry, after) {
                Some(stored) if mode == LeaseMode::Join => {
                    (Leased::Found(stored), lease.first.then_some(lease.token))
                }
                _ => (granted(lease), None),
            },
            Err(_) => (Leased::Granted { permit: Permit::Unfenced, first: true }, None),
        }
    }

    /// A fresh value whose time ends after that moment.
    fn arrived(&self, entry: Option<Bytes>, after: Timestamp) -> Option<R::Stored> {
        let (stored, stamps) = self.decoded(entry)?;
        if stamps.expires <= after || !policy::is_fresh(&stamps, self.cache.now()) {
            return None;
        }
        self.keep_near(&stored, &stamps);
        Some(stored)
    }

    /// The value in an answer of the store, unless it may have been invalidated.
    fn decoded(&self, entry: Option<Bytes>) -> Option<(R::Stored, Stamps)> {
        let (codec, transcoder) = self.transcoder()?;
        match (transcoder.decode)(codec, self.key, &entry?) {
            Ok(found) if self.cache.resilience.debts.taint(found.stamps.began()) => None,
            Ok(found) if !self.vouches_for(&found) => None,
            Ok(found) => Some((found.value, found.stamps)),
            Err(unreadable) => {
                self.tell(Counted::Fault, EventKind::Unreadable { reason: &unreadable });
                None
            }
        }
    }

    fn keep_near(&self, stored: &R::Stored, stamps: &Stamps) {
        // A copy would not go with groups of which this call knows only by the entry.
        if self.numbers().are_of_others() {
            return;
        }
        if let Some(near) = &self.near {
            let left = stamps.expires.since(self.cache.now());
            near.keep::<_, R::Form>(stored.clone(), left);
        }
    }
}
