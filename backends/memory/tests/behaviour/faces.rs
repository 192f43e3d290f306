use crate::support::{for_millis, get, get_object, key, set, set_object, with_fake_clock};
use cache_memoize_core::{
    Backend, Bytes, Clock, LeaseMode, ObjectStore, PutMode, Store, StoreErrorKind, SystemClock, Ttl,
};
use cache_memoize_memory::{CoarseClock, Memory};
use cache_memoize_testkit::FakeClock;
use std::time::Duration;

#[test]
fn an_entry_of_the_other_face_reads_as_a_miss() {
    let memory = Memory::new();
    set_object(&memory, "object", 1_u8);
    set(&memory, "bytes", b"1", Ttl::Forever);

    assert_eq!(get(&memory, "object"), None);
    assert_eq!(get_object::<u8>(&memory, "bytes"), None);
    assert!(!memory.touch(key("object"), Ttl::Forever).unwrap());
    let (_, value) = Store::lease(&memory, key("object"), Ttl::Forever, LeaseMode::Join).unwrap();
    assert_eq!(value, None);
    assert_eq!(get_object::<u8>(&memory, "object"), Some(1), "looking harms nothing");
}

#[test]
fn an_entry_of_the_other_face_hinders_no_write() {
    let memory = Memory::new();
    let absent = |text: &str| {
        let value = Bytes::from_static(b"value");
        Store::put(&memory, key(text), value, Ttl::Forever, PutMode::IfAbsent).unwrap()
    };
    set_object(&memory, "a", 1_u8);
    assert!(absent("a") && !absent("a"));
    set_object(&memory, "counter", 1_u8);
    assert_eq!(memory.increment(key("counter"), 1, 5, Ttl::Forever).unwrap(), 5);
    set_object(&memory, "b", 1_u8);
    assert_eq!(Store::remove(&memory, &[key("b"), key("b")]).unwrap(), [true, false]);
    set_object(&memory, "a", 2_u8);
    assert_eq!((get(&memory, "a"), get_object::<u8>(&memory, "a")), (None, Some(2)));
}

#[test]
fn one_lease_fences_both_faces() {
    let memory = Memory::new();
    let lease = ObjectStore::lease(&memory, key("a"), Ttl::Forever, LeaseMode::Join);
    Store::remove(&memory, &[key("a")]).unwrap();
    let fill = PutMode::IfLease(lease.token);
    assert!(!Store::put(&memory, key("a"), Bytes::new(), Ttl::Forever, fill).unwrap());
}

#[test]
fn a_number_must_be_one_to_be_counted_on() {
    let memory = Memory::new();
    for text in ["", "+1", "-1", " 1", "1.0", "99999999999999999999", "\u{661}"] {
        set(&memory, "a", text.as_bytes(), Ttl::Forever);
        let error = memory.increment(key("a"), 1, 1, Ttl::Forever).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::WrongType, "{text:?}");
        assert_eq!(get(&memory, "a").as_deref(), Some(text.as_bytes()), "it is left as it was");
    }
    set(&memory, "a", u64::MAX.to_string().as_bytes(), Ttl::Forever);
    assert_eq!(memory.increment(key("a"), 3, 9, Ttl::Forever).unwrap(), 2);
}

#[test]
fn a_counter_keeps_its_time() {
    let (memory, clock) = with_fake_clock();
    memory.increment(key("a"), 1, 1, for_millis(10)).unwrap();
    clock.advance(Duration::from_millis(9));
    assert_eq!(memory.increment(key("a"), 1, 1, for_millis(10)).unwrap(), 2);
    clock.advance(Duration::from_millis(1));
    assert_eq!(memory.increment(key("a"), 1, 7, for_millis(10)).unwrap(), 7);
}

#[test]
fn the_backend_has_every_face_and_the_clock_of_the_store() {
    let clock = FakeClock::new();
    let memory = Memory::builder().clock(clock.clone()).build();
    let backend = Backend::from(memory.clone());
    assert_eq!(backend.name(), "memory");
    assert!(backend.async_store().is_some());
    assert_eq!(backend.clock().now(), clock.now());

    set(&memory, "a", b"1", Ttl::Forever);
    let found = backend.store().unwrap().get(&[key("a")]).unwrap();
    assert_eq!(found, [Some(Bytes::from_static(b"1"))]);
    set_object(&memory, "b", 2_u8);
    assert!(backend.objects().unwrap().read(key("b"), &mut |value| assert!(value.is::<u8>())));
}

#[test]
fn the_clock_of_a_store_is_the_coarse_one_unless_told_otherwise() {
    let (usual, coarse) = (Backend::from(Memory::new()), CoarseClock);
    let (before, now, after) = (coarse.now(), usual.clock().now(), coarse.now());
    assert!(before <= now && now <= after);
    let told = Memory::builder().clock(SystemClock).build();
    let backend = Backend::from(told);
    let (before, now, after) = (SystemClock.now(), backend.clock().now(), SystemClock.now());
    assert!(before <= now && now <= after);
}

#[test]
fn no_value_is_shown_in_a_debug_text() {
    let memory = Memory::builder().max_entries(3).build();
    set(&memory, "a", b"secret", Ttl::Forever);
    assert_eq!(format!("{memory:?}"), "Memory { entries: 1, weight: 263, .. }");
    let builder = Memory::builder().max_entries(3);
    assert_eq!(
        format!("{builder:?}"),
        "MemoryBuilder { max_entries: Some(3), max_bytes: None, .. }"
    );
}
