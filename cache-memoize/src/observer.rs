use cache_memoize_core::{KeyRef, StoreError};
use std::fmt;

/// Is told what happens in a cache.
///
/// Called on the caller's own path, with no lock held: be quick, and do not panic. Give it to
/// [`CacheBuilder::observer`](crate::CacheBuilder::observer). Those that come with the library
/// are in the module `observers`, behind the features `tracing` and `metrics`.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn observe(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, event: &Event<'_>) {
        self(event);
    }
}

/// Something that happened in a cache.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The path of the function, `"(by hand)"`, or `"(store)"` for what a store does by itself.
    pub function: &'static str,
    /// The key of the entry.
    pub key: KeyRef<'a>,
    /// What happened.
    pub kind: EventKind<'a>,
}

/// The sorts of events.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// A value was served as it was stored, or a guarded function held back.
    Hit {
        /// Where it was found.
        tier: Tier,
    },
    /// There was nothing to serve: the function computes. If an old value is the answer then, by `stale_if_error` or
    /// `soft_timeout`, `StaleServed` follows.
    Miss,
    /// A value was served that another caller computed meanwhile.
    Coalesced,
    /// An old value was served: while a new one is computed, in the place of an error, or to a caller that has waited
    /// for its `soft_timeout`.
    StaleServed,
    /// A new value is computed though there is one to serve. The call is neither a hit nor a miss.
    Refreshed,
    /// A value was stored.
    Stored,
    /// A value was not stored, since its computation began before an invalidation, a refresh or a plain
    /// write.
    FencedOff,
    /// An entry was invalidated; or a group, whose name is the key of the event then.
    Invalidated {
        /// Whether there was one; of a group, whether it was in use.
        found: bool,
    },
    /// A store in this process let an entry go before its time, to make room for others. The function of such an
    /// event is `"(store)"`. Servers do not tell what they evict.
    Evicted {
        /// From which tier it went: from the near one only the copy did.
        tier: Tier,
    },
    /// An entry could not be read, and counts as absent: foreign, corrupted, or of another type.
    Unreadable {
        /// Why.
        reason: &'a dyn std::error::Error,
    },
    /// A value could not be brought into the form of the store, and was not stored.
    Unstorable {
        /// Why.
        reason: &'a dyn std::error::Error,
    },
    /// The store failed; the function computes. Told once: again only when the operation failed in another
    /// way, or succeeded in between. Each failure is counted in the [statistics](crate::Stats).
    StoreFault {
        /// How.
        error: &'a StoreError,
    },
    /// The store failed several times in a row, and is left alone for half a second at a time: functions
    /// compute, and nothing is stored. Of several servers it is the one that has the key of this event.
    StoreDown {
        /// The last failure.
        error: &'a StoreError,
    },
    /// The store answers again, or one server of several.
    StoreUp,
    /// The backend lacks the face that the call needs; the function computes. Told once.
    Unsupported {
        /// What is missing, and what to do.
        reason: &'a str,
    },
}

/// Where a value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tier {
    /// In the [near tier](crate::Near), in this process and in front of the store.
    Near,
    /// In the store, be it a server or in this process.
    Store,
}

impl Tier {
    /// `"near"` or `"store"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Store => "store",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl EventKind<'_> {
    /// What it is called in logs and tables: the name of the variant in `snake_case`, such as `"fenced_off"`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hit { .. } => "hit",
            Self::Miss => "miss",
            Self::Coalesced => "coalesced",
            Self::StaleServed => "stale_served",
            Self::Refreshed => "refreshed",
            Self::Stored => "stored",
            Self::FencedOff => "fenced_off",
            Self::Invalidated { .. } => "invalidated",
            Self::Evicted { .. } => "evicted",
            Self::Unreadable { .. } => "unreadable",
            Self::Unstorable { .. } => "unstorable",
            Self::StoreFault { .. } => "store_fault",
            Self::StoreDown { .. } => "store_down",
            Self::StoreUp => "store_up",
            Self::Unsupported { .. } => "unsupported",
        }
    }
}
