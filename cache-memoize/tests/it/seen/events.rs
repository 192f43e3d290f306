use super::{
    SECOND, Stage, awaited, every_kind_with, invalidate_seen, refresh_seen, seen, seen_async,
};
use crate::support::with_default;
use cache_memoize::{CacheBuilder, Event, EventKind, Tier};
use std::sync::{Arc, Mutex};

/// What an observer was told, as words.
#[derive(Clone, Default)]
struct Story(Arc<Mutex<Vec<String>>>);

impl Story {
    fn tell(&self, word: impl Into<String>) {
        self.0.lock().expect("no observer panics").push(word.into());
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no observer panics"))
    }

    /// Notes the name of each event.
    fn named(&self, settings: CacheBuilder) -> CacheBuilder {
        let story = self.clone();
        settings.observer(move |event: &Event<'_>| story.tell(event.kind.name()))
    }

    /// Notes where hits end.
    fn of_hits(&self, settings: CacheBuilder) -> CacheBuilder {
        let story = self.clone();
        settings.observer(move |event: &Event<'_>| {
            if let EventKind::Hit { tier } = event.kind {
                story.tell(tier.to_string());
            }
        })
    }
}

#[test]
fn every_kind_of_cache_tells_the_same_story() {
    let story = Story::default();
    for (kind, cache, _server) in every_kind_with(|settings| story.named(settings)) {
        with_default(&cache, || {
            seen(1);
            seen(1);
            refresh_seen(1);
            assert!(invalidate_seen(1).expect("the store answers"));
        });
        let expected = ["miss", "stored", "hit", "refreshed", "stored", "invalidated"];
        assert_eq!(story.told(), expected, "{kind}");
        awaited(&cache, async {
            seen_async(1).await;
            seen_async(1).await;
        });
        assert_eq!(story.told(), ["miss", "stored", "hit"], "{kind}");
    }
}

#[test]
fn a_hit_says_where_the_value_was() {
    let (stage, story) = (Stage::new(), Story::default());
    let cache = stage.two_tiers(|settings| story.of_hits(settings));
    with_default(&cache, || {
        seen(1);
        seen(1);
        stage.clock.advance(SECOND);
        seen(1);
        seen(1);
    });
    assert_eq!(story.told(), ["near", "store", "near"]);
    stage.clock.advance(SECOND);
    awaited(&cache, async {
        seen_async(1).await;
        seen_async(1).await;
    });
    assert_eq!(story.told(), ["store", "near"]);
}

#[test]
fn without_a_near_tier_every_hit_is_one_in_the_store() {
    let story = Story::default();
    for (kind, cache, _server) in every_kind_with(|settings| story.of_hits(settings)) {
        if kind.contains("near") {
            continue;
        }
        with_default(&cache, || {
            seen(1);
            seen(1);
        });
        awaited(&cache, seen_async(1));
        assert_eq!(story.told(), [Tier::Store.name(); 2], "{kind}");
    }
}

#[test]
fn what_is_old_and_what_goes_wrong_is_told_too() {
    let (stage, story) = (Stage::new(), Story::default());
    let cache = stage.cache(|settings| story.named(settings));
    with_default(&cache, || {
        seen(1);
        stage.clock.advance(11 * SECOND);
        seen(1);
    });
    assert_eq!(story.told(), ["miss", "stored", "refreshed", "stored"]);
    stage.fall_and_rise(&cache);
    let calls = ["store_fault", "miss", "miss", "store_down", "miss", "store_up", "miss", "stored"];
    assert_eq!(story.told(), calls);
}

#[test]
fn all_observers_are_told_in_their_order() {
    let (stage, story) = (Stage::new(), Story::default());
    let cache = stage.cache(|settings| {
        ["one", "two", "three"].into_iter().fold(settings, |settings, name| {
            let story = story.clone();
            settings.observer(move |_: &Event<'_>| story.tell(name))
        })
    });
    with_default(&cache, || invalidate_seen(1)).expect("the store answers");
    assert_eq!(story.told(), ["one", "two", "three"]);
}

#[test]
fn the_name_of_a_function_outlives_the_event() {
    let (stage, names) = (Stage::new(), Arc::new(Mutex::new(Vec::<&'static str>::new())));
    let kept = names.clone();
    let observer =
        move |event: &Event<'_>| kept.lock().expect("no observer panics").push(event.function);
    let cache = stage.cache(|settings| settings.observer(observer));
    with_default(&cache, || invalidate_seen(1)).expect("the store answers");
    cache.set("by hand", 7).expect("the store answers");
    let names = names.lock().expect("no observer panics");
    assert_eq!(*names, ["it::seen::seen", "(by hand)"]);
}
