//! `cache`: which cache a function uses.

use crate::computations::fresh;
use crate::support::{block_on, every_kind};
use cache_memoize::{Cache, ErrorKind, cache_memoize, caches};
use std::sync::LazyLock;

#[cache_memoize(ttl = 60, cache = "reports")]
fn named(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, cache = "reports")]
async fn named_async(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, cache = &OWN)]
fn of_a_static(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, cache = cache, skip(cache))]
fn of_an_argument(cache: &Cache, id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, cache = shard(*id))]
fn of_a_call(id: &u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, cache = left, key = id)]
fn of_a_pattern((left, _right): (&Cache, &Cache), id: u32) -> u32 {
    fresh(id)
}

struct Repository {
    cache: Cache,
}

impl Repository {
    #[cache_memoize(ttl = 60, cache = &self.cache, skip(self))]
    fn get(&self, id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, cache = &self.cache, skip(self))]
    async fn get_async(&self, id: u32) -> u32 {
        fresh(id)
    }
}

static OWN: LazyLock<Cache> = LazyLock::new(Cache::memory);

fn shard(id: u32) -> &'static Cache {
    static SHARDS: LazyLock<[Cache; 2]> = LazyLock::new(|| [Cache::memory(), Cache::memory()]);
    &SHARDS[id as usize % 2]
}

fn stored_in(cache: &Cache) -> u64 {
    cache.stats().total().stored
}

#[test]
fn a_name_is_that_of_an_installed_cache() {
    for (kind, reports, _server) in every_kind() {
        let default = Cache::memory();
        caches::scoped([("reports", reports.clone()), ("default", default.clone())], || {
            let first = named(1);
            assert_eq!(named(1), first, "{kind}");
            assert_eq!(peek_named(1).expect("it works"), Some(first), "{kind}");
        });
        assert_eq!((stored_in(&reports), stored_in(&default)), (1, 0), "{kind}");
    }
}

#[test]
fn a_name_serves_async_functions() {
    for (kind, reports, _server) in every_kind() {
        block_on(caches::scoped_async([("reports", reports)], async {
            let first = named_async(1).await;
            assert_eq!(named_async(1).await, first, "{kind}");
            assert!(invalidate_named_async(1).await.expect("it works"), "{kind}");
            assert_ne!(named_async(1).await, first, "{kind}");
        }));
    }
}

#[test]
fn a_name_without_a_cache_is_said_by_the_companions() {
    assert_ne!(named(1), named(1), "the function computes all the same");
    let refused = peek_named(1).expect_err("there is no cache");
    assert_eq!(refused.kind(), ErrorKind::NotInstalled);
    assert!(refused.to_string().contains("caches::install(\"reports\", ..)"), "{refused}");
}

#[test]
fn an_expression_gives_a_cache() {
    let first = of_a_static(1);
    assert_eq!(of_a_static(1), first);
    assert_eq!(stored_in(&OWN), 1);
    assert!(invalidate_of_a_static(1).expect("it works"));

    for id in [1, 2] {
        assert_eq!(of_a_call(&id), of_a_call(&id));
        assert_eq!(stored_in(shard(id)), 1);
    }
}

#[test]
fn an_argument_gives_the_cache_and_its_companions_take_it() {
    for ((kind, left, _one), (_, right, _other)) in every_kind().into_iter().zip(every_kind()) {
        let first = of_an_argument(&left, 1);
        assert_eq!(of_an_argument(&left, 1), first, "{kind}");
        assert_ne!(of_an_argument(&right, 1), first, "{kind}");
        assert!(invalidate_of_an_argument(&left, 1).expect("it works"), "{kind}");
        assert_eq!(peek_of_an_argument(&left, 1).expect("it works"), None, "{kind}");
        assert!(peek_of_an_argument(&right, 1).expect("it works").is_some(), "{kind}");
        prime_of_an_argument(&left, 1, 7).expect("it works");
        assert_eq!(of_a_pattern((&left, &right), 1), of_a_pattern((&left, &left), 1), "{kind}");
    }
}

#[test]
fn a_field_of_the_receiver_gives_the_cache() {
    for (kind, cache, _server) in every_kind() {
        let (repository, other) = (Repository { cache }, Repository { cache: Cache::memory() });
        let first = repository.get(1);
        assert_eq!(repository.get(1), first, "{kind}");
        assert_ne!(other.get(1), first, "{kind}");
        assert!(repository.invalidate_get(1).expect("it works"), "{kind}");
        assert!(other.peek_get(1).expect("it works").is_some(), "{kind}");
        block_on(async {
            let first = repository.get_async(1).await;
            assert_eq!(repository.get_async(1).await, first, "{kind}");
            assert_ne!(other.get_async(1).await, first, "{kind}");
        });
    }
}

#[test]
fn a_key_begins_with_the_prefix_of_the_cache_that_is_used() {
    let prefixed = Cache::builder().prefix("app").build().expect("the settings are right");
    assert!(cache_key_of_an_argument(&prefixed, 1).as_str().starts_with("app|"));
    assert!(!cache_key_of_an_argument(&Cache::memory(), 1).as_str().contains('|'));
}
