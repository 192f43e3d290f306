//! An async call blocks no thread, whatever the server does.

use crate::support::{KINDS, Kind, Server, backend, built, report};
use cache_memoize::{Cache, cache_memoize, caches};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

#[cache_memoize(ttl = 60)]
async fn square(number: u32) -> u32 {
    number * number
}

const LIMIT: Duration = Duration::from_millis(600);
const TICK: Duration = Duration::from_millis(5);

/// On the one thread that there is, a timer goes on while a call waits for its time limit.
fn ticks_while_it_waits(kind: Kind) {
    let server = Server::start(kind);
    let settings = Cache::builder().backend(backend(&server.url())).timeout(LIMIT);
    let cache = built(settings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let ticks = Rc::new(Cell::new(0));
    let counting = ticks.clone();
    let local = tokio::task::LocalSet::new();
    local.block_on(
        &runtime,
        caches::scoped_async([("default", cache.clone())], async move {
            assert_eq!(square(3).await, 9);
            tokio::task::spawn_local(async move {
                loop {
                    tokio::time::sleep(TICK).await;
                    counting.set(counting.get() + 1);
                }
            });
            server.pause();
            let (began, before) = (Instant::now(), ticks.get());
            assert_eq!(square(3).await, 9);
            let (took, ticked) = (began.elapsed(), ticks.get() - before);
            report(format_args!("{kind:?}: {ticked} ticks of {TICK:?} in a call of {took:?}"));
            assert!(took >= LIMIT, "the server stands still, and the call waits for it: {took:?}");
            assert!(ticked >= 10, "{ticked} ticks in {took:?}");
            server.resume();
            let began = Instant::now();
            while cache.ping_async().await.is_err() {
                assert!(began.elapsed() < Duration::from_secs(30), "the server is back");
                tokio::time::sleep(TICK).await;
            }
        }),
    );
}

#[test]
fn a_call_that_waits_leaves_its_thread_to_others() {
    KINDS.into_iter().for_each(ticks_while_it_waits);
}
