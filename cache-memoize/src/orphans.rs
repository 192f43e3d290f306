//! Leases whose holders were dropped before they could give them back.

use cache_memoize_core::{Key, KeyRef, Token};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many leases are remembered; beyond that the oldest run out by themselves.
const CAPACITY: usize = 65_536;

/// How many leases one call gives back for others.
const PER_CALL: usize = 4;

/// The leases of cancelled async calls. A future that is dropped cannot wait for a store; the next call that
/// asks the store for a lease gives these back first.
#[derive(Default)]
pub(crate) struct Orphans {
    queue: Mutex<VecDeque<(Key, Token)>>,
}

impl Orphans {
    pub(crate) fn push(&self, key: KeyRef<'_>, token: Token) {
        self.take_in((key.to_key(), token));
    }

    /// Some of those to give back: that of `key` first, since its caller depends on it.
    pub(crate) fn adopt(&self, key: KeyRef<'_>) -> Vec<Orphan<'_>> {
        let mut queue = self.queue();
        if let Some(own) = queue.iter().position(|(orphan, _)| orphan.as_ref() == key) {
            queue.swap(0, own);
        }
        let some = queue.len().min(PER_CALL);
        queue.drain(..some).map(|lease| Orphan { orphans: self, lease: Some(lease) }).collect()
    }

    fn take_in(&self, lease: (Key, Token)) {
        let mut queue = self.queue();
        if queue.len() == CAPACITY {
            queue.pop_front();
        }
        queue.push_back(lease);
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<(Key, Token)>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lease on its way back to the store. Whoever drops it before it is home leaves it to the next.
pub(crate) struct Orphan<'a> {
    orphans: &'a Orphans,
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
            self.orphans.take_in(lease);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_their_number_the_oldest_are_forgotten() {
        let (orphans, key) = (Orphans::default(), KeyRef::new("key").unwrap());
        (0..=CAPACITY as u64).for_each(|number| orphans.push(key, Token::new(number)));
        let mut tokens = Vec::new();
        while tokens.len() <= CAPACITY {
            let some = orphans.adopt(key);
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
}
