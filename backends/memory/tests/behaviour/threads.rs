use crate::support::{for_millis, get, get_object, key, set, set_object};
use cache_memoize_core::{Bytes, LeaseMode, ObjectStore, PutMode, Store, Ttl};
use cache_memoize_memory::Memory;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

const THREADS: usize = 8;

fn together(work: impl Fn(usize) + Sync) {
    let (start, work) = (Barrier::new(THREADS), &work);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                work(number);
            });
        }
    });
}

/// A value is the number of the era in which its computation began. `remove` ends an era: a value of an
/// earlier one must never be seen by who asks afterwards.
#[test]
fn no_value_outlives_the_removal_that_came_after_its_computation_began() {
    const KEY: &str = "key";
    let memory = Memory::builder().max_entries(16).build();
    let (began, ended) = (AtomicU64::new(1), AtomicU64::new(0));
    let over = AtomicBool::new(false);

    together(|number| match number {
        0 => {
            for _ in 0..5_000 {
                let era = began.fetch_add(1, Ordering::SeqCst);
                Store::remove(&memory, &[key(KEY)]).unwrap();
                ended.store(era, Ordering::SeqCst);
            }
            over.store(true, Ordering::SeqCst);
        }
        1 => {
            let mut scanned = 0_u64;
            while !over.load(Ordering::SeqCst) {
                scanned += 1;
                set(&memory, &scanned.to_string(), b"", for_millis(1));
            }
        }
        _ => {
            while !over.load(Ordering::SeqCst) {
                let last_ended = ended.load(Ordering::SeqCst);
                if let Some(value) = get(&memory, KEY) {
                    let era = u64::from_le_bytes(value[..].try_into().unwrap());
                    assert!(era > last_ended, "a value of era {era} after {last_ended} ended");
                    continue;
                }
                let (lease, _) =
                    Store::lease(&memory, key(KEY), for_millis(60_000), LeaseMode::Join).unwrap();
                let value = began.load(Ordering::SeqCst).to_le_bytes();
                thread::yield_now();
                let (value, mode) = (Bytes::copy_from_slice(&value), PutMode::IfLease(lease.token));
                Store::put(&memory, key(KEY), value, Ttl::Forever, mode).unwrap();
            }
        }
    });
}

#[test]
fn of_all_who_share_a_lease_one_is_the_first_and_one_fill_is_stored() {
    let memory = Memory::new();
    for round in 0..500 {
        let text = round.to_string();
        let (firsts, stored) = (AtomicU64::new(0), AtomicU64::new(0));
        let asked = Barrier::new(THREADS);
        together(|_| {
            let lease = ObjectStore::lease(&memory, key(&text), Ttl::Forever, LeaseMode::Join);
            firsts.fetch_add(u64::from(lease.first), Ordering::SeqCst);
            asked.wait();
            let fill = PutMode::IfLease(lease.token);
            let accepted =
                Store::put(&memory, key(&text), Bytes::new(), Ttl::Forever, fill).unwrap();
            stored.fetch_add(u64::from(accepted), Ordering::SeqCst);
        });
        assert_eq!((firsts.into_inner(), stored.into_inner()), (1, 1));
    }
}

#[test]
fn of_all_who_put_if_absent_one_succeeds() {
    let memory = Memory::new();
    for round in 0..500 {
        let text = round.to_string();
        let stored = AtomicU64::new(0);
        together(|number| {
            let value = Bytes::from(number.to_string());
            let mode = PutMode::IfAbsent;
            let accepted = Store::put(&memory, key(&text), value, Ttl::Forever, mode).unwrap();
            stored.fetch_add(u64::from(accepted), Ordering::SeqCst);
        });
        assert_eq!(stored.into_inner(), 1);
    }
}

#[test]
fn no_increment_is_lost() {
    let memory = Memory::new();
    together(|_| {
        for _ in 0..2_000 {
            memory.increment(key("counter"), 1, 1, for_millis(60_000)).unwrap();
        }
    });
    let counted = get(&memory, "counter").unwrap();
    assert_eq!(counted, (THREADS * 2_000).to_string().as_bytes());
}

/// Values that know their key: whoever reads another's value sees it at once.
#[test]
fn everything_at_once_keeps_the_books_straight() {
    let memory = Memory::builder().max_entries(100).max_bytes(200 * 400).build();
    together(|number| {
        let mut random = fastrand::Rng::with_seed(number as u64);
        for _ in 0..20_000 {
            let text = random.u32(0..300).to_string();
            match random.u32(0..100) {
                0..50 => {
                    if let Some(value) = get(&memory, &text) {
                        assert!(value.starts_with(format!("{text}=").as_bytes()));
                    }
                }
                50..60 => {
                    let found = get_object::<String>(&memory, &text);
                    assert!(found.is_none_or(|found| found == text));
                }
                60..80 => {
                    let value = format!("{text}={}", "x".repeat(random.usize(0..300)));
                    set(&memory, &text, value.as_bytes(), for_millis(random.u64(1..5)));
                }
                80..90 => _ = set_object(&memory, &text, text.clone()),
                90..95 => _ = Store::remove(&memory, &[key(&text)]).unwrap(),
                95..98 => _ = memory.touch(key(&text), for_millis(2)).unwrap(),
                98 => _ = memory.sweep(),
                _ if random.u32(0..20) == 0 => Store::clear(&memory).unwrap(),
                _ => {}
            }
            assert!(memory.len() <= 100 && memory.weight() <= 200 * 400);
        }
    });
    let keys: Vec<_> = (0..300).map(|number| number.to_string()).collect();
    for text in &keys {
        Store::remove(&memory, &[key(text)]).unwrap();
    }
    assert_eq!((memory.len(), memory.weight()), (0, 0), "what was removed weighs nothing");
}
