//! What to do next: the decisions of a memoized call, without any I/O.
//!
//! The drivers carry a plan out, blocking or async. A call goes: look, join a flight, take a lease,
//! compute, fill, land.

use crate::flight::Landing;
use cache_memoize_core::{AnyObject, Token};
use std::sync::Arc;
use std::time::Duration;

/// How often a caller waits for flights that come to nothing before it computes for itself: failed,
/// cancelled and overtaken computations delay nobody without end.
const PATIENCE: u8 = 3;

/// Which callers of one key share a computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SingleFlight {
    /// None.
    Off,
    /// Those of this process.
    Process,
    /// Those of all processes on one store.
    Fleet,
}

/// The plan of one call.
pub(crate) struct Plan {
    single_flight: SingleFlight,
    waited: u8,
    naps: Naps,
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
    /// The plan of a call that waits for other processes no longer than `wait_limit`.
    pub(crate) fn new(single_flight: SingleFlight, wait_limit: Duration) -> Self {
        Self { single_flight, waited: 0, naps: Naps::of(wait_limit) }
    }

    /// After a look that found nothing.
    pub(crate) fn missed(&self) -> Next {
        let joins = self.single_flight != SingleFlight::Off && self.waited < PATIENCE;
        if joins { Next::Join } else { Next::Alone }
    }

    /// After learning that the call comes from within the computation of the very key: the lease that stands in
    /// the store is its own.
    pub(crate) fn waits_for_nobody(&mut self) {
        self.naps.left = Duration::ZERO;
    }

    /// How long to wait before the store is asked again, while another process computes; `None` if this call
    /// is to compute too.
    pub(crate) fn nap(&mut self) -> Option<Duration> {
        if self.single_flight == SingleFlight::Fleet { self.naps.next() } else { None }
    }

    /// After waiting for a flight. If it came to nothing, the caller looks again.
    ///
    /// An overdue flight does not try a caller's patience: one of those who waited leads the next, and were
    /// all others to compute alone in the end, a slow function would run as often as it has callers.
    pub(crate) fn waited_for(&mut self, landing: &Landing) {
        self.waited += u8::from(matches!(landing, Landing::Nothing));
    }
}

/// The pauses of a caller that waits for another process: short at first, since most computations are.
struct Naps {
    next: Duration,
    left: Duration,
}

impl Naps {
    const SHORTEST: Duration = Duration::from_millis(2);
    const LONGEST: Duration = Duration::from_millis(64);

    fn of(limit: Duration) -> Self {
        Self { next: Self::SHORTEST, left: limit }
    }
}

impl Iterator for Naps {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let nap = self.next.min(self.left);
        self.left -= nap;
        self.next = (self.next * 2).min(Self::LONGEST);
        (!nap.is_zero()).then_some(nap)
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
        let mut plan = Plan::new(SingleFlight::Process, Duration::MAX);
        for _ in 0..PATIENCE {
            assert_eq!(plan.missed(), Next::Join);
            plan.waited_for(&Landing::Overdue);
            plan.waited_for(&Landing::Nothing);
        }
        assert_eq!(plan.missed(), Next::Alone);
        assert_eq!(Plan::new(SingleFlight::Off, Duration::MAX).missed(), Next::Alone);
    }

    #[test]
    fn a_caller_waits_for_another_process_up_to_its_limit() {
        let naps = |single_flight, limit| {
            let mut plan = Plan::new(single_flight, limit);
            std::iter::from_fn(move || plan.nap()).collect::<Vec<_>>()
        };
        let millis = Duration::from_millis;
        let fleet = naps(SingleFlight::Fleet, millis(200));
        assert_eq!(fleet, [2, 4, 8, 16, 32, 64, 64, 10].map(millis));
        assert!(naps(SingleFlight::Process, millis(200)).is_empty());
        assert!(naps(SingleFlight::Fleet, Duration::ZERO).is_empty());
        assert_eq!(Plan::new(SingleFlight::Fleet, Duration::MAX).missed(), Next::Join);
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
