use cache_memoize_core::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock that stands still until it is told to go on. Clones show the same time.
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<AtomicU64>);

impl FakeClock {
    /// A clock at some moment of the year 2026.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_780_000_000_000)))
    }

    /// Goes on by `duration`, rounded up to whole milliseconds as lifetimes are.
    pub fn advance(&self, duration: Duration) {
        let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        self.0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| {
                Some(now.saturating_add(millis))
            })
            .expect("the update is never refused");
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_when_told_and_takes_its_clones_along() {
        let clock = FakeClock::new();
        let (start, twin) = (clock.now(), clock.clone());
        clock.advance(Duration::from_micros(1500));
        assert_eq!(twin.now().since(start), Duration::from_millis(2));
        assert_eq!(clock.now(), twin.now());
    }

    #[test]
    fn it_stops_at_the_end_of_time() {
        let clock = FakeClock::new();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::NEVER);
    }
}
