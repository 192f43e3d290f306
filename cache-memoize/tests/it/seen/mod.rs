//! What can be seen of a cache: events, and what is made of them.

mod events;
mod evicted;
mod explained;
mod metered;
mod tables;
mod traced;

use crate::support::{Kind, block_on, server_kinds_with, with_default};
use cache_memoize::core::{Backend, StoreErrorKind};
use cache_memoize::{Cache, CacheBuilder, Memory, Near, cache_memoize, caches};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

static COMPUTED: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = 10, stale_while_revalidate = 30, prefix = "seen")]
fn seen(id: u32) -> u32 {
    let _ = id;
    COMPUTED.fetch_add(1, Ordering::Relaxed)
}

/// The same entries as those of [`seen`].
#[cache_memoize(ttl = 10, stale_while_revalidate = 30, prefix = "seen")]
async fn seen_async(id: u32) -> u32 {
    let _ = id;
    COMPUTED.fetch_add(1, Ordering::Relaxed)
}

/// Every kind of cache, with these settings.
fn every_kind_with(set: impl Fn(CacheBuilder) -> CacheBuilder) -> Vec<Kind> {
    let objects: Backend = Memory::new().into();
    let bytes = Counts::new().wrap(&Memory::new().into());
    let built = |backend| set(Cache::builder().backend(backend)).build();
    let cache = |backend| built(backend).expect("the settings are right");
    let mut kinds: Vec<Kind> =
        vec![("objects", cache(objects), Box::new(())), ("bytes", cache(bytes), Box::new(()))];
    kinds.extend(server_kinds_with(&set));
    kinds
}

/// A store of bytes that fails as it is told, and its clock.
struct Stage {
    faults: Faults,
    counts: Counts,
    clock: FakeClock,
}

impl Stage {
    fn new() -> Self {
        Self { faults: Faults::new(), counts: Counts::new(), clock: FakeClock::new() }
    }

    fn cache(&self, set: impl FnOnce(CacheBuilder) -> CacheBuilder) -> Cache {
        let memory = Memory::builder().clock(self.clock.clone()).build();
        let backend = self.counts.wrap(&self.faults.wrap(&memory.into()));
        set(Cache::builder().backend(backend)).build().expect("the settings are right")
    }

    /// With a tier in front whose copies live for a second.
    fn two_tiers(&self, set: impl FnOnce(CacheBuilder) -> CacheBuilder) -> Cache {
        self.cache(|settings| set(settings.near(Near::entries(10).ttl(SECOND))))
    }

    /// Has the store fail until it is left alone, and answer again.
    fn fall_and_rise(&self, cache: &Cache) {
        self.faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
        with_default(cache, || {
            for id in 0..3 {
                seen(id);
            }
        });
        self.faults.heal();
        self.clock.advance(SECOND);
        with_default(cache, || seen(0));
    }
}

/// Awaits a future, with `cache` as the default.
fn awaited<T>(cache: &Cache, future: impl Future<Output = T>) -> T {
    block_on(caches::scoped_async([("default", cache.clone())], future))
}
