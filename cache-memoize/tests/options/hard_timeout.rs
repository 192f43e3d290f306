//! `hard_timeout`: an async function that takes too long is dropped, and its callers get an error.

use crate::clocks::{SECOND, in_worlds};
use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::{Error, ErrorKind, cache_memoize, caches};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// A function that ends at once, or never.
#[derive(Default)]
struct Source {
    hangs: AtomicBool,
    runs: AtomicU32,
    dropped: AtomicU32,
}

struct Witness<'a>(&'a AtomicU32);

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Source {
    async fn ask(&self) -> u32 {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        let _witness = Witness(&self.dropped);
        if self.hangs.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        run
    }

    fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }
}

#[derive(Debug)]
enum Failure {
    Cache(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Cache(error)
    }
}

#[track_caller]
fn assert_too_long<T: std::fmt::Debug>(answer: Result<T, Failure>, function: &str) {
    let Failure::Cache(error) = answer.expect_err("it took too long");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let text = error.to_string();
    assert!(text.contains(function) && text.contains("`hard_timeout` of 20ms"), "{text}");
}

#[cache_memoize(ttl = 60, hard_timeout = "20ms", skip(source))]
async fn number(id: u32, source: &Source) -> Result<u32, Failure> {
    let _ = id;
    Ok(source.ask().await)
}

#[test]
fn what_takes_too_long_is_dropped_and_not_stored() {
    on_every_kind(|_| {
        let source = Source::default();
        source.hang(true);
        assert_too_long(block_on(number(1, &source)), "number");
        assert_eq!(source.dropped.load(Ordering::SeqCst), 1);
        assert_too_long(block_on(refresh_number(1, &source)), "number");
        source.hang(false);
        assert_eq!(block_on(number(1, &source)).expect("it is quick"), 3);
        source.hang(true);
        assert_eq!(block_on(number(1, &source)).expect("it is stored"), 3);
        assert_too_long(block_on(refresh_number(1, &source)), "number");
        assert_eq!(block_on(number(1, &source)).expect("it is stored still"), 3);
    });
}

#[test]
fn those_who_wait_are_not_kept_waiting() {
    on_every_kind(|_| {
        let cache = caches::get("default").expect("it is installed");
        let source = Source::default();
        source.hang(true);
        std::thread::scope(|scope| {
            let call = || with_default(&cache, || block_on(number(2, &source)));
            let calls: Vec<_> = (0..4).map(|_| scope.spawn(call)).collect();
            for call in calls {
                assert_too_long(call.join().expect("it returns"), "number");
            }
        });
        source.hang(false);
        assert!(block_on(number(2, &source)).is_ok(), "nothing is left behind");
    });
}

#[cache_memoize(
    ttl = 10,
    stale_if_error = 60,
    hard_timeout = Duration::from_millis(limit),
    skip(limit, source)
)]
async fn excused(limit: u64, source: &Source) -> Result<u32, Failure> {
    Ok(source.ask().await)
}

#[test]
fn an_old_value_is_the_answer_to_this_error_too() {
    in_worlds(|world| {
        let source = Source::default();
        let call = |limit| world.run(|| block_on(excused(limit, &source)));
        assert_eq!(call(60_000).expect("it is quick"), 1);
        world.clock.advance(11 * SECOND);
        source.hang(true);
        assert_eq!(call(20).expect("there is an old value"), 1);
        world.clock.advance(60 * SECOND);
        assert_too_long(call(20), "excused");
    });
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 60,
    background,
    hard_timeout = "20ms",
    skip(source)
)]
async fn behind(source: Arc<Source>) -> Result<u32, Failure> {
    Ok(source.ask().await)
}

#[test]
fn in_the_background_it_ends_as_well() {
    in_worlds(|world| {
        let source = Arc::new(Source::default());
        let calls = async {
            assert_eq!(behind(source.clone()).await.expect("it is quick"), 1);
            world.clock.advance(11 * SECOND);
            source.hang(true);
            assert_eq!(behind(source.clone()).await.expect("there is an old value"), 1);
            while source.dropped.load(Ordering::SeqCst) < 2 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let in_time = async { tokio::time::timeout(Duration::from_secs(60), calls).await };
        world.run(|| block_on(in_time)).expect("the second run is dropped");
    });
}

#[cache_memoize(ttl = 60, store_result = false, hard_timeout = "20ms", skip(source))]
async fn once(source: &Source) -> Result<(), Failure> {
    source.ask().await;
    Ok(())
}

#[test]
fn a_guard_that_took_too_long_gives_its_claim_back() {
    on_every_kind(|_| {
        let source = Source::default();
        source.hang(true);
        assert_too_long(block_on(once(&source)), "once");
        source.hang(false);
        assert!(block_on(once(&source)).is_ok() && block_on(once(&source)).is_ok());
        assert_eq!(source.runs.load(Ordering::SeqCst), 2);
    });
}
