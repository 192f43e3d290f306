use super::breaker::after_a_pause;
use crate::sync::lock;
use cache_memoize_core::{Key, KeyRef, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many keys are remembered. Beyond that, whatever was stored before is not trusted any more.
const CAPACITY: usize = 65_536;

/// How many keys are removed in one round trip.
const BATCH: usize = 512;

/// The keys whose invalidation has not reached the store: they are removed before anything else is asked of
/// it, and what it says about them meanwhile is not believed.
#[derive(Default)]
pub(crate) struct Debts {
    /// There are none: the lock need not be taken.
    are_owed: AtomicBool,
    keys: Mutex<Keys>,
    /// The moment before which an entry may have been invalidated without anybody remembering it.
    trusted_from: AtomicU64,
}

#[derive(Default)]
struct Keys {
    waiting: VecDeque<Key>,
    /// How often each key waits or is being paid.
    owed: HashMap<Key, usize>,
    is_being_paid: bool,
    /// When a payment may be tried again after one that the store refused.
    retry_at: Option<Timestamp>,
}

impl Debts {
    /// Remembers that `key` is to be invalidated.
    pub(crate) fn owe(&self, key: KeyRef<'_>, now: Timestamp) {
        let mut keys = lock(&self.keys);
        self.are_owed.store(true, Ordering::Release);
        if keys.owed.len() >= CAPACITY {
            self.trusted_from.fetch_max(now.as_millis() + 1, Ordering::AcqRel);
            return;
        }
        let key = key.to_key();
        *keys.owed.entry(key.clone()).or_default() += 1;
        keys.waiting.push_back(key);
    }

    /// Whether `key` is to be invalidated.
    pub(crate) fn include(&self, key: KeyRef<'_>) -> bool {
        self.are_owed.load(Ordering::Acquire) && lock(&self.keys).owed.contains_key(key.as_str())
    }

    /// Whether an entry of that moment may have been invalidated without anybody remembering it.
    pub(crate) fn taint(&self, created: Timestamp) -> bool {
        created.as_millis() < self.trusted_from.load(Ordering::Acquire)
    }

    /// Some keys to remove now, unless there are none, or somebody else is at it, or the store has just
    /// refused them.
    pub(crate) fn pay(&self, now: impl Fn() -> Timestamp) -> Option<Payment<'_>> {
        if !self.are_owed.load(Ordering::Acquire) {
            return None;
        }
        let mut keys = lock(&self.keys);
        let is_too_early = keys.retry_at.is_some_and(|retry_at| now() < retry_at);
        if keys.is_being_paid || keys.waiting.is_empty() || is_too_early {
            return None;
        }
        keys.is_being_paid = true;
        let batch = keys.waiting.len().min(BATCH);
        let batch = keys.waiting.drain(..batch).collect();
        Some(Payment { debts: self, keys: batch })
    }
}

/// Keys on their way to the store. Dropped before they are there, they wait again.
pub(crate) struct Payment<'a> {
    debts: &'a Debts,
    keys: Vec<Key>,
}

impl Payment<'_> {
    pub(crate) fn keys(&self) -> Vec<KeyRef<'_>> {
        self.keys.iter().map(Key::as_ref).collect()
    }

    /// The store did not remove them, and is asked again after a pause.
    pub(crate) fn failed(self, now: Timestamp) {
        lock(&self.debts.keys).retry_at = Some(after_a_pause(now));
    }

    /// The store has removed them.
    pub(crate) fn arrived(mut self) {
        let paid = std::mem::take(&mut self.keys);
        let mut keys = lock(&self.debts.keys);
        keys.retry_at = None;
        for key in paid {
            let Some(times) = keys.owed.get_mut(&key) else { continue };
            *times -= 1;
            if *times == 0 {
                keys.owed.remove(&key);
            }
        }
        self.debts.are_owed.store(!keys.owed.is_empty(), Ordering::Release);
    }
}

impl Drop for Payment<'_> {
    fn drop(&mut self) {
        let mut keys = lock(&self.debts.keys);
        keys.is_being_paid = false;
        for key in self.keys.drain(..).rev() {
            keys.waiting.push_front(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> KeyRef<'_> {
        KeyRef::new(text).unwrap()
    }

    fn owe(debts: &Debts, text: &str) {
        debts.owe(key(text), Timestamp::from_millis(7));
    }

    fn pay(debts: &Debts) -> Option<Payment<'_>> {
        debts.pay(|| Timestamp::from_millis(7))
    }

    fn texts(payment: &Payment<'_>) -> Vec<String> {
        payment.keys().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_owed_is_paid_in_its_order_and_forgotten() {
        let debts = Debts::default();
        assert!(pay(&debts).is_none());
        owe(&debts, "a");
        owe(&debts, "b");
        assert!(debts.include(key("a")) && !debts.include(key("c")));
        let payment = pay(&debts).unwrap();
        assert_eq!(texts(&payment), ["a", "b"]);
        assert!(pay(&debts).is_none(), "one payment at a time");
        assert!(debts.include(key("a")), "it is on its way");
        payment.arrived();
        assert!(!debts.include(key("a")));
        assert!(pay(&debts).is_none());
    }

    #[test]
    fn a_payment_that_does_not_arrive_waits_again() {
        let debts = Debts::default();
        owe(&debts, "a");
        owe(&debts, "b");
        let payment = pay(&debts);
        owe(&debts, "c");
        drop(payment);
        assert_eq!(texts(&pay(&debts).unwrap()), ["a", "b", "c"]);
    }

    #[test]
    fn a_payment_that_was_refused_is_repeated_after_a_pause() {
        let debts = Debts::default();
        owe(&debts, "a");
        pay(&debts).unwrap().failed(Timestamp::from_millis(1_000));
        assert!(debts.pay(|| Timestamp::from_millis(1_499)).is_none());
        assert_eq!(texts(&debts.pay(|| Timestamp::from_millis(1_500)).unwrap()), ["a"]);
    }

    #[test]
    fn what_is_owed_anew_during_a_payment_is_paid_again() {
        let debts = Debts::default();
        owe(&debts, "a");
        let payment = pay(&debts).unwrap();
        owe(&debts, "a");
        payment.arrived();
        assert!(debts.include(key("a")));
        pay(&debts).unwrap().arrived();
        assert!(!debts.include(key("a")));
    }

    #[test]
    fn beyond_their_number_nothing_older_is_trusted() {
        let debts = Debts::default();
        (0..CAPACITY).for_each(|number| owe(&debts, &format!("key-{number}")));
        assert!(!debts.taint(Timestamp::from_millis(0)));
        owe(&debts, "one-more");
        assert!(debts.taint(Timestamp::from_millis(7)));
        assert!(!debts.taint(Timestamp::from_millis(8)));
    }
}
