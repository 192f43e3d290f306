//! The flight law: of one key, one computation runs at a time, and nobody hangs.

use crate::by_hand::on_every_kind_in_process;
use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::{Cache, cache_memoize, caches};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// What happens in a function, by the name of its test.
static COUNTS: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);

fn count(name: &str) -> u32 {
    let mut counts = COUNTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let count = counts.get_or_insert_default().entry(name.to_owned()).or_default();
    *count += 1;
    *count
}

fn counted(name: &str) -> u32 {
    let mut counts = COUNTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    counts.get_or_insert_default().get(name).copied().unwrap_or(0)
}

/// Polls until `condition` holds; fails the test if it never does.
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        thread::yield_now();
    }
}

#[cache_memoize(ttl = 60, key = name)]
fn slow(name: &str, callers: &Callers) -> u32 {
    callers.wait();
    count(name)
}

#[cache_memoize(ttl = 60, key = name)]
async fn slow_async(name: &str, callers: Arc<Callers>) -> u32 {
    while !callers.all_there() {
        tokio::task::yield_now().await;
    }
    count(name)
}

/// Counts those who are about to call, so that a computation can wait for all of them.
struct Callers {
    expected: u32,
    there: AtomicU32,
}

impl Callers {
    fn new(expected: u32) -> Arc<Self> {
        Arc::new(Self { expected, there: AtomicU32::new(0) })
    }

    fn arrive(&self) {
        self.there.fetch_add(1, Ordering::SeqCst);
    }

    fn all_there(&self) -> bool {
        self.there.load(Ordering::SeqCst) >= self.expected
    }

    fn wait(&self) {
        wait_until("the arrival of every caller", || self.all_there());
    }
}

#[test]
fn a_thousand_threads_run_the_function_once() {
    on_every_kind(|kind| {
        let (cache, name) = (default(), format!("threads {kind}"));
        let callers = Callers::new(1_000);
        thread::scope(|scope| {
            for _ in 0..1_000 {
                scope.spawn(|| {
                    callers.arrive();
                    with_default(&cache, || assert_eq!(slow(&name, &callers), 1));
                });
            }
        });
        assert_eq!(counted(&name), 1);
    });
}

#[test]
fn a_thousand_tasks_run_the_function_once() {
    on_every_kind(|kind| {
        let (cache, name) = (default(), format!("tasks {kind}"));
        let callers = Callers::new(1_000);
        block_on(async {
            let tasks: Vec<_> = (0..1_000)
                .map(|_| {
                    let (name, callers) = (name.clone(), callers.clone());
                    tokio::spawn(caches::scoped_async([("default", cache.clone())], async move {
                        callers.arrive();
                        slow_async(&name, callers).await
                    }))
                })
                .collect();
            for task in tasks {
                assert_eq!(task.await.expect("a task returns"), 1);
            }
        });
        assert_eq!(counted(&name), 1);
    });
}

/// By hand a blocking caller and an async one can name the same entry.
#[test]
fn threads_and_tasks_share_one_computation() {
    for (kind, cache, _server) in crate::support::every_kind() {
        let name = format!("both {kind}");
        let callers = Callers::new(100);
        let compute = |callers: &Callers| {
            callers.wait();
            count(&name)
        };
        thread::scope(|scope| {
            for _ in 0..100 {
                scope.spawn(|| {
                    callers.arrive();
                    assert_eq!(cache.get_or_compute(&*name, || compute(&callers)), 1);
                });
            }
            scope.spawn(|| {
                block_on(async {
                    let compute = || async { compute(&callers) };
                    let calls = (0..100).map(|_| cache.get_or_compute_async(&*name, compute));
                    for value in join_all(calls).await {
                        assert_eq!(value, 1);
                    }
                });
            });
        });
        assert_eq!(counted(&name), 1);
    }
}

/// Polls all futures until each is done.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(move |context| {
        for (future, output) in futures.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        if futures.iter().any(|(_, output)| output.is_none()) {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(futures.iter_mut().filter_map(|(_, output)| output.take()).collect())
    })
    .await
}

#[cache_memoize(ttl = 60, key = name)]
fn panics_once(name: &str, entered: &Barrier) -> u32 {
    let run = count(name);
    if run == 1 {
        entered.wait();
        wait_until("a follower", || counted(&format!("{name} follows")) > 0);
        panic!("as asked");
    }
    run
}

#[test]
fn a_panic_reaches_its_own_caller_and_another_one_computes() {
    on_every_kind(|kind| {
        let (cache, name) = (default(), format!("panic {kind}"));
        let entered = Barrier::new(2);
        thread::scope(|scope| {
            let leader = scope.spawn(|| {
                with_default(&cache, || {
                    catch_unwind(AssertUnwindSafe(|| panics_once(&name, &entered)))
                })
            });
            entered.wait();
            let followers: Vec<_> = (0..20)
                .map(|_| {
                    scope.spawn(|| {
                        count(&format!("{name} follows"));
                        with_default(&cache, || panics_once(&name, &entered))
                    })
                })
                .collect();
            assert!(leader.join().expect("the panic was caught").is_err());
            for follower in followers {
                assert_eq!(follower.join().expect("no panic reaches a follower"), 2);
            }
        });
        assert_eq!(counted(&name), 2, "{kind}");
    });
}

#[cache_memoize(ttl = 60, key = name)]
async fn never_ends_at_first(name: &str) -> u32 {
    let run = count(name);
    if run == 1 {
        std::future::pending::<()>().await;
    }
    run
}

#[test]
fn a_dropped_future_hands_the_work_on() {
    on_every_kind_in_process(|kind| {
        let name = format!("dropped {kind}");
        block_on(caches::scoped_async([("default", default())], async {
            let mut leader: Pin<Box<_>> = Box::pin(never_ends_at_first(&name));
            let mut follower: Pin<Box<_>> = Box::pin(never_ends_at_first(&name));
            std::future::poll_fn(|context| {
                assert!(leader.as_mut().poll(context).is_pending());
                assert!(follower.as_mut().poll(context).is_pending());
                std::task::Poll::Ready(())
            })
            .await;
            drop(leader);
            assert_eq!(follower.await, 2, "{kind}");
        }));
    });
}

#[cache_memoize(ttl = 60, key = ())]
async fn pending_unless(ends: bool) -> bool {
    if !ends {
        std::future::pending::<()>().await;
    }
    ends
}

#[test]
fn a_computation_that_was_overtaken_leaves_the_next_one_its_followers() {
    on_every_kind_in_process(|kind| {
        let mut context = Context::from_waker(Waker::noop());
        let [mut overtaken, mut next] = [(); 2].map(|()| Box::pin(pending_unless(false)));
        assert!(overtaken.as_mut().poll(&mut context).is_pending());
        block_on_here(invalidate_pending_unless()).expect("it works");
        assert!(next.as_mut().poll(&mut context).is_pending());
        drop(overtaken);
        let mut follower = pin!(pending_unless(true));
        assert!(follower.as_mut().poll(&mut context).is_pending(), "{kind}: it follows");
        drop(next);
        assert_eq!(follower.poll(&mut context), Poll::Ready(true), "{kind}: it takes over");
    });
}

#[cache_memoize(ttl = 60, prefix = "on_one_thread", key = ())]
async fn suspended() -> u32 {
    std::future::pending().await
}

#[cache_memoize(ttl = 60, prefix = "on_one_thread", key = ())]
fn at_once() -> u32 {
    7
}

#[test]
fn a_thread_does_not_block_for_a_future_that_it_would_have_to_poll() {
    on_every_kind_in_process(|kind| {
        let mut leader = Box::pin(suspended());
        assert!(leader.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(at_once(), 7, "{kind}");
    });
}

#[cache_memoize(ttl = 60, key = name)]
async fn gives_up_waiting(name: &str) -> u32 {
    let mut context = Context::from_waker(Waker::noop());
    let mut other: Pin<Box<dyn Future<Output = u32>>> = Box::pin(waits(name));
    assert!(other.as_mut().poll(&mut context).is_pending());
    drop(other);
    tokio::task::yield_now().await;
    count(name)
}

#[cache_memoize(ttl = 60, key = name)]
async fn waits(name: &str) -> u32 {
    tokio::task::yield_now().await;
    let other: Pin<Box<dyn Future<Output = u32> + '_>> = Box::pin(gives_up_waiting(name));
    other.await
}

#[test]
fn who_gave_up_waiting_can_be_waited_for() {
    on_every_kind_in_process(|kind| {
        let name = format!("gave up {kind}");
        let mut context = Context::from_waker(Waker::noop());
        let (mut waiting, mut other) = (pin!(waits(&name)), pin!(gives_up_waiting(&name)));
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        assert!(other.as_mut().poll(&mut context).is_pending());
        assert!(waiting.as_mut().poll(&mut context).is_pending(), "{kind}: it follows");
        assert_eq!(other.as_mut().poll(&mut context), Poll::Ready(1), "{kind}");
        assert_eq!(waiting.as_mut().poll(&mut context), Poll::Ready(1), "{kind}: computed once");
    });
}

#[test]
fn who_comes_during_a_refresh_waits_for_it() {
    on_every_kind_in_process(|kind| {
        let mut context = Context::from_waker(Waker::noop());
        let mut refreshing = Box::pin(refresh_pending_unless(false));
        assert!(refreshing.as_mut().poll(&mut context).is_pending());
        assert!(pin!(pending_unless(true)).poll(&mut context).is_pending(), "{kind}");
    });
}

#[cache_memoize(ttl = 60)]
async fn yields_once(id: u32) -> u32 {
    tokio::task::yield_now().await;
    id
}

#[test]
fn who_follows_is_counted_neither_as_a_hit_nor_as_a_miss() {
    on_every_kind_in_process(|kind| {
        let mut context = Context::from_waker(Waker::noop());
        let [mut leader, mut follower] = [(); 2].map(|()| Box::pin(yields_once(7)));
        assert!(leader.as_mut().poll(&mut context).is_pending());
        assert!(follower.as_mut().poll(&mut context).is_pending());
        assert_eq!(leader.as_mut().poll(&mut context), Poll::Ready(7));
        assert_eq!(follower.as_mut().poll(&mut context), Poll::Ready(7));
        let total = default().stats().total();
        assert_eq!((total.hits, total.coalesced, total.misses), (0, 1, 1), "{kind}");
    });
}

#[cache_memoize(ttl = 60)]
fn fibonacci(n: u32) -> f64 {
    if n < 2 { f64::from(n) } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

#[cache_memoize(ttl = 60, prefix = "async_fibonacci")]
async fn fibonacci_async(n: u32) -> f64 {
    if n < 2 {
        f64::from(n)
    } else {
        Box::pin(fibonacci_async(n - 1)).await + Box::pin(fibonacci_async(n - 2)).await
    }
}

/// In a thread with a stack of its own: an unoptimized build takes several KiB a call.
fn with_room<R: Send>(body: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(64 << 20);
        let thread = builder.spawn_scoped(scope, body).expect("a thread starts");
        thread.join().expect("no panic")
    })
}

#[test]
fn a_recursive_function_finishes() {
    for (_, cache, _server) in crate::support::every_kind() {
        let fibonacci = with_room(|| with_default(&cache, || fibonacci(500)));
        assert!((1.39e104..1.4e104).contains(&fibonacci), "{fibonacci}");
        let fibonacci = with_room(|| with_default(&cache, || block_on_here(fibonacci_async(500))));
        assert!((1.39e104..1.4e104).contains(&fibonacci), "{fibonacci}");
    }
}

fn block_on_here<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(future)
}

#[cache_memoize(ttl = 60, key = name)]
fn calls_itself(name: &str, depth: u32) -> u32 {
    count(name);
    if depth == 0 { 1 } else { 1 + calls_itself(name, depth - 1) }
}

#[cache_memoize(ttl = 60, key = name)]
async fn calls_itself_async(name: &str, depth: u32) -> u32 {
    count(name);
    if depth == 0 { 1 } else { 1 + Box::pin(calls_itself_async(name, depth - 1)).await }
}

#[test]
fn a_call_of_the_same_key_inside_itself_computes_plainly() {
    on_every_kind(|kind| {
        let name = format!("itself {kind}");
        assert_eq!(calls_itself(&name, 5), 6);
        assert_eq!(counted(&name), 6);
        let name = format!("itself async {kind}");
        let cache = default();
        let value =
            block_on(caches::scoped_async([("default", cache)], calls_itself_async(&name, 5)));
        assert_eq!(value, 6);
    });
}

/// Two functions that call each other, on two threads that each wait for the other's computation.
#[cache_memoize(ttl = 60, key = (name, side))]
fn ping_pong(name: &str, side: bool, depth: u32, both: &Barrier) -> u32 {
    if depth == 0 {
        both.wait();
    }
    if depth < 2 { ping_pong(name, !side, depth + 1, both) + 1 } else { 0 }
}

#[test]
fn a_circle_of_computations_on_two_threads_ends() {
    on_every_kind(|kind| {
        let (cache, both) = (default(), Barrier::new(2));
        thread::scope(|scope| {
            for side in [false, true] {
                let (cache, both) = (&cache, &both);
                scope.spawn(move || with_default(cache, || ping_pong(kind, side, 0, both)));
            }
        });
    });
}

#[cache_memoize(ttl = 60, key = name, single_flight = "off")]
fn unprotected(name: &str, both: &Barrier) -> u32 {
    both.wait();
    count(name)
}

#[test]
fn without_single_flight_every_caller_computes() {
    on_every_kind(|kind| {
        let (cache, name, both) = (default(), format!("off {kind}"), Barrier::new(2));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| with_default(&cache, || unprotected(&name, &both)));
            }
        });
        assert_eq!(counted(&name), 2);
    });
}

fn default() -> Cache {
    caches::get("default").expect("the scope has a cache")
}
