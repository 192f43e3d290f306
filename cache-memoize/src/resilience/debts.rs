use super::breaker::after_a_pause;
use crate::sync::lock;
use cache_memoize_core::{Key, KeyRef, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How many keys are remembered. Beyond that, whatever began before is not trusted any more.
const CAPACITY: usize = 65_536;

/// How many keys are removed in one round trip.
const BATCH: usize = 512;

/// The keys whose invalidation has not reached the store: they are removed before anything else is asked of
/// the part that serves them, and what it says about them meanwhile is not believed.
pub(crate) struct Debts {
    /// How long a payment may take. One that takes longer may be that of a future which nobody polls any more.
    patience: Duration,
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
    under_way: Option<UnderWay>,
    /// When it may be tried again after one that the store refused.
    retry_at: Option<Timestamp>,
}

/// What is known of a payment until it ends, for when it does not.
#[derive(Clone)]
struct UnderWay {
    number: u64,
    until: Timestamp,
    keys: Vec<(Key, u64)>,
}

impl Debts {
    /// There are none yet of a store with so many parts, whose payments take so long at most.
    pub(crate) fn new(parts: usize, patience: Duration) -> Self {
        let keys = Keys {
            owed: HashMap::new(),
            waiting: BTreeMap::new(),
            last: 0,
            payments: vec![PaymentState::default(); parts].into(),
        };
        Self {
            patience,
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

    /// Whether anything is to be invalidated.
    pub(crate) fn are_there(&self) -> bool {
        self.are_owed.load(Ordering::Acquire)
    }

    /// Whether `key` is to be invalidated.
    pub(crate) fn include(&self, key: KeyRef<'_>) -> bool {
        self.are_there() && lock(&self.keys).owed.contains_key(key.as_str())
    }

    /// Whether a value whose computation began then may have been invalidated without anybody remembering it.
    pub(crate) fn taint(&self, began: Timestamp) -> bool {
        began.as_millis() < self.trusted_from.load(Ordering::Acquire)
    }

    /// Some keys to remove now from the part that serves `key`, unless there are none, or somebody else is at
    /// it, or the part has just refused them.
    pub(crate) fn pay(
        &self,
        part: impl FnOnce() -> usize,
        key: KeyRef<'_>,
        now: impl Fn() -> Timestamp,
    ) -> Option<Payment<'_>> {
        if !self.are_there() {
            return None;
        }
        let part = part();
        let mut keys = lock(&self.keys);
        keys.follow(part, key);
        let now = now();
        let state = &keys.payments[part];
        let is_too_early = state.retry_at.is_some_and(|retry_at| now < retry_at);
        if state.is_paying(now) || is_too_early {
            return None;
        }
        self.begun(&mut keys, part, now)
    }

    /// Some keys to remove now from whichever part, though it may just have refused them.
    pub(crate) fn pay_any(&self, now: Timestamp) -> Option<Payment<'_>> {
        let mut keys = lock(&self.keys);
        (0..keys.payments.len()).find_map(|part| {
            let is_free = !keys.payments[part].is_paying(now);
            if is_free { self.begun(&mut keys, part, now) } else { None }
        })
    }

    fn begun(&self, keys: &mut Keys, part: usize, now: Timestamp) -> Option<Payment<'_>> {
        let millis = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
        let (number, keys) = keys.depart(part, now.plus_millis(millis))?;
        Some(Payment { debts: self, part, number, keys })
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

    /// Takes some of the keys that wait at `part`, and those of a payment that is overdue there.
    fn depart(&mut self, part: usize, until: Timestamp) -> Option<(u64, Vec<(Key, u64)>)> {
        let overdue = self.payments[part].under_way.take();
        overdue
            .into_iter()
            .flat_map(|it| it.keys)
            .for_each(|(key, number)| self.come_back(key, number));
        let waiting = self.waiting.range((part, 0)..=(part, u64::MAX)).take(BATCH);
        let keys: Vec<_> = waiting.map(|((_, number), key)| (key.clone(), *number)).collect();
        if keys.is_empty() {
            return None;
        }
        for (_, number) in &keys {
            self.waiting.remove(&(part, *number));
        }
        self.last += 1;
        self.payments[part].under_way =
            Some(UnderWay { number: self.last, until, keys: keys.clone() });
        Some((self.last, keys))
    }

    /// `key` was removed, as it was owed at that time.
    fn settle(&mut self, key: &Key, number: u64) {
        if let Some(owed) = self.owed.get(key).copied().filter(|owed| owed.number == number) {
            self.owed.remove(key);
            self.waiting.remove(&owed.place());
        }
    }

    /// `key` was not removed, and waits again unless it was owed anew.
    fn come_back(&mut self, key: Key, number: u64) {
        if let Some(owed) = self.owed.get(&key).filter(|owed| owed.number == number) {
            self.waiting.insert(owed.place(), key);
        }
    }
}

impl PaymentState {
    fn is_paying(&self, now: Timestamp) -> bool {
        self.under_way.as_ref().is_some_and(|under_way| now <= under_way.until)
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
    number: u64,
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
        keys.payments[self.part].under_way.take_if(|it| it.number == self.number);
        self.keys.drain(..).for_each(|(key, number)| keys.come_back(key, number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debts(parts: usize) -> Debts {
        Debts::new(parts, Duration::from_millis(250))
    }

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
        let debts = debts(1);
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
        let debts = debts(1);
        owe(&debts, "a");
        owe(&debts, "b");
        let payment = pay(&debts);
        owe(&debts, "c");
        drop(payment);
        assert_eq!(texts(&pay(&debts).unwrap()), ["a", "b", "c"]);
    }

    #[test]
    fn a_payment_that_never_ends_is_made_by_another() {
        let debts = debts(1);
        owe(&debts, "a");
        let pay = |millis| debts.pay(|| 0, key("a"), move || Timestamp::from_millis(millis));
        let lost = pay(1_000).unwrap();
        assert!(pay(1_250).is_none());
        let late = pay(1_251).unwrap();
        assert_eq!(texts(&late), ["a"]);
        drop(lost);
        assert!(pay(1_251).is_none(), "the other is under way");
        late.arrived();
        assert!(!debts.include(key("a")) && lock(&debts.keys).waiting.is_empty());
    }

    #[test]
    fn a_payment_that_was_refused_is_repeated_after_a_pause() {
        let debts = debts(1);
        owe(&debts, "a");
        let pay = |millis| debts.pay(|| 0, key("a"), move || Timestamp::from_millis(millis));
        pay(0).unwrap().failed(Timestamp::from_millis(1_000));
        assert!(pay(1_499).is_none());
        assert_eq!(texts(&pay(1_500).unwrap()), ["a"]);
    }

    #[test]
    fn what_is_owed_anew_during_a_payment_is_paid_again() {
        for arrives in [true, false] {
            let debts = debts(1);
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
        let debts = debts(1);
        (0..3 * CAPACITY).for_each(|_| owe(&debts, "a"));
        assert_eq!(lock(&debts.keys).waiting.len(), 1);
        assert!(!debts.taint(Timestamp::from_millis(0)));
    }

    #[test]
    fn each_part_is_paid_what_is_its_own() {
        let debts = debts(2);
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
        let debts = debts(3);
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
        let debts = debts(1);
        (0..CAPACITY).for_each(|number| owe(&debts, &format!("key-{number}")));
        owe(&debts, "key-0");
        assert!(!debts.taint(Timestamp::from_millis(0)));
        owe(&debts, "one-more");
        assert!(debts.taint(Timestamp::from_millis(7)));
        assert!(!debts.taint(Timestamp::from_millis(8)));
    }
}
