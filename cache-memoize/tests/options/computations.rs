//! Computations that can be told apart.

use std::sync::atomic::{AtomicU32, Ordering};

/// A number that no other computation gave, whatever it is computed from.
pub(crate) fn fresh<A>(_: A) -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
