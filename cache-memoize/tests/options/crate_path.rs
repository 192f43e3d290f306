//! `crate`: where the library is, when it goes by another name.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use renamed::library::{CacheKey, cache_memoize};

mod renamed {
    pub(super) use cache_memoize as library;
}

/// Stands in the way of whoever does not ask for the library by its new name.
mod cache_memoize {}

#[derive(CacheKey)]
#[cache_key(crate = renamed::library)]
struct User<T> {
    id: T,
}

#[cache_memoize(ttl = 60, crate = renamed::library)]
fn free(user: &User<u32>) -> u32 {
    fresh(user)
}

#[cache_memoize(ttl = 60, crate = crate::crate_path::renamed::library, cache_err = true, skip(user))]
async fn awaited(user: &User<&str>, id: u32) -> Result<u32, String> {
    Ok(fresh((user, id)))
}

#[cache_memoize(ttl = 60, crate = self::renamed::library, store_result = false, extra = id)]
fn guarded(id: u32) -> Option<u32> {
    Some(id)
}

impl<T: CacheKey> User<T> {
    #[cache_memoize(ttl = 60, crate = renamed::library, companions = false)]
    fn method(&self) -> u32 {
        fresh(self)
    }
}

#[test]
fn everything_is_found_there() {
    on_every_kind(|kind| {
        let first = free(&User { id: 1 });
        assert_eq!(free(&User { id: 1 }), first, "{kind}");
        assert_ne!(free(&User { id: 2 }), first, "{kind}");
        assert!(invalidate_free(&User { id: 1 }).expect("it works"), "{kind}");
        block_on(async {
            let first = awaited(&User { id: "a" }, 1).await;
            assert_eq!(awaited(&User { id: "b" }, 1).await, first, "{kind}");
            assert_eq!(peek_awaited(1).await.expect("it works"), Some(first), "{kind}");
        });
        assert_eq!((guarded(1), guarded(1)), (Some(1), None), "{kind}");
        assert_eq!(User { id: 1 }.method(), User { id: 1 }.method(), "{kind}");
    });
}
