//! All mistakes of a function, and of all functions, are told at once, and nothing follows from them.

use cache_memoize::cache_memoize;

#[cache_memoize(tll = 300, ttl = |, skip(usr), version = two, background, local, local)]
const fn options_and_signature(user: &u64) -> &u64 {
    user
}

#[cache_memoize(prefix = "", jitter = 2, zebra)]
fn options(user: &u64) -> u64 {
    *user
}

fn main() {
    let _ = options(options_and_signature(&1));
}
