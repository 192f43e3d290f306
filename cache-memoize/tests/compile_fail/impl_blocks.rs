//! The attribute on impl blocks, and on the functions inside.

use cache_memoize::{CacheKey, cache_memoize};
use std::time::Duration;

#[derive(CacheKey)]
struct Square {
    side: u64,
}

trait Shape {
    fn area(&self) -> u64;
}

#[cache_memoize(ttl = 300)]
impl Square {
    #[cache_memoize]
    fn options_on_the_block(&self) -> u64 {
        self.side
    }
}

#[cache_memoize]
impl Square {
    fn not_annotated(&self) -> u64 {
        self.side
    }
}

#[cache_memoize]
impl Square {
    #[cache_memoize(ttl = 300)]
    #[cache_memoize(local)]
    fn annotated_twice(&self) -> u64 {
        self.side
    }

    #[cache_memoize = 300]
    fn without_parentheses(&self) -> u64 {
        self.side
    }

    #[cache_memoize(ttl = Duration::ZERO)]
    fn with_a_mistake(&self) -> u64 {
        self.side
    }

    fn intact(&self) -> u64 {
        self.with_a_mistake()
    }
}

impl Square {
    #[cache_memoize(ttl = 300)]
    fn new(side: u64) -> Self {
        Self { side }
    }

    #[cache_memoize(ttl = 300)]
    fn double(side: u64) -> u64 {
        Self::new(side).side * 2
    }

    #[cache_memoize(ttl = 300, companions = false, on_hit = |_| ())]
    fn grow(&mut self) -> u64 {
        self.side += 1;
        self.side
    }
}

#[cache_memoize]
impl Shape for u64 {
    #[cache_memoize(ttl = 300)]
    fn area(&self) -> u64 {
        self * self
    }
}

#[cache_memoize]
impl Shape for (u64, u64) {
    #[cache_memoize(ttl = 300)]
    fn area(&self) -> u64 {
        self.0 * self.1
    }
}

#[cache_memoize]
impl<T: Shape + CacheKey> Shape for Option<T> {
    #[cache_memoize(ttl = 300)]
    fn area(&self) -> u64 {
        self.as_ref().map_or(0, Shape::area)
    }
}

fn main() {
    let _ = Duration::ZERO;
    let square = Square::new(Square::double(1));
    let _ = square.options_on_the_block() + square.intact() + 5_u64.area() + (5, 5).area();
}
