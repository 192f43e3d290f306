//! The signature stays the user's: attributes, generics, lifetimes and visibility survive.
//!
//! An `#[expect]` that no lint fulfils is an error here, so that each shows an attribute at work.
#![deny(unfulfilled_lint_expectations)]

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::{CacheKey, Error, Key, cache_memoize};

#[cache_memoize(ttl = 60)]
#[must_use = "it was expensive"]
#[inline(never)]
fn wanted(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60)]
#[deprecated = "there is a newer one"]
fn old(id: u32) -> u32 {
    fresh(id)
}

#[cfg(any())]
#[cache_memoize(ttl = 60)]
fn absent(id: NoSuchType) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60)]
#[cfg_attr(all(), must_use)]
#[allow(non_snake_case)]
fn In_Camel_Case(Id: u32) -> u32 {
    fresh(Id)
}

/// The lint speaks of the body, wherever that stands.
#[cache_memoize(ttl = 60)]
#[expect(unused_assignments)]
fn wasteful(id: u32) -> u32 {
    let mut value = 0;
    value = fresh(id);
    value
}

mod rooms {
    use super::*;

    #[cache_memoize(ttl = 60)]
    pub(in crate::signatures) fn visible(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60)]
    fn hidden(id: u32) -> u32 {
        fresh(id)
    }

    pub(super) struct Room;

    impl Room {
        #[cache_memoize(ttl = 60, skip(self))]
        pub(in crate::signatures) fn visible(&self) -> u32 {
            hidden(1)
        }
    }
}

/// Free for another use, as the private function's companions are not seen here.
#[expect(dead_code)]
fn invalidate_hidden() {}

#[derive(CacheKey)]
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    #[cache_memoize(ttl = 60)]
    fn longest<'b, T>(&self, other: &'b [T]) -> u32
    where
        'a: 'b,
        T: AsRef<str> + CacheKey + 'b,
    {
        fresh((self.0, other.iter().map(|word| word.as_ref().len()).max()))
    }
}

#[test]
fn attributes_survive() {
    on_every_kind(|kind| {
        #[expect(unused_must_use)]
        wanted(1);
        #[expect(deprecated)]
        let both = [old(1), old(1)];
        assert_eq!(both[0], both[1], "{kind}");
        #[expect(unused_must_use)]
        In_Camel_Case(1);
        assert_eq!(wasteful(1), wasteful(1), "{kind}");
    });
}

#[test]
fn visibility_survives() {
    on_every_kind(|kind| {
        assert_eq!(rooms::peek_visible(1).expect("it works"), None, "{kind}");
        assert_eq!(rooms::visible(1), rooms::visible(1), "{kind}");
        assert_eq!(rooms::Room.visible(), rooms::Room.visible(), "{kind}");
        assert!(rooms::Room::invalidate_visible().expect("it works"), "{kind}");
    });
}

#[cache_memoize(ttl = 60)]
fn two_references(left: &str, right: &str) -> u32 {
    fresh((left, right))
}

#[cache_memoize(ttl = 60)]
fn fallible(id: u32) -> Option<u32> {
    Some(fresh(id))
}

/// Each function, and each companion, is what its declaration says and nothing more.
#[test]
fn types_survive() {
    let functions: [fn(&str, &str) -> u32; 3] =
        [two_references, refresh_two_references, uncached_two_references];
    let _: fn(&str, &str) -> Key = cache_key_two_references;
    let _: fn(&str, &str) -> Result<bool, Error> = invalidate_two_references;
    let _: fn(&str, &str) -> Result<Option<u32>, Error> = peek_two_references;
    let _: fn(&str, &str, u32) -> Result<(), Error> = prime_two_references;
    let _: fn(u32) -> Result<Option<Option<u32>>, Error> = peek_fallible;
    on_every_kind(|kind| {
        let [remembered, refreshed, uncached] = functions.map(|function| function("a", "b"));
        assert!(remembered != refreshed && refreshed != uncached, "{kind}");
        assert_eq!(Words("a").longest(&["b"]), Words("a").longest(&["b"]), "{kind}");
        assert_eq!(fallible(1), fallible(1), "{kind}");
    });
}
