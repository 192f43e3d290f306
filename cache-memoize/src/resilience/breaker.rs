use crate::sync::lock;
use cache_memoize_core::Timestamp;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many failures in a row open the breaker: one may be bad luck.
const FAILURES: u32 = 3;

/// How long a store is left alone. A server that comes back is asked within this time.
const PAUSE: Duration = Duration::from_millis(500);

/// A circuit breaker (Nygard, "Release It!", 2007). Closed, it lets every operation through; after a few
/// failures in a row it opens and lets none through for a while; then it lets one through as a probe, whose
/// outcome closes it or opens it again.
pub(crate) struct Breaker {
    /// Closed, and without a failure: the lock need not be taken.
    is_calm: AtomicBool,
    state: Mutex<State>,
}

enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Timestamp,
    },
    /// A probe is under way. One that does not come back in time counts no more.
    Probing {
        until: Timestamp,
    },
}

/// What an outcome changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    Opened,
    Closed,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { is_calm: AtomicBool::new(true), state: Mutex::new(State::Closed { failures: 0 }) }
    }
}

impl Breaker {
    /// Lets an operation through, or not.
    pub(crate) fn admit(&self, now: impl Fn() -> Timestamp) -> Option<Admission<'_>> {
        if self.is_calm.load(Ordering::Acquire) {
            return Some(Admission { breaker: self, probes: false, is_settled: false });
        }
        let mut state = lock(&self.state);
        let probes = match *state {
            State::Closed { .. } => false,
            State::Open { until } | State::Probing { until } if now() < until => return None,
            State::Open { .. } | State::Probing { .. } => true,
        };
        if probes {
            *state = State::Probing { until: after_a_pause(now()) };
        }
        Some(Admission { breaker: self, probes, is_settled: false })
    }

    /// The store answered.
    pub(crate) fn succeeded(&self) -> Change {
        if self.is_calm.load(Ordering::Acquire) {
            return Change::Nothing;
        }
        let mut state = lock(&self.state);
        let was_closed = matches!(*state, State::Closed { .. });
        *state = State::Closed { failures: 0 };
        self.is_calm.store(true, Ordering::Release);
        if was_closed { Change::Nothing } else { Change::Closed }
    }

    fn failed(&self, probed: bool, now: Timestamp) -> Change {
        let mut state = lock(&self.state);
        self.is_calm.store(false, Ordering::Release);
        match &mut *state {
            State::Closed { failures } if *failures + 1 < FAILURES => {
                *failures += 1;
                Change::Nothing
            }
            State::Closed { .. } => {
                *state = State::Open { until: after_a_pause(now) };
                Change::Opened
            }
            State::Probing { .. } if probed => {
                *state = State::Open { until: after_a_pause(now) };
                Change::Nothing
            }
            State::Open { .. } | State::Probing { .. } => Change::Nothing,
        }
    }

    /// The next operation is the probe.
    fn gave_up(&self) {
        let mut state = lock(&self.state);
        if matches!(*state, State::Probing { .. }) {
            *state = State::Open { until: Timestamp::from_millis(0) };
        }
    }
}

/// When a store that failed is asked again.
pub(super) fn after_a_pause(now: Timestamp) -> Timestamp {
    now.plus_millis(u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX))
}

/// An operation that was let through. Dropped without an outcome, as with a future, it leaves the breaker as
/// if it had not been.
pub(crate) struct Admission<'a> {
    breaker: &'a Breaker,
    probes: bool,
    is_settled: bool,
}

impl Admission<'_> {
    /// The store answered.
    pub(crate) fn succeeded(mut self) -> Change {
        self.is_settled = true;
        self.breaker.succeeded()
    }

    /// The store did not answer, or not so that anybody could use it.
    pub(crate) fn failed(mut self, now: Timestamp) -> Change {
        self.is_settled = true;
        self.breaker.failed(self.probes, now)
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if self.probes && !self.is_settled {
            self.breaker.gave_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn admitted(breaker: &Breaker, millis: u64) -> Option<Admission<'_>> {
        breaker.admit(|| at(millis))
    }

    fn fail(breaker: &Breaker, millis: u64) -> Change {
        admitted(breaker, millis).expect("the breaker lets it through").failed(at(millis))
    }

    fn opened(millis: u64) -> Breaker {
        let breaker = Breaker::default();
        assert_eq!(fail(&breaker, millis), Change::Nothing);
        assert_eq!(fail(&breaker, millis), Change::Nothing);
        assert_eq!(fail(&breaker, millis), Change::Opened);
        breaker
    }

    #[test]
    fn only_failures_in_a_row_open_it() {
        let breaker = Breaker::default();
        for _ in 0..10 {
            fail(&breaker, 0);
            fail(&breaker, 0);
            assert_eq!(admitted(&breaker, 0).unwrap().succeeded(), Change::Nothing);
        }
        opened(0);
    }

    #[test]
    fn an_open_one_lets_one_probe_through_after_its_pause() {
        let breaker = opened(1_000);
        assert!(admitted(&breaker, 1_499).is_none());
        let probe = admitted(&breaker, 1_500).expect("the pause is over");
        assert!(admitted(&breaker, 1_500).is_none(), "one probe at a time");
        assert_eq!(probe.failed(at(1_600)), Change::Nothing, "it was open already");
        assert!(admitted(&breaker, 2_099).is_none());
        assert_eq!(admitted(&breaker, 2_100).unwrap().succeeded(), Change::Closed);
        let admissions = [admitted(&breaker, 2_100), admitted(&breaker, 2_100)];
        assert!(admissions.iter().all(Option::is_some));
    }

    #[test]
    fn a_probe_that_is_cancelled_leaves_room_for_another() {
        let breaker = opened(0);
        drop(admitted(&breaker, 500).unwrap());
        assert!(admitted(&breaker, 500).is_some());
    }

    #[test]
    fn a_probe_that_never_comes_back_leaves_room_for_another() {
        let breaker = opened(0);
        let lost = admitted(&breaker, 500).unwrap();
        assert!(admitted(&breaker, 999).is_none());
        assert!(admitted(&breaker, 1_000).is_some());
        std::mem::forget(lost);
    }

    #[test]
    fn an_operation_from_before_closes_it_if_it_is_answered_and_changes_nothing_otherwise() {
        let breaker = Breaker::default();
        let [slow, slower] = [admitted(&breaker, 0).unwrap(), admitted(&breaker, 0).unwrap()];
        (0..FAILURES).for_each(|_| assert_ne!(fail(&breaker, 0), Change::Closed));
        assert_eq!(slow.failed(at(400)), Change::Nothing);
        assert!(admitted(&breaker, 500).is_some(), "the pause began when it opened");
        assert_eq!(slower.succeeded(), Change::Closed);
    }

    #[test]
    fn a_cancelled_operation_is_no_outcome() {
        let breaker = Breaker::default();
        fail(&breaker, 0);
        fail(&breaker, 0);
        drop(admitted(&breaker, 0));
        assert_eq!(fail(&breaker, 0), Change::Opened);
    }
}
