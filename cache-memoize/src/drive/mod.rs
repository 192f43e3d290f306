//! The drivers: they carry a [plan](crate::plan) out, one by blocking, one by awaiting.
//!
//! Both are the same text but for `.await`; what they decide is in `plan`, what they touch is behind
//! [`blocking::Entries`] and [`asynchronous::Entries`].

pub(crate) mod asynchronous;
pub(crate) mod blocking;

use crate::flight::Landing;
use crate::plan::Permit;

/// What a look into the store found.
pub(crate) enum Look<S> {
    Found(S),
    Nothing,
}

impl<S> Look<S> {
    pub(crate) fn found(self) -> Option<S> {
        match self {
            Self::Found(stored) => Some(stored),
            Self::Nothing => None,
        }
    }
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

/// What happened in a call, for those who watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Hit,
    Coalesced,
    Miss,
}

/// How a call treats the values of its function: what is kept, and in which form.
pub(crate) trait Keep {
    /// What the function returns.
    type Return;
    /// What is stored of it.
    type Stored: Clone + Send + Sync + 'static;

    /// What to store of `value`, if anything.
    fn keep(&self, value: &Self::Return) -> Option<Self::Stored>;

    /// What the function would have returned.
    fn restore(&self, stored: Self::Stored) -> Self::Return;
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
fn taken<S: Clone + 'static>(landing: Landing) -> Option<S> {
    match landing {
        Landing::Value(value) => value.downcast_ref::<S>().cloned(),
        Landing::Nothing | Landing::Overdue => None,
    }
}
