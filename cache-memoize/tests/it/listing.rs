//! Which keys a store has, and functions that are known by their names alone.

use crate::support::{Kind, block_on, every_kind, on_every_kind, server_kinds_with, with_default};
use cache_memoize::core::{Backend, StoreErrorKind};
use cache_memoize::{Cache, ErrorKind, Key, Memory, Redis, cache_memoize, caches};
use cache_memoize_testkit::Counts;
use cache_memoize_testkit::servers::RedisServer;
use std::collections::BTreeSet;

#[cache_memoize(ttl = 60, prefix = "listed", tags("user:{user}"))]
fn listed(user: u32, id: u32) -> u32 {
    user + id
}

#[cache_memoize(ttl = 60, prefix = "listed", version = 2)]
fn newer(id: u32) -> u32 {
    id
}

#[cache_memoize(ttl = 60)]
fn by_path(id: u32) -> u32 {
    id
}

#[cache_memoize(ttl = 60, prefix = "generic")]
fn generic<T: cache_memoize::CacheKey>(value: T) -> u32 {
    let _ = value;
    7
}

fn cache() -> Cache {
    caches::get("default").expect("it is installed")
}

fn keys(cache: &Cache) -> BTreeSet<String> {
    let keys = cache.keys().expect("the backend lists");
    keys.map(|key| key.expect("the store answers").to_string()).collect()
}

/// The caches on servers, with a prefix.
fn with_prefix(prefix: &str) -> Vec<Kind> {
    server_kinds_with(|settings| settings.prefix(prefix))
}

#[test]
fn the_keys_of_entries_are_listed_and_those_of_groups_are_not() {
    for (kind, cache, _server) in every_kind().into_iter().filter(|kind| kind.0 != "bytes") {
        with_default(&cache, || {
            assert!(keys(&cache).is_empty(), "{kind}");
            let _ = (listed(1, 1), listed(2, 1), by_path(1));
            cache.set("by hand", 7).expect("the store answers");
            let [one, two] = [(1, 1), (2, 1)].map(|(user, id)| cache_key_listed(user, id));
            let expected = [one, two, cache_key_by_path(1)].map(|key| key.to_string());
            let expected = expected.into_iter().chain(["\"by%20hand\"".to_owned()]).collect();
            assert_eq!(keys(&cache), expected, "{kind}");
            invalidate_listed(1, 1).expect("the store answers");
            assert_eq!(keys(&cache).len(), 3, "{kind}");
        });
    }
}

#[test]
fn a_cache_lists_what_begins_with_its_prefix() {
    for (kind, cache, _server) in with_prefix("my app") {
        with_default(&cache, || listed(1, 1));
        let other = Key::new("of-another-program").expect("it is a key");
        cache.set(other, 7).expect("the store answers");
        assert_eq!(keys(&cache), BTreeSet::from(["my%20app|listed(1,1)".to_owned()]), "{kind}");
        let beginning = |text: &str| {
            cache.keys_beginning_with(text).expect("the backend lists").map(Result::unwrap).count()
        };
        assert_eq!(["", "listed(", "listed(1,1)", "list", "x"].map(beginning), [1, 1, 1, 1, 0]);
    }
}

#[test]
fn pages_say_how_far_the_listing_has_come() {
    let cache = Cache::memory();
    cache.set_many((0..2500).map(|at| (at, at))).expect("it cannot fail");
    let mut pages = cache.keys().expect("the backend lists");
    assert_eq!(pages.seen(), 0);
    let first = pages.next().expect("there are some").expect("it cannot fail");
    let rest = pages.next_page().expect("it cannot fail").expect("the rest of the page");
    assert!(!rest.contains(&first) && pages.seen() == rest.len() as u64 + 1);
    let mut count = rest.len() + 1;
    while let Some(page) = pages.next_page().expect("it cannot fail") {
        count += page.len();
    }
    assert_eq!((count, pages.seen()), (2500, 2500));
    assert!(pages.next().is_none());
}

#[test]
fn what_cannot_be_listed_says_so() {
    let backend = Counts::new().wrap(&Backend::from(Memory::new()));
    let cache = Cache::builder().backend(backend).build().expect("the settings are right");
    let error = cache.keys().expect_err("it has no listing");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.context().contains("memory does not tell its keys"), "{error}");
    assert_eq!(cache.server_counts().expect_err("neither").kind(), ErrorKind::Unsupported);
    assert_eq!(Cache::disabled().keys().expect("it has none").count(), 0);
    assert!(Cache::disabled().server_counts().expect("it has none").is_empty());
}

#[test]
fn a_store_that_fails_ends_the_listing() {
    let mut server = RedisServer::start();
    let redis = Redis::open(&server.unix_url()).expect("the URL is right");
    let cache = Cache::builder().backend(redis).build().expect("the settings are right");
    server.kill();
    let mut keys = cache.keys().expect("nothing was asked yet");
    let error = keys.next().expect("an error").expect_err("the server is away");
    assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Unavailable));
    assert_eq!(error.operation(), "keys");
    assert!(keys.next().is_none());
    let error = cache.server_counts().expect_err("the server is away");
    assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Unavailable));
}

#[test]
fn servers_count_what_they_are_asked() {
    for (kind, cache, _server) in with_prefix("app") {
        cache.set("name", 7).expect("the store answers");
        let before = cache.server_counts().expect("the server answers");
        cache.explain("name").expect("the store answers");
        cache.explain("nobody").expect("the store answers");
        let after = cache.server_counts().expect("the server answers");
        assert_eq!((before.len(), after.len()), (1, 1), "{kind}");
        assert!(after[0].hits > before[0].hits && after[0].misses > before[0].misses, "{kind}");
    }
    assert!(Cache::memory().server_counts().expect("it has none").is_empty());
}

#[test]
fn many_entries_are_explained_as_each_is() {
    on_every_kind(|kind| {
        let cache = cache();
        let _ = (listed(1, 1), listed(1, 2), listed(2, 1));
        cache.set("name", "text".to_owned()).expect("the store answers");
        cache.invalidate_tag("user:1").expect("the store answers");
        let users = [(1, 1), (1, 2), (2, 1), (3, 3)].map(|(user, id)| cache_key_listed(user, id));
        let keys = || users.iter().cloned().chain([Key::new("name").expect("it is a key")]);
        let many = cache.explain_many(keys()).expect("the store answers");
        let awaited = block_on(cache.explain_many_async(keys())).expect("the store answers");
        for ((key, one), other) in keys().zip(&many).zip(&awaited) {
            let alone = cache.explain(key.clone()).expect("the store answers");
            for explained in [one, other] {
                let known = |it: &Option<cache_memoize::Explained>| {
                    it.clone().map(|it| (it.key, it.form, it.size, it.tags, it.unreadable))
                };
                assert_eq!(known(explained), known(&alone), "{kind}: {key}");
            }
        }
        assert!(many[3].is_none() && many[4].is_some(), "{kind}");
        let nothing: [Key; 0] = [];
        assert!(cache.explain_many(nothing).expect("there is nothing to do").is_empty());
    });
}

#[test]
fn many_entries_are_explained_in_two_round_trips() {
    let counts = Counts::new();
    let cache = crate::support::bytes(&counts);
    with_default(&cache, || assert!((0..30).all(|id| listed(id, id) == 2 * id)));
    let keys: Vec<Key> =
        with_default(&cache, || (0..30).map(|id| cache_key_listed(id, id)).collect());
    counts.reset();
    let explained = cache.explain_many(keys).expect("the store answers");
    assert_eq!(counts.total(), 2, "one for the entries, one for their tags");
    for (id, explained) in explained.into_iter().enumerate() {
        let explained = explained.expect("it was stored");
        assert_eq!((explained.tags, explained.unreadable), (vec![format!("user:{id}")], None));
    }
}

#[test]
fn a_function_is_invalidated_by_its_name() {
    on_every_kind(|kind| {
        let cache = cache();
        let _ = (listed(1, 1), newer(1), by_path(1), generic(1_u8), generic("text"));
        let is_there = || {
            [
                peek_listed(1, 1).expect("the store answers").is_some(),
                peek_newer(1).expect("the store answers").is_some(),
                peek_by_path(1).expect("the store answers").is_some(),
                peek_generic(1_u8).expect("the store answers").is_some(),
                peek_generic("text").expect("the store answers").is_some(),
            ]
        };
        assert_eq!(is_there(), [true; 5], "{kind}");
        cache.invalidate_function("listed").expect("the store answers");
        assert_eq!(is_there(), [false, true, true, true, true], "{kind}");
        block_on(cache.invalidate_function_async("listed@2")).expect("the store answers");
        assert_eq!(is_there(), [false, false, true, true, true], "{kind}");
        cache.invalidate_function("generic").expect("the store answers");
        assert_eq!(is_there(), [false, false, true, false, false], "{kind}");
        let key = cache_key_by_path(1).to_string();
        let path = key.split('(').next().expect("there is a first piece");
        cache.invalidate_function(path).expect("the store answers");
        assert_eq!(is_there(), [false; 5], "{kind}");
        cache.invalidate_function("nobody").expect("any name will do");
    });
}

#[test]
fn what_no_function_is_called_is_refused() {
    let cache = Cache::memory();
    let long = "f".repeat(201);
    for name in ["", "f(1)", "f(", "app|f", "f)", "\"f\"", "f#", "a b", "é", &long] {
        let error = cache.invalidate_function(name).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name:?}");
        assert_eq!(error.operation(), "invalidate", "{name:?}");
    }
    let prefixed = Cache::builder().backend(Memory::new()).prefix("app").build();
    let prefixed = prefixed.expect("the settings are right");
    prefixed.invalidate_function(&"f".repeat(196)).expect("it has 200 bytes");
    prefixed.invalidate_function(&"f".repeat(197)).expect_err("it has 201");
}
