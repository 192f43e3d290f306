//! The attribute where no function is.

use cache_memoize::cache_memoize;

#[cache_memoize]
struct Point {
    x: u64,
}

#[cache_memoize(ttl = 300)]
const LIMIT: u64 = 5;

#[cache_memoize(ttl = 300)]
mod rates {}

trait Shape {
    #[cache_memoize(ttl = 300)]
    fn area(&self) -> u64;
}

impl Shape for Point {
    fn area(&self) -> u64 {
        self.x + LIMIT
    }
}

fn main() {}
