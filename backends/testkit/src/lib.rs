//! What a backend of `cache-memoize` is tested with, and what is tested in its place.
//!
//! - [`conformance!`] stamps every clause of the storage contract onto a backend, as tests of its
//!   own; a [`Fixture`] tells it what it needs to know of the backend.
//! - [`FakeClock`] stands still until it is told to go on.
//! - [`FaultyStore`] fails, waits, hangs, corrupts and forgets, as its [`Faults`] tell it.
//! - [`CountingStore`] counts the round trips that a caller makes.
//!
//! A backend of a third party is written from `cache-memoize-core`, and tested with this crate
//! alone:
//!
//! ```no_run
//! # use cache_memoize_core::Backend;
//! # use cache_memoize_testkit::{FakeClock, Fixture};
//! # fn open(_: &FakeClock) -> Backend { unimplemented!() }
//! cache_memoize_testkit::conformance! {
//!     mod table;
//!     store: || {
//!         let clock = FakeClock::new();
//!         Fixture::new(open(&clock)).fake_time(clock)
//!     },
//! }
//! ```

mod block_on;
mod clock;
pub mod conformance;
mod counting;
mod erased;
mod faults;
mod faulty;
mod fixture;
mod gate;
mod operation;
#[cfg(feature = "servers")]
pub mod servers;
mod timer;

pub use clock::FakeClock;
pub use conformance::{Clause, Face};
pub use counting::{CountingStore, Counts};
pub use faults::{Fault, Faults, FaultsOn};
pub use faulty::FaultyStore;
pub use fixture::{Fixture, Time};
