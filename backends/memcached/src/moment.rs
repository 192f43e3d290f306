use std::sync::atomic::{AtomicU64, Ordering};

/// A place in the order of what this process did.
///
/// A connection whose moment is earlier than that of a sent request was there before the request. As long as
/// it works, the server at its other end is the one that took the request: it was not started anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn now() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::SeqCst))
    }
}
