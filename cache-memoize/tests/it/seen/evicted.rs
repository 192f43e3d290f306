//! What a store in this process lets go to make room for others is told, and nothing else is.

use super::{SECOND, Stage, awaited, seen, seen_async};
use crate::support::with_default;
use cache_memoize::{Cache, CacheBuilder, Event, EventKind, Memory, Near, Tier, cache_memoize};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

/// The tier and the key of each eviction that was told.
#[derive(Clone, Default)]
struct Evictions(Arc<Mutex<Vec<(Tier, String)>>>);

impl Evictions {
    fn noted(&self, settings: CacheBuilder) -> CacheBuilder {
        let evictions = self.clone();
        settings.observer(move |event: &Event<'_>| {
            if let EventKind::Evicted { tier } = event.kind {
                assert_eq!(event.function, "(store)");
                evictions.0.lock().expect("nobody panics").push((tier, event.key.to_string()));
            }
        })
    }

    fn told(&self) -> Vec<(Tier, String)> {
        std::mem::take(&mut *self.0.lock().expect("nobody panics"))
    }
}

fn small() -> Memory {
    Memory::builder().max_entries(10).build()
}

fn built(settings: CacheBuilder) -> Cache {
    settings.build().expect("the settings are right")
}

fn call(id: u32) {
    seen(id);
}

/// A hundred entries, of which so few stay.
#[track_caller]
fn assert_all_but_ten(evictions: &[(Tier, String)], tier: Tier) {
    assert!(evictions.iter().all(|it| it.0 == tier), "{evictions:?}");
    let keys: HashSet<_> = evictions.iter().map(|it| &it.1).collect();
    assert_eq!((evictions.len(), keys.len()), (90, 90), "each once: {evictions:?}");
}

#[test]
fn each_entry_that_makes_room_is_told_once() {
    let evictions = Evictions::default();
    let memory = small();
    let cache = built(evictions.noted(Cache::builder().backend(memory.clone())));
    with_default(&cache, || (0..100).for_each(call));
    assert_eq!(memory.evictions(), 90);
    assert_all_but_ten(&evictions.told(), Tier::Store);

    let cache = built(evictions.noted(Cache::builder().backend(small())));
    awaited(&cache, async {
        for id in 0..100 {
            seen_async(id).await;
        }
    });
    assert_all_but_ten(&evictions.told(), Tier::Store);
}

#[test]
fn a_copy_goes_from_the_near_tier_alone() {
    let (evictions, stage) = (Evictions::default(), Stage::new());
    let cache = stage.cache(|settings| evictions.noted(settings.near(Near::entries(10))));
    with_default(&cache, || (0..100).for_each(call));
    assert_all_but_ten(&evictions.told(), Tier::Near);
}

#[cache_memoize(ttl = 60, local)]
fn local(id: u32) -> Arc<u32> {
    Arc::new(id)
}

#[test]
fn the_place_beside_the_store_tells_too() {
    let (evictions, stage) = (Evictions::default(), Stage::new());
    let cache = stage.cache(|settings| evictions.noted(settings));
    let more = u32::try_from(Memory::DEFAULT_MAX_ENTRIES + 1).expect("it is a small number");
    with_default(&cache, || {
        for id in 0..more {
            local(id);
        }
    });
    assert_eq!(evictions.told().len(), 1);
}

#[test]
fn what_ends_otherwise_is_not_evicted() {
    let (evictions, stage) = (Evictions::default(), Stage::new());
    let memory = Memory::builder().max_entries(10).clock(stage.clock.clone()).build();
    let cache = built(evictions.noted(Cache::builder().backend(memory)));
    for number in 0..10 {
        cache.set_for(number, number, SECOND).expect("it cannot fail");
        cache.set_for(number, number + 1, SECOND).expect("it cannot fail");
    }
    cache.invalidate(0).expect("it cannot fail");
    stage.clock.advance(SECOND);
    for number in 10..20 {
        cache.set_for(number, number, SECOND).expect("it cannot fail");
    }
    assert_eq!(evictions.told(), []);
}

#[test]
fn a_cache_hears_of_its_own_keys_and_none_any_more_when_it_is_gone() {
    let (ours, theirs) = (Evictions::default(), Evictions::default());
    let memory = small();
    let cache = |prefix: &str, evictions: &Evictions| {
        built(evictions.noted(Cache::builder().backend(memory.clone()).prefix(prefix)))
    };
    let (our, their) = (cache("ours", &ours), cache("theirs", &theirs));
    for number in 0..50 {
        our.set(number, number).expect("it cannot fail");
        their.set(number, number).expect("it cannot fail");
    }
    let (ours_told, theirs_told) = (ours.told(), theirs.told());
    assert!(ours_told.iter().all(|it| it.1.starts_with("ours|")), "{ours_told:?}");
    assert!(theirs_told.iter().all(|it| it.1.starts_with("theirs|")), "{theirs_told:?}");
    assert_eq!(ours_told.len() + theirs_told.len(), 90);
    drop(our);
    (50..100).for_each(|number| their.set(number, number).expect("it cannot fail"));
    assert_eq!(ours.told(), []);
    assert_ne!(theirs.told(), []);
}

#[test]
fn who_is_told_may_call_the_cache() {
    let memory = small();
    let other = built(Cache::builder().backend(memory.clone()));
    let watching = other.clone();
    let observer = move |event: &Event<'_>| {
        if let EventKind::Evicted { .. } = event.kind {
            watching.invalidate(event.key.to_key()).expect("it cannot fail");
            watching.get::<u32>("key").expect("it cannot fail");
        }
    };
    let cache = built(Cache::builder().backend(memory).observer(observer));
    with_default(&cache, || (0..100).for_each(call));
    assert_eq!(other.stats().total().invalidated, 90);
}
