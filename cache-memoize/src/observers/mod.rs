//! Observers that come with the library.
//!
//! A feature adds the name; nothing is observed before the observer is given to a cache:
//!
//! ```
//! # #[cfg(all(feature = "tracing", feature = "metrics", feature = "memory"))] {
//! use cache_memoize::observers::{Metrics, Tracing};
//! use cache_memoize::{Cache, Memory};
//!
//! let cache = Cache::builder().backend(Memory::new()).observer(Tracing).observer(Metrics::new());
//! # }
//! ```

#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "metrics")]
pub use self::metrics::Metrics;
#[cfg(feature = "tracing")]
pub use self::tracing::Tracing;
