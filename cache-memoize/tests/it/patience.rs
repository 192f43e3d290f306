//! No caller waits for another without end: a future that nobody polls, and a computation that waits for one
//! of its own followers.

use crate::support::{block_on, with_default};
use cache_memoize::{Cache, Memory, cache_memoize, caches};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

fn impatient() -> Cache {
    let cache = Cache::builder().backend(Memory::new()).wait_limit(Duration::from_millis(20));
    cache.build().expect("the settings are right")
}

#[cache_memoize(ttl = 60, skip(runs))]
async fn stands_still_at_first(runs: &AtomicU32) -> u32 {
    let run = runs.fetch_add(1, Ordering::SeqCst);
    if run == 0 {
        std::future::pending::<()>().await;
    }
    run
}

#[test]
fn a_future_that_nobody_polls_holds_nobody_up() {
    block_on(caches::scoped_async([("default", impatient())], async {
        let runs = AtomicU32::new(0);
        let mut stalled = pin!(stands_still_at_first(&runs));
        let polled = stalled.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(polled, Poll::Pending);
        assert_eq!(stands_still_at_first(&runs).await, 1);
        assert_eq!(stands_still_at_first(&runs).await, 1, "it is remembered");
    }));
}

#[cache_memoize(ttl = 60, skip(runs))]
fn asks_itself_on_another_thread(runs: &AtomicU32) -> u32 {
    match runs.fetch_add(1, Ordering::SeqCst) {
        0 => {
            let caches = caches::get("default").expect("it is installed");
            thread::scope(|scope| {
                let inner =
                    scope.spawn(|| with_default(&caches, || asks_itself_on_another_thread(runs)));
                inner.join().expect("it returns") + 1
            })
        }
        run => run,
    }
}

#[test]
fn a_computation_that_waits_for_its_own_follower_ends() {
    with_default(&impatient(), || {
        let runs = AtomicU32::new(0);
        assert_eq!(asks_itself_on_another_thread(&runs), 2);
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    });
}
