//! Entries without an envelope: what lies in the store is the value alone, whoever put it there.

use crate::support::with_default;
use cache_memoize::core::{Backend, Bytes, PutMode, StoreErrorKind, Ttl};
use cache_memoize::{
    Cache, CacheBuilder, Compressor, ErrorKind, Event, Key, Memory, Near, Serializer, cache_memoize,
};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn run() {
    RUNS.set(RUNS.get() + 1);
}

fn runs() -> u32 {
    RUNS.take()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: u8,
    name: String,
}

#[cache_memoize(ttl = 60)]
fn user(id: u8) -> User {
    run();
    User { id, name: "ada".to_owned() }
}

#[cache_memoize(ttl = 60)]
fn found(id: u8) -> Result<Option<u8>, String> {
    run();
    if id == 0 { Err("nobody".to_owned()) } else { Ok((id != 1).then_some(id)) }
}

#[cache_memoize(ttl = 60)]
fn nested(id: u8) -> Option<Option<u8>> {
    run();
    (id != 1).then(|| (id != 2).then_some(id))
}

#[cache_memoize(ttl = 60, store_result = false)]
fn once(id: u8) -> Option<u8> {
    run();
    Some(id)
}

/// `{"id": 7, "name": "ada"}`
const ADA: &[u8] = b"\x82\xA2id\x07\xA4name\xA3ada";
/// `{"name": "bea", "id": 7}`, as another program may order it.
const BEA: &[u8] = b"\x82\xA4name\xA3bea\xA2id\x07";

/// A store of bytes that a plain cache shares with others.
struct Shared {
    backend: Backend,
    faults: Faults,
    clock: FakeClock,
    events: Arc<Mutex<Vec<String>>>,
}

impl Shared {
    fn new() -> Self {
        let (faults, clock) = (Faults::new(), FakeClock::new());
        let memory = Memory::builder().clock(clock.clone()).build();
        let backend = Counts::new().wrap(&faults.wrap(&memory.into()));
        Self { backend, faults, clock, events: Arc::default() }
    }

    fn plain(&self) -> Cache {
        self.cache(|builder| builder.plain(true))
    }

    fn cache(&self, set: impl FnOnce(CacheBuilder) -> CacheBuilder) -> Cache {
        let events = self.events.clone();
        let observer = move |event: &Event<'_>| {
            events.lock().expect("no panic").push(format!("{:?}", event.kind));
        };
        let builder = Cache::builder().backend(self.backend.clone()).observer(observer);
        set(builder).build().expect("the settings are right")
    }

    fn raw(&self, key: &Key) -> Option<Bytes> {
        let store = self.backend.store().expect("it blocks");
        store.get(&[key.as_ref()]).expect("it answers").pop().expect("one answer")
    }

    fn put_raw(&self, key: &Key, entry: &'static [u8]) {
        let store = self.backend.store().expect("it blocks");
        let (entry, ttl) = (Bytes::from_static(entry), Ttl::Forever);
        store.put(key.as_ref(), entry, ttl, PutMode::Always).expect("it answers");
    }

    fn saw(&self, what: &str) -> bool {
        self.events.lock().expect("no panic").drain(..).any(|event| event.contains(what))
    }
}

#[test]
fn the_entry_is_the_serialized_value_and_nothing_else() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        user(7);
        assert_eq!(shared.raw(&cache_key_user(7)).as_deref(), Some(ADA));
        assert_eq!(user(7), User { id: 7, name: "ada".to_owned() });
        assert_eq!(runs(), 1, "the second call was a hit");
        invalidate_user(7).expect("it works");
        assert_eq!(shared.raw(&cache_key_user(7)), None);
    });
}

#[test]
fn of_a_result_the_value_alone_is_stored() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        for (id, entry) in [(0, None), (1, Some(&b"\xC0"[..])), (2, Some(&b"\x02"[..]))] {
            let value = found(id);
            assert_eq!(shared.raw(&cache_key_found(id)).as_deref(), entry);
            assert_eq!(found(id), value);
            assert_eq!(runs(), 1 + u32::from(entry.is_none()));
        }
    });
}

#[test]
fn what_another_program_wrote_is_a_hit() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        shared.put_raw(&cache_key_user(7), BEA);
        assert_eq!(user(7), User { id: 7, name: "bea".to_owned() });
        assert_eq!(runs(), 0);
        shared.put_raw(&cache_key_user(7), b"\x82\xA4name\xA3bea");
        assert_eq!(user(7).name, "ada", "without a field it is a miss");
        assert!(shared.saw("Unreadable"));
    });
}

#[test]
fn a_cache_that_becomes_plain_or_ceases_to_be_misses_and_says_why() {
    let shared = Shared::new();
    let (plain, enveloped) = (shared.plain(), shared.cache(|builder| builder));
    for (before, after) in [(&plain, &enveloped), (&enveloped, &plain)] {
        with_default(before, || user(7));
        runs();
        with_default(after, || {
            assert_eq!(peek_user(7).expect("it works"), None);
            assert!(shared.saw("Unreadable"));
            user(7);
            user(7);
            assert_eq!(runs(), 1, "what it reads is what it wrote itself");
        });
    }
}

#[test]
fn what_would_not_come_back_is_computed_each_time() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        for (id, expected_runs) in [(1, 1), (2, 2), (3, 1)] {
            assert_eq!(nested(id), nested(id));
            assert_eq!(runs(), expected_runs);
            assert_eq!(shared.saw("Unstorable"), id == 2, "`Some(None)` reads as `None`");
        }
    });
}

#[test]
fn a_guard_holds_back() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        assert_eq!((once(1), once(1), runs()), (Some(1), None, 1));
    });
}

#[test]
fn the_store_alone_ends_an_entry() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        user(7);
        shared.clock.advance(Duration::from_secs(59));
        user(7);
        assert_eq!(runs(), 1);
        shared.clock.advance(Duration::from_secs(1));
        user(7);
        assert_eq!(runs(), 1);
        shared.put_raw(&cache_key_user(7), BEA);
        shared.clock.advance(Duration::from_secs(3600));
        assert_eq!(user(7).name, "bea", "nobody said that it ends");
    });
}

/// Nothing says how long the entry has to live, so that the copy has the whole TTL of the near tier.
#[test]
fn a_near_copy_lives_no_longer_than_near_copies_do() {
    let shared = Shared::new();
    let near = Near::entries(10).ttl(Duration::from_secs(5));
    with_default(&shared.cache(|builder| builder.plain(true).near(near)), || {
        shared.put_raw(&cache_key_user(7), BEA);
        assert_eq!(user(7).name, "bea");
        shared.put_raw(&cache_key_user(7), ADA);
        shared.clock.advance(Duration::from_millis(4_999));
        assert_eq!(user(7).name, "bea");
        shared.clock.advance(Duration::from_millis(1));
        assert_eq!(user(7).name, "ada");
        assert_eq!(runs(), 0);
    });
}

/// Of a plain entry nobody knows whether it is older than an invalidation that was lost.
#[test]
fn more_debts_than_can_be_remembered_make_every_plain_entry_suspect() {
    let shared = Shared::new();
    with_default(&shared.plain(), || {
        user(7);
        shared.faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
        for id in 0..66_000 {
            let _ = shared_invalidation(id);
        }
        shared.faults.heal();
        shared.clock.advance(Duration::from_secs(1));
        runs();
        user(7);
        assert_eq!(runs(), 1);
    });
}

fn shared_invalidation(id: u32) -> Result<bool, cache_memoize::Error> {
    cache_memoize::caches::get("default").expect("it is installed").invalidate(("other", id))
}

#[test]
fn settings_that_need_an_envelope_are_refused() {
    let refused = |serializer: &str, plain: bool| {
        let serializer = Serializer::from_name(serializer).expect("its feature is enabled");
        Cache::builder().serializer(serializer).plain(plain).build().err()
    };
    let error = refused("postcard", true).expect("it relies on the fingerprint");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("Postcard cannot be used in `plain` mode"), "{error}");
    assert!(refused("postcard", false).is_none());
    for serializer in ["msgpack", "json"] {
        assert!(refused(serializer, true).is_none());
    }
}

#[test]
fn the_compressor_is_applied_whatever_the_size() {
    let shared = Shared::new();
    let compressor = Compressor::zlib().above(1 << 20);
    with_default(&shared.cache(|builder| builder.plain(true).compressor(compressor)), || {
        user(7);
        let entry = shared.raw(&cache_key_user(7)).expect("it is stored");
        assert_eq!(entry[0], 0x78, "zlib with a window of 32 KiB");
        user(7);
        assert_eq!(runs(), 1);
    });
}
