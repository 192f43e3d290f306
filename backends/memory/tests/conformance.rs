//! The storage contract, clause by clause, on every face of the store.

use cache_memoize_memory::Memory;
use cache_memoize_testkit::{FakeClock, Fixture, conformance};
use std::sync::Arc;

conformance! {
    mod bounded_by_entries;
    faces: [blocking, async, objects],
    store: || {
        let clock = FakeClock::new();
        let memory = Memory::builder().clock(Arc::new(clock.clone())).build();
        Fixture::new(memory.into()).fake_time(clock)
    },
}

const LARGEST_VALUE: usize = 1 << 20;

conformance! {
    mod bounded_by_weight;
    faces: [blocking, async, objects],
    store: || {
        let clock = FakeClock::new();
        let bound = LARGEST_VALUE + 250 + Memory::ENTRY_OVERHEAD;
        let memory = Memory::builder().max_bytes(bound).clock(Arc::new(clock.clone())).build();
        Fixture::new(memory.into()).fake_time(clock).largest_value(LARGEST_VALUE)
    },
}
