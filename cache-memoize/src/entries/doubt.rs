//! Leases of which nobody knows whether the store has given them.

use super::EntryOf;
use crate::resilience::is_outage;
use crate::rules::Ruleset;
use cache_memoize_core::{StoreError, Ttl};
use std::num::NonZeroU64;

impl<'a, R: Ruleset, S: ?Sized> EntryOf<'a, R, S> {
    /// While the store is asked for a lease: it may give one, and its answer get lost.
    pub(super) fn doubt(&self) -> Doubt<'_, 'a, R, S> {
        Doubt { entry: self, is_settled: self.claims }
    }
}

/// A lease that the store may have given to nobody: it would keep others waiting for as long as it lives. It is
/// left to a later call, unless it is a claim, which stands when in doubt.
pub(super) struct Doubt<'e, 'a, R: Ruleset, S: ?Sized> {
    entry: &'e EntryOf<'a, R, S>,
    is_settled: bool,
}

impl<R: Ruleset, S: ?Sized> Doubt<'_, '_, R, S> {
    pub(super) fn after<T>(self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        self.settle(&answer);
        answer
    }

    pub(super) fn settle<T>(mut self, answer: &Result<T, StoreError>) {
        let may_be_lost = answer.as_ref().is_err_and(|error| is_outage(error.kind()));
        self.is_settled |= !may_be_lost;
    }
}

impl<R: Ruleset, S: ?Sized> Drop for Doubt<'_, '_, R, S> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.entry.cache.orphans.push(self.entry.part(), self.entry.key, None);
        }
    }
}

/// How long the lease lives that is taken to learn the token of one whose answer got lost.
pub(super) const TO_LEARN_THE_TOKEN: Ttl = Ttl::Millis(NonZeroU64::new(1_000).unwrap());
