//! Functions of many keys: whose computations are shared, what is fenced off, what it costs, and what failures do.

use crate::support::{block_on, bytes, every_kind, on_every_kind, with_default};
use cache_memoize::core::{Backend, LeaseMode, StoreErrorKind, Ttl};
use cache_memoize::{Cache, Error, Memory, cache_memoize, caches};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, Mutex};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// Far longer than anything here takes, and shorter than callers wait for one another.
const PATIENCE: Duration = Duration::from_secs(20);

/// What happens in a computation.
type Act<'a> = &'a (dyn Fn(&[u64]) + Sync);

#[cache_memoize(ttl = 60, batch, skip(act))]
fn tens(ids: &[u64], act: Act<'_>) -> Vec<u64> {
    act(ids);
    ids.iter().map(|id| id * 10).collect()
}

/// The same keys, async.
#[cache_memoize(ttl = 60, batch, skip(act), prefix = "it::batch::tens")]
async fn async_tens(ids: &[u64], act: Act<'_>) -> Vec<u64> {
    tokio::task::yield_now().await;
    act(ids);
    ids.iter().map(|id| id * 10).collect()
}

fn peeked(ids: &[u64]) -> Vec<Option<u64>> {
    peek_tens(ids).expect("the store works")
}

fn nothing(_: &[u64]) {}

fn unasked(ids: &[u64]) {
    panic!("{ids:?} are computed elsewhere");
}

#[test]
fn of_overlapping_calls_one_computes_what_they_share() {
    for (name, cache, _server) in every_kind() {
        let (first_began, second_began) = (Barrier::new(2), Barrier::new(2));
        let asked = Mutex::new(Vec::new());
        let first = |ids: &[u64]| {
            asked.lock().unwrap().push(ids.to_vec());
            first_began.wait();
            second_began.wait();
        };
        let second = |ids: &[u64]| {
            asked.lock().unwrap().push(ids.to_vec());
            second_began.wait();
        };
        thread::scope(|scope| {
            let call = scope.spawn(|| with_default(&cache, || tens(&[1, 2], &first)));
            first_began.wait();
            assert_eq!(with_default(&cache, || tens(&[2, 3], &second)), [20, 30], "{name}");
            assert_eq!(call.join().unwrap(), [10, 20], "{name}");
        });
        assert_eq!(asked.into_inner().unwrap(), [[1, 2].to_vec(), [3].to_vec()], "{name}");
        let stats = cache.stats();
        let stats = stats.function("tens").expect("it was called");
        assert_eq!((stats.misses, stats.coalesced, stats.hits), (3, 1, 0), "{name}");
    }
}

#[test]
fn a_crowd_of_overlapping_calls_computes_each_key_once() {
    const KEYS: u64 = 24;
    for (name, cache, _server) in every_kind() {
        let computed: Vec<AtomicU32> = (0..KEYS).map(|_| AtomicU32::new(0)).collect();
        let count = |ids: &[u64]| {
            ids.iter().for_each(|id| {
                computed[*id as usize].fetch_add(1, Ordering::SeqCst);
            });
            thread::yield_now();
        };
        let start = Barrier::new(8);
        thread::scope(|scope| {
            for caller in 0..8 {
                let (start, cache, count) = (&start, &cache, &count);
                scope.spawn(move || {
                    let ids: Vec<u64> = (0..KEYS).map(|at| (at * 5 + caller * 3) % KEYS).collect();
                    let expected: Vec<u64> = ids.iter().map(|id| id * 10).collect();
                    start.wait();
                    let found = match caller % 2 {
                        0 => with_default(cache, || tens(&ids, count)),
                        _ => block_on(caches::scoped_async(
                            [("default", cache.clone())],
                            async_tens(&ids, count),
                        )),
                    };
                    assert_eq!(found, expected);
                });
            }
        });
        let computed: Vec<_> = computed.into_iter().map(AtomicU32::into_inner).collect();
        assert_eq!(computed, vec![1; KEYS as usize], "{name}");
    }
}

#[test]
fn what_is_invalidated_while_it_is_computed_is_not_stored() {
    on_every_kind(|name| {
        let overtaken = |_: &[u64]| {
            invalidate_tens(&[1]).expect("the store works");
        };
        assert_eq!(tens(&[1, 2], &overtaken), [10, 20], "{name}");
        assert_eq!(peeked(&[1, 2]), [None, Some(20)], "{name}");
        let all_overtaken = |_: &[u64]| invalidate_all_tens().expect("the store works");
        assert_eq!(tens(&[3, 4], &all_overtaken), [30, 40], "{name}");
        assert_eq!(peeked(&[2, 3, 4]), [None; 3], "{name}");
    });
}

#[test]
fn async_calls_are_fenced_as_well() {
    on_every_kind(|name| {
        let overtaken = |_: &[u64]| {
            invalidate_tens(&[1]).expect("the store works");
        };
        assert_eq!(block_on(async_tens(&[1, 2], &overtaken)), [10, 20], "{name}");
        assert_eq!(peeked(&[1, 2]), [None, Some(20)], "{name}");
    });
}

#[test]
fn who_comes_after_an_invalidation_computes_anew() {
    for (name, cache, _server) in every_kind() {
        let (began, goes_on) = (Barrier::new(2), Barrier::new(2));
        let old = |_: &[u64]| {
            began.wait();
            goes_on.wait();
        };
        let anew = AtomicU32::new(0);
        thread::scope(|scope| {
            let call = scope.spawn(|| with_default(&cache, || tens(&[1, 2], &old)));
            began.wait();
            with_default(&cache, || {
                assert_eq!(invalidate_tens(&[1, 2]).ok(), Some(false), "{name}");
            });
            let newcomer = scope.spawn(|| {
                let newer = |_: &[u64]| {
                    anew.fetch_add(1, Ordering::SeqCst);
                };
                with_default(&cache, || tens(&[2, 1], &newer))
            });
            let deadline = Instant::now() + PATIENCE;
            while !newcomer.is_finished() {
                if Instant::now() > deadline {
                    // Whoever waits is let go, so that the test ends.
                    goes_on.wait();
                    panic!("{name}: who comes later waits for the old computation");
                }
                thread::yield_now();
            }
            assert_eq!(newcomer.join().unwrap(), [20, 10], "{name}");
            goes_on.wait();
            call.join().unwrap();
        });
        assert_eq!(anew.into_inner(), 1, "{name}");
    }
}

static WORLD: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = 60, batch, skip(act))]
fn world(ids: &[u64], act: Act<'_>) -> Vec<u32> {
    let world = WORLD.load(Ordering::SeqCst);
    act(ids);
    vec![world; ids.len()]
}

/// Who joins a computation here does not know of what happened there.
#[test]
fn what_another_process_invalidates_is_not_passed_on() {
    let invalidations: [fn(); 2] =
        [|| drop(invalidate_world(&[1, 2])), || invalidate_all_world().expect("the store works")];
    for invalidate in invalidations {
        let (counts, memory) = (Counts::new(), Backend::from(Memory::new()));
        let built = || Cache::builder().backend(counts.wrap(&memory)).build();
        let (here, there) = (built().expect("right settings"), built().expect("right settings"));
        let (began, goes_on) = (Barrier::new(2), Barrier::new(2));
        let old = |_: &[u64]| {
            began.wait();
            goes_on.wait();
        };
        thread::scope(|scope| {
            scope.spawn(|| with_default(&here, || world(&[1, 2], &old)));
            began.wait();
            let now = WORLD.fetch_add(1, Ordering::SeqCst) + 1;
            with_default(&there, invalidate);
            counts.reset();
            let joined = scope.spawn(|| with_default(&here, || world(&[2, 1], &nothing)));
            // It has looked, and is about to join.
            while counts.of("get") == 0 {
                thread::yield_now();
            }
            (0..100).for_each(|_| thread::yield_now());
            goes_on.wait();
            assert_eq!(joined.join().unwrap(), [now, now]);
        });
    }
}

#[cache_memoize(ttl = 60, batch, skip(act), prefix = "it::batch::world")]
async fn async_world(ids: &[u64], act: Act<'_>) -> Vec<u32> {
    let world = WORLD.load(Ordering::SeqCst);
    tokio::task::yield_now().await;
    act(ids);
    vec![world; ids.len()]
}

#[test]
fn async_calls_pass_on_nothing_of_it_either() {
    let memory = Backend::from(Memory::new());
    let built = || Cache::builder().backend(Counts::new().wrap(&memory)).build();
    let (here, there) = (built().expect("right settings"), built().expect("right settings"));
    let call = || caches::scoped_async([("default", here.clone())], async_world(&[1, 2], &nothing));
    let mut context = Context::from_waker(Waker::noop());
    let (mut leader, mut follower) = (Box::pin(call()), Box::pin(call()));
    assert!(leader.as_mut().poll(&mut context).is_pending(), "it computes");
    let now = WORLD.fetch_add(1, Ordering::SeqCst) + 1;
    with_default(&there, || invalidate_all_world().expect("the store works"));
    assert!(follower.as_mut().poll(&mut context).is_pending(), "it waits");
    block_on(leader);
    assert_eq!(block_on(follower), [now, now]);
}

#[test]
fn a_refresh_overtakes_what_began_before() {
    on_every_kind(|name| {
        let overtaken = |_: &[u64]| {
            assert_eq!(refresh_tens(&[1], &nothing), [10], "{name}");
            prime_tens(&[2], vec![7]).expect("the store works");
        };
        assert_eq!(tens(&[1, 2, 3], &overtaken), [10, 20, 30], "{name}");
        assert_eq!(peeked(&[1, 2, 3]), [Some(10), Some(7), Some(30)], "{name}");
    });
}

#[test]
fn a_panic_hands_the_work_on() {
    on_every_kind(|name| {
        let panics = |_: &[u64]| panic!("on purpose");
        let call = || tens(&[1, 2], &panics);
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "{name}");
        let asked = Mutex::new(Vec::new());
        let notes = |ids: &[u64]| asked.lock().unwrap().push(ids.to_vec());
        assert_eq!(tens(&[2, 1], &notes), [20, 10], "{name}");
        assert_eq!(asked.into_inner().unwrap(), [[2, 1]], "{name}");
        assert_eq!(peeked(&[1, 2]), [Some(10), Some(20)], "{name}");
    });
}

#[test]
fn a_dropped_future_hands_the_work_on() {
    on_every_kind(|name| {
        block_on(async {
            let mut call = Box::pin(async_tens(&[1, 2], &nothing));
            let begun = tokio::time::timeout(Duration::from_millis(1), &mut call).await;
            drop((begun, call));
            assert_eq!(async_tens(&[2, 1, 3], &nothing).await, [20, 10, 30], "{name}");
            assert_eq!(async_tens(&[1, 2, 3], &unasked).await, [10, 20, 30], "{name}");
        });
    });
}

#[test]
fn a_call_inside_of_itself_computes() {
    on_every_kind(|name| {
        let inner = |ids: &[u64]| {
            assert_eq!(tens(ids, &nothing), ids.iter().map(|id| id * 10).collect::<Vec<_>>());
            assert_eq!(tens(&[3], &nothing), [30]);
        };
        assert_eq!(tens(&[1, 2], &inner), [10, 20], "{name}");
        assert_eq!(tens(&[1, 2, 3], &unasked), [10, 20, 30], "{name}");
    });
}

#[test]
fn many_keys_take_as_many_round_trips_as_one() {
    let counts = Counts::new();
    with_default(&bytes(&counts), || {
        let ids: Vec<u64> = (0..500).collect();
        tens(&ids[..250], &nothing);
        let of = |operations: [&str; 6]| operations.map(|operation| counts.of(operation));
        let operations = ["get", "lease", "put", "increment", "release", "remove"];
        assert_eq!(of(operations), [1, 1, 2, 0, 0, 0], "the groups of cache and function begin");
        counts.reset();
        tens(&ids, &nothing);
        assert_eq!(of(operations), [1, 1, 1, 0, 0, 0], "some are missing");
        counts.reset();
        tens(&ids, &unasked);
        assert_eq!(of(operations), [1, 0, 0, 0, 0, 0], "none is missing");
        counts.reset();
        block_on(async_tens(&ids, &unasked));
        peeked(&ids);
        assert_eq!(of(operations), [2, 0, 0, 0, 0, 0]);
        counts.reset();
        prime_tens(&ids, ids.clone()).expect("the store works");
        assert_eq!(of(operations), [1, 0, 1, 0, 0, 0]);
        counts.reset();
        invalidate_tens(&ids).expect("the store works");
        assert_eq!(of(operations), [0, 0, 0, 0, 0, 1]);
        counts.reset();
        let fails = || tens(&ids, &|_: &[u64]| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(fails)).is_err());
        assert_eq!(of(operations), [1, 1, 0, 0, 1, 0], "the leases go back together");
        counts.reset();
        block_on(async_tens(&ids, &nothing));
        assert_eq!(of(operations), [1, 1, 1, 0, 0, 0]);
        counts.reset();
        let there = ids.iter().copied().collect();
        found(&ids, &there);
        assert_eq!(of(operations), [1, 1, 2, 0, 0, 0], "all tags begin together");
        counts.reset();
        assert!(refresh_found(&ids, &HashSet::new()).is_empty());
        assert_eq!(
            of(operations),
            [1, 1, 0, 0, 0, 1],
            "what is there no more is forgotten together"
        );
        counts.reset();
        block_on(async_found(&ids, &there));
        assert_eq!(of(operations), [1, 1, 1, 0, 0, 0], "its tags have begun");
    });
}

/// Finds those of the keys that are there.
#[cache_memoize(ttl = 60, batch, tags("item:{ids}"), skip(there), prefix = "found")]
fn found(ids: &[u64], there: &HashSet<u64>) -> HashMap<u64, u64> {
    ids.iter().filter(|id| there.contains(id)).map(|id| (*id, *id)).collect()
}

#[cache_memoize(ttl = 60, batch, tags("item:{ids}"), skip(there), prefix = "found")]
async fn async_found(ids: &[u64], there: &HashSet<u64>) -> HashMap<u64, u64> {
    uncached_found(ids, there)
}

#[test]
fn many_values_by_hand_take_two_round_trips() {
    let counts = Counts::new();
    let cache = bytes(&counts);
    let values = |number: u64| (0..100).map(move |at| (("many", at), at * number));
    cache.set_many(values(1)).expect("the store works");
    counts.reset();
    cache.set_many(values(2).chain(values(3))).expect("the store works");
    block_on(cache.set_many_async(values(4).chain(values(5)))).expect("the store works");
    assert_eq!((counts.total(), counts.of("put")), (4, 2));
    assert_eq!(cache.get(("many", 7)).ok(), Some(Some(35_u64)), "of two under one key the last");
}

fn failing(faults: &Faults) -> Cache {
    let memory: Backend = Memory::new().into();
    let backend = Counts::new().wrap(&faults.wrap(&memory));
    Cache::builder().backend(backend).build().expect("the settings are right")
}

#[test]
fn every_single_fault_is_survived() {
    for operation in ["get", "lease", "put", "increment", "release", "remove"] {
        for kind in [StoreErrorKind::Unavailable, StoreErrorKind::Denied, StoreErrorKind::Other] {
            for fault in
                [Fault::Fail(kind), Fault::FailAfter(kind), Fault::Corrupt, Fault::LoseWrite]
            {
                for failures in 1..4 {
                    let faults = Faults::new();
                    with_default(&failing(&faults), || {
                        tens(&[1], &nothing);
                        faults.on(operation).script(std::iter::repeat_n(Some(fault), failures));
                        assert_eq!(tens(&[1, 2], &nothing), [10, 20], "{operation} {fault:?}");
                        assert_eq!(block_on(async_tens(&[2, 3], &nothing)), [20, 30]);
                        let _ = invalidate_tens(&[1, 2]);
                        assert_eq!(tens(&[1, 2, 3], &nothing), [10, 20, 30]);
                    });
                }
            }
        }
    }
}

#[test]
fn what_could_not_be_invalidated_is_not_served() {
    let faults = Faults::new();
    with_default(&failing(&faults), || {
        let old = |ids: &[u64]| assert_eq!(ids, [1, 2, 3]);
        tens(&[1, 2, 3], &old);
        faults.on("remove").once(Fault::Fail(StoreErrorKind::Unavailable));
        invalidate_tens(&[1, 3]).expect_err("the store did not hear of it");
        let asked = Mutex::new(Vec::new());
        let notes = |ids: &[u64]| asked.lock().unwrap().push(ids.to_vec());
        assert_eq!(tens(&[1, 2, 3], &notes), [10, 20, 30]);
        assert_eq!(asked.into_inner().unwrap(), [[1, 3]]);

        faults.on("remove").always(Fault::Fail(StoreErrorKind::Denied));
        invalidate_tens(&[2]).expect_err("the store refuses");
        let asked = Mutex::new(Vec::new());
        let notes = |ids: &[u64]| asked.lock().unwrap().push(ids.to_vec());
        assert_eq!(tens(&[1, 2, 3], &notes), [10, 20, 30], "it refuses still");
        assert_eq!(block_on(async_tens(&[2], &notes)), [20]);
        assert_eq!(asked.into_inner().unwrap(), [[2], [2]]);
    });
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", batch, skip(act))]
fn aging(ids: &[u64], act: Act<'_>) -> Vec<u64> {
    act(ids);
    ids.to_vec()
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = "1h",
    batch,
    skip(act),
    prefix = "it::batch::aging"
)]
async fn async_aging(ids: &[u64], act: Act<'_>) -> Vec<u64> {
    act(ids);
    ids.to_vec()
}

/// A store of bytes, and a cache on it in which the values of 1 and 2 are due.
fn with_due_values(test: impl FnOnce(&Backend, &Faults)) {
    let (faults, clock) = (Faults::new(), FakeClock::new());
    let memory: Backend = Memory::builder().clock(clock.clone()).build().into();
    let backend = faults.wrap(&memory);
    let cache = Cache::builder().backend(Counts::new().wrap(&backend)).build();
    with_default(&cache.expect("the settings are right"), || {
        aging(&[1, 2], &nothing);
        clock.advance(Duration::from_secs(11));
        test(&backend, &faults);
    });
}

#[test]
fn what_another_process_is_renewing_is_served_as_it_is() {
    with_due_values(|backend, _| {
        let store = backend.store().expect("it has bytes");
        let (ttl, mode) = (Ttl::Forever, LeaseMode::Join);
        let key = &cache_key_aging(&[1])[0];
        let _renewed_elsewhere = store.lease(key.as_ref(), ttl, mode).expect("the store works");
        let only_the_other = |ids: &[u64]| assert_eq!(ids, [2]);
        assert_eq!(aging(&[1, 2], &only_the_other), [1, 2]);
        assert_eq!(block_on(async_aging(&[1], &unasked)), [1]);
    });
}

#[test]
fn all_leases_of_a_cancelled_call_are_given_back_by_the_next() {
    let (clock, ids) = (FakeClock::new(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let memory: Backend = Memory::builder().clock(clock.clone()).build().into();
    let cache = Cache::builder().backend(Counts::new().wrap(&memory)).build();
    with_default(&cache.expect("the settings are right"), || {
        aging(&ids, &nothing);
        clock.advance(Duration::from_secs(11));
        let mut call = Box::pin(cancelled_aging(&ids));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(call);
        let asked = Mutex::new(Vec::new());
        let notes = |ids: &[u64]| asked.lock().unwrap().push(ids.to_vec());
        assert_eq!(aging(&ids, &notes), ids);
        assert_eq!(asked.into_inner().unwrap(), [ids]);
    });
}

#[cache_memoize(ttl = 10, stale_while_revalidate = "1h", batch, prefix = "it::batch::aging")]
async fn cancelled_aging(ids: &[u64]) -> Vec<u64> {
    std::future::pending::<()>().await;
    ids.to_vec()
}

#[test]
fn leases_whose_answer_got_lost_are_given_back() {
    with_due_values(|_, faults| {
        let lost = || faults.on("lease").once(Fault::FailAfter(StoreErrorKind::Protocol));
        lost();
        assert_eq!(aging(&[1, 2], &unasked), [1, 2], "without a lease nothing is renewed");
        let asked = Mutex::new(Vec::new());
        let notes = |ids: &[u64]| asked.lock().unwrap().push(ids.to_vec());
        assert_eq!(aging(&[1, 2], &notes), [1, 2]);
        assert_eq!(asked.into_inner().unwrap(), [[1, 2]], "nobody else is at it");
    });
}

#[cache_memoize(ttl = 60, batch)]
fn zeros(lengths: &[usize]) -> Vec<Vec<u8>> {
    lengths.iter().map(|length| vec![0; *length]).collect()
}

#[test]
fn a_value_without_room_is_nothing_to_the_others() {
    let memory: Backend = Memory::builder().max_bytes(20_000).build().into();
    let cache = Cache::builder().backend(Counts::new().wrap(&memory)).build();
    with_default(&cache.expect("the settings are right"), || {
        let lengths = [1, 100_000, 2];
        for _ in 0..2 {
            assert_eq!(zeros(&lengths), lengths.map(|length| vec![0; length]));
        }
        let peeked = peek_zeros(&lengths).expect("the store works");
        assert_eq!(peeked, [Some(vec![0; 1]), None, Some(vec![0; 2])]);
    });
}

#[derive(Debug, PartialEq)]
struct Told;

impl From<Error> for Told {
    fn from(_: Error) -> Self {
        Self
    }
}

#[cache_memoize(ttl = 60, batch)]
fn strictly(ids: &[u64]) -> Result<Vec<u64>, Told> {
    Ok(ids.to_vec())
}

#[cache_memoize(ttl = 60, batch)]
async fn strictly_async(ids: &[u64]) -> Result<Vec<u64>, Told> {
    Ok(ids.to_vec())
}

#[test]
fn a_strict_cache_tells_that_the_store_failed() {
    let faults = Faults::new();
    let memory: Backend = Memory::new().into();
    let backend = Counts::new().wrap(&faults.wrap(&memory));
    let cache = Cache::builder().backend(backend).strict(true).build();
    with_default(&cache.expect("the settings are right"), || {
        let once = || faults.on("get").once(Fault::Fail(StoreErrorKind::WrongType));
        once();
        assert_eq!(strictly(&[1, 2]), Err(Told));
        assert_eq!(strictly(&[1, 2]), Ok(vec![1, 2]));
        once();
        assert_eq!(block_on(strictly_async(&[1, 2])), Err(Told));
        assert_eq!(block_on(strictly_async(&[1, 2])), Ok(vec![1, 2]));
    });
}

#[test]
fn without_a_cache_the_function_is_called_as_it_is() {
    with_default(&Cache::disabled(), || {
        let asked = |ids: &[u64]| assert_eq!(ids, [2, 1, 2]);
        assert_eq!(tens(&[2, 1, 2], &asked), [20, 10, 20]);
        assert_eq!(block_on(async_tens(&[2, 1, 2], &asked)), [20, 10, 20]);
        assert_eq!(peeked(&[1]), [None]);
    });
}

thread_local! {
    static IS_NESTED: Cell<bool> = const { Cell::new(false) };
}

/// A value that takes a while to be written, so that other threads help, and asks for itself meanwhile.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
struct Nosy(u64);

impl serde::Serialize for Nosy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !IS_NESTED.replace(true) {
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(5) {
                thread::yield_now();
            }
            assert_eq!(nosy(&[self.0])[0], *self);
            IS_NESTED.set(false);
        }
        serializer.serialize_newtype_struct("Nosy", &self.0)
    }
}

#[cache_memoize(ttl = 60, batch)]
fn nosy(ids: &[u64]) -> Vec<Nosy> {
    ids.iter().copied().map(Nosy).collect()
}

/// Whichever thread writes it, it is inside of the computation, and sees the caches of the caller.
#[test]
fn values_that_call_in_while_they_are_written_do_not_wait_for_themselves() {
    let cache = bytes(&Counts::new());
    let began = Instant::now();
    let ids: Vec<u64> = (0..8).collect();
    with_default(&cache, || assert_eq!(nosy(&ids).len(), ids.len()));
    assert!(began.elapsed() < PATIENCE, "it waited for its own computation");
    let misses = cache.stats().function("nosy").map(|stats| stats.misses);
    assert_eq!(misses, Some(16), "each was computed by the call, and while it was written");
}
