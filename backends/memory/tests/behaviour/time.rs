use crate::support::{for_millis, get, key, set, wait_until, with_fake_clock};
use cache_memoize_core::{LeaseMode, PutMode, Store, Ttl};
use cache_memoize_memory::Memory;
use std::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn a_lifetime_ends_on_its_millisecond() {
    let (memory, clock) = with_fake_clock();
    set(&memory, "short", b"1", for_millis(10));
    set(&memory, "long", b"2", for_millis(11));
    set(&memory, "endless", b"3", Ttl::Forever);

    clock.advance(9 * MILLISECOND);
    assert!(get(&memory, "short").is_some());
    clock.advance(MILLISECOND);
    assert_eq!(get(&memory, "short"), None);
    assert!(get(&memory, "long").is_some());
    clock.advance(MILLISECOND);
    assert_eq!(get(&memory, "long"), None);
    clock.advance(Duration::from_secs(1 << 40));
    assert!(get(&memory, "endless").is_some());
}

#[test]
fn a_touch_counts_from_now_and_may_shorten() {
    let (memory, clock) = with_fake_clock();
    set(&memory, "a", b"1", for_millis(10));
    clock.advance(5 * MILLISECOND);
    assert!(memory.touch(key("a"), for_millis(10)).unwrap());
    clock.advance(9 * MILLISECOND);
    assert!(get(&memory, "a").is_some());
    assert!(memory.touch(key("a"), for_millis(1)).unwrap());
    clock.advance(MILLISECOND);
    assert_eq!(get(&memory, "a"), None);
    assert!(!memory.touch(key("a"), for_millis(10)).unwrap());
}

#[test]
fn a_sweep_reclaims_what_is_over_and_nothing_else() {
    let memory = with_499_that_are_over();
    memory.sweep();
    assert_eq!(memory.len(), 502, "500 to 999, and two that are endless");
    assert_eq!(memory.sweep(), 0);
    assert_eq!(memory.evictions(), 0);
}

/// The janitor may come before it, and take some.
#[test]
fn a_sweep_tells_how_many_it_took_out() {
    wait_until("a sweep took out all of them", || {
        let swept = with_499_that_are_over().sweep();
        assert!(swept <= 499, "{swept}");
        swept == 499
    });
}

fn with_499_that_are_over() -> Memory {
    let (memory, clock) = with_fake_clock();
    for number in 0..1_000_u64 {
        set(&memory, &number.to_string(), b"", for_millis(number + 1));
    }
    set(&memory, "endless", b"", Ttl::Forever);
    set(&memory, "0", b"", Ttl::Forever);
    clock.advance(500 * MILLISECOND);
    memory
}

#[test]
fn writes_sweep_a_little_in_passing() {
    let (memory, clock) = with_fake_clock();
    for number in 0..100 {
        set(&memory, &format!("old{number}"), b"", for_millis(1));
    }
    clock.advance(MILLISECOND);
    for number in 0..100 {
        set(&memory, &format!("new{number}"), b"", Ttl::Forever);
    }
    assert_eq!(memory.len(), 100);
}

#[test]
fn the_janitor_reclaims_where_nobody_writes() {
    let memory = Memory::new();
    set(&memory, "a", b"1", for_millis(1));
    set(&memory, "b", b"2", Ttl::Forever);
    wait_until("the entry is reclaimed", || memory.len() == 1);
    set(&memory, "c", b"3", for_millis(3_600_000));
    set(&memory, "d", b"4", for_millis(1));
    wait_until("a nearer end calls the janitor again", || memory.len() == 2);
    assert!(get(&memory, "b").is_some());
}

#[test]
fn the_janitor_follows_a_clock_that_is_given() {
    let (memory, clock) = with_fake_clock();
    set(&memory, "a", b"1", for_millis(3_600_000));
    clock.advance(Duration::from_secs(3_600));
    wait_until("the entry is reclaimed", || memory.is_empty());
}

#[test]
fn an_expired_value_leaves_its_lease() {
    let (memory, clock) = with_fake_clock();
    set(&memory, "a", b"old", for_millis(10));
    let (lease, value) = Store::lease(&memory, key("a"), for_millis(100), LeaseMode::Join).unwrap();
    assert_eq!(value.as_deref(), Some(&b"old"[..]));
    clock.advance(10 * MILLISECOND);
    memory.sweep();
    let fill =
        Store::put(&memory, key("a"), "new".into(), for_millis(10), PutMode::IfLease(lease.token));
    assert!(fill.unwrap());
    assert_eq!(get(&memory, "a").as_deref(), Some(&b"new"[..]));
}
