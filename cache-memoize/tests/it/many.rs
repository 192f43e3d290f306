//! Many values by hand.

use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::core::{Backend, StoreErrorKind};
use cache_memoize::{Cache, ErrorKind, Key, Memory, Near, cache_memoize, caches};
use cache_memoize_testkit::{Counts, Fault, Faults};

#[cache_memoize(ttl = 60, tags("user:{user}"))]
fn order(user: u32, id: u32) -> u32 {
    user + id
}

fn cache() -> Cache {
    caches::get("default").expect("it is installed")
}

#[test]
fn many_values_are_read_in_the_order_of_their_keys() {
    on_every_kind(|name| {
        let cache = cache();
        let values = || (0..50).map(|at| (("many", at), at * 10));
        cache.set_many(values()).expect("the store works");
        let keys = || [7, 99, 0, 49, 7].map(|at| ("many", at));
        let expected = [Some(70), None, Some(0), Some(490), Some(70)];
        assert_eq!(cache.get_many(keys()).expect("the store works"), expected, "{name}");
        let found = block_on(cache.get_many_async(keys())).expect("the store works");
        assert_eq!(found, expected, "{name}");
        assert_eq!(cache.get(("many", 7)).expect("the store works"), Some(70), "{name}");
        let nothing: [(&str, u32); 0] = [];
        assert!(cache.get_many::<u32>(nothing.map(|it| it.0)).expect("it works").is_empty());
        cache.set_many(nothing).expect("there is nothing to do");
    });
}

#[test]
fn what_was_invalidated_or_has_another_type_is_not_found() {
    on_every_kind(|name| {
        let cache = cache();
        block_on(cache.set_many_async([("a", 1), ("b", 2), ("c", 3)])).expect("the store works");
        cache.set("b", "text".to_owned()).expect("the store works");
        cache.invalidate("c").expect("the store works");
        let found = cache.get_many(["a", "b", "c"]).expect("the store works");
        assert_eq!(found, [Some(1), None, None], "{name}");
        cache.clear().expect("the store works");
        let found: Vec<Option<i32>> = cache.get_many(["a", "b", "c"]).expect("the store works");
        assert_eq!(found, [None; 3], "{name}");
    });
}

#[test]
fn groups_that_only_the_entries_know_count() {
    on_every_kind(|name| {
        let cache = cache();
        let keys = || [(1, 1), (1, 2), (2, 1)].map(|(user, id)| cache_key_order(user, id));
        let _ = (order(1, 1), order(1, 2), order(2, 1));
        let found = || cache.get_many::<u32>(keys()).expect("the store works");
        assert_eq!(found(), [Some(2), Some(3), Some(3)], "{name}");
        cache.invalidate_tag("user:1").expect("the store works");
        assert_eq!(found(), [None, None, Some(3)], "{name}");
        let found = block_on(cache.get_many_async::<u32>(keys())).expect("the store works");
        assert_eq!(found, [None, None, Some(3)], "{name}");
    });
}

fn bench() -> (Backend, Faults, Counts) {
    let (faults, counts) = (Faults::new(), Counts::new());
    let backend = counts.wrap(&faults.wrap(&Memory::new().into()));
    (backend, faults, counts)
}

#[test]
fn the_groups_of_many_entries_are_read_together() {
    let (backend, _, counts) = bench();
    let cache = Cache::builder().backend(backend).build().expect("it is right");
    with_default(&cache, || (0..10).for_each(|id| assert_eq!(order(id, id), 2 * id)));
    let keys = || (0..10).map(|id| cache_key_order(id, id));
    counts.reset();
    let found = cache.get_many::<u32>(keys()).expect("the store works");
    assert!(found.into_iter().eq((0..10).map(|id| Some(2 * id))));
    let found = block_on(cache.get_many_async::<u32>(keys())).expect("the store works");
    assert!(found.iter().all(Option::is_some));
    assert_eq!((counts.of("get"), counts.total()), (4, 4));
}

#[test]
fn many_values_cost_one_look() {
    let (backend, _, counts) = bench();
    let near = Near::entries(1_000);
    let cache = Cache::builder().backend(backend).near(near).build().expect("it is right");
    cache.set("first", 0).expect("the store works");
    counts.reset();
    cache.set_many((0..100).map(|at| (at, at))).expect("the store works");
    assert_eq!((counts.of("get"), counts.of("put"), counts.total()), (1, 1, 2));
    counts.reset();
    assert!(cache.get_many::<i32>(0..100).expect("it works").iter().all(Option::is_some));
    assert_eq!((counts.of("get"), counts.total()), (1, 1));
    counts.reset();
    assert!(cache.get_many::<i32>(0..100).expect("it works").iter().all(Option::is_some));
    assert_eq!(counts.total(), 0, "there are copies");
}

#[test]
fn what_fails_is_told() {
    let (backend, faults, _) = bench();
    let cache = Cache::builder().backend(backend).build().expect("the settings are right");
    cache.set_many([("a", 1), ("b", 2)]).expect("the store works");
    faults.on("get").always(Fault::Fail(StoreErrorKind::Denied));
    let error = cache.get_many::<i32>(["a", "b"]).expect_err("the store refuses");
    assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Denied));
    assert!(error.to_string().contains("get_many"), "{error}");
    let error = block_on(cache.set_many_async([("a", 7)])).expect_err("the store refuses");
    assert!(error.to_string().contains("set_many"), "{error}");
    faults.heal();
    cache.ping().expect("the store answers");
    faults.on("remove").always(Fault::Fail(StoreErrorKind::Denied));
    cache.invalidate("a").expect_err("the store refuses");
    cache.get_many::<i32>(["b", "a"]).expect_err("what is owed is not believed");
    let with_default = |body: &dyn Fn()| with_default(&Cache::disabled(), body);
    with_default(&|| {
        let keys = [Key::new("a").expect("it is a key")];
        assert_eq!(self::cache().get_many::<i32>(keys).expect("it keeps nothing"), [None]);
    });
}
