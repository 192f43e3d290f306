use super::breaker::after_a_pause;
use crate::sync::lock;
use cache_memoize_core::{Key, KeyRef, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many keys are remembered. Beyond that, whatever was stored before is not trusted any more.
const CAPACITY: usize = 65_536;

/// How many keys are removed in one round trip.
const BATCH: usize = 512;

/// The keys whose invalidation has not reached the store: they are removed before anything else is asked of
/// the part that serves them, and what it says about them meanwhile is not believed.
pub(crate) struct Debts {
    /// There are none: the lock need not be taken.
    are_owed: AtomicBool,
    keys: Mutex<Keys>,
    /// The moment before which an entry may have been invalidated without anybody remembering it.
    trusted_from: AtomicU64,
}

struct Keys {
    owed: HashMap<Key, Owed>,
    /// Those that are not being paid, by their part and the order in which they became owed.
    waiting: BTreeMap<(usize, u64), Key>,
    last: u64,
    /// By part.
    payments: Box<[PaymentState]>,
}

/// What is known of a key that is owed.
#[derive(Clone, Copy)]
struct Owed {
    part: usize,
    /// Another one whenever the key is owed anew.
    number: u64,
}

#[derive(Clone, Default)]
struct PaymentState {
    is_under_way: bool,
    /// When it may be tried again after one that the store refused.
    retry_at: Option<Timestamp>,
}

impl Debts {
    /// There are none yet of a store with so many parts.
    pub(crate) fn new(parts: usize) -> Self {
        let keys = Keys {
            owed: HashMap::new(),
            waiting: BTreeMap::new(),
            last: 0,
            payments: vec![PaymentState::default(); parts].into(),
        };
        Self {
            are_owed: AtomicBool::new(false),
            keys: Mutex::new(keys),
            trusted_from: AtomicU64::new(0),
        }
    }

    /// Remembers that `key`, which `part` serves, is to be invalidated.
    pub(crate) fn owe(&self, part: usize, key: KeyRef<'_>, now: Timestamp) {
        let mut keys = lock(&self.keys);
        self.are_owed.store(true, Ordering::Release);
        if !keys.owe(part, key) {
            self.trusted_from.fetch_max(now.as_millis() + 1, Ordering::AcqRel);
        }
    }

    /// Whether `key` is to be invalidated.
    pub(crate) fn include(&self, key: KeyRef<'_>) -> bool {
        self.are_owed.load(Ordering::Acquire) && lock(&self.keys).owed.contains_key(key.as_str())
    }

    /// Whether an entry of that moment may have been invalidated without anybody remembering it.
    pub(crate) fn taint(&self, created: Timestamp) -> bool {
        created.as_millis() < self.trusted_from.load(Ordering::Acquire)
    }

    /// Some keys to remove now from the part that serves `key`, unless there are none, or somebody else is at
    /// it, or the part has just refused them.
    pub(crate) fn pay(
        &self,
        part: impl FnOnce() -> usize,
        key: KeyRef<'_>,
        now: impl Fn() -> Timestamp,
    ) -> Option<Payment<'_>> {
        if !self.are_owed.load(Ordering::Acquire) {
            return None;
        }
        let part = part();
        let mut keys = lock(&self.keys);
        keys.follow(part, key);
        let state = &mut keys.payments[part];
        let is_too_early = state.retry_at.is_some_and(|retry_at| now() < retry_at);
        if state.is_under_way || is_too_early {
            return None;
        }
        let keys = keys.depart(part);
        (!keys.is_empty()).then(|| Payment { debts: self, part, keys })
    }

    /// Some keys to remove now from whichever part, though it may just have refused them.
    pub(crate) fn pay_any(&self) -> Option<Payment<'_>> {
        let mut keys = lock(&self.keys);
        let is_free = |(part, _): &&(usize, u64)| !keys.payments[*part].is_under_way;
        let part = keys.waiting.keys().find(is_free)?.0;
        let keys = keys.depart(part);
        Some(Payment { debts: self, part, keys })
    }
}

impl Keys {
    /// Says whether there was room to remember it.
    fn owe(&mut self, part: usize, key: KeyRef<'_>) -> bool {
        let known = self.owed.get_key_value(key.as_str()).map(|(key, owed)| (key.clone(), *owed));
        if known.is_none() && self.owed.len() >= CAPACITY {
            return false;
        }
        let key = match known {
            Some((key, before)) => {
                self.waiting.remove(&before.place());
                key
            }
            None => key.to_key(),
        };
        self.last += 1;
        let owed = Owed { part, number: self.last };
        self.owed.insert(key.clone(), owed);
        self.waiting.insert(owed.place(), key);
        true
    }

    /// Has `key` paid at `part`, wherever it was served when it became owed.
    fn follow(&mut self, part: usize, key: KeyRef<'_>) {
        let Some(owed) = self.owed.get_mut(key.as_str()).filter(|owed| owed.part != part) else {
            return;
        };
        let before = owed.place();
        owed.part = part;
        let now = owed.place();
        if let Some(key) = self.waiting.remove(&before) {
            self.waiting.insert(now, key);
        }
    }

    /// Takes some of the keys that wait at `part`.
    fn depart(&mut self, part: usize) -> Vec<(Key, u64)> {
        let waiting = self.waiting.range((part, 0)..=(part, u64::MAX)).take(BATCH);
        let keys: Vec<_> = waiting.map(|((_, number), key)| (key.clone(), *number)).collect();
        for (_, number) in &keys {
            self.waiting.remove(&(part, *number));
        }
        self.payments[part].is_under_way = !keys.is_empty();
        keys
    }

    /// `key` was removed, as it was owed at that time.
    fn settle(&mut self, key: &Key, number: u64) {
        if self.owed.get(key).is_some_and(|owed| owed.number == number) {
            self.owed.remove(key);
        }
    }

    /// `key` was not removed, and waits again unless it was owed anew.
    fn come_back(&mut self, key: Key, number: u64) {
        if let Some(owed) = self.owed.get(&key).filter(|owed| owed.number == number) {
            self.waiting.insert(owed.place(), key);
        }
    }
}

impl Owed {
    fn place(self) -> (usize, u64) {
        (self.part, self.number)
    }
}

/// Keys on their way to the store. Dropped before they are there, they wait again.
pub(crate) struct Payment<'a> {
    debts: &'a Debts,
    part: usize,
    keys: Vec<(Key, u64)>,
}

impl Payment<'_> {
    pub(crate) fn keys(&self) -> Vec<KeyRef<'_>> {
        self.keys.iter().map(|(key, _)| key.as_ref()).collect()
    }

    /// The store did not remove them, and is asked again after a pause.
    pub(crate) fn failed(self, now: Timestamp) {
        lock(&self.debts.keys).payments[self.part].retry_at = Some(after_a_pause(now));
    }

    /// The store has removed them.
    pub(crate) fn arrived(mut self) {
        let paid = std::mem::take(&mut self.keys);
        let mut keys = lock(&self.debts.keys);
        keys.payments[self.part].retry_at = None;
        paid.iter().for_each(|(key, number)| keys.settle(key, *number));
        self.debts.are_owed.store(!keys.owed.is_empty(), Ordering::Release);
    }
}

impl Drop for Payment<'_> {
    fn drop(&mut self) {
        let mut keys = lock(&self.debts.keys);
        keys.payments[self.part].is_under_way = false;
        self.keys.drain(..).for_each(|(key, number)| keys.come_back(key, number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> KeyRef<'_> {
        KeyRef::new(text).unwrap()
    }

    fn owe(debts: &Debts, text: &str) {
        debts.owe(0, key(text), Timestamp::from_millis(7));
    }

    fn pay(debts: &Debts) -> Option<Payment<'_>> {
        pay_at(debts, 0, "other")
    }

    fn pay_at<'a>(debts: &'a Debts, part: usize, text: &str) -> Option<Payment<'a>> {
        debts.pay(|| part, key(text), || Timestamp::from_millis(7))
    }

    fn texts(payment: &Payment<'_>) -> Vec<String> {
        payment.keys().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_owed_is_paid_in_its_order_and_forgotten() {
        let debts = Debts::new(1);
        assert!(pay(&debts).is_none());
        owe(&debts, "a");
        owe(&debts, "b");
        assert!(debts.include(key("a")) && !debts.include(key("c")));
        let payment = pay(&debts).unwrap();
        assert_eq!(texts(&payment), ["a", "b"]);
        owe(&debts, "c");
        assert!(pay(&debts).is_none(), "one payment at a time");
        assert!(debts.include(key("a")), "it is on its way");
        payment.arrived();
        assert!(!debts.include(key("a")));
        pay(&debts).unwrap().arrived();
        assert!(pay(&debts).is_none());
    }

    #[test]
    fn a_payment_that_does_not_arrive_waits_again() {
        let debts = Debts::new(1);
        owe(&debts, "a");
        owe(&debts, "b");
        let payment = pay(&debts);
        owe(&debts, "c");
        drop(payment);
        assert_eq!(texts(&pay(&debts).unwrap()), ["a", "b", "c"]);
    }

    #[test]
    fn a_payment_that_was_refused_is_repeated_after_a_pause() {
        let debts = Debts::new(1);
        owe(&debts, "a");
        let pay = |millis| debts.pay(|| 0, key("a"), move || Timestamp::from_millis(millis));
        pay(0).unwrap().failed(Timestamp::from_millis(1_000));
        assert!(pay(1_499).is_none());
        assert_eq!(texts(&pay(1_500).unwrap()), ["a"]);
    }

    #[test]
    fn what_is_owed_anew_during_a_payment_is_paid_again() {
        for arrives in [true, false] {
            let debts = Debts::new(1);
            owe(&debts, "a");
            let payment = pay(&debts).unwrap();
            owe(&debts, "a");
            if arrives {
                payment.arrived()
            } else {
                drop(payment)
            }
            assert!(debts.include(key("a")));
            let payment = pay(&debts).unwrap();
            assert_eq!(texts(&payment), ["a"]);
            payment.arrived();
            assert!(!debts.include(key("a")));
        }
    }

    #[test]
    fn a_key_that_is_owed_often_is_remembered_once() {
        let debts = Debts::new(1);
        (0..3 * CAPACITY).for_each(|_| owe(&debts, "a"));
        assert_eq!(lock(&debts.keys).waiting.len(), 1);
        assert!(!debts.taint(Timestamp::from_millis(0)));
    }

    #[test]
    fn each_part_is_paid_what_is_its_own() {
        let debts = Debts::new(2);
        owe(&debts, "a");
        debts.owe(1, key("b"), Timestamp::from_millis(7));
        let refused = pay_at(&debts, 1, "other").unwrap();
        assert_eq!(texts(&refused), ["b"]);
        refused.failed(Timestamp::from_millis(7));
        assert!(pay_at(&debts, 1, "other").is_none(), "it has just refused");
        pay_at(&debts, 0, "other").unwrap().arrived();
        assert!(!debts.include(key("a")) && debts.include(key("b")));
    }

    #[test]
    fn a_key_is_paid_at_the_part_that_serves_it_now() {
        let debts = Debts::new(3);
        owe(&debts, "a");
        owe(&debts, "b");
        assert_eq!(texts(&pay_at(&debts, 1, "a").unwrap()), ["a"]);
        assert_eq!(texts(&pay(&debts).unwrap()), ["b"]);
        let payment = pay_at(&debts, 1, "a").unwrap();
        assert!(pay_at(&debts, 2, "a").is_none(), "it is on its way");
        drop(payment);
        pay_at(&debts, 2, "a").unwrap().arrived();
        assert!(!debts.include(key("a")));
    }

    #[test]
    fn beyond_their_number_nothing_older_is_trusted() {
        let debts = Debts::new(1);
        (0..CAPACITY).for_each(|number| owe(&debts, &format!("key-{number}")));
        owe(&debts, "key-0");
        assert!(!debts.taint(Timestamp::from_millis(0)));
        owe(&debts, "one-more");
        assert!(debts.taint(Timestamp::from_millis(7)));
        assert!(!debts.taint(Timestamp::from_millis(8)));
    }
}
