//! Copies that are on their way while something newer happens.

use super::{
    Shared, TestBus, cache_key_world, changed_world, invalidate_world, refresh_world, world,
};
use crate::support::with_default;
use cache_memoize::core::{
    Backend, Bytes, KeyRef, Lease, LeaseMode, PutMode, Result as Answer, Store, Token, Ttl,
};
use cache_memoize::{Cache, Memory, Near};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

/// A store whose `get`, once asked to, answers only when the test lets it.
struct Late<S> {
    store: S,
    waits: AtomicBool,
    answered: Barrier,
    goes_on: Barrier,
}

impl<S: Store> Late<S> {
    fn new(store: S) -> Arc<Self> {
        let waits = AtomicBool::new(false);
        Arc::new(Self { store, waits, answered: Barrier::new(2), goes_on: Barrier::new(2) })
    }
}

impl<S: Store> Store for Late<S> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Answer<Vec<Option<Bytes>>> {
        let answer = self.store.get(keys);
        if self.waits.swap(false, Ordering::SeqCst) {
            self.answered.wait();
            self.goes_on.wait();
        }
        answer
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Answer<bool> {
        self.store.put(key, value, ttl, mode)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Answer<(Lease, Option<Bytes>)> {
        self.store.lease(key, ttl, mode)
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Answer<()> {
        self.store.release(key, token)
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Answer<Vec<bool>> {
        self.store.remove(keys)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Answer<u64> {
        self.store.increment(key, by, start, ttl)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Answer<bool> {
        self.store.touch(key, ttl)
    }

    fn clear(&self) -> Answer<()> {
        self.store.clear()
    }
}

/// Reads 1 near while `meanwhile` happens between the answer of the store and its arrival, and gives what
/// is read afterwards.
fn read_while(bus: &Arc<TestBus>, begin: impl FnOnce(), meanwhile: impl FnOnce()) -> u32 {
    let memory: Backend = Memory::new().into();
    let late = Late::new(memory.store().expect("memory has a blocking face").clone());
    let backend = Backend::new("late").with_store(late.clone()).with_bus(Shared(bus.clone()));
    let near = Near::entries(100).ttl(Duration::MAX);
    let cache = Cache::builder().backend(backend).near(near).build().expect("right settings");
    with_default(&cache, || {
        world(1);
        bus.tell(|listener| listener.lost());
        begin();
        late.waits.store(true, Ordering::SeqCst);
        thread::scope(|scope| {
            scope.spawn(|| with_default(&cache, || world(1)));
            late.answered.wait();
            meanwhile();
            late.goes_on.wait();
        });
        world(1)
    })
}

#[test]
fn an_answer_that_was_overtaken_is_not_kept() {
    let bus = Arc::new(TestBus::default());
    let mut new = 0;
    let read = read_while(
        &bus,
        || new = changed_world(),
        || {
            invalidate_world(1).expect("the store answers");
        },
    );
    assert_eq!(read, new, "invalidated here");
}

#[test]
fn an_answer_from_before_a_refresh_is_not_kept() {
    let bus = Arc::new(TestBus::default());
    let mut new = 0;
    let mut refreshed = 0;
    let read = read_while(&bus, || new = changed_world(), || refreshed = refresh_world(1));
    assert_eq!((read, refreshed), (new, new));
}

#[test]
fn an_answer_that_was_overtaken_elsewhere_is_not_kept() {
    let bus = Arc::new(TestBus::default());
    let memory: Backend = Memory::new().into();
    let late = Late::new(memory.store().expect("memory has a blocking face").clone());
    let backend = Backend::new("late").with_store(late.clone()).with_bus(Shared(bus.clone()));
    let near = Near::entries(100).ttl(Duration::MAX);
    let here =
        Cache::builder().backend(backend.clone()).near(near).build().expect("right settings");
    let there = Cache::builder().backend(backend).build().expect("right settings");
    with_default(&there, || world(1));
    let new = changed_world();
    late.waits.store(true, Ordering::SeqCst);
    thread::scope(|scope| {
        scope.spawn(|| with_default(&here, || world(1)));
        late.answered.wait();
        with_default(&there, || invalidate_world(1)).expect("the store answers");
        let key = with_default(&there, || cache_key_world(1));
        bus.tell(|listener| listener.changed(key.as_ref()));
        late.goes_on.wait();
    });
    assert_eq!(with_default(&here, || world(1)), new);
}
