use crate::support::{get, set};
use cache_memoize_core::Ttl;
use cache_memoize_memory::Memory;
use std::collections::{BTreeMap, HashMap};

const CAPACITY: usize = 1_000;

#[test]
fn a_hot_set_survives_a_scan_of_ten_times_the_room() {
    let memory = Memory::builder().max_entries(CAPACITY).build();
    let hot: Vec<_> = (0..CAPACITY / 2).map(|number| format!("hot{number}")).collect();
    for _ in 0..3 {
        hot.iter().for_each(|text| _ = ask(&memory, text));
    }
    for number in 0..10 * CAPACITY {
        ask(&memory, &format!("scan{number}"));
    }
    let survivors = hot.iter().filter(|text| get(&memory, text).is_some()).count();
    assert_eq!(survivors, hot.len());
}

#[test]
fn a_mixed_trace_hits_more_often_than_with_lru() {
    let trace = zipf_with_scans();
    let memory = Memory::builder().max_entries(CAPACITY).build();
    let hits = trace.iter().filter(|number| ask(&memory, &number.to_string())).count();
    let mut lru = Lru::default();
    let lru_hits = trace.iter().filter(|number| lru.ask(**number)).count();
    assert!(
        hits * 100 > lru_hits * 115,
        "{hits} hits of {} requests, and {lru_hits} with LRU",
        trace.len()
    );
}

/// Asks as a memoized function does, and says whether it was a hit.
fn ask(memory: &Memory, text: &str) -> bool {
    let hit = get(memory, text).is_some();
    if !hit {
        set(memory, text, b"value", Ttl::Forever);
    }
    hit
}

/// Requests by Zipf's law over ten times as many keys as there is room for, interrupted now and then by
/// a scan of keys that nobody asks for again.
fn zipf_with_scans() -> Vec<u64> {
    const KEYS: usize = 10 * CAPACITY;
    const FIRST_SCANNED: u64 = 1 << 32;
    let mut random = fastrand::Rng::with_seed(42);
    let mut total = 0.0;
    let sums: Vec<f64> = (1..=KEYS)
        .map(|rank| {
            total += 1.0 / rank as f64;
            total
        })
        .collect();
    let mut trace = Vec::new();
    for round in 0..40 {
        for _ in 0..5_000 {
            let drawn = random.f64() * total;
            trace.push(sums.partition_point(|sum| *sum < drawn) as u64);
        }
        let first = FIRST_SCANNED + round * KEYS as u64;
        trace.extend(first..first + 2 * CAPACITY as u64);
    }
    trace
}

/// What the store is compared with: the least recently used goes.
#[derive(Default)]
struct Lru {
    last_use: HashMap<u64, u64>,
    in_order: BTreeMap<u64, u64>,
    time: u64,
}

impl Lru {
    fn ask(&mut self, number: u64) -> bool {
        self.time += 1;
        let before = self.last_use.insert(number, self.time);
        if let Some(before) = before {
            self.in_order.remove(&before);
        } else if self.in_order.len() == CAPACITY {
            let (_, oldest) = self.in_order.pop_first().expect("it is full");
            self.last_use.remove(&oldest);
        }
        self.in_order.insert(self.time, number);
        before.is_some()
    }
}
