//! `in_impl` where it is missing, and where it is too much.

use cache_memoize::cache_memoize;

struct Shop;

impl Shop {
    #[cache_memoize(ttl = 300)]
    fn price(id: u64) -> u64 {
        id
    }
}

#[cache_memoize(ttl = 300, in_impl)]
fn free(id: u64) -> u64 {
    id
}

fn main() {
    let _ = Shop::price(free(1));
}
