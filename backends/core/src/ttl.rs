use crate::Timestamp;
use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

/// How long an entry lives: for ever, or a number of milliseconds that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ttl {
    /// Until it is removed or evicted.
    Forever,
    /// This many milliseconds from the moment the store accepts it.
    Millis(NonZeroU64),
}

impl Ttl {
    /// The lifetime of `duration`, rounded up to whole milliseconds; `None` for a duration of zero.
    ///
    /// A duration beyond what 64 bits of milliseconds can say lives for ever.
    #[must_use]
    pub fn new(duration: Duration) -> Option<Self> {
        if duration.is_zero() {
            return None;
        }
        let millis = duration.as_nanos().div_ceil(1_000_000);
        Some(match u64::try_from(millis).ok().and_then(NonZeroU64::new) {
            Some(millis) => Self::Millis(millis),
            None => Self::Forever,
        })
    }

    /// The lifetime in milliseconds; `None` for one that never ends.
    #[must_use]
    pub fn as_millis(self) -> Option<u64> {
        match self {
            Self::Forever => None,
            Self::Millis(millis) => Some(millis.get()),
        }
    }

    /// The moment when an entry is over that is stored `now`.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Timestamp {
        self.as_millis().map_or(Timestamp::NEVER, |millis| now.plus_millis(millis))
    }

    /// The lifetime as a duration; `None` for one that never ends.
    #[must_use]
    pub fn as_duration(self) -> Option<Duration> {
        self.as_millis().map(Duration::from_millis)
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_duration() {
            None => f.write_str("forever"),
            Some(duration) => write!(f, "{duration:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_never_rounded_to_nothing() {
        assert_eq!(Ttl::new(Duration::ZERO), None);
        assert_eq!(Ttl::new(Duration::from_nanos(1)).unwrap().as_millis(), Some(1));
        assert_eq!(Ttl::new(Duration::from_micros(1500)).unwrap().as_millis(), Some(2));
        assert_eq!(Ttl::new(Duration::MAX), Some(Ttl::Forever));
    }
}
