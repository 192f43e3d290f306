//! The library under another name.

use crate::computations::fresh;
use reexports::library::{CacheKey, cache_memoize};

mod reexports {
    pub(super) use cache_memoize as library;
}

/// In the way of whoever asks for the library by its own name.
mod cache_memoize {}

#[derive(CacheKey)]
#[cache_key(crate = reexports::library)]
enum Place {
    Nowhere,
    At { row: u32 },
}

#[cache_memoize(ttl = 60, crate = reexports::library)]
fn free(place: &Place) -> u32 {
    fresh(place)
}

#[cache_memoize(ttl = "1m", crate = self::reexports::library, extra = "x")]
async fn awaited(place: &Place) -> Result<u32, String> {
    Ok(fresh(place))
}

#[cache_memoize]
impl Place {
    #[cache_memoize(ttl = 60, crate = reexports::library)]
    fn row(&self) -> (u32, u32) {
        match self {
            Self::Nowhere => (0, fresh(())),
            Self::At { row } => (*row, fresh(())),
        }
    }
}

#[test]
fn it_is_found() {
    assert_remembered!(
        (&Place::Nowhere),
        free,
        refresh_free,
        peek_free,
        prime_free,
        invalidate_free,
        uncached_free,
    );
    assert_remembered!(
        async (&Place::At { row: 1 }),
        awaited, refresh_awaited, peek_awaited, prime_awaited, invalidate_awaited, uncached_awaited,
    );
    assert_remembered!(
        (&Place::At { row: 1 }),
        Place::row,
        Place::refresh_row,
        Place::peek_row,
        Place::prime_row,
        Place::invalidate_row,
        Place::uncached_row,
    );
}
