//! Where values live that cannot leave the process, beside a store of bytes.

use crate::evictions;
use crate::observer::{Observer, Tier};
use cache_memoize_core::{Backend, ObjectStore, Subscription};
use std::sync::Arc;

/// The place for the values of `local` functions.
pub(crate) struct Local {
    objects: Arc<dyn ObjectStore>,
    _evictions: Option<Subscription>,
}

impl Local {
    /// The place beside this backend, if there can be one.
    pub(crate) fn beside(
        backend: &Backend,
        observers: &Arc<[Arc<dyn Observer>]>,
        prefix: &str,
    ) -> Option<Self> {
        let objects = objects(backend)?;
        let evictions = evictions::told_of(observers, &*objects, prefix, Tier::Store);
        Some(Self { objects, _evictions: evictions })
    }

    #[inline]
    pub(crate) fn objects(&self) -> &dyn ObjectStore {
        &*self.objects
    }
}

#[cfg(feature = "memory")]
fn objects(backend: &Backend) -> Option<Arc<dyn ObjectStore>> {
    Some(Arc::new(memory_beside(backend).build()))
}

/// A store in process that goes by the clock of the backend beside it.
#[cfg(feature = "memory")]
pub(crate) fn memory_beside(backend: &Backend) -> cache_memoize_memory::MemoryBuilder {
    let memory = cache_memoize_memory::Memory::builder();
    match backend.given_clock() {
        Some(clock) => memory.clock(clock.clone()),
        None => memory,
    }
}

#[cfg(not(feature = "memory"))]
fn objects(_: &Backend) -> Option<Arc<dyn ObjectStore>> {
    None
}
