//! What the stamps of an entry mean now, by the options of its function.

use crate::codec::Stamps;
use crate::lifetime::Lifetime;
use cache_memoize_core::Timestamp;
use std::time::Duration;

/// What the options of a function say about values that are not fresh any more, or soon will not be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Freshness {
    while_revalidating: Lifetime,
    if_error: Lifetime,
    beta: Option<f64>,
}

/// What to do with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Serve it.
    Fresh,
    /// Serve it, while one caller computes a new one.
    Due,
    /// Compute a new one, and serve this one if that fails.
    Spare,
    /// Nobody may have it any more.
    Over,
}

impl Freshness {
    /// Values are served for their lifetime, neither more nor less.
    pub(crate) const PLAIN: Self =
        Self { while_revalidating: Lifetime::NONE, if_error: Lifetime::NONE, beta: None };

    /// The option `stale_while_revalidate`: beyond their lifetime, for how long values are served while one
    /// caller computes a new one.
    pub(crate) const fn while_revalidating(mut self, time: Lifetime) -> Self {
        self.while_revalidating = time;
        self
    }

    /// The option `stale_if_error`: beyond their lifetime, for how long values are the answer to an error.
    pub(crate) const fn if_error(mut self, time: Lifetime) -> Self {
        self.if_error = time;
        self
    }

    /// The option `early_refresh`: before the end of their lifetime values are computed anew by one caller, the
    /// earlier the larger `beta` is.
    pub(crate) const fn early(mut self, beta: f64) -> Self {
        self.beta = Some(beta);
        self
    }

    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.beta.is_none() && self.grace() == Lifetime::NONE
    }

    /// How long a store keeps values beyond their lifetime.
    #[inline]
    pub(crate) fn grace(&self) -> Lifetime {
        self.while_revalidating.max(self.if_error)
    }

    /// What to do with a value now. `chance` is drawn evenly from 0 to 1.
    pub(crate) fn verdict(&self, stamps: &Stamps, now: Timestamp, chance: f64) -> Verdict {
        if is_fresh(stamps, now) {
            let is_due = self.beta.is_some_and(|beta| is_due_early(stamps, now, beta, chance));
            return if is_due { Verdict::Due } else { Verdict::Fresh };
        }
        if now < self.while_revalidating.end(stamps.expires) {
            Verdict::Due
        } else if now < self.if_error.end(stamps.expires) {
            Verdict::Spare
        } else {
            Verdict::Over
        }
    }
}

/// Whether an entry may be served. Its store may keep it longer than asked, and counts in coarser units.
pub(crate) fn is_fresh(stamps: &Stamps, now: Timestamp) -> bool {
    now < stamps.expires
}

/// Whether one caller should compute the value anew before its time is over: the longer that takes and the
/// nearer the end is, the likelier, so that of many callers one comes early enough.
///
/// This is XFetch of "Optimal Probabilistic Cache Stampede Prevention" (Vattani, Chierichetti, Lowenstein; VLDB
/// 2015): due once `now - cost * beta * ln(chance)` is beyond the end.
fn is_due_early(stamps: &Stamps, now: Timestamp, beta: f64, chance: f64) -> bool {
    let ahead = stamps.cost.as_secs_f64() * beta * -chance.max(f64::MIN_POSITIVE).ln();
    ahead >= stamps.expires.since(now).as_secs_f64()
}

/// How long the one who computes a due value is believed to be at it, with `cost` as the time that it took
/// before: then somebody else may try.
pub(crate) fn patience_with(cost: Duration) -> Duration {
    const SHORTEST: Duration = Duration::from_secs(10);
    const LONGEST: Duration = Duration::from_secs(3600);
    cost.saturating_mul(10).clamp(SHORTEST, LONGEST)
}

/// How long a function that failed is left alone while an old value answers for it.
pub(crate) const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed in two seconds, and fresh from 10 s to 20 s.
    const STAMPS: Stamps = Stamps {
        created: Timestamp::from_millis(10_000),
        expires: Timestamp::from_millis(20_000),
        cost: Duration::from_secs(2),
    };

    #[track_caller]
    fn assert_verdicts(freshness: Freshness, expected: &[(u64, Verdict)]) {
        for (millis, verdict) in expected {
            let now = Timestamp::from_millis(*millis);
            assert_eq!(freshness.verdict(&STAMPS, now, 0.5), *verdict, "after {millis} ms");
        }
    }

    #[test]
    fn an_entry_is_over_the_moment_it_expires() {
        assert_verdicts(
            Freshness::PLAIN,
            &[(19_999, Verdict::Fresh), (20_000, Verdict::Over), (u64::MAX, Verdict::Over)],
        );
        assert!(Freshness::PLAIN.is_plain());
    }

    #[test]
    fn an_old_value_is_served_first_to_all_then_for_errors_then_to_nobody() {
        let both = Freshness::PLAIN
            .while_revalidating(Lifetime::seconds(5))
            .if_error(Lifetime::seconds(30));
        assert_verdicts(
            both,
            &[
                (19_999, Verdict::Fresh),
                (20_000, Verdict::Due),
                (24_999, Verdict::Due),
                (25_000, Verdict::Spare),
                (49_999, Verdict::Spare),
                (50_000, Verdict::Over),
            ],
        );
        assert_eq!(both.grace(), Lifetime::seconds(30));
        assert!(!both.is_plain());
        let longer = both.while_revalidating(Lifetime::seconds(40));
        assert_verdicts(longer, &[(59_999, Verdict::Due), (60_000, Verdict::Over)]);
        assert_eq!(longer.grace(), Lifetime::seconds(40));
        let ever = Freshness::PLAIN.if_error(Lifetime::FOREVER);
        assert_verdicts(ever, &[(u64::MAX - 1, Verdict::Spare)]);
    }

    #[test]
    fn the_nearer_the_end_and_the_dearer_the_value_the_likelier_it_is_due() {
        let due = |seconds: u64, beta, chance| {
            let freshness = Freshness::PLAIN.early(beta);
            let now = Timestamp::from_millis(20_000 - seconds * 1_000);
            freshness.verdict(&STAMPS, now, chance) == Verdict::Due
        };
        // Two seconds times the logarithm of 10 are 4.6 seconds.
        assert!(due(4, 1.0, 0.1) && !due(5, 1.0, 0.1));
        assert!(due(9, 2.0, 0.1) && !due(10, 2.0, 0.1));
        assert!(!due(1, 1.0, 1.0), "the chance of one is never early");
        assert!(due(10, 1.0, 0.0), "the chance of zero always is");
        assert!(!due(1, 0.0, 0.1), "a beta of zero is never early");
    }

    #[test]
    fn somebody_else_may_try_after_ten_times_the_cost() {
        let seconds = Duration::from_secs;
        assert_eq!(patience_with(seconds(2)), seconds(20));
        assert_eq!(patience_with(Duration::ZERO), seconds(10));
        assert_eq!(patience_with(Duration::MAX), seconds(3600));
    }
}
