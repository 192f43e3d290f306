//! Functions that cannot be remembered.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 300)]
const fn at_compile_time(id: u64) -> u64 {
    id
}

const _: u64 = at_compile_time(1);

#[cache_memoize(ttl = 300)]
unsafe fn not_safe(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300)]
extern "C" fn foreign(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300)]
fn hidden_type(until: u64) -> impl Iterator<Item = u64> {
    0..until
}

#[cache_memoize(ttl = 300)]
fn hidden_type_within(until: u64) -> Option<impl Iterator<Item = u64>> {
    Some(0..until)
}

#[cache_memoize(ttl = 300)]
fn never() -> ! {
    std::process::exit(1)
}

#[cache_memoize(ttl = 300)]
fn sometimes(id: u64, #[cfg(unix)] uid: u64) -> u64 {
    id + uid
}

fn main() {
    let _: u64 = hidden_type(at_compile_time(1)).sum();
}
