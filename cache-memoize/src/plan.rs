//! What to do next: the decisions of a memoized call, without any I/O.
//!
//! The drivers carry a plan out, blocking or async. A call goes: look, join a flight, take a lease,
//! compute, fill, land.

use crate::flight::Landing;
use cache_memoize_core::{AnyObject, Token};
use std::sync::Arc;

/// How often a caller waits for flights that come to nothing before it computes for itself: failed,
/// cancelled and overtaken computations delay nobody without end.
const PATIENCE: u8 = 3;

/// The plan of one call.
pub(crate) struct Plan {
    single_flight: bool,
    waited: u8,
}

/// What to do when the store has no value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Join the flight of the key.
    Join,
    /// Compute without a flight.
    Alone,
}

impl Plan {
    pub(crate) fn new(single_flight: bool) -> Self {
        Self { single_flight, waited: 0 }
    }

    /// After a look that found nothing.
    pub(crate) fn missed(&self) -> Next {
        if self.single_flight && self.waited < PATIENCE { Next::Join } else { Next::Alone }
    }

    /// After waiting for a flight. If it came to nothing, the caller looks again.
    ///
    /// An overdue flight does not try a caller's patience: one of those who waited leads the next, and were
    /// all others to compute alone in the end, a slow function would run as often as it has callers.
    pub(crate) fn waited_for(&mut self, landing: &Landing) {
        self.waited += u8::from(matches!(landing, Landing::Nothing));
    }
}

/// The answer to a request for a lease.
#[derive(Clone, Copy)]
pub(crate) enum Permit {
    /// The store will accept the value if nothing intervenes.
    Fenced(Token),
    /// The store could not be asked: nothing may be stored, since nothing would fence it.
    Unfenced,
}

/// What became of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// The store has the value.
    Accepted,
    /// The lease no longer stands: the value is older than an invalidation, or than another value.
    Refused,
    /// The store could not be asked.
    Failed,
    /// The value is not to be stored, has no form in the store, or is too large for it. The lease stands.
    Unfit,
}

/// What the followers of a flight get.
///
/// A value that was not to be kept is not passed on either: without a fill nobody knows whether the key
/// was invalidated meanwhile. While the store is out of reach there is no fence, and they get what there
/// is.
pub(crate) fn landing(fill: Option<Fill>, share: Option<Arc<AnyObject>>) -> Landing {
    match (fill, share) {
        (Some(Fill::Accepted | Fill::Failed), Some(value)) => Landing::Value(value),
        _ => Landing::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_waits_a_bounded_number_of_times() {
        let mut plan = Plan::new(true);
        for _ in 0..PATIENCE {
            assert_eq!(plan.missed(), Next::Join);
            plan.waited_for(&Landing::Overdue);
            plan.waited_for(&Landing::Nothing);
        }
        assert_eq!(plan.missed(), Next::Alone);
        assert_eq!(Plan::new(false).missed(), Next::Alone);
    }

    #[test]
    fn only_what_the_store_accepted_or_could_not_judge_is_passed_on() {
        let passed_on = |fill| matches!(landing(fill, Some(Arc::new(1))), Landing::Value(_));
        assert!(passed_on(Some(Fill::Accepted)));
        assert!(passed_on(Some(Fill::Failed)));
        assert!(!passed_on(Some(Fill::Refused)));
        assert!(!passed_on(None));
        assert!(matches!(landing(Some(Fill::Accepted), None), Landing::Nothing));
    }
}
