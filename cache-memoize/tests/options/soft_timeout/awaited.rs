//! The same for async functions.

use super::overtaken::bench;
use super::source::Source;
use super::{Answer, DUE, FOREVER, OLD, PATIENCE, SOON, SPARE, first_is_short, rest};
use crate::clocks::{SECOND, World, in_worlds};
use crate::support::{block_on, on_every_kind};
use cache_memoize::{Cache, cache_memoize, caches};
use cache_memoize_testkit::{Fault, Faults};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    soft_timeout = limit,
    skip(limit, source)
)]
async fn value(limit: Duration, source: Arc<Source>) -> Answer {
    source.ask_async().await
}

/// Its first value is due at once.
#[cache_memoize(
    ttl_with = first_is_short,
    stale_while_revalidate = 3_600,
    soft_timeout = "10ms",
    skip(source)
)]
async fn soon_due(source: Arc<Source>) -> Answer {
    source.ask_async().await
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 20,
    stale_if_error = 60,
    background,
    soft_timeout = limit,
    skip(limit, source)
)]
async fn behind(limit: Duration, source: Arc<Source>) -> Answer {
    source.ask_async().await
}

#[cache_memoize(
    ttl = 10,
    stale_if_error = 60,
    soft_timeout = "10ms",
    hard_timeout = "50ms",
    skip(source)
)]
async fn limited(source: Arc<Source>) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(source.ask_async().await?)
}

#[cache_memoize(
    ttl = 10,
    stale_if_error = 60,
    single_flight = "fleet",
    soft_timeout = limit,
    skip(limit, source),
    on_hit = || source.hit()
)]
async fn in_fleet(limit: Duration, source: Arc<Source>) -> Answer {
    source.ask_async().await
}

/// Runs a future with this cache as the default.
fn run<F: Future>(cache: &Cache, body: F) -> F::Output {
    block_on(caches::scoped_async([("default", cache.clone())], body))
}

async fn at_rest() {
    tokio::task::spawn_blocking(rest).await.expect("it comes to rest");
}

/// Runs a test on every kind of cache with the value of the first run as old as that.
fn with_old_value(ages: &[Duration], test: impl AsyncFn(&World, &Arc<Source>)) {
    for age in ages {
        in_worlds(|world| {
            let source = Arc::new(Source::default());
            run(&world.cache, async {
                assert_eq!(value(SOON, source.clone()).await, Ok(1));
                world.clock.advance(*age);
                test(world, &source).await;
            });
        });
    }
}

#[test]
fn what_takes_longer_is_answered_with_the_old_value_and_stored_when_it_is_done() {
    with_old_value(&OLD, async |world, source| {
        source.shut();
        assert_eq!(value(SOON, source.clone()).await, Ok(1));
        assert_eq!(world.cache.stats().total().stale, 1);
        assert_eq!(value(SOON, source.clone()).await, Ok(1), "others leave after their own time");
        source.open();
        at_rest().await;
        assert_eq!((value(SOON, source.clone()).await, source.runs()), (Ok(2), 2));
    });
}

#[test]
fn what_takes_less_is_waited_for() {
    with_old_value(&OLD, async |_, source| {
        source.shut();
        let opened = async {
            while source.runs() < 2 {
                tokio::task::yield_now().await;
            }
            source.open();
        };
        assert_eq!(tokio::join!(value(PATIENCE, source.clone()), opened).0, Ok(2));
        assert_eq!((value(SOON, source.clone()).await, source.runs()), (Ok(2), 2));
    });
}

#[test]
fn on_every_store_the_computation_goes_on() {
    on_every_kind(|kind| {
        let cache = caches::get("default").expect("it is installed");
        run(&cache, async {
            let source = Arc::new(Source::default());
            assert_eq!(soon_due(source.clone()).await, Ok(1), "{kind}");
            while peek_soon_due().await.expect("the store works").is_some() {
                tokio::task::yield_now().await;
            }
            source.shut();
            assert_eq!(soon_due(source.clone()).await, Ok(1), "{kind}");
            source.open();
            at_rest().await;
            let new = peek_soon_due().await.expect("the store works");
            assert_eq!((new, source.runs()), (Some(Ok(2)), 2), "{kind}");
        });
    });
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn without_tokio<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn without_a_tokio_runtime_a_thread_polls_it_to_its_end() {
    in_worlds(|world| {
        let source = Arc::new(Source::default());
        let call = || world.run(|| without_tokio(value(SOON, source.clone())));
        assert_eq!(call(), Ok(1));
        world.clock.advance(SPARE);
        source.shut();
        assert_eq!(call(), Ok(1));
        source.open();
        rest();
        assert_eq!((call(), source.runs()), (Ok(2), 2));
    });
}

/// Waits until a caller has waited for long enough, and looks again.
async fn until_hanging(faults: &Faults) {
    let hanging = async {
        while faults.hanging() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, hanging).await.expect("it looks again");
}

/// Lets that look come to its end before anything else does.
async fn let_look(faults: &Faults) {
    faults.heal();
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn what_was_invalidated_meanwhile_is_no_answer() {
    for age in OLD {
        let (faults, clock, cache) = bench();
        run(&cache, async {
            let source = Arc::new(Source::default());
            assert_eq!(value(SOON, source.clone()).await, Ok(1));
            clock.advance(age);
            source.shut();
            faults.on("get").nth(2, Fault::Hang);
            let invalidated = async {
                until_hanging(&faults).await;
                invalidate_value().await.expect("the store works");
                let_look(&faults).await;
                source.open();
            };
            let (answer, ()) = tokio::join!(value(SOON, source.clone()), invalidated);
            assert_eq!(answer, Ok(2), "it waits for its own value");
            assert_eq!(value(SOON, source.clone()).await, Ok(3), "which is not stored");
        });
    }
}

#[test]
fn a_caller_that_is_dropped_before_takes_its_computation_along() {
    with_old_value(&OLD, async |_, source| {
        source.shut();
        {
            let mut call = pin!(value(PATIENCE, source.clone()));
            let mut context = Context::from_waker(Waker::noop());
            while source.runs() < 2 {
                assert!(call.as_mut().poll(&mut context).is_pending());
                tokio::task::yield_now().await;
            }
            assert_eq!(source.ended(), 1);
        }
        assert_eq!(source.ended(), 2, "it is dropped");
        source.open();
        assert_eq!(value(PATIENCE, source.clone()).await, Ok(3), "and nothing is left behind");
    });
}

#[test]
fn a_panic_reaches_who_waits_and_nobody_else() {
    with_old_value(&OLD, async |world, source| {
        source.panics(true);
        let call = value(PATIENCE, source.clone());
        let scoped = caches::scoped_async([("default", world.cache.clone())], call);
        let panic = tokio::spawn(scoped).await.expect_err("it panics").into_panic();
        assert_eq!(panic.downcast_ref(), Some(&"the function panics"));
        source.shut();
        assert_eq!(value(SOON, source.clone()).await, Ok(1), "nothing is left behind");
        source.open();
        at_rest().await;
        source.panics(false);
        assert_eq!(value(PATIENCE, source.clone()).await, Ok(4), "nor is anything after that");
    });
}

#[test]
fn an_error_behind_its_caller_has_the_function_left_alone() {
    with_old_value(&OLD, async |world, source| {
        source.fails(true);
        source.shut();
        assert_eq!(value(SOON, source.clone()).await, Ok(1));
        source.open();
        at_rest().await;
        assert_eq!((value(PATIENCE, source.clone()).await, source.runs()), (Ok(1), 2));
        world.clock.advance(5 * SECOND);
        assert_eq!((value(PATIENCE, source.clone()).await, source.runs()), (Ok(1), 3));
    });
}

#[test]
fn hard_timeout_ends_it_behind_its_caller() {
    in_worlds(|world| {
        let source = Arc::new(Source::default());
        run(&world.cache, async {
            assert_eq!(limited(source.clone()).await.expect("it is quick"), 1);
            world.clock.advance(SPARE);
            source.shut();
            assert_eq!(limited(source.clone()).await.expect("there is an old value"), 1);
            at_rest().await;
            assert_eq!((source.runs(), source.ended()), (2, 2), "it is dropped");
            assert_eq!(limited(source.clone()).await.expect("it is left alone"), 1);
            assert_eq!(source.runs(), 2);
            world.clock.advance(60 * SECOND);
            limited(source.clone()).await.expect_err("there is no old value");
        });
    });
}

#[test]
fn another_process_is_waited_for_no_longer_than_that() {
    in_worlds(|world| {
        let source = Arc::new(Source::default());
        let other = world.elsewhere();
        let call = async |cache: &Cache, limit| {
            let call = in_fleet(limit, source.clone());
            caches::scoped_async([("default", cache.clone())], call).await
        };
        block_on(async {
            assert_eq!(call(&world.cache, SOON).await, Ok(1));
            world.clock.advance(SPARE);
            source.shut();
            let here = async {
                while source.runs() < 2 {
                    tokio::task::yield_now().await;
                }
                assert_eq!(call(&world.cache, SOON).await, Ok(1));
                source.open();
            };
            assert_eq!(tokio::join!(call(&other, PATIENCE), here).0, Ok(2));
            at_rest().await;
            assert_eq!(source.hits(), 1, "it did not run for who left");
            assert_eq!((call(&world.cache, SOON).await, source.runs()), (Ok(2), 2));
        });
    });
}

#[test]
fn where_background_serves_at_once_it_counts_for_the_answers_to_errors() {
    for (age, limit) in [(DUE, FOREVER), (SPARE, SOON)] {
        in_worlds(|world| {
            let source = Arc::new(Source::default());
            run(&world.cache, async {
                assert_eq!(behind(limit, source.clone()).await, Ok(1));
                world.clock.advance(age);
                source.shut();
                let call = tokio::time::timeout(PATIENCE, behind(limit, source.clone()));
                assert_eq!(call.await.expect("nobody waits"), Ok(1));
                source.open();
                at_rest().await;
                assert_eq!((behind(limit, source.clone()).await, source.runs()), (Ok(2), 2));
            });
        });
    }
}

#[test]
fn without_room_in_the_background_the_caller_waits() {
    for age in OLD {
        let (faults, clock, cache) = bench();
        run(&cache, async {
            assert!(caches::shut_down_background(PATIENCE));
            let source = Arc::new(Source::default());
            assert_eq!(value(SOON, source.clone()).await, Ok(1));
            clock.advance(age);
            source.shut();
            faults.on("get").nth(2, Fault::Hang);
            let opened = async {
                until_hanging(&faults).await;
                let_look(&faults).await;
                source.open();
            };
            let (answer, ()) = tokio::join!(value(SOON, source.clone()), opened);
            assert_eq!(answer, Ok(2));
        });
    }
}
