//! The memcached store of `cache-memoize`: one server or many, blocking and async, over TCP and Unix sockets.
//!
//! ```no_run
//! use cache_memoize_core::{Bytes, KeyRef, PutMode, Store, Ttl};
//! use cache_memoize_memcached::Memcached;
//!
//! let memcached = Memcached::open("memcached://cache-1,cache-2?timeout=100ms")?;
//! let key = KeyRef::new("rates:EUR:USD").unwrap();
//! memcached.put(key, Bytes::from_static(b"1.09"), Ttl::Forever, PutMode::Always)?;
//! assert_eq!(memcached.get(&[key])?, [Some(Bytes::from_static(b"1.09"))]);
//! # Ok::<(), cache_memoize_core::StoreError>(())
//! ```
//!
//! It needs memcached 1.6, whose meta commands it speaks, with CAS numbers, which are there unless it was started with
//! `-C`.
//!
//! # What it costs
//!
//! | operation | round trips |
//! |---|---|
//! | `get`, `remove`, `put` with `Always`, `ping`, `increment` | one |
//! | `lease` where no value is | one |
//! | `put` with `IfLease`, after such a lease taken by this process | one |
//! | the others | two, and one or two more when others write at the same moment |
//!
//! Async callers share a connection to each server: what many of them ask at the same time goes out in one write.
//! A large value, and what must not be done twice, goes over a connection of its own. The pages on memcached in
//! `docs/decisions` say why.
//!
//! # Several servers
//!
//! Every key has its server, by rendezvous hashing over the addresses as they are written: write them alike in all
//! processes. Their order says nothing. A server that is down costs its own keys, which are errors of
//! kind [`Unavailable`](cache_memoize_core::StoreErrorKind::Unavailable), and serves again as soon as it is back.
//!
//! # Limits
//!
//! - The async face needs a tokio runtime, of one thread or of many, with timers and sockets (`enable_all`). Without
//!   a runtime it gives an error. For one without timers or sockets it gives an error too, but tokio tells of that by
//!   a panic alone, which is caught at the first call on such a runtime, or the first ones if they come at once: a
//!   program with `panic = "abort"` ends there.
//! - A lifetime is exact to a second. Its end is a date for memcached if it is more than 30 days away, and 2038-01-19
//!   is the last that it knows: what should live longer ends then.
//! - [`clear`](cache_memoize_core::Store::clear) is `flush_all`: it **empties the servers**, whoever else keeps
//!   something there. memcached cannot do less.
//! - A [listing](cache_memoize_core::Listing) is what the server's LRU crawler tells (`lru_crawler metadump all`), which
//!   passes over what was just read. So the server is asked up to five times, until nothing new comes, with up to two
//!   seconds in between: what is at rest is listed whole, and keys that are in use all the time may be missing. The names
//!   on one server are fetched at once and wait in this process; what lies under them is asked for afterwards, which
//!   counts as hits. A server whose crawler is off (`-o no_lru_crawler`), or that was started with `-X`, tells none.
//! - A key under a lease holds, for other clients, 25 bytes more than its value; see the
//!   page on leases in `docs/decisions`.

mod address;
#[cfg(feature = "tokio")]
mod asynchronous;
mod blocking;
mod builder;
mod deadline;
mod expiry;
mod fault;
mod item;
mod moment;
mod operations;
#[cfg(unix)]
mod peek;
mod questions;
mod resolver;
mod ring;
mod servers;
mod sightings;
mod wire;

pub use builder::MemcachedBuilder;

use cache_memoize_core::{Backend, KeyRef, StoreError, StoreUrl};
use servers::Servers;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A store on memcached. Cloning gives another handle to the same connections.
///
/// Nothing is connected until it is needed: a program starts without its servers.
#[derive(Clone)]
pub struct Memcached {
    servers: Arc<Servers>,
}

impl Memcached {
    /// How long an operation may take when nothing else was told: 250 ms.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_millis(250);

    /// How many connections each face keeps to a server at most when nothing else was told: 16.
    pub const DEFAULT_POOL: usize = 16;

    /// The store at a URL: `memcached://host,other:11212`, `memcached+unix:///run/memcached.sock`. The parameters
    /// are `timeout` (`250ms`) and `pool` (`16`).
    ///
    /// # Errors
    /// [`Configuration`](cache_memoize_core::StoreErrorKind::Configuration) if the URL is wrong, saying where.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::from_url(StoreUrl::parse(url)?)
    }

    /// The store at a URL that was read already.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn from_url(url: StoreUrl) -> Result<Self, StoreError> {
        MemcachedBuilder::from_url(url)?.build()
    }

    /// A store to one's own measure.
    pub fn builder() -> MemcachedBuilder {
        MemcachedBuilder::default()
    }
}

impl fmt::Debug for Memcached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memcached")
            .field("servers", &self.servers.addresses())
            .finish_non_exhaustive()
    }
}

/// Which of the servers has a key. It stays the same one when others fail.
fn serving(servers: &Arc<Servers>) -> impl Fn(KeyRef<'_>) -> usize + use<> {
    let servers = servers.clone();
    move |key| servers.place(key)
}

impl From<Memcached> for Backend {
    fn from(memcached: Memcached) -> Self {
        let servers = memcached.servers.clone();
        let backend = Self::new("memcached")
            .with_place(servers.addresses().join(","))
            .with_store(memcached.clone())
            .with_listing(memcached.clone())
            .with_parts(servers.all().len(), serving(&servers))
            .with_shards(servers.all().len(), serving(&servers));
        #[cfg(feature = "tokio")]
        let backend = backend.with_async_store(memcached);
        backend
    }
}
