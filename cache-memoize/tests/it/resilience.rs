//! What a bad store costs its callers, and what becomes of invalidations that do not reach it.

use crate::support::{block_on, with_default};
use cache_memoize::core::{Backend, KeyRef, StoreErrorKind};
use cache_memoize::{Cache, CacheBuilder, ErrorKind, Event, Memory, cache_memoize, caches};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const OUTAGE: Fault = Fault::Fail(StoreErrorKind::Unavailable);
const PAUSE: Duration = Duration::from_millis(500);
/// Longer than anything here should take, shorter than for ever.
const TOO_LONG: Duration = Duration::from_secs(20);

static WORLD: AtomicU32 = AtomicU32::new(0);

fn changed_world() -> u32 {
    WORLD.fetch_add(1, Ordering::SeqCst) + 1
}

#[cache_memoize(ttl = 3600)]
fn world(id: u32) -> u32 {
    let _ = id;
    WORLD.load(Ordering::SeqCst)
}

#[cache_memoize(ttl = 3600)]
async fn world_async(id: u32) -> u32 {
    let _ = id;
    WORLD.load(Ordering::SeqCst)
}

/// A store that fails as it is told, its clock, and what reached it.
struct Bench {
    faults: Faults,
    counts: Counts,
    clock: FakeClock,
    backend: Backend,
    events: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    fn new() -> Self {
        let (faults, counts, clock) = (Faults::new(), Counts::new(), FakeClock::new());
        let memory = Memory::builder().clock(clock.clone()).build();
        let backend = counts.wrap(&faults.wrap(&memory.into()));
        Self { faults, counts, clock, backend, events: Arc::default() }
    }

    fn cache(&self) -> Cache {
        self.built(|builder| builder)
    }

    fn built(&self, set: impl FnOnce(CacheBuilder) -> CacheBuilder) -> Cache {
        let events = self.events.clone();
        let observer = move |event: &Event<'_>| {
            let kind = format!("{:?}", event.kind);
            let name = kind.split([' ', '{']).next().unwrap_or_default().to_owned();
            if name.starts_with("Store") && name != "Stored" {
                events.lock().expect("no observer panics").push(name);
            }
        };
        let builder = Cache::builder().backend(self.backend.clone()).observer(observer);
        set(builder).build().expect("the settings are right")
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.events.lock().expect("no observer panics"))
    }

    /// Makes the store fail until it is left alone.
    fn break_down(&self) {
        self.faults.everywhere().always(OUTAGE);
        for id in 0..3 {
            world(1_000 + id);
        }
    }
}

#[test]
fn a_hanging_store_costs_a_call_one_time_limit() {
    let bench = Bench::new();
    let limit = Duration::from_millis(5);
    let cache = bench.built(|builder| builder.timeout(limit));
    bench.faults.everywhere().always(Fault::Hang);
    let began = Instant::now();
    with_default(&cache, || {
        world(1);
        assert_eq!(bench.counts.total(), 1, "who failed once is not asked again in this call");
        let error = invalidate_world(1).expect_err("the store hangs");
        assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Timeout));
    });
    block_on(caches::scoped_async([("default", cache)], async {
        world_async(1).await;
        assert_eq!(bench.counts.total(), 3);
    }));
    assert!(began.elapsed() < TOO_LONG);
}

#[cache_memoize(ttl = 3600, stale_while_revalidate = 60, background)]
fn behind(id: u32) -> u32 {
    id
}

#[cache_memoize(ttl = 3600, stale_while_revalidate = 60, background)]
async fn behind_async(id: u32) -> u32 {
    id
}

#[test]
fn a_failing_store_is_asked_once_by_a_function_with_a_background_too() {
    let bench = Bench::new();
    bench.faults.everywhere().always(OUTAGE);
    with_default(&bench.cache(), || {
        assert_eq!(behind(1), 1);
        assert_eq!(bench.counts.total(), 1);
        block_on(async { assert_eq!(behind_async(2).await, 2) });
        assert_eq!(bench.counts.total(), 2);
    });
}

#[test]
fn an_async_companion_of_a_hanging_store_says_that_it_took_too_long() {
    let bench = Bench::new();
    let cache = bench.built(|builder| builder.timeout(Duration::from_millis(5)));
    bench.faults.everywhere().always(Fault::Hang);
    block_on(caches::scoped_async([("default", cache)], async {
        let error = invalidate_world_async(1).await.expect_err("the store hangs");
        assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Timeout));
        assert!(error.to_string().contains("5ms"), "{error}");
    }));
}

#[test]
fn an_operation_that_might_not_be_done_in_time_does_not_begin() {
    let bench = Bench::new();
    let limit = Duration::from_millis(200);
    let cache = bench.built(|builder| builder.timeout(limit).call_timeout(limit));
    bench.faults.on("get").always(Fault::Delay(Duration::from_millis(1)));
    with_default(&cache, || {
        world(1);
        assert_eq!((bench.counts.of("get"), bench.counts.of("lease")), (1, 0));
    });
}

#[test]
fn after_three_failures_the_store_is_left_alone_and_then_asked_once_at_a_time() {
    let bench = Bench::new();
    with_default(&bench.cache(), || {
        bench.break_down();
        assert_eq!(bench.counts.total(), 3);
        world(1);
        assert_eq!(bench.counts.total(), 3, "it is left alone");
        bench.clock.advance(PAUSE);
        world(1);
        world(1);
        assert_eq!(bench.counts.total(), 4, "one probe");
        bench.faults.heal();
        bench.clock.advance(PAUSE);
        let before = world(1);
        changed_world();
        assert_eq!(world(1), before, "hits again");
    });
}

#[test]
fn a_failure_is_told_once_and_counted_each_time() {
    let bench = Bench::new();
    let cache = bench.cache();
    with_default(&cache, || {
        bench.break_down();
        assert_eq!(bench.told(), ["StoreFault", "StoreDown"]);
        for _ in 0..5 {
            bench.clock.advance(PAUSE);
            world(1);
        }
        assert_eq!(bench.told(), [""; 0]);
        assert_eq!(cache.stats().total().faults, 8);
        bench.faults.heal();
        bench.clock.advance(PAUSE);
        world(1);
        world(1);
        assert_eq!(bench.told(), ["StoreUp"]);
    });
}

#[test]
fn a_refused_value_is_no_outage() {
    let bench = Bench::new();
    with_default(&bench.cache(), || {
        bench.faults.on("put").always(Fault::Fail(StoreErrorKind::TooLarge));
        (0..10).map(world).for_each(|value| assert_eq!(value, WORLD.load(Ordering::SeqCst)));
        assert_eq!(bench.counts.of("put"), 10);
        assert_eq!(bench.told(), ["StoreFault"]);
    });
}

#[test]
fn a_cancelled_probe_leaves_the_next_caller_to_probe() {
    let bench = Bench::new();
    let cache = bench.cache();
    with_default(&cache, || bench.break_down());
    bench.faults.heal();
    bench.faults.on("get").once(Fault::Hang);
    bench.clock.advance(PAUSE);
    block_on(caches::scoped_async([("default", cache)], async {
        let probe = tokio::time::timeout(Duration::from_millis(1), world_async(1)).await;
        assert!(probe.is_err(), "it hangs, and is cancelled");
        let before = world_async(1).await;
        changed_world();
        assert_eq!(world_async(1).await, before, "the store is in use again");
    }));
}

#[test]
fn an_invalidation_that_did_not_arrive_is_made_up_for() {
    for fault in [OUTAGE, Fault::FailAfter(StoreErrorKind::Timeout)] {
        let bench = Bench::new();
        with_default(&bench.cache(), || {
            world(1);
            let now = changed_world();
            bench.faults.on("remove").once(fault);
            invalidate_world(1).expect_err("the store fails");
            assert_eq!(world(1), now, "{fault:?}");
            assert_eq!(bench.counts.of("remove"), 2, "the first thing that it was asked");
            changed_world();
            assert_eq!(world(1), now, "{fault:?}: and it is remembered");
        });
    }
}

#[test]
fn an_async_invalidation_that_did_not_arrive_is_made_up_for() {
    let bench = Bench::new();
    block_on(caches::scoped_async([("default", bench.cache())], async {
        world_async(1).await;
        let now = changed_world();
        bench.faults.on("remove").once(OUTAGE);
        invalidate_world_async(1).await.expect_err("the store fails");
        assert_eq!(world_async(1).await, now);
        changed_world();
        assert_eq!(world_async(1).await, now);
    }));
}

#[test]
fn what_is_owed_is_not_believed_before_it_is_paid() {
    let bench = Bench::new();
    with_default(&bench.cache(), || {
        world(1);
        world(2);
        let before = world(2);
        let now = changed_world();
        bench.faults.on("remove").always(Fault::Fail(StoreErrorKind::Denied));
        invalidate_world(1).expect_err("the store refuses");
        assert_eq!(world(1), now, "the old value is in the store, and not served");
        assert_eq!(peek_world(1).expect_err("nobody knows").kind(), UNAVAILABLE);
        assert_eq!(world(2), before, "other keys are served");
        bench.clock.advance(PAUSE);
        assert_eq!(world(2), before, "after another try too");
        bench.faults.heal();
        bench.clock.advance(PAUSE);
        assert_eq!(world(2), before);
        changed_world();
        assert_eq!(world(1), world(1), "paid, and remembered again");
    });
}

/// A bench whose store has two parts: keys of even numbers are in one, keys of odd numbers in the other, and the
/// faults are those of the odd.
fn two_parts() -> Bench {
    let bench = Bench::new();
    let is_odd = |key: KeyRef<'_>| {
        let digit = key.as_str().bytes().rfind(u8::is_ascii_digit);
        digit.is_some_and(|digit| digit % 2 == 1)
    };
    bench.faults.only_for_keys(is_odd);
    let backend = bench.backend.clone().with_parts(2, move |key| usize::from(is_odd(key)));
    Bench { backend, ..bench }
}

#[test]
fn a_part_of_a_store_that_fails_is_left_alone_and_the_others_serve() {
    let bench = two_parts();
    let cache = bench.cache();
    with_default(&cache, || {
        let before = [0, 1, 2].map(world)[0];
        let now = changed_world();
        bench.faults.everywhere().always(OUTAGE);
        for _ in 0..5 {
            assert_eq!((world(1), world(2)), (now, before));
        }
        assert_eq!(
            bench.told(),
            ["StoreFault", "StoreDown"],
            "what the other part does is no news"
        );
        assert_eq!(cache.stats().total().faults, 3, "it is left alone");
        invalidate_world(1).expect_err("it is down");
        invalidate_world(0).expect("it is not");
        assert_eq!((world(0), world(2)), (now, before));
        assert_eq!(cache.stats().total().faults, 3, "nobody pays for the other part");
        bench.faults.heal();
        bench.clock.advance(PAUSE);
        let removals = bench.counts.of("remove");
        assert_eq!(world(2), before);
        assert_eq!(bench.counts.of("remove"), removals);
        assert_eq!(world(1), now);
        assert_eq!(bench.counts.of("remove"), removals + 1, "paid where it is owed");
        changed_world();
        assert_eq!((world(1), world(2)), (now, before));
        assert_eq!(bench.told(), ["StoreUp"]);
    });
}

#[cache_memoize(ttl = 3600)]
async fn endless(id: u32) -> u32 {
    std::future::pending::<()>().await;
    id
}

#[test]
fn leases_that_cannot_be_given_back_to_one_part_do_not_hinder_the_others() {
    let bench = two_parts();
    block_on(caches::scoped_async([("default", bench.cache())], async {
        let cancelled = tokio::time::timeout(Duration::from_millis(1), endless(1)).await;
        assert!(cancelled.is_err(), "its lease is left over");
        bench.faults.everywhere().always(OUTAGE);
        let before = world_async(2).await;
        changed_world();
        assert_eq!(world_async(2).await, before, "it is stored");
        assert_eq!(bench.counts.of("release"), 0);
        bench.faults.heal();
        world_async(3).await;
        assert_eq!(bench.counts.of("release"), 1);
    }));
}

#[test]
fn a_ping_pays_what_is_owed() {
    let bench = two_parts();
    let (cache, other) = (bench.cache(), bench.cache());
    let before = with_default(&cache, || world(1));
    let now = changed_world();
    bench.faults.everywhere().always(OUTAGE);
    with_default(&cache, || invalidate_world(1)).expect_err("it is down");
    assert_eq!(with_default(&other, || world(3)), now, "it computes");
    bench.faults.heal();
    assert_eq!(with_default(&other, || world(1)), before, "nobody has told it");
    cache.ping().expect("it is back");
    assert_eq!(with_default(&other, || world(1)), now);
    with_default(&cache, || {
        changed_world();
        assert_eq!(world(1), now, "and nothing is owed");
    });
}

#[test]
fn who_is_not_told_of_the_store_because_of_a_debt_is_told_why() {
    let bench = Bench::new();
    with_default(&bench.cache(), || {
        bench.faults.on("remove").always(Fault::Fail(StoreErrorKind::Timeout));
        invalidate_world(1).expect_err("it takes too long");
        bench.clock.advance(PAUSE);
        let error = invalidate_world(2).expect_err("the debt takes too long");
        assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Timeout));
    });
}

#[test]
fn a_ping_that_all_parts_answer_ends_their_rest() {
    let bench = two_parts();
    let cache = bench.cache();
    with_default(&cache, || {
        bench.faults.everywhere().always(OUTAGE);
        assert_eq!([1, 3, 5].map(world), [WORLD.load(Ordering::SeqCst); 3]);
        cache.ping().expect_err("one part is down");
        bench.faults.heal();
        cache.ping().expect("it is asked all the same");
        let before = world(1);
        changed_world();
        assert_eq!(world(1), before, "the part is in use again");
        assert_eq!(bench.told(), ["StoreFault", "StoreDown", "StoreFault", "StoreUp"]);
    });
}

const UNAVAILABLE: ErrorKind = ErrorKind::Store(StoreErrorKind::Unavailable);

#[test]
fn an_invalidation_during_an_outage_is_made_up_for_when_the_store_is_back() {
    let bench = Bench::new();
    with_default(&bench.cache(), || {
        world(1);
        let now = changed_world();
        bench.break_down();
        assert_eq!(invalidate_world(1).expect_err("it is left alone").kind(), UNAVAILABLE);
        bench.faults.heal();
        bench.clock.advance(PAUSE);
        assert_eq!(world(1), now);
    });
}

#[test]
fn a_refresh_that_did_not_arrive_leaves_no_older_value() {
    for operation in ["lease", "put"] {
        let bench = Bench::new();
        with_default(&bench.cache(), || {
            world(1);
            let now = changed_world();
            bench.faults.on(operation).once(OUTAGE);
            assert_eq!(refresh_world(1), now);
            assert_eq!(world(1), now, "{operation}");
        });
    }
}

#[test]
fn more_debts_than_can_be_remembered_make_everything_older_suspect() {
    let bench = Bench::new();
    // To pay so many takes a while.
    let cache = bench.built(|builder| builder.call_timeout(Duration::MAX));
    with_default(&cache, || {
        world(1);
        let now = changed_world();
        bench.faults.everywhere().always(OUTAGE);
        for id in 2..66_000 {
            let _ = invalidate_world(id);
        }
        let _ = invalidate_world(1);
        bench.faults.heal();
        bench.clock.advance(PAUSE);
        assert_eq!(world(1), now);
        changed_world();
        assert_eq!(world(1), now, "what is stored from then on is served");
    });
}

#[test]
fn a_ping_says_whether_the_store_answers() {
    let bench = Bench::new();
    let cache = bench.cache();
    cache.ping().expect("it is there");
    block_on(cache.ping_async()).expect("it is there");
    bench.faults.on("ping").once(OUTAGE);
    assert_eq!(cache.ping().expect_err("it is not").kind(), UNAVAILABLE);
    Cache::disabled().ping().expect("nothing to ask");
    Cache::memory().ping().expect("it is here");
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Trouble {
    Store(String),
    Own,
}

impl From<cache_memoize::Error> for Trouble {
    fn from(error: cache_memoize::Error) -> Self {
        Self::Store(error.to_string())
    }
}

#[cache_memoize(cache_err = true)]
fn telling(id: u32) -> Result<u32, Trouble> {
    if id == 0 { Err(Trouble::Own) } else { Ok(id) }
}

#[cache_memoize]
async fn telling_async(id: u32) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(id)
}

#[cache_memoize(store_result = false)]
fn telling_guard(id: u32) -> Result<(), Trouble> {
    let _ = id;
    Ok(())
}

#[cache_memoize]
fn silent(id: u32) -> Result<u32, String> {
    Ok(id)
}

#[test]
fn a_strict_cache_tells_those_who_can_hear_it() {
    let bench = Bench::new();
    with_default(&bench.built(|builder| builder.strict(true)), || {
        assert_eq!((telling(1), telling(0), telling_guard(1)), (Ok(1), Err(Trouble::Own), Ok(())));
        for operation in ["get", "lease"] {
            bench.faults.on(operation).once(OUTAGE);
            let told = telling(2 + operation.len() as u32);
            assert!(
                matches!(&told, Err(Trouble::Store(text)) if text.contains("memory")),
                "{told:?}"
            );
        }
        bench.faults.on("get").once(OUTAGE);
        assert!(matches!(telling_guard(2), Err(Trouble::Store(_))));
        assert_eq!(telling_guard(2), Ok(()), "it did not run, and may");
        bench.faults.on("put").once(OUTAGE);
        assert_eq!(telling(3), Ok(3), "it is computed already");
        bench.faults.on("get").once(OUTAGE);
        assert_eq!(silent(1), Ok(1), "it cannot tell");
        bench.faults.heal();
        assert_eq!(telling(5), Ok(5), "the failure was not stored");
    });
}

#[test]
fn a_strict_cache_tells_async_callers_too() {
    let bench = Bench::new();
    let cache = bench.built(|builder| builder.strict(true));
    block_on(caches::scoped_async([("default", cache)], async {
        bench.faults.on("get").once(OUTAGE);
        let told = telling_async(1).await.expect_err("the store failed");
        assert!(told.to_string().contains("memory"), "{told}");
        assert_eq!(telling_async(1).await.expect("the store answers"), 1);
    }));
}

#[test]
fn a_cache_that_is_not_strict_tells_nobody() {
    let bench = Bench::new();
    with_default(&bench.cache(), || {
        bench.faults.everywhere().always(OUTAGE);
        (0..10).for_each(|_| assert_eq!(telling(1), Ok(1)));
    });
}

#[test]
fn time_limits_that_leave_no_time_are_refused() {
    let refused = |builder: CacheBuilder| builder.build().expect_err("no time").to_string();
    assert!(refused(Cache::builder().timeout(Duration::ZERO)).contains("timeout is zero"));
    let short = Duration::from_millis(249);
    assert!(refused(Cache::builder().call_timeout(short)).contains("never be asked"));
    Cache::builder().timeout(short).call_timeout(short).build().expect("one operation fits");
}
