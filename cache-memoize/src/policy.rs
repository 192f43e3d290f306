//! What the stamps of an entry mean now.

use crate::codec::Stamps;
use cache_memoize_core::Timestamp;

/// Whether an entry may be served. Its store may keep it longer than asked, and counts in coarser units.
pub(crate) fn is_fresh(stamps: &Stamps, now: Timestamp) -> bool {
    now < stamps.expires
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_entry_is_over_the_moment_it_expires() {
        let stamps = Stamps {
            created: Timestamp::from_millis(1_000),
            expires: Timestamp::from_millis(2_000),
            cost: Duration::ZERO,
        };
        assert!(is_fresh(&stamps, Timestamp::from_millis(1_999)));
        assert!(!is_fresh(&stamps, Timestamp::from_millis(2_000)));
    }
}
