//! `Cache::explain`: what is known of an entry without reading its value.

use super::{SECOND, Stage, awaited, cache_key_seen, every_kind_with, seen};
use crate::support::with_default;
use cache_memoize::core::{Backend, Bytes, PutMode, StoreErrorKind, Ttl};
use cache_memoize::{
    Cache, CacheBuilder, Compressor, EntryForm, ErrorKind, Event, Explained, Key, Memory, Near,
    Tier, TimeLeft, cache_memoize,
};
use cache_memoize_testkit::{Counts, Fault};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What is known of the entry, which is the same whoever asks.
#[track_caller]
fn explained(cache: &Cache, name: &'static str) -> Option<Explained> {
    let explained = cache.explain(name).expect("the store answers");
    let awaited = awaited(cache, cache.explain_async(name)).expect("the store answers");
    assert_eq!(without_age(explained.clone()), without_age(awaited));
    explained
}

/// The clocks of servers do not stand still.
fn without_age(explained: Option<Explained>) -> Option<Explained> {
    explained.map(|mut explained| {
        (explained.age, explained.time_left) = (None, None);
        explained
    })
}

#[test]
fn on_every_kind_of_cache_an_entry_is_explained_and_an_absence_is_none() {
    for (kind, cache, _server) in every_kind_with(|settings| settings) {
        assert_eq!(explained(&cache, "name"), None, "{kind}");
        cache.set("name", "value".to_owned()).expect("the store answers");
        let explained_name = explained(&cache, "name").expect(kind);
        assert_eq!(explained_name.key.as_str(), "name", "{kind}");
        assert!(kind.starts_with(explained_name.backend) || kind.len() < 8, "{kind}");
        assert_eq!(explained_name.unreadable, None, "{kind}");
        let is_object = explained_name.form == EntryForm::Object;
        assert_eq!(is_object, kind == "objects", "{kind}");
        if !is_object {
            let age = explained_name.age.expect(kind);
            let Some(TimeLeft::Fresh(left)) = explained_name.time_left else {
                panic!("{kind}: {explained_name:?}")
            };
            assert!(age + left == 300 * SECOND, "{kind}: {explained_name:?}");
        }
        cache.invalidate("name").expect("the store answers");
        assert_eq!(explained(&cache, "name"), None, "{kind}");
    }
}

#[test]
fn an_envelope_says_all_there_is_to_say() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings.compressor(Compressor::zlib()).prefix("shop"));
    let clock = stage.clock.clone();
    let computed = cache.get_or_compute("page", || {
        clock.advance(Duration::from_millis(1500));
        "ab".repeat(5_000)
    });
    assert_eq!(computed.len(), 10_000);
    stage.clock.advance(12 * SECOND);
    let page = explained(&cache, "page").expect("it was stored");
    assert_eq!(page.form, EntryForm::Envelope);
    assert_eq!(page.tiers, [Tier::Store]);
    assert_eq!(page.age, Some(12 * SECOND));
    assert_eq!(page.time_left, Some(TimeLeft::Fresh(288 * SECOND)));
    assert_eq!(page.cost, Some(Duration::from_millis(1500)));
    assert_eq!(page.size, Some(10_003));
    let stored = page.stored_size.expect("it is known");
    assert!(stored < 200, "{page:?}");
    let lines = [
        "key         shop|page".to_owned(),
        "lives in    memory".to_owned(),
        "form        in an envelope".to_owned(),
        "age         12s".to_owned(),
        "time left   4m 48s".to_owned(),
        "cost        1s 500ms".to_owned(),
        format!("size        10003 bytes, compressed to {stored}"),
        "serializer  MessagePack".to_owned(),
        "compressor  zlib".to_owned(),
    ];
    assert_eq!(page.to_string(), lines.join("\n"));
}

#[test]
fn an_entry_that_is_kept_beyond_its_time_is_over() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings);
    with_default(&cache, || seen(1));
    stage.clock.advance(11 * SECOND);
    let old = with_default(&cache, || cache.explain(cache_key_seen(1)));
    let old = old.expect("the store answers").expect("it is kept");
    assert_eq!(old.time_left, Some(TimeLeft::Over(SECOND)));
    assert!(old.to_string().contains("\ntime left   none: over for 1s\n"), "{old}");
    cache.set_for("name", 7, Duration::MAX).expect("the store answers");
    let ever = explained(&cache, "name").expect("it was stored");
    assert_eq!(ever.time_left, Some(TimeLeft::Forever));
    assert!(ever.to_string().contains("\ntime left   for ever\n"), "{ever}");
}

#[test]
fn of_an_object_the_place_is_known() {
    let cache = Cache::memory();
    cache.set("name", 7).expect("it cannot fail");
    let object = explained(&cache, "name").expect("it was stored");
    let lines =
        ["key         name", "lives in    memory", "form        a value as it is, in this process"];
    assert_eq!(object.to_string(), lines.join("\n"));
}

#[test]
fn a_copy_in_front_of_the_store_is_mentioned() {
    let stage = Stage::new();
    let backend: Backend = Memory::builder().clock(stage.clock.clone()).build().into();
    let backend = stage.counts.wrap(&backend);
    let built = |settings: CacheBuilder| {
        settings.backend(backend.clone()).build().expect("the settings are right")
    };
    let cache = built(Cache::builder().near(Near::entries(10).ttl(SECOND)));
    cache.get_or_compute("name", || 7);
    let both = explained(&cache, "name").expect("it was stored");
    assert_eq!(
        (both.tiers.as_slice(), both.form),
        (&[Tier::Near, Tier::Store][..], EntryForm::Envelope)
    );
    assert!(both.to_string().contains("memory, with a copy in the near tier"), "{both}");

    built(Cache::builder()).invalidate("name").expect("the store answers");
    let near = explained(&cache, "name").expect("nobody told the near tier");
    assert_eq!((near.tiers.as_slice(), near.form), (&[Tier::Near][..], EntryForm::Object));
    assert!(near.to_string().contains("the near tier alone, and not in memory"), "{near}");

    stage.clock.advance(SECOND);
    assert_eq!(explained(&cache, "name"), None);
}

#[test]
fn of_a_plain_entry_the_sizes_are_known() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings.plain(true).compressor(Compressor::zlib()));
    cache.set("name", "ab".repeat(500)).expect("the store answers");
    let plain = explained(&cache, "name").expect("it was stored");
    assert_eq!((plain.form, plain.size), (EntryForm::Plain, Some(1_003)));
    assert!(plain.stored_size.expect("it is known") < 100);
    assert_eq!((plain.age, plain.time_left, plain.cost), (None, None, None));
    assert_eq!(plain.compressor.as_deref(), Some("zlib"));
}

#[test]
fn an_unreadable_entry_says_why() {
    let backend: Backend = Memory::new().into();
    let backend = Counts::new().wrap(&backend);
    let built = |settings: CacheBuilder| {
        settings.backend(backend.clone()).build().expect("the settings are right")
    };
    let (cache, plain) = (built(Cache::builder()), built(Cache::builder().plain(true)));
    let key = Key::new("name").expect("it is a key");
    let store = backend.store().expect("it is one of bytes");
    let put = |bytes: Bytes| store.put(key.as_ref(), bytes, Ttl::Forever, PutMode::Always);

    put(Bytes::from_static(b"of somebody else")).expect("it cannot fail");
    let foreign = explained(&cache, "name").expect("something is there");
    assert_eq!((foreign.form, foreign.stored_size), (EntryForm::Unknown, Some(16)));
    assert!(
        foreign.to_string().contains("\nunreadable  the entry was not written by this library")
    );

    cache.set("name", 7).expect("the store answers");
    let enveloped = explained(&plain, "name").expect("something is there");
    assert!(enveloped.unreadable.expect("it cannot be read").contains("in an envelope"));

    let mut entry =
        store.get(&[key.as_ref()]).expect("it cannot fail")[0].clone().expect("a value").to_vec();
    *entry.last_mut().expect("it is not empty") ^= 1;
    put(entry.into()).expect("it cannot fail");
    let damaged = explained(&cache, "name").expect("something is there");
    assert!(damaged.unreadable.expect("it cannot be read").contains("damaged"));
    assert_eq!(damaged.age, None, "a damaged envelope is not believed");
}

#[test]
fn an_entry_that_nobody_trusts_any_more_says_so() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings);
    cache.set("name", 7).expect("the store answers");
    assert_eq!(explained(&cache, "name").expect("it was stored").unreadable, None);
    stage.faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
    for number in 0..=65_536 {
        cache.invalidate(number).expect_err("the store is away");
    }
    stage.faults.heal();
    stage.clock.advance(SECOND);
    cache.ping().expect("the store is back");
    assert_eq!(cache.get::<i32>("name").expect("the store answers"), None);
    let tainted = explained(&cache, "name").expect("it is there");
    assert!(tainted.unreadable.expect("it is not served").contains("outage"));
}

#[test]
fn it_costs_one_round_trip_and_is_no_hit() {
    let stage = Stage::new();
    let events = Arc::new(AtomicU32::new(0));
    let count = events.clone();
    let observer = move |_: &Event<'_>| {
        count.fetch_add(1, Ordering::Relaxed);
    };
    let cache = stage.cache(|settings| settings.observer(observer));
    cache.set("name", 7).expect("the store answers");
    stage.counts.reset();
    let (stats, told) = (cache.stats(), events.load(Ordering::Relaxed));
    cache.explain("name").expect("the store answers");
    assert_eq!(stage.counts.total(), 1);
    awaited(&cache, cache.explain_async("other")).expect("the store answers");
    assert_eq!(stage.counts.total(), 2);
    assert_eq!((cache.stats(), events.load(Ordering::Relaxed)), (stats, told));
}

#[cache_memoize(ttl = 60, local)]
fn nearby(id: u32) -> Arc<u32> {
    Arc::new(id)
}

#[test]
fn the_value_of_a_local_function_is_found_beside_the_store() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings);
    let key = with_default(&cache, || {
        nearby(7);
        cache_key_nearby(7)
    });
    let calls = stage.counts.total();
    let local = cache.explain(key).expect("the store answers").expect("it was stored");
    assert_eq!((local.form, local.backend), (EntryForm::Object, "memory"));
    assert_eq!(stage.counts.total(), calls, "nobody asks the store");
}

#[test]
fn a_store_that_fails_is_an_error_and_a_disabled_cache_has_nothing() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings);
    stage.faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
    let error = cache.explain("name").expect_err("the store is away");
    assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Unavailable));
    assert_eq!(error.operation(), "explain");
    let error = awaited(&cache, cache.explain_async("name")).expect_err("the store is away");
    assert_eq!(error.kind(), ErrorKind::Store(StoreErrorKind::Unavailable));
    assert_eq!(explained(&Cache::disabled(), "name"), None);
}
