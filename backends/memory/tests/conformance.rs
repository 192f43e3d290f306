//! The storage contract, clause by clause, on every face of the store.

use cache_memoize_memory::Memory;
use cache_memoize_testkit::{FakeClock, Fixture, conformance};

conformance! {
    mod bounded_by_entries;
    faces: [blocking, async, objects, listing],
    store: || {
        let clock = FakeClock::new();
        let memory = Memory::builder().clock(clock.clone()).build();
        Fixture::new(memory.into()).fake_time(clock)
    },
}

const LARGEST_VALUE: usize = 1 << 20;

conformance! {
    mod bounded_by_weight;
    faces: [blocking, async, objects, listing],
    store: || {
        let clock = FakeClock::new();
        let bound = LARGEST_VALUE + 250 + Memory::ENTRY_OVERHEAD;
        let memory = Memory::builder().max_bytes(bound).clock(clock.clone()).build();
        Fixture::new(memory.into()).fake_time(clock).largest_value(LARGEST_VALUE)
    },
}
