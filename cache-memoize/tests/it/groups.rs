//! Groups of entries: those of a tag, of a function, of a cache.

use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::core::{Backend, StoreErrorKind};
use cache_memoize::{Cache, ErrorKind, Memory, Near, cache_memoize, caches};
use cache_memoize_testkit::{Counts, Fault, Faults};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;

thread_local! {
    /// What happens while a function computes on this thread, after it looked at the world.
    static MEANWHILE: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

fn meanwhile(action: impl FnOnce() + 'static) {
    MEANWHILE.set(Some(Box::new(action)));
}

fn fresh() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let value = NEXT.fetch_add(1, Ordering::SeqCst);
    if let Some(action) = MEANWHILE.take() {
        action();
    }
    value
}

#[cache_memoize(ttl = 3600, prefix = "order", tags("user:{user}", "orders"))]
fn order(user: u32, id: u32) -> u32 {
    let _ = (user, id);
    fresh()
}

/// The same entries as those of [`order`].
#[cache_memoize(ttl = 3600, prefix = "order", tags("user:{user}", "orders"))]
async fn order_async(user: u32, id: u32) -> u32 {
    let _ = (user, id);
    fresh()
}

#[cache_memoize(ttl = 3600)]
fn number(id: u32) -> u32 {
    let _ = id;
    fresh()
}

#[cache_memoize(ttl = 3600)]
fn generic<T: cache_memoize::CacheKey>(id: T) -> u32 {
    let _ = id;
    fresh()
}

fn cache() -> Cache {
    caches::get("default").expect("it is installed")
}

/// All ways to invalidate the group of `order(1, 1)`, blocking and async.
const WAYS: [fn(&Cache); 6] = [
    |cache| cache.invalidate_tag("user:1").expect("the store works"),
    |cache| block_on(cache.invalidate_tag_async("orders")).expect("the store works"),
    |_| invalidate_all_order().expect("the store works"),
    |_| block_on(invalidate_all_order_async()).expect("the store works"),
    |cache| cache.clear().expect("the store works"),
    |cache| block_on(cache.clear_async()).expect("the store works"),
];

#[test]
fn a_group_is_forgotten_and_nothing_else() {
    on_every_kind(|name| {
        let orders = || [order(1, 1), order(1, 2), order(2, 1)];
        let before = (orders(), number(1));
        assert_eq!((orders(), number(1)), before, "{name}");
        cache().invalidate_tag("user:1").expect("the store works");
        let after = orders();
        assert_ne!((after[0], after[1]), (before.0[0], before.0[1]), "{name}");
        assert_eq!((after[2], number(1)), (before.0[2], before.1), "{name}");
        invalidate_all_order().expect("the store works");
        assert!(orders().iter().zip(&after).all(|(new, old)| new != old), "{name}");
        assert_eq!(number(1), before.1, "{name}");
        cache().clear().expect("the store works");
        assert_ne!(number(1), before.1, "{name}");
    });
}

#[test]
fn all_types_of_a_generic_function_are_one_group() {
    on_every_kind(|name| {
        let both = || (generic(1_u8), generic("one"));
        let before = both();
        assert_eq!(both(), before, "{name}");
        invalidate_all_generic().expect("the store works");
        let after = both();
        assert!(after.0 != before.0 && after.1 != before.1, "{name}");
    });
}

#[test]
fn what_was_computed_before_is_served_to_nobody_after() {
    on_every_kind(|name| {
        for (at, way) in WAYS.into_iter().enumerate() {
            let cache = cache();
            let overtake = || {
                let cache = cache.clone();
                meanwhile(move || {
                    thread::spawn(move || with_default(&cache, || way(&cache))).join().unwrap();
                });
            };
            overtake();
            let old = order(1, 1);
            assert_ne!(order(1, 1), old, "{name}, {at}");
            way(&cache);
            overtake();
            let old = block_on(order_async(1, 1));
            assert_ne!(block_on(order_async(1, 1)), old, "{name}, {at}");
            overtake();
            let old = refresh_order(1, 1);
            assert_ne!(order(1, 1), old, "{name}, {at}");
            way(&cache);
        }
    });
}

#[test]
fn whoever_waits_is_not_given_what_was_overtaken() {
    on_every_kind(|name| {
        for (at, way) in WAYS.into_iter().enumerate() {
            let cache = cache();
            let (begins, began) = mpsc::channel::<()>();
            let (ends, end) = mpsc::channel::<()>();
            thread::scope(|scope| {
                let one = scope.spawn(|| {
                    meanwhile(move || {
                        begins.send(()).expect("somebody waits");
                        end.recv().expect("somebody sends");
                    });
                    with_default(&cache, || order(1, 1))
                });
                began.recv().expect("it computes");
                let waits = scope.spawn(|| with_default(&cache, || order(1, 1)));
                let cache = &cache;
                scope.spawn(move || with_default(cache, || way(cache))).join().unwrap();
                let later = scope.spawn(|| with_default(cache, || order(1, 1)));
                let later = later.join().expect("it does not wait for the one from before");
                ends.send(()).expect("somebody waits");
                let old = one.join().expect("it computes");
                waits.join().expect("it returns");
                assert_ne!(later, old, "{name}, {at}");
                assert_ne!(with_default(cache, || order(1, 1)), old, "{name}, {at}");
            });
            way(&cache);
        }
    });
}

#[test]
fn by_hand_the_groups_of_a_key_count_too() {
    on_every_kind(|name| {
        let cache = cache();
        let key = cache_key_order(1, 1);
        for way in WAYS {
            let old = order(1, 1);
            assert_eq!(cache.get::<u32>(key.clone()).unwrap(), Some(old), "{name}");
            way(&cache);
            assert_eq!(cache.get::<u32>(key.clone()).unwrap(), None, "{name}");
        }
        let key = cache_key_number(7);
        cache.set(key.clone(), 0_u32).unwrap();
        assert_eq!(number(7), 0, "{name}");
        invalidate_all_number().unwrap();
        assert_ne!(number(7), 0, "{name}");
        let key = cache_key_order(7, 7);
        cache.set(key.clone(), 0_u32).unwrap();
        assert_eq!(cache.get::<u32>(key.clone()).unwrap(), Some(0), "{name}");
        assert_ne!(order(7, 7), 0, "{name}: it lacks the tags");
        cache.set(("by hand", 1), 5_u32).unwrap();
        invalidate_all_number().unwrap();
        assert_eq!(cache.get::<u32>(("by hand", 1)).unwrap(), Some(5), "{name}");
        cache.clear().unwrap();
        assert_eq!(cache.get::<u32>(("by hand", 1)).unwrap(), None, "{name}");
    });
}

#[test]
fn whoever_comes_after_an_invalidation_elsewhere_is_not_given_what_it_overtook() {
    let (backend, _, counts, cache) = bench();
    let elsewhere = Cache::builder().backend(backend).build().expect("the settings are right");
    for way in WAYS {
        let (begins, began) = mpsc::channel::<()>();
        let (ends, end) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let one = scope.spawn(|| {
                meanwhile(move || {
                    begins.send(()).expect("somebody waits");
                    end.recv().expect("somebody sends");
                });
                with_default(&cache, || order(1, 1))
            });
            began.recv().expect("it computes");
            with_default(&elsewhere, || way(&elsewhere));
            let looks = counts.of("get");
            let later = scope.spawn(|| with_default(&cache, || order(1, 1)));
            while counts.of("get") == looks {
                thread::yield_now();
            }
            ends.send(()).expect("somebody waits");
            let old = one.join().expect("it computes");
            assert_ne!(later.join().expect("it returns"), old);
        });
        with_default(&cache, || way(&cache));
    }
}

/// A cache of bytes, with what may go wrong in its store, and what is counted in it.
fn bench() -> (Backend, Faults, Counts, Cache) {
    let (faults, counts) = (Faults::new(), Counts::new());
    let memory: Backend = Memory::new().into();
    let backend = counts.wrap(&faults.wrap(&memory));
    let cache = Cache::builder().backend(backend.clone()).build().expect("the settings are right");
    (backend, faults, counts, cache)
}

#[test]
fn what_others_keep_in_the_same_store_stays() {
    let (backend, ..) = bench();
    let prefixed = |prefix: &str| {
        Cache::builder().backend(backend.clone()).prefix(prefix).build().expect("it is right")
    };
    let (one, other) = (prefixed("one:"), prefixed("other:"));
    for cache in [&one, &other] {
        with_default(cache, || order(1, 1));
    }
    for way in WAYS {
        let kept = with_default(&other, || order(1, 1));
        let old = with_default(&one, || order(1, 1));
        with_default(&one, || way(&one));
        assert_ne!(with_default(&one, || order(1, 1)), old);
        assert_eq!(with_default(&other, || order(1, 1)), kept);
    }
}

#[test]
fn a_hit_and_an_invalidation_are_one_round_trip_however_many_entries_there_are() {
    let (_, _, counts, cache) = bench();
    with_default(&cache, || {
        assert!((0..100).all(|id| order(1, id) > 0));
        counts.reset();
        order(1, 7);
        assert_eq!(counts.total(), 1);
        counts.reset();
        cache.invalidate_tag("user:1").expect("the store works");
        assert_eq!(counts.total(), 1);
        counts.reset();
        invalidate_all_order().expect("the store works");
        cache.clear().expect("the store works");
        assert_eq!(counts.total(), 2);
        assert!((0..100).all(|id| peek_order(1, id).expect("the store works").is_none()));
    });
}

#[test]
fn a_generation_that_was_lost_is_a_miss_and_brings_nothing_back() {
    let (backend, _, _, cache) = bench();
    with_default(&cache, || {
        let old = order(1, 1);
        cache.invalidate_tag("user:1").expect("the store works");
        let new = order(1, 1);
        let store = backend.store().expect("it has one");
        for group in ["|tag:user:1.0", "|tag:orders.0", "order|all.0", "|all.0"] {
            let key = cache_memoize::Key::new(group).expect("it is a key");
            assert_eq!(store.remove(&[key.as_ref()]).unwrap(), [true], "{group} is counted");
            let next = order(1, 1);
            assert!(![old, new].contains(&next), "{group} was lost");
            assert_eq!(order(1, 1), next);
        }
    });
}

type FallibleWay = fn(&Cache) -> Result<(), cache_memoize::Error>;

#[test]
fn what_did_not_arrive_is_made_up_for_first() {
    let (backend, faults, _, cache) = bench();
    let elsewhere = Cache::builder().backend(backend).build().expect("the settings are right");
    with_default(&cache, || {
        const WAYS: [FallibleWay; 3] =
            [|cache| cache.invalidate_tag("user:1"), |_| invalidate_all_order(), Cache::clear];
        for way in WAYS {
            let old = order(1, 1);
            faults.on("remove").always(Fault::Fail(StoreErrorKind::Denied));
            let error = way(&cache).expect_err("the store refuses");
            assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Denied));
            assert_ne!(order(1, 1), old, "what is owed is not believed");
            faults.heal();
            cache.ping().expect("the store answers");
            assert_ne!(with_default(&elsewhere, || order(1, 1)), old);
        }
    });
}

#[test]
fn copies_in_a_near_tier_go_with_their_group() {
    let (backend, _, counts, _) = bench();
    let builder = Cache::builder().backend(backend).near(Near::entries(100));
    let cache = builder.build().expect("the settings are right");
    with_default(&cache, || {
        for way in WAYS {
            let old = order(1, 1);
            assert_eq!(order(1, 1), old);
            counts.reset();
            assert_eq!(order(1, 1), old);
            assert_eq!(counts.total(), 0, "there is a copy");
            way(&cache);
            assert_ne!(order(1, 1), old);
        }
    });
}

#[test]
fn explanations_name_tags_and_say_when_they_were_invalidated() {
    let (_, _, _, cache) = bench();
    with_default(&cache, || {
        order(1, 1);
        let explain = || cache.explain(cache_key_order(1, 1)).unwrap().expect("it is there");
        assert_eq!(explain().tags, ["user:1", "orders"]);
        assert_eq!(explain().unreadable, None);
        cache.invalidate_tag("orders").expect("the store works");
        assert!(explain().unreadable.expect("it is invalid").contains("invalidated"));
    });
}

#[test]
fn plain_entries_are_in_no_groups() {
    let backend = Counts::new().wrap(&Memory::new().into());
    let cache = Cache::builder().backend(backend).plain(true).build().expect("it is right");
    with_default(&cache, || {
        let old = number(1);
        let error = invalidate_all_number().expect_err("nobody could tell");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("one by one"), "{error}");
        assert_eq!(number(1), old);
        assert!(cache.clear().is_err() && cache.invalidate_tag("a").is_err());
    });
}
