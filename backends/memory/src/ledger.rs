use crate::expiry::Expiry;
use crate::leases::Leases;
use crate::policy::{Bounds, Policy};
use crate::queues::Slot;
use cache_memoize_core::Timestamp;

/// What only writers need to know: who stays, what ends when, and which leases stand.
pub(crate) struct Ledger {
    pub(crate) policy: Policy,
    pub(crate) expiry: Expiry<Slot>,
    pub(crate) leases: Leases,
    pub(crate) evictions: u64,
    next_visit: Timestamp,
}

impl Ledger {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            policy: Policy::new(bounds),
            expiry: Expiry::new(),
            leases: Leases::new(),
            evictions: 0,
            next_visit: Timestamp::NEVER,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.policy.len()
    }

    pub(crate) fn weight(&self) -> usize {
        self.policy.weight()
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.policy.bounds()
    }

    /// Whether something now ends before the janitor expects it. Says so once.
    pub(crate) fn needs_earlier_visit(&mut self) -> bool {
        let next_end = self.next_end();
        let earlier = next_end < self.next_visit;
        if earlier {
            self.next_visit = next_end;
        }
        earlier
    }

    /// Tells the janitor when something ends next, and notes that it knows.
    pub(crate) fn expect_visit(&mut self) -> Timestamp {
        self.next_visit = self.next_end();
        self.next_visit
    }

    fn next_end(&self) -> Timestamp {
        self.expiry.next_end().min(self.leases.next_end())
    }
}
