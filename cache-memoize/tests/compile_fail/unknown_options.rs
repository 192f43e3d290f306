//! Options that do not exist, and what was probably meant.

use cache_memoize::cache_memoize;

#[cache_memoize(tll = 300)]
fn misspelt(id: u64) -> u64 {
    id
}

#[cache_memoize(timeout = 300)]
fn known_elsewhere(id: u64) -> u64 {
    id
}

#[cache_memoize(zebra = "stripes")]
fn unheard_of(id: u64) -> u64 {
    id
}

#[cache_memoize(300)]
fn nameless(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300 local)]
fn without_a_comma(id: u64) -> u64 {
    id
}

fn main() {
    misspelt(1) + known_elsewhere(1) + unheard_of(1) + nameless(1) + without_a_comma(1);
}
