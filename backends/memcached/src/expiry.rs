//! Lifetimes, in memcached's words.
//!
//! Its clock counts seconds. What is stored for `n` of them is over at the `n`th tick that comes: after
//! `n - 1` to `n` seconds.

use cache_memoize_core::{Timestamp, Ttl};

/// What lives longer is told the server as a date; a number over this is taken for one.
const LONGEST_RELATIVE: u64 = 30 * 24 * 60 * 60;

/// The last date that a server can read: 2038-01-19.
const LAST_DATE: u64 = i32::MAX as u64;

/// The lifetime of a value that the server alone keeps time for.
///
/// One second more than the whole seconds: it ends less than a second before or after its time, and one of
/// whole seconds not before it.
pub(crate) fn of_value(ttl: Ttl, now: Timestamp) -> u32 {
    ttl.as_millis().map_or(FOR_EVER, |millis| of_seconds(millis / 1000 + 1, now))
}

/// The lifetime of an item that says itself when its parts are over: never shorter than until `end`.
pub(crate) fn until(end: Timestamp, now: Timestamp) -> u32 {
    if end == Timestamp::NEVER {
        return FOR_EVER;
    }
    let millis = end.as_millis().saturating_sub(now.as_millis());
    of_seconds(millis.div_ceil(1000) + 1, now)
}

/// The lifetime of which the server said that it has so many seconds left; none for one without end.
pub(crate) fn of_rest(rest: Option<u32>, now: Timestamp) -> u32 {
    rest.map_or(FOR_EVER, |seconds| of_seconds(u64::from(seconds.max(1)), now))
}

/// When a value is over of which the server said so: within a second of the server's own end.
pub(crate) fn end_of_rest(rest: Option<u32>, now: Timestamp) -> Timestamp {
    let millis = |seconds: u32| u64::from(seconds).saturating_sub(1) * 1000;
    rest.map_or(Timestamp::NEVER, |seconds| now.plus_millis(millis(seconds)))
}

const FOR_EVER: u32 = 0;

fn of_seconds(seconds: u64, now: Timestamp) -> u32 {
    let today = now.as_millis() / 1000;
    let wire = if seconds <= LONGEST_RELATIVE {
        seconds
    } else if today + LONGEST_RELATIVE < LAST_DATE {
        today.saturating_add(seconds).min(LAST_DATE)
    } else {
        LONGEST_RELATIVE
    };
    u32::try_from(wire).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_500);

    fn millis(millis: u64) -> Ttl {
        Ttl::new(Duration::from_millis(millis)).unwrap()
    }

    #[test]
    fn a_value_of_whole_seconds_is_never_gone_early() {
        for (life, seconds) in [(1, 1), (999, 1), (1000, 2), (1001, 2), (5000, 6)] {
            assert_eq!(of_value(millis(life), NOW), seconds, "{life} ms");
        }
        assert_eq!(of_value(Ttl::Forever, NOW), 0);
    }

    #[test]
    fn a_long_life_is_a_date_and_never_past_the_last_one() {
        let month = LONGEST_RELATIVE * 1000;
        assert_eq!(of_value(millis(month - 1), NOW), 2_592_000);
        assert_eq!(of_value(millis(month), NOW), 1_800_000_000 + 2_592_001);
        assert_eq!(of_value(millis(u64::MAX), NOW), i32::MAX as u32);
        let late = Timestamp::from_millis((LAST_DATE - 60) * 1000);
        assert_eq!(of_value(millis(u64::MAX), late), 2_592_000);
        let later = Timestamp::from_millis(u64::MAX - 1);
        assert_eq!(of_value(millis(u64::MAX), later), 2_592_000);
    }

    #[test]
    fn an_item_outlives_its_parts() {
        assert_eq!(until(NOW.plus_millis(1), NOW), 2);
        assert_eq!(until(NOW.plus_millis(2000), NOW), 3);
        assert_eq!(until(NOW, NOW.plus_millis(1)), 1);
        assert_eq!(until(Timestamp::NEVER, NOW), 0);
    }

    #[test]
    fn a_rest_stays_what_it_was() {
        assert_eq!(of_rest(Some(7), NOW), 7);
        assert_eq!(of_rest(Some(0), NOW), 1, "zero would be for ever");
        assert_eq!(of_rest(None, NOW), 0);
        assert_eq!(end_of_rest(Some(7), NOW), NOW.plus_millis(6000));
        assert_eq!(end_of_rest(None, NOW), Timestamp::NEVER);
    }
}
