//! Leases whose holders were dropped before they could give them back.

use crate::sync::lock;
use cache_memoize_core::{Key, KeyRef, Token};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many leases are remembered; beyond that the oldest run out by themselves.
const CAPACITY: usize = 65_536;

/// How many leases one call gives back for others.
const PER_CALL: usize = 4;

/// The leases of cancelled async calls. A future that is dropped cannot wait for a store; the next call that
/// asks the same part of the store for a lease gives these back first.
pub(crate) struct Orphans {
    /// By the part of the store.
    queues: Mutex<Box<[Queue]>>,
    are_there: AtomicBool,
}

type Queue = VecDeque<(Key, Token)>;

impl Orphans {
    /// There are none yet in a store with so many parts.
    pub(crate) fn new(parts: usize) -> Self {
        let queues = (0..parts).map(|_| Queue::new()).collect();
        Self { queues: Mutex::new(queues), are_there: AtomicBool::new(false) }
    }

    pub(crate) fn push(&self, part: usize, key: KeyRef<'_>, token: Token) {
        self.take_in(part, (key.to_key(), token));
    }

    /// Some of those to give back to the part that serves `key`: that of `key` first, since its caller depends
    /// on it.
    pub(crate) fn adopt(&self, part: impl FnOnce() -> usize, key: KeyRef<'_>) -> Vec<Orphan<'_>> {
        if !self.are_there.load(Ordering::Acquire) {
            return Vec::new();
        }
        let part = part();
        let mut queues = lock(&self.queues);
        let own = queues.iter_mut().find_map(|queue| {
            let place = queue.iter().position(|(orphan, _)| orphan.as_ref() == key)?;
            queue.remove(place)
        });
        let queue = &mut queues[part];
        let others = queue.len().min(PER_CALL - usize::from(own.is_some()));
        let leases: Vec<_> = own.into_iter().chain(queue.drain(..others)).collect();
        self.are_there.store(queues.iter().any(|queue| !queue.is_empty()), Ordering::Release);
        let orphan = |lease| Orphan { orphans: self, part, lease: Some(lease) };
        leases.into_iter().map(orphan).collect()
    }

    fn take_in(&self, part: usize, lease: (Key, Token)) {
        let mut queues = lock(&self.queues);
        let most = (CAPACITY / queues.len()).max(1);
        let queue = &mut queues[part];
        if queue.len() == most {
            queue.pop_front();
        }
        queue.push_back(lease);
        self.are_there.store(true, Ordering::Release);
    }
}

/// A lease on its way back to the store. Whoever drops it before it is home leaves it to the next.
pub(crate) struct Orphan<'a> {
    orphans: &'a Orphans,
    part: usize,
    lease: Option<(Key, Token)>,
}

impl Orphan<'_> {
    pub(crate) fn lease(&self) -> Option<(KeyRef<'_>, Token)> {
        self.lease.as_ref().map(|(key, token)| (key.as_ref(), *token))
    }

    pub(crate) fn arrived(mut self) {
        self.lease = None;
    }
}

impl Drop for Orphan<'_> {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            self.orphans.take_in(self.part, lease);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_their_number_the_oldest_are_forgotten() {
        let (orphans, key) = (Orphans::new(1), KeyRef::new("key").unwrap());
        (0..=CAPACITY as u64).for_each(|number| orphans.push(0, key, Token::new(number)));
        let mut tokens = Vec::new();
        while tokens.len() <= CAPACITY {
            let some = orphans.adopt(|| 0, key);
            if some.is_empty() {
                break;
            }
            for orphan in some {
                tokens.extend(orphan.lease().map(|(_, token)| token.number()));
                orphan.arrived();
            }
        }
        assert!(tokens.into_iter().eq(1..=CAPACITY as u64));
    }

    #[test]
    fn those_of_another_part_wait_but_for_that_of_the_key_itself() {
        let keys = ["a", "b", "c"].map(|text| KeyRef::new(text).unwrap());
        let orphans = Orphans::new(2);
        for (part, key) in [0, 1, 1].into_iter().zip(keys) {
            orphans.push(part, key, Token::new(7));
        }
        let adopted = |part, key| {
            let orphans = orphans.adopt(|| part, key);
            let key = |orphan: Orphan<'_>| {
                let key = orphan.lease().unwrap().0.to_string();
                orphan.arrived();
                key
            };
            orphans.into_iter().map(key).collect::<Vec<_>>()
        };
        assert_eq!(adopted(0, keys[2]), ["c", "a"]);
        assert_eq!(adopted(1, keys[2]), ["b"]);
        assert!(!orphans.are_there.load(Ordering::Acquire));
    }
}
