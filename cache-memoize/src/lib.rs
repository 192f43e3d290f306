//! Remembers what functions return.
//!
//! ```
//! use cache_memoize::cache_memoize;
//!
//! #[cache_memoize(ttl = 300)]
//! fn exchange_rate(from: &str, to: &str) -> f64 {
//!     // something slow
//!     # let _ = (from, to);
//!     1.08
//! }
//!
//! exchange_rate("EUR", "USD"); // computed, then remembered for 300 s
//! invalidate_exchange_rate("EUR", "USD")?; // forgotten
//! refresh_exchange_rate("EUR", "USD"); // computed now, and stored
//! # Ok::<(), cache_memoize::Error>(())
//! ```
//!
//! - [`cache_memoize`]: the attribute, its options and the companions it makes
//! - [`CacheKey`]: what an argument needs to take part in a key
//! - [`Cache`]: caches with settings of their own, and caches by hand
//! - [`caches`]: which cache a function uses, in a program and in its tests
//!
//! # What is promised
//!
//! Two different calls never share a value. Once `invalidate_f` has returned, no one is served a value
//! whose computation began before. Whatever befalls the store, the function computes and returns. Of one
//! key, one computation runs at a time.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod background;
mod batch;
mod behind;
mod bell;
mod builder;
mod by_hand;
mod cache;
pub mod caches;
mod call;
mod codec;
mod config;
mod drive;
mod entries;
mod entry_key;
mod error;
mod evictions;
mod explain;
mod faces;
mod flight;
mod front;
mod gathering;
mod groups;
mod key;
mod lifetime;
mod listing;
mod local;
mod many;
mod near;
mod observer;
#[cfg(any(feature = "tracing", feature = "metrics"))]
pub mod observers;
mod orphans;
mod parallel;
mod place;
mod plan;
mod policy;
mod resilience;
mod rests;
mod rules;
mod site;
mod sites;
mod soft;
mod stats;
mod sync;
mod task;
mod treatment;
mod watch;

pub use builder::CacheBuilder;
pub use by_hand::Entry;
pub use cache::{Cache, Value};
pub use cache_memoize_core as core;
pub use cache_memoize_core::{Key, KeyRef, ServerCounts};
pub use cache_memoize_macros::{CacheKey, cache_memoize};
#[cfg(feature = "memcached")]
pub use cache_memoize_memcached::{Memcached, MemcachedBuilder};
#[cfg(feature = "memory")]
pub use cache_memoize_memory::{Memory, MemoryBuilder};
#[cfg(feature = "redis")]
pub use cache_memoize_redis::{Redis, RedisBuilder};
pub use codec::{Compressor, CustomCompressor, CustomSerializer, Serializer};
pub use config::{CacheConfig, Span};
pub use entry_key::EntryKey;
pub use error::{Error, ErrorKind};
pub use explain::{EntryForm, Explained, TimeLeft};
pub use key::{CacheKey, Composite, KeyWriter, Serialized};
pub use listing::Keys;
pub use near::Near;
pub use observer::{Event, EventKind, Observer, Tier};
pub use stats::{FunctionStats, Stats};

/// Compiles what the documents show.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../docs/guide/by-hand.md")]
#[doc = include_str!("../../docs/guide/from-django.md")]
#[doc = include_str!("../../docs/guide/from-moka.md")]
#[doc = include_str!("../../docs/guide/options/background.md")]
#[doc = include_str!("../../docs/guide/options/batch.md")]
#[doc = include_str!("../../docs/guide/options/cache.md")]
#[doc = include_str!("../../docs/guide/options/cache_err.md")]
#[doc = include_str!("../../docs/guide/options/cache_if.md")]
#[doc = include_str!("../../docs/guide/options/companions.md")]
#[doc = include_str!("../../docs/guide/options/crate.md")]
#[doc = include_str!("../../docs/guide/options/early_refresh.md")]
#[doc = include_str!("../../docs/guide/options/extra.md")]
#[doc = include_str!("../../docs/guide/options/hard_timeout.md")]
#[doc = include_str!("../../docs/guide/options/in_impl.md")]
#[doc = include_str!("../../docs/guide/options/jitter.md")]
#[doc = include_str!("../../docs/guide/options/key.md")]
#[doc = include_str!("../../docs/guide/options/local.md")]
#[doc = include_str!("../../docs/guide/options/on_hit.md")]
#[doc = include_str!("../../docs/guide/options/prefix.md")]
#[doc = include_str!("../../docs/guide/options/single_flight.md")]
#[doc = include_str!("../../docs/guide/options/skip.md")]
#[doc = include_str!("../../docs/guide/options/soft_timeout.md")]
#[doc = include_str!("../../docs/guide/options/stale_if_error.md")]
#[doc = include_str!("../../docs/guide/options/stale_while_revalidate.md")]
#[doc = include_str!("../../docs/guide/options/store_result.md")]
#[doc = include_str!("../../docs/guide/options/tags.md")]
#[doc = include_str!("../../docs/guide/options/ttl.md")]
#[doc = include_str!("../../docs/guide/options/ttl_with.md")]
#[doc = include_str!("../../docs/guide/options/version.md")]
#[doc = include_str!("../../docs/guide/inspecting.md")]
#[doc = include_str!("../../docs/guide/seeing.md")]
#[doc = include_str!("../../docs/guide/stores.md")]
struct Documents;
