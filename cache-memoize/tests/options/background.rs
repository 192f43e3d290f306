//! `background`: what is due is computed anew while its callers have the old value already.

use crate::clocks::{SECOND, in_worlds};
use crate::computations::fresh;
use crate::support::{block_on, with_default};
use cache_memoize::{CacheKey, KeyWriter, cache_memoize, caches};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

/// How long the background may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function that meets its caller at a gate, if there is one.
#[derive(Clone, Default)]
struct Origin {
    gate: Option<Arc<Barrier>>,
    panics: bool,
    runs: Arc<AtomicU32>,
}

impl Origin {
    fn compute(&self) -> u32 {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.pass();
        assert!(!self.panics, "the function panics");
        fresh(())
    }

    fn gated() -> Self {
        Self { gate: Some(Arc::new(Barrier::new(2))), ..Self::default() }
    }

    /// Waits for the other side.
    fn pass(&self) {
        if let Some(gate) = &self.gate {
            gate.wait();
        }
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }
}

#[cache_memoize(ttl = 10, stale_while_revalidate = 30, background, key = id, prefix = "number")]
fn number(id: u32, origin: Origin) -> u32 {
    origin.compute()
}

/// The same entries as those of [`number`].
#[cache_memoize(ttl = 10, stale_while_revalidate = 30, background, key = id, prefix = "number")]
async fn number_async(id: u32, origin: Origin) -> u32 {
    tokio::task::yield_now().await;
    origin.compute()
}

#[cache_memoize(
    ttl = 10,
    stale_while_revalidate = 30,
    background,
    key = &*counts,
    on_hit = |counts: &Counts| counts.hits.fetch_add(1, Ordering::SeqCst),
    on_miss = |counts: &Counts| counts.misses.fetch_add(1, Ordering::SeqCst)
)]
fn hooked(counts: Arc<Counts>) -> u32 {
    fresh(counts)
}

/// How often the hooks were called.
#[derive(Default)]
struct Counts {
    hits: AtomicU32,
    misses: AtomicU32,
}

impl CacheKey for Counts {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        1.cache_key(key);
    }
}

fn rest() {
    assert!(caches::wait_for_background(PATIENCE), "the background does not come to rest");
}

#[test]
fn the_caller_does_not_wait_for_what_is_computed() {
    in_worlds(|world| {
        let old = world.run(|| number(1, Origin::default()));
        world.clock.advance(10 * SECOND);
        let origin = Origin::gated();
        for _ in 0..3 {
            assert_eq!(world.run(|| number(1, origin.clone())), old, "nobody waits");
        }
        origin.pass();
        rest();
        assert_ne!(world.run(|| number(1, Origin::gated())), old, "it is stored");
        assert_eq!(origin.runs(), 1);
        let total = world.cache.stats().total();
        assert_eq!((total.stale, total.refreshed, total.misses), (3, 1, 1));
    });
}

#[test]
fn an_async_caller_does_not_wait_either() {
    in_worlds(|world| {
        let calls = async {
            let old = number_async(1, Origin::default()).await;
            world.clock.advance(10 * SECOND);
            let origin = Origin::gated();
            for _ in 0..3 {
                assert_eq!(number_async(1, origin.clone()).await, old, "nobody waits");
            }
            origin.pass();
            tokio::task::spawn_blocking(rest).await.expect("it comes to rest");
            assert_ne!(number_async(1, Origin::gated()).await, old, "it is stored");
            assert_eq!(origin.runs(), 1);
        };
        block_on(caches::scoped_async([("default", world.cache.clone())], calls));
    });
}

#[test]
fn without_a_tokio_runtime_a_thread_polls_the_future() {
    in_worlds(|world| {
        world.run(|| {
            let old = number(1, Origin::default());
            world.clock.advance(10 * SECOND);
            let polled = |origin| {
                let mut call = std::pin::pin!(number_async(1, origin));
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                match call.as_mut().poll(&mut context) {
                    std::task::Poll::Ready(value) => value,
                    std::task::Poll::Pending => panic!("nobody waits"),
                }
            };
            assert_eq!(polled(Origin::default()), old);
            rest();
            assert_ne!(polled(Origin::default()), old, "it is stored");
        });
    });
}

#[test]
fn a_first_call_is_answered_by_its_own_computation() {
    in_worlds(|world| {
        world.run(|| {
            let origin = Origin::default();
            let value = number(1, origin.clone());
            assert_eq!((number(1, origin.clone()), origin.runs()), (value, 1));
            world.clock.advance(40 * SECOND);
            assert_ne!(number(1, origin), value, "its time is over for good");
        });
    });
}

#[test]
fn a_panic_in_the_background_harms_nobody_and_leaves_nothing_behind() {
    in_worlds(|world| {
        let old = world.run(|| number(1, Origin::default()));
        world.clock.advance(10 * SECOND);
        let panics = Origin { panics: true, ..Origin::default() };
        assert_eq!(world.run(|| number(1, panics.clone())), old);
        rest();
        assert_eq!(panics.runs(), 1);
        assert_eq!(world.run(|| number(1, Origin::default())), old);
        rest();
        assert_ne!(world.run(|| number(1, Origin::default())), old, "the next one computes");
    });
}

/// Of its own functions a computation sees the caches of its caller.
#[cache_memoize(ttl = 10, stale_while_revalidate = 30, background)]
fn outer(id: u32) -> u32 {
    number(1_000 + id, Origin::default()) + id
}

#[test]
fn a_computation_in_the_background_sees_the_caches_of_its_caller() {
    in_worlds(|world| {
        world.run(|| {
            outer(1);
            world.clock.advance(10 * SECOND);
            let inner = world.cache.stats().function("number").map(|it| it.stale);
            outer(1);
            rest();
            let after = world.cache.stats().function("number").map(|it| it.stale);
            assert_ne!(inner, after, "it asked this cache");
        });
    });
}

#[test]
fn a_hit_is_told_to_the_caller_and_a_miss_when_it_is_computed() {
    in_worlds(|world| {
        world.run(|| {
            let counts = Arc::new(Counts::default());
            let told =
                || (counts.hits.load(Ordering::SeqCst), counts.misses.load(Ordering::SeqCst));
            hooked(counts.clone());
            assert_eq!(told(), (0, 1));
            world.clock.advance(10 * SECOND);
            hooked(counts.clone());
            rest();
            assert_eq!(told(), (1, 2));
        });
    });
}

#[test]
fn what_is_shut_down_begins_nothing_and_serves_on() {
    in_worlds(|world| {
        let served = AtomicBool::new(false);
        with_default(&world.cache, || {
            let old = number(1, Origin::default());
            world.clock.advance(10 * SECOND);
            assert!(caches::shut_down_background(PATIENCE));
            let origin = Origin::default();
            served.store(number(1, origin.clone()) == old, Ordering::SeqCst);
            assert!(caches::wait_for_background(PATIENCE));
            assert_eq!(origin.runs(), 0);
            world.clock.advance(30 * SECOND);
            assert_ne!(number(1, origin.clone()), old, "what is over is computed by the caller");
        });
        assert!(served.into_inner());
    });
}
