//! Is the receiver part of the key?

use cache_memoize::{CacheKey, cache_memoize};
use cached::macros::cached;

#[derive(CacheKey)]
struct Tenant(u32);

impl Tenant {
    #[cache_memoize(ttl = 60)]
    fn ours(&self, item: u32) -> u32 {
        self.0 * 100 + item
    }

    #[cached(ttl_secs = 60, in_impl = true)]
    fn theirs(&self, item: u32) -> u32 {
        self.0 * 100 + item
    }
}

#[test]
fn cache_memoize_tells_receivers_apart() {
    assert_eq!((Tenant(1).ours(5), Tenant(2).ours(5)), (105, 205));
    assert_eq!((Tenant(1).ours(5), Tenant(2).ours(5)), (105, 205));
}

#[test]
fn cached_gives_one_tenant_the_value_of_another() {
    assert_eq!((Tenant(1).theirs(5), Tenant(2).theirs(5)), (105, 105));
}
