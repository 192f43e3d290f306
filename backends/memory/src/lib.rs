//! The in-process store of `cache-memoize`: bounded, scan-resistant, and read without a lock.
//!
//! ```
//! use cache_memoize_core::{Bytes, KeyRef, PutMode, Store, Ttl};
//! use cache_memoize_memory::Memory;
//!
//! let memory = Memory::builder().max_entries(1_000).build();
//! let key = KeyRef::new("rates:EUR:USD").unwrap();
//! memory.put(key, Bytes::from_static(b"1.09"), Ttl::Forever, PutMode::Always)?;
//! assert_eq!(memory.get(&[key])?, [Some(Bytes::from_static(b"1.09"))]);
//! # Ok::<(), cache_memoize_core::StoreError>(())
//! ```
//!
//! # What it does
//!
//! - **A hit takes no lock** and writes to no memory that another thread writes to: it is a look into a
//!   concurrent hash map, a glance at a coarse clock, and a small counter of the entry itself that is
//!   left alone once it is full. A hit on bytes also counts one more holder of them.
//! - **Full, it forgets well.** It evicts by S3-FIFO: newcomers stand in a small queue, and only those
//!   that are asked for again move on to the main one. A scan through many keys that nobody asks for
//!   twice passes through the small queue and leaves the rest alone. Who [wants to
//!   know](cache_memoize_core::ObjectStore::watch_evictions) is told what had to go.
//! - **Time is kept to the millisecond** of its clock, for each entry on its own. What is over is never
//!   returned, and its memory is given back without anyone asking for it: writes sweep a little, and one
//!   thread for the whole process, `cache-memoize-janitor`, sweeps when nobody writes. The thread starts
//!   with the first entry that can expire, sleeps until there is something to do, and ends with the last
//!   store.
//! - **Bytes and typed objects** share the room. A key holds one or the other: an entry of the other face
//!   reads as a miss, is overwritten as if it were not there, and is removed like any other.
//!
//! # What it weighs
//!
//! An entry counts with the length of its key, the length of its value (for an object, what
//! [`Object`](cache_memoize_core::Object) says) and [`Memory::ENTRY_OVERHEAD`] for what stands around
//! them. Beyond the bound there are only the keys, without values, of a few entries that left not long
//! ago: 64, and one for every 64 entries.
//!
//! A value that is removed or swept is freed as soon as no reader looks at it or [holds](cache_memoize_core::HeldObject)
//! it any more. One that is
//! replaced or evicted is too, if it says that it is heavy; light ones are freed a few dozen at a time,
//! so that each thread that writes may keep up to half a megabyte of them for a while.
//!
//! Values are dropped on any thread that uses the store. Dropping one may call the store again: no lock
//! is held then.

mod clock;
mod entry;
mod expiry;
mod frequency;
mod ghosts;
mod janitor;
mod leases;
mod ledger;
mod listing;
mod objects;
mod policy;
mod queues;
mod store;
mod table;
mod watchers;
mod writer;

pub use clock::CoarseClock;

use cache_memoize_core::{Backend, Clock, Generations, NonBlocking};
use clock::Time;
use policy::Bounds;
use std::fmt;
use std::sync::Arc;
use table::Table;

/// A bounded store in this process. Cloning gives another handle to the same store.
#[derive(Clone)]
pub struct Memory {
    table: Arc<Table>,
    generations: Arc<Generations>,
}

impl Memory {
    /// How many entries a store holds when no bound was given.
    ///
    /// Enough for the working set of most functions, and with values of a few kilobytes still only some
    /// tens of megabytes: a default must not fill a machine.
    pub const DEFAULT_MAX_ENTRIES: usize = 10_000;

    /// What an entry weighs beyond its key and its value, in bytes: about what its places in the map, in
    /// the queues and in the order of expiry, and the memory of those who left, take on a 64-bit machine.
    pub const ENTRY_OVERHEAD: usize = 256;

    /// A store of [`Memory::DEFAULT_MAX_ENTRIES`] entries.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A store to one's own measure.
    pub fn builder() -> MemoryBuilder {
        MemoryBuilder::default()
    }

    /// Makes what the calling thread keeps for all stores of this kind. A thread that ends drops what it
    /// kept in the reverse order of its making: whatever is made after this may still use a store then.
    pub fn prepare_thread() {
        papaya::HashMap::<(), ()>::new().pin();
    }

    /// How many entries there are, those included that expired and were not reclaimed yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What all entries weigh, in bytes; see the [front page](crate).
    #[must_use]
    pub fn weight(&self) -> usize {
        self.table.weight()
    }

    /// How many entries had to go before their time to make room for others.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.table.evictions()
    }

    /// Reclaims what is expired now, and says how many entries that were. Nobody needs to call it; it
    /// makes tests deterministic.
    pub fn sweep(&self) -> usize {
        self.table.sweep()
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("entries", &self.len())
            .field("weight", &self.weight())
            .finish_non_exhaustive()
    }
}

impl From<Memory> for Backend {
    fn from(memory: Memory) -> Self {
        Self::new("memory")
            .with_clock(memory.table.clock())
            .with_store(memory.clone())
            .with_async_store(NonBlocking(memory.clone()))
            .with_listing(memory.clone())
            .with_objects(Arc::new(memory))
    }
}

/// The measure of a [`Memory`] to be built.
#[derive(Clone, Default)]
#[must_use]
pub struct MemoryBuilder {
    max_entries: Option<usize>,
    max_bytes: Option<usize>,
    clock: Option<Arc<dyn Clock>>,
}

impl MemoryBuilder {
    /// At most this many entries. Zero counts as one: a cache that should hold nothing is better
    /// switched off.
    ///
    /// Without this and without [`max_bytes`](Self::max_bytes) it is
    /// [`Memory::DEFAULT_MAX_ENTRIES`]; with `max_bytes` alone the number is not bounded.
    pub fn max_entries(mut self, entries: usize) -> Self {
        self.max_entries = Some(entries);
        self
    }

    /// At most this many bytes of weight; see the [front page](crate) for what an entry weighs. The values of
    /// functions with the option `local` weigh what their type does by itself, without what it points to:
    /// bound those by their number. May be given
    /// together with [`max_entries`](Self::max_entries). A value heavier than that is refused, so that a
    /// bound of zero, which counts as one, refuses all.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Takes the time from `clock` instead of a [`CoarseClock`]. The clock is asked under the store's
    /// lock, and must not call the store.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Builds the store.
    #[must_use]
    pub fn build(self) -> Memory {
        let default_entries = match self.max_bytes {
            Some(_) => usize::MAX,
            None => Memory::DEFAULT_MAX_ENTRIES,
        };
        let bounds = Bounds::new(self.max_entries.unwrap_or(default_entries), self.max_bytes);
        Memory { table: Table::new(bounds, Time::from(self.clock)), generations: Arc::default() }
    }
}

impl fmt::Debug for MemoryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBuilder")
            .field("max_entries", &self.max_entries)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}
