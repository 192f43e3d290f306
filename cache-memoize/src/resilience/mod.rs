//! What keeps a bad store from harming its callers: time limits, a circuit breaker for each of its parts, and
//! the invalidations that are owed to a store which could not be reached.
//!
//! A call asks the store a few times, and each question goes this way: it must fit into the time that the
//! call may still spend, and the breaker must let it through; what is owed is paid first; and what comes of
//! it is told to the breaker, and to the observer where it is news.

mod breaker;
mod debts;
mod limit;
mod news;

use breaker::Breaker;
pub(crate) use breaker::{Admission, Change};
use cache_memoize_core::{StoreError, StoreErrorKind};
pub(crate) use debts::{Debts, Payment};
pub(crate) use limit::within;
use news::News;
pub(crate) use news::Operation;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long one operation of the store may take where nothing else is said.
pub(crate) const OPERATION_LIMIT: Duration = Duration::from_millis(250);

/// How many operations may take all of their time in one call where nothing else is said: a look, a lease
/// and a fill.
const OPERATIONS_PER_CALL: u32 = 3;

/// How long calls may spend on the store, without the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeLimits {
    pub(crate) operation: Duration,
    pub(crate) call: Duration,
}

impl TimeLimits {
    pub(crate) fn of(operation: Duration, call: Option<Duration>) -> Self {
        let call = call.unwrap_or_else(|| operation.saturating_mul(OPERATIONS_PER_CALL));
        Self { operation, call }
    }

    /// Whether another operation fits into a call that spent this much, even if it takes all of its time.
    pub(crate) fn leave_room(&self, spent: Duration) -> bool {
        spent.saturating_add(self.operation) <= self.call
    }
}

/// What a cache knows about the health of its store.
pub(crate) struct Resilience {
    pub(crate) limits: TimeLimits,
    pub(crate) debts: Debts,
    parts: Box<[Health]>,
    lacks_a_face: AtomicBool,
}

/// What is known of one part of a store.
#[derive(Default)]
pub(crate) struct Health {
    pub(crate) breaker: Breaker,
    pub(crate) news: News,
}

impl Resilience {
    /// For a store with so many parts.
    pub(crate) fn new(limits: TimeLimits, parts: usize) -> Self {
        Self {
            limits,
            debts: Debts::new(parts, limits.operation),
            parts: (0..parts).map(|_| Health::default()).collect(),
            lacks_a_face: AtomicBool::new(false),
        }
    }

    /// The health of one part.
    pub(crate) fn of(&self, part: usize) -> &Health {
        &self.parts[part]
    }

    /// Every part has answered. Says whether that is a change.
    pub(crate) fn all_answered(&self) -> Change {
        let changes: Vec<_> = self.parts.iter().map(|part| part.breaker.succeeded()).collect();
        if changes.contains(&Change::Closed) { Change::Closed } else { Change::Nothing }
    }

    /// Whether it is news that the backend lacks a face.
    pub(crate) fn learns_that_a_face_is_missing(&self) -> bool {
        !self.lacks_a_face.swap(true, Ordering::Relaxed)
    }
}

/// Whether the store did not answer, or not so that anybody could use it, as against having refused this one
/// operation.
pub(crate) fn is_outage(kind: StoreErrorKind) -> bool {
    use StoreErrorKind::{Protocol, Timeout, Unavailable};
    matches!(kind, Unavailable | Timeout | Protocol)
}

/// Whether a few such failures in a row mean that the store is of no use to anybody for the moment.
pub(crate) fn counts_against_the_store(kind: StoreErrorKind) -> bool {
    is_outage(kind) || kind == StoreErrorKind::Denied
}

/// Why the store was not asked.
pub(crate) fn unasked(operation: Operation, why: Unasked) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, operation.name(), why.to_string())
}

/// The reasons for not asking the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unasked {
    #[error(
        "the store did not answer lately, and is left alone for half a second; it is asked again by itself"
    )]
    Resting,
    #[error(
        "this call spent all the time it may spend on the store; see `CacheBuilder::call_timeout`"
    )]
    OutOfTime,
    #[error("the store failed earlier in this call")]
    Failed,
    #[error(
        "an invalidation of this key has not reached the store yet; the next call that asks the store repeats it"
    )]
    Owed,
}

/// The answer that did not come.
pub(crate) fn overdue(operation: Operation, limit: Duration) -> StoreError {
    let context = format!(
        "the store took longer than its time limit of {limit:?}; look whether it is overloaded, or raise \
         `timeout`"
    );
    StoreError::new(StoreErrorKind::Timeout, operation.name(), context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_begins_only_if_it_fits() {
        let millis = Duration::from_millis;
        let limits = TimeLimits::of(millis(250), None);
        assert_eq!(limits.call, millis(750));
        assert!(limits.leave_room(millis(500)));
        assert!(!limits.leave_room(millis(501)));
        assert!(!TimeLimits::of(millis(250), Some(millis(100))).leave_room(Duration::ZERO));
        assert!(TimeLimits::of(Duration::MAX, None).leave_room(Duration::MAX));
    }
}
