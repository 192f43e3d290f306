use cache_memoize_core::{Bytes, KeyRef, Object, ObjectStore, PutMode, Store, Ttl};
use cache_memoize_memory::Memory;
use cache_memoize_testkit::FakeClock;
use std::any::Any;
use std::time::{Duration, Instant};

pub(crate) fn key(text: &str) -> KeyRef<'_> {
    KeyRef::new(text).unwrap()
}

pub(crate) fn for_millis(millis: u64) -> Ttl {
    Ttl::new(Duration::from_millis(millis)).unwrap()
}

/// A store that goes by the clock that comes with it.
pub(crate) fn with_fake_clock() -> (Memory, FakeClock) {
    let clock = FakeClock::new();
    (Memory::builder().clock(clock.clone()).build(), clock)
}

pub(crate) fn set(memory: &Memory, text: &str, value: &[u8], ttl: Ttl) {
    let value = Bytes::copy_from_slice(value);
    assert!(Store::put(memory, key(text), value, ttl, PutMode::Always).unwrap());
}

pub(crate) fn get(memory: &Memory, text: &str) -> Option<Bytes> {
    Store::get(memory, &[key(text)]).unwrap().remove(0)
}

pub(crate) fn set_object(memory: &Memory, text: &str, value: impl Any + Send + Sync) -> bool {
    let object = Object { value: Box::new(value), weight: 0 };
    ObjectStore::put(memory, key(text), object, Ttl::Forever, PutMode::Always).unwrap()
}

pub(crate) fn get_object<T: Any + Clone>(memory: &Memory, text: &str) -> Option<T> {
    let mut found = None;
    memory.read(key(text), &mut |value| found = value.downcast_ref::<T>().cloned());
    found
}

/// Waits for what happens on another thread.
pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::yield_now();
    }
}
