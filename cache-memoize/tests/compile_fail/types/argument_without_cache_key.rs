//! An argument, a receiver, a part of `key` and an `extra` that cannot take part in a key.

use cache_memoize::{CacheKey, cache_memoize};

struct User {
    id: u64,
}

#[cache_memoize(ttl = 300)]
fn argument(user: &User, verbose: bool) -> u64 {
    user.id + u64::from(verbose)
}

#[cache_memoize(ttl = 300)]
async fn argument_of_an_async_function(user: User) -> u64 {
    user.id
}

#[cache_memoize(ttl = 300)]
fn type_parameter<T>(user: T) -> usize {
    size_of_val(&user)
}

impl User {
    #[cache_memoize(ttl = 300)]
    fn receiver(&self) -> u64 {
        self.id
    }
}

#[cache_memoize(ttl = 300, key = (user, verbose))]
fn part_of_the_key(user: &User, verbose: bool) -> u64 {
    user.id + u64::from(verbose)
}

#[cache_memoize(ttl = 300, extra = User { id })]
fn extra(id: u64) -> u64 {
    id
}

#[derive(CacheKey)]
struct Session {
    user: User,
}

fn main() {}
