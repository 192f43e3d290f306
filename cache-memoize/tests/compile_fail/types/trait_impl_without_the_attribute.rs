//! A trait impl whose block does not have the attribute: the first message says so.

use cache_memoize::{CacheKey, cache_memoize};

trait Shape {
    fn area(&self) -> u64;
}

#[derive(CacheKey)]
struct Square(u64);

impl Shape for Square {
    #[cache_memoize(ttl = 300)]
    fn area(&self) -> u64 {
        self.0 * self.0
    }
}

fn main() {
    let _ = Square(2).area();
}
