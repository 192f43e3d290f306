//! What a hit of the default cache allocates: the value it returns, and nothing else.
//!
//! Allocations are counted on the calling thread alone, and not those of other tests or of the cache's own
//! threads.

use allocation_counter::{AllocationInfo, measure};
use cache_memoize::{CacheKey, cache_memoize};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

const HITS: u64 = 1000;

/// What so many hits allocate after a call that computed, and a first hit, with which the thread makes its table of what
/// it holds.
fn of_hits<T>(call: impl Fn() -> T) -> AllocationInfo {
    let computing = measure(|| drop(black_box(call())));
    assert_ne!(computing.count_total, 0, "a computation allocates, which shows that it is counted");
    drop(black_box(call()));
    measure(|| {
        for _ in 0..HITS {
            drop(black_box(call()));
        }
    })
}

/// Asserts that a hit allocates nothing.
#[track_caller]
fn assert_allocates_nothing<T>(call: impl Fn() -> T) {
    let info = of_hits(call);
    assert_eq!((info.count_total, info.bytes_total), (0, 0), "in {HITS} hits");
}

/// Asserts that a hit allocates once, as many bytes as the value has.
#[track_caller]
fn assert_allocates_once(bytes: usize, call: impl Fn() -> String) {
    let info = of_hits(call);
    let bytes = HITS * u64::try_from(bytes).expect("a value is shorter");
    assert_eq!((info.count_total, info.bytes_total), (HITS, bytes), "in {HITS} hits");
}

/// The value of a future that need not wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a hit waits for nothing"),
    }
}

#[cache_memoize(ttl = 300)]
fn square(number: u64) -> u64 {
    number * number
}

#[cache_memoize(ttl = 300)]
async fn square_async(number: u64) -> u64 {
    number * number
}

#[test]
fn a_number_of_a_number_costs_nothing() {
    assert_allocates_nothing(|| square(black_box(7)));
    assert_allocates_nothing(|| ready(square_async(black_box(7))));
}

#[cache_memoize(ttl = 300)]
fn pair(from: &str, to: &str) -> String {
    format!("{from}/{to}")
}

#[cache_memoize(ttl = 300)]
async fn pair_async(from: &str, to: &str) -> String {
    format!("{from}/{to}")
}

#[cache_memoize(ttl = 300)]
fn rate(from: &str, to: &str) -> f64 {
    if from == to { 1.0 } else { 1.08 }
}

#[cache_memoize(ttl = 300)]
fn parsed(text: &str) -> Result<Option<u64>, String> {
    text.parse().map(Some).map_err(|_| format!("{text} is no number"))
}

#[test]
fn text_costs_what_is_returned() {
    assert_allocates_once("EUR/USD".len(), || pair(black_box("EUR"), "USD"));
    assert_allocates_once("EUR/USD".len(), || ready(pair_async(black_box("EUR"), "USD")));
    assert_allocates_nothing(|| rate(black_box("EUR"), "USD"));
    assert_allocates_nothing(|| parsed(black_box("12")));
}

#[derive(CacheKey)]
struct Shop {
    name: String,
    tags: Vec<u32>,
}

impl Shop {
    #[cache_memoize(ttl = 300)]
    fn price(&self, ids: &[u64], discount: Option<f64>) -> u64 {
        ids.iter().sum::<u64>() + u64::from(discount.is_some())
    }
}

#[test]
fn a_receiver_and_its_parts_cost_nothing() {
    let shop = Shop { name: "corner".to_owned(), tags: vec![1, 2] };
    assert_eq!((shop.name.len(), shop.tags.len()), (6, 2));
    assert_allocates_nothing(|| shop.price(black_box(&[1, 2, 3]), Some(0.5)));
}

#[cache_memoize(ttl = 300, local)]
fn shared(id: u64) -> Arc<Vec<u64>> {
    Arc::new(vec![id])
}

#[test]
fn a_shared_value_costs_nothing() {
    assert_allocates_nothing(|| shared(black_box(7)));
}
