//! Tags that name what is not there, and that cannot be displayed.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 300, tags("user:{nobody}"))]
fn of_nobody(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, tags((id, id)))]
fn not_displayed(id: u64) -> u64 {
    id
}

fn main() {}
