use crate::fault::{Fault, Outcome};
use std::time::{Duration, Instant};

/// When an operation must have come to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    end: Instant,
    #[cfg(feature = "tokio")]
    limit: Duration,
}

/// As good as never.
const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        let now = Instant::now();
        Self {
            end: now.checked_add(limit).unwrap_or(now + FAR),
            #[cfg(feature = "tokio")]
            limit,
        }
    }

    /// The time that is left, never zero; `what` takes too long if there is none.
    pub(crate) fn left(self, what: &'static str) -> Outcome<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(Fault::timeout(what)) } else { Ok(left) }
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn instant(self) -> Instant {
        self.end
    }

    /// Whether an operation that may take as long, and has to be over at `end`, began before this one by more than half of
    /// the limit.
    #[cfg(feature = "tokio")]
    pub(crate) fn comes_half_a_limit_after(self, end: Instant) -> bool {
        self.end.saturating_duration_since(end) > self.limit / 2
    }
}
