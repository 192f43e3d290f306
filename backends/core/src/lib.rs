//! The storage contract of `cache-memoize`: what a backend promises, and nothing else.
//!
//! A backend is written from this crate and tested with `cache-memoize-testkit`; it knows nothing of
//! serialization, of macros or of the engine. It offers one or more *faces*, bundled in a [`Backend`]:
//!
//! | face | trait | used by |
//! |---|---|---|
//! | blocking | [`Store`] | sync functions |
//! | async | [`AsyncStore`] | `async` functions |
//! | typed objects | [`ObjectStore`] | both, for values that never leave the process |
//!
//! and, if it can tell what others change, a [`Bus`]; if it can tell which keys it has, a [`Listing`], for people who look
//! into it. A store on several servers says [which of
//! them](Backend::with_parts) serves a key, so that one which is down costs its own keys alone.
//!
//! # The order of operations
//!
//! A memoized call reaches a store in this order, and every clause of the contract exists to close a
//! race in it:
//!
//! 1. `get`: a live value is a hit, and the call ends.
//! 2. `lease`: *before* the computation begins the caller takes a [`Token`]. If a value arrived since
//!    step 1, the store hands it over with the token, and the call ends.
//! 3. The function runs.
//! 4. `put` with [`PutMode::IfLease`]: the value is stored only if the token still stands.
//!
//! An invalidation is one `remove`: it deletes the value **and revokes the token** in one atomic step.
//! The store itself thereby refuses a value whose computation began before the invalidation, however
//! late it arrives: a *fenced fill*.
//!
//! | race | what closes it |
//! |---|---|
//! | `remove` between 2 and 4 | it revokes the token: 4 is refused |
//! | `remove` between 1 and 2 | the token of 2 is younger than the removal, and so is the computation |
//! | another caller fills between 1 and 2 | `lease` hands over the value that is there |
//! | a plain `put` between 2 and 4 | a plain `put` revokes tokens too: the older computation does not overwrite it |
//! | a refresh between 2 and 4 | [`LeaseMode::Renew`] replaces the token: 4 is refused, the refresh's own fill is not |
//! | the token expired or was evicted between 2 and 4 | no token stands: 4 is refused |
//! | the computation fails or is cancelled after 2 | `release` gives the token back |
//!
//! A refused fill is never an error: the caller still has its value, and only the store does without.
//!
//! A function that is called for many keys at once goes the same way with all of them together: `get`, `lease_many`, one
//! computation for those that are missing, `put_many`.
//!
//! # What a backend need not do
//!
//! Values are opaque bytes that carry their own integrity check, type and time stamps; a backend that
//! loses, evicts or corrupts an *entry* costs time and nothing else. What it must never do is lose a
//! *revocation*: after `remove` returned `Ok`, no token handed out before may be honoured.

mod async_store;
mod backend;
mod bus;
mod clock;
mod counter;
mod error;
mod generations;
mod key;
mod lease;
mod listing;
mod objects;
mod store;
mod ttl;
mod url;

pub use async_store::{AsyncStore, BoxFuture, ErasedAsyncStore, NonBlocking};
pub use backend::Backend;
pub use bus::{Bus, Listener, Subscription};
pub use bytes::Bytes;
pub use clock::{Clock, SystemClock, Timestamp};
pub use counter::next_count;
pub use error::{BoxError, StoreError, StoreErrorKind};
pub use generations::{Generation, Generations};
pub use key::{InvalidKey, Key, KeyRef};
pub use lease::{Lease, LeaseMode, PutMode, Token};
pub use listing::{Listing, Page, Pages, ServerCounts};
pub use objects::{AnyObject, HeldObject, Object, ObjectStore, OnEviction};
pub use store::{Put, Store};
pub use ttl::Ttl;
pub use url::{Host, StoreUrl};

/// What every operation of a store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
