//! The world changes and the entry is invalidated while its old value is being computed. What is the
//! answer afterwards?

use crate::support::{HitboxCache, block_on, hitbox_cache};
use cache_memoize::cache_memoize;
use cached::Cached;
use cached::macros::cached;
use hitbox::backend::Backend;
use hitbox::{CacheKey, KeyPart};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Barrier, LazyLock};
use std::thread;

/// What the function reads, and where it stands still the first time: after it read.
struct World {
    value: AtomicU32,
    reads: AtomicU32,
    read: Barrier,
    changed: Barrier,
}

impl World {
    fn new() -> Self {
        Self {
            value: AtomicU32::new(1),
            reads: AtomicU32::new(0),
            read: Barrier::new(2),
            changed: Barrier::new(2),
        }
    }

    fn compute(&self) -> u32 {
        let value = self.value.load(SeqCst);
        if self.reads.fetch_add(1, SeqCst) == 0 {
            self.read.wait();
            self.changed.wait();
        }
        value
    }

    /// What a caller gets after a computation was overtaken by `invalidate`. The world says 2 by then.
    fn overtake<T>(&self, call: impl Fn() -> u32 + Sync, invalidate: impl FnOnce() -> T) -> u32 {
        thread::scope(|scope| {
            let overtaken = scope.spawn(&call);
            self.read.wait();
            self.value.store(2, SeqCst);
            invalidate();
            self.changed.wait();
            overtaken.join().expect("it computes");
        });
        call()
    }
}

#[test]
fn cache_memoize_computes_anew() {
    static WORLD: LazyLock<World> = LazyLock::new(World::new);
    #[cache_memoize(ttl = 60)]
    fn ours() -> u32 {
        WORLD.compute()
    }
    let invalidate = || invalidate_ours().expect("the default cache has no faults");
    assert_eq!(WORLD.overtake(ours, invalidate), 2);
}

#[test]
fn cached_stores_the_old_value() {
    static WORLD: LazyLock<World> = LazyLock::new(World::new);
    #[cached(ttl_secs = 60)]
    fn theirs() -> u32 {
        WORLD.compute()
    }
    let invalidate = || THEIRS.write().cache_remove(&());
    assert_eq!(WORLD.overtake(theirs, invalidate), 1);
}

#[test]
fn moka_stores_the_old_value() {
    let world = World::new();
    let cache = moka::sync::Cache::new(10);
    let call = || cache.get_with(1, || world.compute());
    assert_eq!(world.overtake(call, || cache.invalidate(&1)), 1);
}

#[test]
fn hitbox_stores_the_old_value() {
    static WORLD: LazyLock<World> = LazyLock::new(World::new);
    static CACHE: LazyLock<HitboxCache> = LazyLock::new(hitbox_cache);
    #[hitbox_fn::cached(prefix = "overtaken")]
    async fn theirs(_id: u32) -> u32 {
        WORLD.compute()
    }
    let key = CacheKey::new("overtaken", 0, vec![KeyPart::new("u32", Some("1"))]);
    let invalidate = || block_on(CACHE.backend().remove(&key)).expect("moka has no faults");
    let call = || block_on(async { theirs(1).cache(&*CACHE).await });
    assert_eq!(WORLD.overtake(call, invalidate), 1);
}
