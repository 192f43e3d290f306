//! Copies of what a store has, in this process and in front of it.

use crate::groups::Group;
use cache_memoize_core::{Backend, KeyRef, Listener, ObjectStore, Subscription};
use std::sync::Arc;
use std::time::Duration;

/// How long a copy lives where nothing else is said.
const TTL: Duration = Duration::from_secs(5);

/// A tier in this process in front of a store: it keeps copies of values as they are, so that a hit in it
/// costs no round trip and no deserialization. Give it to [`CacheBuilder::near`](crate::CacheBuilder::near).
///
/// ```
/// use cache_memoize::Near;
/// use std::time::Duration;
///
/// let near = Near::entries(10_000).ttl(Duration::from_secs(5));
/// ```
///
/// # How old a copy may be
///
/// An invalidation, a refresh or a plain write in this process is seen in it at once. One in another process
/// is seen when the store tells of it, which Redis does within milliseconds, and never later than the
/// [`ttl`](Self::ttl): memcached does not tell, and while the connection that tells is lost, or a store cannot
/// be reached, nothing else bounds the age of a copy. When the connection is there again, all copies are
/// dropped. While the store is out of reach, what functions compute is kept in the near tier alone.
#[derive(Clone, Debug)]
#[must_use = "give it to `CacheBuilder::near`"]
pub struct Near {
    bound: Bound,
    ttl: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    Entries(usize),
    Bytes(usize),
}

impl Near {
    /// A tier of so many entries at most.
    pub fn entries(number: usize) -> Self {
        Self { bound: Bound::Entries(number), ttl: TTL }
    }

    /// A tier of about so many bytes at most, as the values take in memory.
    pub fn bytes(number: usize) -> Self {
        Self { bound: Bound::Bytes(number), ttl: TTL }
    }

    /// How long a copy lives at most. Default: 5 s. It never outlives the entry in the store, except in
    /// [`plain`](crate::CacheBuilder::plain) mode, where nothing says how long that lives. Of both, 20 ms are taken off,
    /// since the tier's clock may be that late: what lives no longer is not kept.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// Why there can be no such tier.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (Bound::Entries(bound) | Bound::Bytes(bound)) = self.bound;
        if bound == 0 {
            return Err(
                "the near tier may hold nothing: give it a bound, or leave it out".to_owned()
            );
        }
        if self.ttl.is_zero() {
            return Err(
                "the TTL of the near tier is zero: give a lifetime, or leave it out".to_owned()
            );
        }
        if cfg!(not(feature = "memory")) {
            return Err("the near tier needs the feature `memory`: enable it".to_owned());
        }
        Ok(())
    }

    /// The tier in front of this backend, whose keys begin with `prefix`; none where values are kept as they
    /// are anyway.
    pub(crate) fn before(self, backend: &Backend, prefix: &str) -> Option<Nearness> {
        if backend.objects().is_some() {
            return None;
        }
        let tier = self.tier(backend)?;
        let follower = Arc::new(Follower(tier.clone()));
        let subscription = backend.bus().map(|bus| bus.subscribe(prefix, follower));
        Some(Nearness { tier, ttl: self.ttl, lag: lag(backend), _subscription: subscription })
    }

    #[cfg(feature = "memory")]
    fn tier(&self, backend: &Backend) -> Option<Arc<dyn ObjectStore>> {
        let builder = crate::local::memory_beside(backend);
        let builder = match self.bound {
            Bound::Entries(number) => builder.max_entries(number),
            Bound::Bytes(number) => builder.max_bytes(number),
        };
        Some(Arc::new(builder.build()))
    }

    #[cfg(not(feature = "memory"))]
    fn tier(&self, _: &Backend) -> Option<Arc<dyn ObjectStore>> {
        None
    }
}

/// How late the clock of the near tier may be.
#[cfg(feature = "memory")]
fn lag(backend: &Backend) -> Duration {
    match backend.given_clock() {
        Some(_) => Duration::ZERO,
        None => cache_memoize_memory::CoarseClock::LAG,
    }
}

#[cfg(not(feature = "memory"))]
fn lag(_: &Backend) -> Duration {
    Duration::ZERO
}

/// The near tier of a cache.
pub(crate) struct Nearness {
    tier: Arc<dyn ObjectStore>,
    ttl: Duration,
    lag: Duration,
    _subscription: Option<Subscription>,
}

impl Nearness {
    #[inline]
    pub(crate) fn tier(&self) -> &dyn ObjectStore {
        &*self.tier
    }

    /// How long a copy is kept of what lives that long: it must be gone by then, however late the tier's clock is.
    pub(crate) fn lifetime(&self, left: Duration) -> Duration {
        left.min(self.ttl).saturating_sub(self.lag)
    }
}

/// Drops the copies of what others change.
struct Follower(Arc<dyn ObjectStore>);

impl Listener for Follower {
    fn changed(&self, key: KeyRef<'_>) {
        self.0.remove(key);
        if let Some(group) = Group::of_number(key) {
            self.0.generations().advance(group.name());
        }
    }

    fn lost(&self) {
        self.0.clear();
    }
}
