use cache_memoize_core::{Timestamp, Ttl};
use std::time::Duration;

/// A lifetime as the options of a function say it: milliseconds, for ever, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime(u64);

impl Lifetime {
    pub(crate) const NONE: Self = Self(0);

    /// Until the entry is removed or evicted.
    pub const FOREVER: Self = Self(u64::MAX);

    /// This many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// This many milliseconds.
    #[must_use]
    pub const fn millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The lifetime of `duration`, rounded up to whole milliseconds.
    #[must_use]
    pub fn of(duration: Duration) -> Self {
        Ttl::new(duration).map_or(Self(0), Self::from)
    }

    /// Spreads the lifetime by up to `jitter` of itself in either direction; `chance` lies in 0..1.
    pub(crate) fn spread(self, jitter: f64, chance: f64) -> Self {
        if jitter == 0.0 || self == Self::FOREVER || self.0 == 0 {
            return self;
        }
        #[expect(clippy::cast_precision_loss, reason = "a jitter need not be exact")]
        let spread = self.0 as f64 * (1.0 + jitter * (2.0 * chance - 1.0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Self((spread.round() as u64).max(1))
    }

    /// Both lifetimes, one after the other.
    pub(crate) fn and_then(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The end of a lifetime that begins at `start`.
    pub(crate) fn end(self, start: Timestamp) -> Timestamp {
        start.plus_millis(self.0)
    }

    /// What a store is told; `None` for a value that is over as soon as it is there.
    pub(crate) fn ttl(self) -> Option<Ttl> {
        if self == Self::FOREVER {
            Some(Ttl::Forever)
        } else {
            Ttl::new(Duration::from_millis(self.0))
        }
    }
}

impl From<Ttl> for Lifetime {
    fn from(ttl: Ttl) -> Self {
        ttl.as_millis().map_or(Self::FOREVER, Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_lifetime_stays_within_its_bounds() {
        let minute = Lifetime::seconds(60);
        assert_eq!(minute.spread(0.1, 0.0), Lifetime::millis(54_000));
        assert_eq!(minute.spread(0.1, 0.5), minute);
        assert_eq!(minute.spread(0.1, 1.0), Lifetime::millis(66_000));
        assert_eq!(Lifetime::FOREVER.spread(0.1, 0.0), Lifetime::FOREVER);
        assert_eq!(Lifetime::millis(1).spread(0.9, 0.0), Lifetime::millis(1));
    }

    #[test]
    fn nothing_is_not_forever() {
        assert_eq!(Lifetime::of(Duration::ZERO).ttl(), None);
        assert_eq!(Lifetime::FOREVER.ttl(), Some(Ttl::Forever));
        assert_eq!(Lifetime::of(Duration::MAX), Lifetime::FOREVER);
    }
}
