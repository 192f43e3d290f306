//! `extra`: one more component of the key.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::cache_memoize;
use std::cell::Cell;

thread_local! {
    static TENANT: Cell<u32> = const { Cell::new(1) };
}

fn tenant() -> u32 {
    TENANT.get()
}

#[cache_memoize(ttl = 60, extra = tenant())]
fn of_the_surroundings(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "extra", extra = "de")]
fn constant(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "extra")]
fn argument(id: u32, locale: &str) -> u32 {
    fresh((id, locale))
}

#[cache_memoize(ttl = 60, prefix = "extra")]
fn without(id: u32) -> u32 {
    fresh(id)
}

struct User {
    name: String,
}

#[cache_memoize(ttl = 60, skip(user), extra = user.name.len())]
fn of_a_skipped_argument(id: u32, user: &User) -> u32 {
    fresh((id, user))
}

#[cache_memoize(ttl = 60, key = id, extra = format!("{locale}"))]
fn beside_a_key(id: u32, locale: &str, other: u8) -> u32 {
    fresh((id, locale, other))
}

#[cache_memoize(ttl = 60, extra = (1, part))]
async fn of_a_pattern((part, _): (u32, ())) -> u32 {
    fresh(part)
}

#[test]
fn it_tells_calls_apart_that_have_the_same_arguments() {
    on_every_kind(|kind| {
        TENANT.set(1);
        let first = of_the_surroundings(1);
        TENANT.set(2);
        assert_ne!(of_the_surroundings(1), first, "{kind}");
        TENANT.set(1);
        assert_eq!(of_the_surroundings(1), first, "{kind}");
        assert!(invalidate_of_the_surroundings(1).expect("it works"), "{kind}");
        TENANT.set(2);
        assert!(peek_of_the_surroundings(1).expect("it works").is_some(), "{kind}");
    });
}

#[test]
fn it_is_not_taken_for_an_argument() {
    let keys = [cache_key_constant(1), cache_key_argument(1, "de"), cache_key_without(1)];
    assert_eq!(
        keys.map(|key| key.as_str().to_owned()),
        ["extra(1,+de)", "extra(1,de)", "extra(1)"]
    );
    on_every_kind(|kind| {
        let first = constant(1);
        assert_eq!(constant(1), first, "{kind}");
        assert_ne!(argument(1, "de"), first, "{kind}");
        assert_ne!(without(1), first, "{kind}");
    });
}

#[test]
fn its_companions_take_what_it_reads() {
    let user = |name: &str| User { name: name.to_owned() };
    on_every_kind(|kind| {
        let first = of_a_skipped_argument(1, &user("ada"));
        assert_eq!(of_a_skipped_argument(1, &user("bob")), first, "{kind}");
        assert_ne!(of_a_skipped_argument(1, &user("grace")), first, "{kind}");
        assert!(invalidate_of_a_skipped_argument(1, &user("eve")).expect("it works"), "{kind}");
        let first = beside_a_key(1, "de", 0);
        assert_eq!(beside_a_key(1, "de", 9), first, "{kind}");
        assert_ne!(beside_a_key(1, "en", 0), first, "{kind}");
        assert_eq!(peek_beside_a_key(1, "de").expect("it works"), Some(first), "{kind}");
    });
}

#[test]
fn it_serves_async_functions_and_patterns() {
    on_every_kind(|kind| {
        block_on(async {
            let first = of_a_pattern((1, ())).await;
            assert_eq!(of_a_pattern((1, ())).await, first, "{kind}");
            assert_ne!(of_a_pattern((2, ())).await, first, "{kind}");
        });
    });
}
