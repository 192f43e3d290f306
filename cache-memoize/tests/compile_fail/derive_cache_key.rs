//! `#[derive(CacheKey)]` where it cannot be, and its attribute with what it does not take.

use cache_memoize::CacheKey;

#[derive(CacheKey)]
union Bits {
    integer: u32,
    float: f32,
}

#[derive(CacheKey)]
struct Fields {
    #[cache_key(skp)]
    misspelt: u64,
    #[cache_key(skip = true)]
    with_a_value: u64,
    #[cache_key(crate = cache_memoize)]
    of_the_type: u64,
    #[cache_key]
    empty: u64,
}

#[derive(CacheKey)]
#[cache_key(skip)]
struct Whole(u64);

#[derive(CacheKey)]
#[cache_key(rename = "w")]
struct Renamed(u64);

#[derive(CacheKey)]
enum Variants {
    #[cache_key(skip)]
    Skipped,
    Kept,
}

fn main() {}
