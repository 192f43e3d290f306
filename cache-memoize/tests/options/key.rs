//! `key`: an expression in the place of the arguments.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{CacheKey, Serialized, cache_memoize};
use std::cell::Cell;
use std::collections::BTreeMap;

/// An argument that has no key of its own.
struct User {
    id: u32,
    visits: Cell<u32>,
}

impl User {
    fn new(id: u32) -> Self {
        Self { id, visits: Cell::new(0) }
    }

    fn id(&self) -> u32 {
        self.id
    }
}

#[derive(CacheKey)]
struct Place<'a> {
    city: &'a str,
}

#[cache_memoize(ttl = 60, key = id)]
fn one_argument(id: u32, hint: &User) -> u32 {
    hint.visits.set(hint.visits.get() + 1);
    fresh(id)
}

#[cache_memoize(ttl = 60, key = (user.id, special))]
fn pair(user: &User, special: bool) -> u32 {
    fresh((user, special))
}

#[cache_memoize(ttl = 60, key = user.id())]
fn call(user: &User) -> u32 {
    fresh(user)
}

#[cache_memoize(ttl = 60, key = user.id % 10)]
fn arithmetic(user: &User) -> u32 {
    fresh(user)
}

#[cache_memoize(ttl = 60, key = format!("{city}-{}", user.id))]
fn text(user: &User, city: &str, other: u8) -> u32 {
    fresh((user, city, other))
}

#[cache_memoize(ttl = 60, key = Place { city })]
fn derived(city: &str, user: &User) -> u32 {
    fresh((city, user))
}

#[cache_memoize(ttl = 60, key = Serialized(settings))]
fn serialized(settings: &BTreeMap<String, f64>) -> u32 {
    fresh(settings)
}

#[cache_memoize(ttl = 60, key = (left, name))]
fn parts_of_patterns((left, _right): (u32, u32), Named { name, .. }: &Named) -> u32 {
    fresh((left, name))
}

struct Named {
    name: String,
}

#[cache_memoize(ttl = 60, key = ())]
fn nothing(user: &User) -> u32 {
    fresh(user)
}

#[cache_memoize(ttl = 60, key = "always")]
fn literal(user: &User) -> u32 {
    fresh(user)
}

#[cache_memoize(ttl = 60, key = if *special { Some(user.id) } else { None })]
fn block(user: &User, special: &bool) -> u32 {
    fresh((user, special))
}

#[cache_memoize(ttl = 60, key = user.id)]
async fn awaited(user: &NotShared) -> u32 {
    fresh(user)
}

struct NotShared {
    id: u32,
}

impl User {
    #[cache_memoize(ttl = 60, key = self.id)]
    fn method(&self, hint: u8) -> u32 {
        fresh(hint)
    }
}

#[test]
fn one_argument_counts_and_its_companions_take_no_other() {
    on_every_kind(|kind| {
        let (user, other) = (User::new(1), User::new(2));
        let first = one_argument(7, &user);
        assert_eq!(one_argument(7, &other), first, "{kind}");
        assert_eq!((user.visits.get(), other.visits.get()), (1, 0), "{kind}");
        assert_eq!(peek_one_argument(7).expect("it works"), Some(first), "{kind}");
        assert!(invalidate_one_argument(7).expect("it works"), "{kind}");
        prime_one_argument(7, 99).expect("it works");
        assert_eq!(one_argument(7, &user), 99, "{kind}");
        assert_ne!(one_argument(8, &user), 99, "{kind}");
    });
    assert!(cache_key_one_argument(7).as_str().ends_with("::one_argument(7)"));
}

#[test]
fn a_tuple_gives_several_parts() {
    on_every_kind(|kind| {
        let first = pair(&User::new(1), true);
        assert_eq!(pair(&User::new(1), true), first, "{kind}");
        assert_ne!(pair(&User::new(1), false), first, "{kind}");
        assert_ne!(pair(&User::new(2), true), first, "{kind}");
    });
    assert!(cache_key_pair(&User::new(1), true).as_str().ends_with("::pair(1,true)"));
}

#[test]
fn any_expression_over_the_arguments_will_do() {
    let user = User::new(42);
    let settings = BTreeMap::from([("scale".to_owned(), 1.5)]);
    let keys = [
        (cache_key_call(&user), "call(42)"),
        (cache_key_arithmetic(&user), "arithmetic(2)"),
        (cache_key_text(&user, "Rome"), "text(Rome-42)"),
        (cache_key_derived("Rome"), "derived(Place(Rome))"),
        (
            cache_key_parts_of_patterns((1, 2), &Named { name: "ada".to_owned() }),
            "parts_of_patterns(1,ada)",
        ),
        (cache_key_nothing(), "nothing()"),
        (cache_key_literal(), "literal(always)"),
        (cache_key_block(&user, &true), "block(Some(42))"),
        (cache_key_block(&user, &false), "block(None)"),
    ];
    for (key, text) in keys {
        assert_eq!(key.as_str(), format!("{}::{text}", module_path!()));
    }
    let other = BTreeMap::from([("scale".to_owned(), 2.5)]);
    assert_ne!(cache_key_serialized(&settings), cache_key_serialized(&other));
    on_every_kind(|kind| {
        assert_eq!(call(&user), call(&user), "{kind}");
        assert_eq!(arithmetic(&user), arithmetic(&User::new(52)), "{kind}");
        assert_eq!(text(&user, "Rome", 1), text(&user, "Rome", 2), "{kind}");
        assert_eq!(derived("Rome", &user), derived("Rome", &User::new(1)), "{kind}");
        assert_eq!(serialized(&settings), serialized(&settings), "{kind}");
        let named = Named { name: "ada".to_owned() };
        assert_eq!(parts_of_patterns((1, 2), &named), parts_of_patterns((1, 3), &named), "{kind}");
        assert_eq!(nothing(&user), nothing(&User::new(1)), "{kind}");
        assert_eq!(literal(&user), literal(&User::new(1)), "{kind}");
        assert_eq!(block(&user, &false), block(&User::new(1), &false), "{kind}");
        assert_ne!(block(&user, &true), block(&User::new(1), &true), "{kind}");
    });
}

#[test]
fn it_may_speak_of_the_receiver() {
    on_every_kind(|kind| {
        let first = User::new(1).method(0);
        assert_eq!(User::new(1).method(9), first, "{kind}");
        assert_ne!(User::new(2).method(0), first, "{kind}");
        assert!(User::new(1).invalidate_method().expect("it works"), "{kind}");
    });
}

#[test]
fn it_serves_async_functions() {
    on_every_kind(|kind| {
        block_on(async {
            let first = awaited(&NotShared { id: 1 }).await;
            assert_eq!(awaited(&NotShared { id: 1 }).await, first, "{kind}");
            assert_ne!(awaited(&NotShared { id: 2 }).await, first, "{kind}");
        });
    });
}
