//! Functions that failed while there was an old value, and are left alone for a while.

use crate::policy::PAUSE_AFTER_ERROR;
use crate::sync::lock;
use cache_memoize_core::{Key, KeyRef, Timestamp};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many calls are remembered. Beyond that a function is tried again at once.
const CAPACITY: usize = 65_536;

/// The keys whose function rests, each until a moment of its own.
#[derive(Default)]
pub(crate) struct Rests {
    /// There are none: the lock need not be taken.
    are_there: AtomicBool,
    until: Mutex<HashMap<Key, Timestamp>>,
}

impl Rests {
    /// Lets the function rest for `key`.
    pub(crate) fn begin(&self, key: KeyRef<'_>, now: Timestamp) {
        let mut until = lock(&self.until);
        if until.len() >= CAPACITY {
            until.retain(|_, end| now < *end);
        }
        if until.len() < CAPACITY {
            let pause = u64::try_from(PAUSE_AFTER_ERROR.as_millis()).unwrap_or(u64::MAX);
            until.insert(key.to_key(), now.plus_millis(pause));
            self.are_there.store(true, Ordering::Release);
        }
    }

    /// Whether the function rests for `key`.
    pub(crate) fn include(&self, key: KeyRef<'_>, now: Timestamp) -> bool {
        if !self.are_there.load(Ordering::Acquire) {
            return false;
        }
        let mut until = lock(&self.until);
        let Some(end) = until.get(key.as_str()) else { return false };
        if now < *end {
            return true;
        }
        until.remove(key.as_str());
        self.are_there.store(!until.is_empty(), Ordering::Release);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_lasts_its_time_and_no_longer() {
        let (rests, key) = (Rests::default(), KeyRef::new("key").unwrap());
        let at = Timestamp::from_millis;
        assert!(!rests.include(key, at(0)));
        rests.begin(key, at(1_000));
        assert!(rests.include(key, at(5_999)));
        assert!(!rests.include(KeyRef::new("other").unwrap(), at(5_999)));
        assert!(!rests.include(key, at(6_000)));
        assert!(!rests.are_there.load(Ordering::Acquire));
    }

    #[test]
    fn there_is_no_end_of_keys_and_no_end_of_memory() {
        let rests = Rests::default();
        let begin = |number: usize, now| {
            let text = format!("key-{number}");
            let key = KeyRef::new(&text).unwrap();
            rests.begin(key, Timestamp::from_millis(now));
            rests.include(key, Timestamp::from_millis(now))
        };
        assert!((0..CAPACITY).all(|number| begin(number, 0)));
        assert!(!begin(CAPACITY, 0));
        assert!(begin(CAPACITY, 5_000), "the others are over");
        assert_eq!(lock(&rests.until).len(), 1);
    }
}
