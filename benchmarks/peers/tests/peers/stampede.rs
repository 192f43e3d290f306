//! How often does the function run when many ask for the same cold key at once?

use crate::support::{HitboxCache, block_on, hitbox_cache};
use cache_memoize::cache_memoize;
use cached::macros::cached;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

const CALLERS: usize = 8;

/// Callers that have set out, and runs of the function.
struct Crowd {
    callers: AtomicUsize,
    runs: AtomicUsize,
}

impl Crowd {
    const fn new() -> Self {
        Self { callers: AtomicUsize::new(0), runs: AtomicUsize::new(0) }
    }

    /// The function's body: lasts until everyone has set out.
    fn run(&self) -> usize {
        self.runs.fetch_add(1, SeqCst);
        while self.callers.load(SeqCst) < CALLERS {
            thread::yield_now();
        }
        7
    }

    /// The body of a function that is not protected lasts until everyone is inside it.
    fn run_together(&self) -> usize {
        self.runs.fetch_add(1, SeqCst);
        while self.runs.load(SeqCst) < CALLERS {
            thread::yield_now();
        }
        7
    }

    /// How often the function ran for all of them.
    fn ask(&self, call: impl Fn() -> usize + Sync) -> usize {
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    self.callers.fetch_add(1, SeqCst);
                    assert_eq!(call(), 7);
                });
            }
        });
        self.runs.load(SeqCst)
    }
}

#[test]
fn cache_memoize_once() {
    static CROWD: Crowd = Crowd::new();
    #[cache_memoize(ttl = 60)]
    fn ours(_id: u32) -> usize {
        CROWD.run()
    }
    assert_eq!(CROWD.ask(|| ours(1)), 1);
}

#[test]
fn cache_memoize_once_for_blocking_and_async_callers() {
    static CROWD: Crowd = Crowd::new();
    #[cache_memoize(ttl = 60, prefix = "shared")]
    fn blocking(_id: u32) -> usize {
        CROWD.run()
    }
    #[cache_memoize(ttl = 60, prefix = "shared")]
    async fn awaited(_id: u32) -> usize {
        CROWD.run()
    }
    let turn = AtomicUsize::new(0);
    let call = || match turn.fetch_add(1, SeqCst) % 2 {
        0 => blocking(1),
        _ => block_on(awaited(1)),
    };
    assert_eq!(CROWD.ask(call), 1);
}

#[test]
fn cached_once_for_each_caller() {
    static CROWD: Crowd = Crowd::new();
    #[cached(ttl_secs = 60)]
    fn theirs(_id: u32) -> usize {
        CROWD.run_together()
    }
    assert_eq!(CROWD.ask(|| theirs(1)), CALLERS);
}

#[test]
fn cached_once_where_asked_to() {
    static CROWD: Crowd = Crowd::new();
    #[cached(ttl_secs = 60, sync_writes = "by_key")]
    fn theirs(_id: u32) -> usize {
        CROWD.run()
    }
    assert_eq!(CROWD.ask(|| theirs(1)), 1);
}

#[test]
fn moka_once() {
    static CROWD: Crowd = Crowd::new();
    let cache = moka::sync::Cache::new(10);
    assert_eq!(CROWD.ask(|| cache.get_with(1, || CROWD.run())), 1);
}

#[test]
fn hitbox_once_for_each_caller() {
    static CROWD: Crowd = Crowd::new();
    #[hitbox_fn::cached]
    async fn theirs(_id: u32) -> usize {
        CROWD.run_together()
    }
    static CACHE: LazyLock<HitboxCache> = LazyLock::new(hitbox_cache);
    assert_eq!(CROWD.ask(|| block_on(async { theirs(1).cache(&*CACHE).await })), CALLERS);
}
