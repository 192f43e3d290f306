use crate::support::{for_millis, get, key, set, with_fake_clock};
use cache_memoize_core::{
    Bytes, LeaseMode, Object, ObjectStore, PutMode, Store, StoreErrorKind, Ttl,
};
use cache_memoize_memory::Memory;

/// What a one-letter key with a value of this length weighs.
fn weight_of(value: usize) -> usize {
    1 + value + Memory::ENTRY_OVERHEAD
}

#[test]
fn entries_are_bounded() {
    let memory = Memory::builder().max_entries(100).build();
    for number in 0..10_000 {
        set(&memory, &number.to_string(), b"value", Ttl::Forever);
        assert!(memory.len() <= 100);
    }
    assert_eq!((memory.len(), memory.evictions()), (100, 9_900));
}

#[test]
fn unless_told_otherwise_they_are_bounded_too() {
    let memory = Memory::new();
    for number in 0..=Memory::DEFAULT_MAX_ENTRIES {
        set(&memory, &number.to_string(), b"value", Ttl::Forever);
    }
    assert_eq!((memory.len(), memory.evictions()), (10_000, 1));
}

#[test]
fn zero_counts_as_one() {
    let memory = Memory::builder().max_entries(0).build();
    set(&memory, "a", b"", Ttl::Forever);
    set(&memory, "b", b"", Ttl::Forever);
    assert_eq!((memory.len(), get(&memory, "b")), (1, Some(Bytes::new())));

    let memory = Memory::builder().max_bytes(0).build();
    let refused = Store::put(&memory, key("a"), Bytes::new(), Ttl::Forever, PutMode::Always);
    assert_eq!(refused.unwrap_err().kind(), StoreErrorKind::TooLarge);
}

#[test]
fn weight_is_bounded_whatever_the_sizes() {
    let bound = 100_000;
    let memory = Memory::builder().max_bytes(bound).build();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let (number, length) = (random.u32(0..500), random.usize(0..10_000));
        set(&memory, &number.to_string(), &vec![0; length], Ttl::Forever);
        assert!(memory.weight() <= bound, "{} is over the bound", memory.weight());
        assert_eq!(get(&memory, &number.to_string()).unwrap().len(), length, "the newest stays");
    }
    assert!(memory.weight() > bound / 2, "the room is used");
}

#[test]
fn both_bounds_hold_at_once() {
    let memory = Memory::builder().max_entries(10).max_bytes(10 * weight_of(100)).build();
    for letter in 'a'..='z' {
        set(&memory, &letter.to_string(), b"", Ttl::Forever);
    }
    assert_eq!(memory.len(), 10);
    for letter in 'a'..='z' {
        set(&memory, &letter.to_string(), &[0; 1_000], Ttl::Forever);
    }
    assert!(memory.len() < 4 && memory.weight() <= 10 * weight_of(100));
}

#[test]
fn a_value_that_grows_makes_room_among_the_others() {
    let memory = Memory::builder().max_bytes(4 * weight_of(100)).build();
    for text in ["a", "b", "c", "d"] {
        set(&memory, text, &[0; 100], Ttl::Forever);
    }
    set(&memory, "a", &[0; 700], Ttl::Forever);
    assert_eq!(get(&memory, "a").unwrap().len(), 700);
    assert_eq!(memory.weight(), weight_of(700) + (memory.len() - 1) * weight_of(100));
    assert!(memory.weight() <= 4 * weight_of(100));
}

#[test]
fn what_is_heavier_than_the_bound_is_refused_and_leaves_nothing_older() {
    let memory = Memory::builder().max_bytes(weight_of(100)).build();
    let put = |length, mode| {
        Store::put(&memory, key("a"), vec![0; length].into(), Ttl::Forever, mode)
            .map_err(|error| error.kind())
    };
    assert_eq!(put(100, PutMode::Always), Ok(true), "as heavy as the bound is not too heavy");
    assert_eq!(put(101, PutMode::IfAbsent), Ok(false));
    assert_eq!(get(&memory, "a").unwrap().len(), 100);
    assert_eq!(put(101, PutMode::Always), Err(StoreErrorKind::TooLarge));
    assert_eq!(get(&memory, "a"), None);
    assert_eq!((memory.len(), memory.weight()), (0, 0));

    assert_eq!(put(101, PutMode::IfAbsent), Err(StoreErrorKind::TooLarge));
    let (lease, _) = Store::lease(&memory, key("a"), Ttl::Forever, LeaseMode::Join).unwrap();
    assert_eq!(put(50, PutMode::IfLease(lease.token)), Ok(true));
    let (lease, _) = Store::lease(&memory, key("a"), Ttl::Forever, LeaseMode::Renew).unwrap();
    assert_eq!(put(101, PutMode::IfLease(lease.token)), Err(StoreErrorKind::TooLarge));
    assert_eq!(get(&memory, "a"), None, "what it was to replace is out of date");
}

#[test]
fn a_lease_outlives_an_if_absent_that_was_too_heavy() {
    let memory = Memory::builder().max_bytes(weight_of(100)).build();
    let (lease, _) = Store::lease(&memory, key("a"), Ttl::Forever, LeaseMode::Join).unwrap();
    let heavy = vec![0; 101].into();
    Store::put(&memory, key("a"), heavy, Ttl::Forever, PutMode::IfAbsent).unwrap_err();
    let fill = PutMode::IfLease(lease.token);
    assert!(Store::put(&memory, key("a"), Bytes::new(), Ttl::Forever, fill).unwrap());
}

#[test]
fn the_message_says_what_to_do() {
    let memory = Memory::builder().max_bytes(weight_of(100)).build();
    let heavy = Bytes::from_static(&[b's'; 101]);
    let error = Store::put(&memory, key("a"), heavy, Ttl::Forever, PutMode::Always).unwrap_err();
    assert_eq!(
        error.to_string(),
        "put failed, no room for the value: a with its value of 101 bytes is heavier than the whole \
         memory store, which is bounded to 357 bytes; raise max_bytes or store less"
    );
}

#[test]
fn objects_weigh_what_they_say() {
    let memory = Memory::builder().max_bytes(weight_of(100)).build();
    assert!(memory.weighs() && !Memory::new().weighs());
    let put = |weight| {
        let object = Object { value: Box::new(()), weight };
        ObjectStore::put(&memory, key("a"), object, Ttl::Forever, PutMode::Always)
            .map_err(|error| error.kind())
    };
    assert_eq!(put(100), Ok(true));
    assert_eq!(memory.weight(), weight_of(100));
    assert_eq!(put(101), Err(StoreErrorKind::TooLarge));
    assert!(memory.is_empty(), "nothing older is left behind");
    assert_eq!(put(usize::MAX), Err(StoreErrorKind::TooLarge));
}

#[test]
fn a_boundless_claim_of_weight_does_no_harm() {
    let memory = Memory::new();
    let put = |text, weight| {
        let object = Object { value: Box::new(()), weight };
        ObjectStore::put(&memory, key(text), object, Ttl::Forever, PutMode::Always).is_ok()
    };
    assert!(put("a", 0) && !put("b", usize::MAX));
    let most = isize::MAX as usize - weight_of(0);
    assert!(put("b", most) && put("c", most) && put("d", 1));
    assert!(memory.weight() <= isize::MAX as usize);
}

#[test]
fn one_key_overwritten_a_million_times_stays_one_entry() {
    let memory = Memory::new();
    for number in 0..1_000_000_u32 {
        set(&memory, "a", &number.to_le_bytes(), for_millis(3_600_000));
    }
    assert_eq!((memory.len(), memory.weight()), (1, weight_of(4)));
}

#[test]
fn keys_that_come_and_go_leave_nothing_behind() {
    let (memory, _clock) = with_fake_clock();
    for number in 0..100_000 {
        let text = format!("key{}", number % 5_000);
        set(&memory, &text, b"value", for_millis(3_600_000));
        let _ = Store::lease(&memory, key(&text), for_millis(1_000), LeaseMode::Join).unwrap();
        assert_eq!(Store::remove(&memory, &[key(&text)]).unwrap(), [true]);
    }
    assert_eq!((memory.len(), memory.weight(), memory.evictions()), (0, 0, 0));
}
