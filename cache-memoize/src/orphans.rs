//! Leases whose holders could not give them back.

use crate::sync::lock;
use cache_memoize_core::{Key, KeyRef, Token};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many leases are remembered; beyond that the oldest run out by themselves.
const CAPACITY: usize = 65_536;

/// How many leases one call gives back for others.
const PER_CALL: usize = 4;

/// The leases of cancelled async calls, and of calls that could not reach the store. A future that is dropped
/// cannot wait for a store; the next call that asks the same part of the store for a lease gives these back
/// first.
pub(crate) struct Orphans {
    leases: Mutex<Leases>,
    are_there: AtomicBool,
}

#[derive(Default)]
struct Leases {
    known: HashMap<Key, Known>,
    /// By the part of the store and the order in which they were left.
    queue: BTreeMap<(usize, u64), Key>,
    last: u64,
}

/// What is known of the lease of a key.
#[derive(Clone, Copy)]
struct Known {
    part: usize,
    number: u64,
    token: Option<Token>,
}

impl Orphans {
    /// There are none yet.
    pub(crate) fn new() -> Self {
        Self { leases: Mutex::default(), are_there: AtomicBool::new(false) }
    }

    /// Takes in the lease of a key that `part` serves, without its token if the store's answer got lost.
    pub(crate) fn push(&self, part: usize, key: KeyRef<'_>, token: Option<Token>) {
        self.take_in(part, key.to_key(), token);
    }

    /// Some of those to give back to the part that serves `key`: that of `key` first, since its caller depends
    /// on it.
    pub(crate) fn adopt(&self, part: impl FnOnce() -> usize, key: KeyRef<'_>) -> Vec<Orphan<'_>> {
        if !self.are_there.load(Ordering::Acquire) {
            return Vec::new();
        }
        let part = part();
        let mut leases = lock(&self.leases);
        let own = leases.known.get(key.as_str()).map(|known| known.place());
        let others = leases.queue.range((part, 0)..=(part, u64::MAX)).map(|(place, _)| *place);
        let others: Vec<_> = others.filter(|place| Some(*place) != own).take(PER_CALL).collect();
        let places = own.into_iter().chain(others).take(PER_CALL);
        let adopted: Vec<_> = places.filter_map(|place| leases.leave(place)).collect();
        self.are_there.store(!leases.known.is_empty(), Ordering::Release);
        let orphan = |(key, token)| Orphan { orphans: self, part, key: Some(key), token };
        adopted.into_iter().map(orphan).collect()
    }

    /// All of those whose tokens are known, of these keys.
    pub(crate) fn adopt_those<'k>(
        &self,
        keys: impl Iterator<Item = KeyRef<'k>>,
    ) -> Vec<Orphan<'_>> {
        if !self.are_there.load(Ordering::Acquire) {
            return Vec::new();
        }
        let mut leases = lock(&self.leases);
        let mut adopted = Vec::new();
        for key in keys {
            let known = leases.known.get(key.as_str()).copied();
            let Some(known) = known.filter(|known| known.token.is_some()) else { continue };
            let left = leases.leave(known.place());
            adopted.extend(left.map(|(key, token)| (known.part, key, token)));
        }
        self.are_there.store(!leases.known.is_empty(), Ordering::Release);
        let orphan = |(part, key, token)| Orphan { orphans: self, part, key: Some(key), token };
        adopted.into_iter().map(orphan).collect()
    }

    fn take_in(&self, part: usize, key: Key, token: Option<Token>) {
        let mut leases = lock(&self.leases);
        leases.enter(part, key, token);
        self.are_there.store(true, Ordering::Release);
    }
}

impl Leases {
    /// Of two leases of one key only the later one can stand.
    fn enter(&mut self, part: usize, key: Key, token: Option<Token>) {
        self.last += 1;
        let known = Known { part, number: self.last, token };
        if let Some(before) = self.known.insert(key.clone(), known) {
            self.queue.remove(&before.place());
        }
        self.queue.insert(known.place(), key);
        if self.known.len() > CAPACITY {
            self.forget_the_oldest_of(part);
        }
    }

    fn forget_the_oldest_of(&mut self, part: usize) {
        let oldest = self.queue.range((part, 0)..=(part, u64::MAX)).next();
        if let Some(place) = oldest.map(|(place, _)| *place) {
            self.leave(place);
        }
    }

    fn leave(&mut self, place: (usize, u64)) -> Option<(Key, Option<Token>)> {
        let key = self.queue.remove(&place)?;
        let known = self.known.remove(&key)?;
        Some((key, known.token))
    }
}

impl Known {
    fn place(&self) -> (usize, u64) {
        (self.part, self.number)
    }
}

/// A lease on its way back to the store. Whoever drops it before it is home leaves it to the next.
pub(crate) struct Orphan<'a> {
    orphans: &'a Orphans,
    part: usize,
    key: Option<Key>,
    token: Option<Token>,
}

impl Orphan<'_> {
    pub(crate) fn key(&self) -> Option<KeyRef<'_>> {
        self.key.as_ref().map(Key::as_ref)
    }

    /// What the store called it, unless its answer got lost.
    pub(crate) fn token(&self) -> Option<Token> {
        self.token
    }

    pub(crate) fn arrived(mut self) {
        self.key = None;
    }
}

impl Drop for Orphan<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.orphans.take_in(self.part, key, self.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> KeyRef<'_> {
        KeyRef::new(text).unwrap()
    }

    fn adopted(orphans: &Orphans, part: usize, of: &str) -> Vec<(String, Option<u64>)> {
        let orphans = orphans.adopt(|| part, key(of));
        let leases = orphans.into_iter().map(|orphan| {
            let text = orphan.key().unwrap().to_string();
            let token = orphan.token().map(Token::number);
            orphan.arrived();
            (text, token)
        });
        leases.collect()
    }

    #[test]
    fn beyond_their_number_the_oldest_are_forgotten() {
        let orphans = Orphans::new();
        for number in 0..=CAPACITY as u64 {
            orphans.push(0, key(&number.to_string()), Some(Token::new(number)));
        }
        let mut tokens = Vec::new();
        while tokens.len() <= CAPACITY {
            let some = adopted(&orphans, 0, "other");
            if some.is_empty() {
                break;
            }
            tokens.extend(some.into_iter().filter_map(|(_, token)| token));
        }
        assert!(tokens.into_iter().eq(1..=CAPACITY as u64));
    }

    #[test]
    fn those_of_another_part_wait_but_for_that_of_the_key_itself() {
        let orphans = Orphans::new();
        for (part, text) in [(0, "a"), (1, "b"), (1, "c")] {
            orphans.push(part, key(text), Some(Token::new(7)));
        }
        assert_eq!(adopted(&orphans, 0, "c"), [("c".into(), Some(7)), ("a".into(), Some(7))]);
        assert_eq!(adopted(&orphans, 1, "c"), [("b".into(), Some(7))]);
        assert!(!orphans.are_there.load(Ordering::Acquire));
    }

    #[test]
    fn a_later_lease_of_a_key_takes_the_place_of_an_earlier_one() {
        let orphans = Orphans::new();
        orphans.push(0, key("a"), Some(Token::new(1)));
        orphans.push(1, key("a"), None);
        assert!(adopted(&orphans, 0, "other").is_empty());
        assert_eq!(adopted(&orphans, 1, "other"), [("a".into(), None)]);
    }

    #[test]
    fn one_that_is_dropped_on_its_way_waits_for_the_next() {
        let orphans = Orphans::new();
        orphans.push(0, key("a"), None);
        drop(orphans.adopt(|| 0, key("b")));
        assert_eq!(adopted(&orphans, 0, "b"), [("a".into(), None)]);
    }
}
