//! The Redis store of `cache-memoize`: standalone, cluster and sentinel, blocking and async.
//!
//! ```no_run
//! use cache_memoize_core::{Bytes, KeyRef, PutMode, Store, Ttl};
//! use cache_memoize_redis::Redis;
//!
//! let redis = Redis::open("redis://127.0.0.1:6379/0?timeout=100ms")?;
//! let key = KeyRef::new("rates:EUR:USD").unwrap();
//! Store::put(&redis, key, Bytes::from_static(b"1.09"), Ttl::Forever, PutMode::Always)?;
//! # Ok::<(), cache_memoize_core::StoreError>(())
//! ```
//!
//! Redis 7.0 or later, or Valkey. Nothing is connected before the first operation, so a program starts without
//! its server.
//!
//! # URLs
//!
//! | URL | servers |
//! |---|---|
//! | `redis://user:password@host:6379/0` | one, over TCP; the path is the number of the database |
//! | `rediss://host:6379` | one, over TLS, with the feature `tls` |
//! | `redis+unix:///run/redis.sock?db=1` | one, on a Unix socket |
//! | `redis+cluster://a:6379,b,c` | a cluster; a few of its nodes are enough |
//! | `redis+sentinel://a:26379,b/mymaster?db=0` | the master that sentinels call `mymaster` |
//!
//! | parameter | meaning |
//! |---|---|
//! | `db` | the number of the database, 0 without it |
//! | `timeout` | how long an operation may take: `250ms` without it |
//! | `connect_timeout` | how much of that may pass until a connection stands |
//! | `pool` | connections of the blocking face with each server, 8 without it |
//! | `protocol` | `2` (without it) or `3` |
//! | `tls` | `true` for TLS with a cluster or with sentinels and master |
//! | `ca`, `cert`, `key` | files in PEM: authorities to trust, and our own certificate and its key |
//! | `sentinel_user`, `sentinel_password` | who we are to the sentinels |
//!
//! # What is where
//!
//! A value lies under its key as it is, for other programs to read. The lease on it is a text of 16 hexadecimal
//! digits under a second name in the same slot of a cluster. A name with a blank in it is no key.
//!
//! | key `K` | its value | its lease |
//! |---|---|---|
//! | has no `}` and no hash tag | `K` | `{K} lease` |
//! | has a hash tag, such as `{user}:7` | `K` | `K tagged lease` |
//! | has a `}` and no hash tag, such as `a}b` | `{ }K` | `{ }K lease` |
//!
//! # What it costs, and what it holds to
//!
//! - **One round trip** for every operation, of however many keys. In a cluster the nodes are asked together.
//!   The first use of a script on a server takes one more.
//! - **A limit for the whole operation**: waiting for a connection, finding the host, connecting, the handshake,
//!   sending, receiving, and what has to be asked again. Only the system may add to it, by not running the
//!   thread; and one millisecond.
//! - **While a slot of a cluster moves**, what is about a value and its lease at once may be refused for that
//!   moment (`TRYAGAIN`, an error of kind `Unavailable`).
//! - **No connection is used again** on which anything but whole replies came. One that was over before it
//!   was used costs no failed operation, where repeating the operation is safe: all but an addition and an
//!   increment, for which the blocking face looks first whether the server has hung up.
//! - **The async face** has one connection for each tokio runtime. A future may be dropped at any time.
//! - **The async face needs a tokio runtime**, of one thread or of many, with timers and sockets (`enable_all`).
//!   Without a runtime it gives an error. For one without timers or sockets it gives an error too, but tokio tells
//!   of that by a panic alone, which is caught at the first call on such a runtime, or the first ones if they come
//!   at once: a program with `panic = "abort"` ends there.
//! - **A [listing](cache_memoize_core::Listing)** asks one master after the other by `SCAN`, a thousand names at a time.
//!   While slots move, or when a master fails over, keys may be missing in it.
//! - **[`clear`](cache_memoize_core::Store::clear) empties the whole database**, with whatever else is in it
//!   (`FLUSHDB`), on a cluster that of every master. Give the cache a database, or better a server, of its own.

#[cfg(feature = "tokio")]
mod asynchronous;
mod blocking;
mod builder;
mod bus;
mod cluster;
mod command;
mod deadline;
mod fault;
mod handshake;
mod layout;
mod operations;
mod rounds;
mod scan;
mod scripts;
mod settings;

pub use builder::RedisBuilder;
pub use settings::Protocol;

use cache_memoize_core::{Backend, StoreError, StoreUrl};
use cluster::Cluster;
use settings::{Address, Place, Settings};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A store in Redis. Cloning gives another handle to the same store and the same connections.
#[derive(Clone)]
pub struct Redis {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Arc<Settings>,
    /// How long an operation may take, in microseconds.
    limit: AtomicU64,
    cluster: Option<Arc<Cluster>>,
    blocking: blocking::Connections,
    #[cfg(feature = "tokio")]
    runtimes: asynchronous::Runtimes,
}

impl Redis {
    /// The store that `url` names; see the [front page](crate) for what it may say. Connects to nothing yet.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`](cache_memoize_core::StoreErrorKind::Configuration), saying what is wrong
    /// with the URL and what would be right.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::from_url(StoreUrl::parse(url)?)
    }

    /// As [`open`](Self::open), for a URL from which others have taken their parameters.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_url(url: StoreUrl) -> Result<Self, StoreError> {
        Ok(Self::new(Settings::from_url(url)?))
    }

    /// A store with settings that a URL cannot say well.
    pub fn builder() -> RedisBuilder {
        RedisBuilder::default()
    }

    fn new(settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let cluster = match &settings.place {
            Place::Cluster(seeds) => Some(Arc::new(Cluster::new(seeds.clone()))),
            _ => None,
        };
        let shared = Shared {
            limit: AtomicU64::new(0),
            blocking: blocking::Connections::new(&settings, cluster.as_ref()),
            #[cfg(feature = "tokio")]
            runtimes: asynchronous::Runtimes::new(&settings, cluster.as_ref()),
            cluster,
            settings,
        };
        let this = Self { shared: Arc::new(shared) };
        this.set_limit(this.shared.settings.timeout);
        this
    }

    fn settings(&self) -> &Arc<Settings> {
        &self.shared.settings
    }

    fn blocking(&self) -> &blocking::Connections {
        &self.shared.blocking
    }

    #[cfg(feature = "tokio")]
    fn runtimes(&self) -> &asynchronous::Runtimes {
        &self.shared.runtimes
    }

    fn limit(&self) -> Duration {
        Duration::from_micros(self.shared.limit.load(Ordering::Relaxed))
    }

    fn set_limit(&self, limit: Duration) {
        let micros = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.shared.limit.store(micros, Ordering::Relaxed);
    }

    fn is_cluster(&self) -> bool {
        self.shared.cluster.is_some()
    }

    /// What is meant for every master is sent to those that there are now, not to those that there were.
    fn distrust_cluster(&self) {
        if let Some(cluster) = &self.shared.cluster {
            cluster.distrust();
        }
    }

    /// The masters of the cluster, asked for anew; `None` if nobody can be asked.
    fn masters(&self) -> Option<Vec<Address>> {
        self.distrust_cluster();
        let cluster = self.shared.cluster.as_ref()?;
        let deadline = deadline::Deadline::after(self.limit());
        self.shared.blocking.read_map(cluster, deadline).ok()?;
        cluster.masters().ok()
    }
}

impl From<Redis> for Backend {
    fn from(redis: Redis) -> Self {
        let backend = Self::new("redis")
            .with_place(redis.settings().place.to_string())
            .with_store(redis.clone())
            .with_bus(redis.clone())
            .with_listing(redis.clone());
        let backend = match redis.shared.cluster.clone() {
            Some(cluster) => backend
                .with_parts(cluster::PARTS, move |key| cluster.part(layout::slot_of(key)))
                .with_shards(layout::SHARDS, layout::shard),
            None => backend,
        };
        #[cfg(feature = "tokio")]
        let backend = backend.with_async_store(redis);
        backend
    }
}

/// Where the servers are, and no more: no user and no password.
impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("place", &self.settings().place.to_string())
            .field("timeout", &self.limit())
            .finish_non_exhaustive()
    }
}
