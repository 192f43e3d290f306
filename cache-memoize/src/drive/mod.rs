//! The drivers: they carry a [plan](crate::plan) out, one by blocking, one by awaiting.
//!
//! Both are the same text but for `.await`; what they decide is in `plan`, what they touch is behind
//! [`blocking::Entries`] and [`asynchronous::Entries`]. Where a computation may outlive its call, the way there is cut
//! in two: the caller walks the first half, and whoever computes the second.

pub(crate) mod asynchronous;
pub(crate) mod blocking;

use crate::flight::{Landing, Leading};
use crate::plan::Permit;
use cache_memoize_core::Timestamp;
use std::time::Duration;

/// What a look into the store found.
pub enum Look<S> {
    /// A value to serve.
    Found(S),
    /// A value to serve while one caller computes a new one.
    Due(Due<S>),
    /// A value to serve if computing a new one fails.
    Spare(S),
    Nothing,
}

impl<S> Look<S> {
    /// The value that may be served without computing.
    pub(crate) fn servable(self) -> Option<S> {
        match self {
            Self::Found(stored) | Self::Due(Due { stored, .. }) => Some(stored),
            Self::Spare(_) | Self::Nothing => None,
        }
    }

    /// The best value that there is.
    pub(crate) fn any(self) -> Option<S> {
        match self {
            Self::Found(stored) | Self::Due(Due { stored, .. }) | Self::Spare(stored) => {
                Some(stored)
            }
            Self::Nothing => None,
        }
    }
}

/// A value of which a new one is to be computed.
pub struct Due<S> {
    pub(crate) stored: S,
    pub(crate) when: Replaced,
}

/// What a computation means for the value that was stored before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Old {
    /// There is none.
    Absent,
    /// It is the answer if the function fails.
    Spare,
    /// It is not to be served once the function has succeeded.
    Outdated,
}

/// What is known of a value that is to be replaced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replaced {
    /// Until when it is fresh.
    pub(crate) expires: Timestamp,
    /// How long computing it took.
    pub(crate) cost: Duration,
}

/// What came of asking for a lease.
pub(crate) enum Leased<S> {
    /// A value arrived since the look.
    Found(S),
    Granted {
        permit: Permit,
        /// Whether nobody else asked before.
        first: bool,
    },
}

/// What came of waiting for another caller.
pub(crate) enum Seated<R> {
    Answered(R),
    /// This caller is to compute, as the leader of a flight or alone.
    Computes(Option<Leading>),
}

/// What happened in a call, for those who watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Hit,
    Coalesced,
    Miss,
    /// An old value was served.
    Stale,
    /// A new value is computed although the old one might be served.
    Refresh,
}

/// How a call treats the values of its function: what is kept, and in which form.
pub trait Keep {
    /// What the function returns.
    type Return;
    /// What is stored of it.
    type Stored: Clone + Send + Sync + 'static;

    /// What to store of `value`, if anything.
    fn keep(&self, value: &Self::Return) -> Option<Self::Stored>;

    /// What the function would have returned.
    fn restore(&self, stored: Self::Stored) -> Self::Return;

    /// Whether the function failed, so that an old value is the better answer.
    fn is_error(&self, value: &Self::Return) -> bool;
}

/// How a call treats its function when only the fact that it ran is stored.
pub(crate) trait Guarded {
    /// What the function returns.
    type Return;

    /// Whether the function did what it was called for.
    fn succeeded(&self, value: &Self::Return) -> bool;

    /// What the caller gets while the function is held back.
    fn held_back(&self) -> Self::Return;
}

/// The value that a follower takes from a flight.
pub(crate) fn taken<S: Clone + 'static>(landing: Landing) -> Option<S> {
    match landing {
        Landing::Value(value) => value.downcast_ref::<S>().cloned(),
        Landing::Nothing | Landing::Overdue | Landing::Left => None,
    }
}
