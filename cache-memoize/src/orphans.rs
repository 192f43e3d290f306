//! Leases whose holders were dropped before they could give them back.

use cache_memoize_core::{Key, KeyRef, Token};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many leases are remembered; beyond that the oldest run out by themselves.
const CAPACITY: usize = 1_024;

/// How many leases one call gives back for others.
pub(crate) const PER_CALL: usize = 4;

/// The leases of cancelled async calls. A future that is dropped cannot wait for a store; the next call that
/// asks the store for a lease gives these back first.
#[derive(Default)]
pub(crate) struct Orphans {
    queue: Mutex<VecDeque<(Key, Token)>>,
}

impl Orphans {
    pub(crate) fn push(&self, key: KeyRef<'_>, token: Token) {
        let mut queue = self.queue();
        if queue.len() == CAPACITY {
            queue.pop_front();
        }
        queue.push_back((key.to_key(), token));
    }

    /// The next to give back: that of `key` first, since its caller depends on it.
    pub(crate) fn pop(&self, key: KeyRef<'_>) -> Option<(Key, Token)> {
        let mut queue = self.queue();
        let own = queue.iter().position(|(orphan, _)| orphan.as_ref() == key);
        queue.remove(own.unwrap_or(0))
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<(Key, Token)>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
