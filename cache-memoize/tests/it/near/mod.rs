//! The near tier: what it saves, and how it follows the store.

mod overtaken;

use crate::support::{block_on, with_default};
use cache_memoize::core::{Backend, Bus, Listener, StoreErrorKind, Subscription};
use cache_memoize::{Cache, Memory, Near, cache_memoize, caches};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

static WORLD: AtomicU32 = AtomicU32::new(0);

fn changed_world() -> u32 {
    WORLD.fetch_add(1, Ordering::SeqCst) + 1
}

#[cache_memoize(ttl = 60)]
fn world(id: u32) -> u32 {
    let _ = id;
    WORLD.load(Ordering::SeqCst)
}

#[cache_memoize(ttl = 60)]
async fn world_async(id: u32) -> u32 {
    let _ = id;
    WORLD.load(Ordering::SeqCst)
}

#[cache_memoize(ttl = 2)]
fn brief(id: u32) -> u32 {
    let _ = id;
    WORLD.load(Ordering::SeqCst)
}

/// One store that two services share, each with a near tier of its own.
struct Services {
    faults: Faults,
    counts: Counts,
    clock: FakeClock,
    bus: Arc<TestBus>,
    here: Cache,
    there: Cache,
}

impl Services {
    fn new() -> Self {
        let (faults, counts, clock) = (Faults::new(), Counts::new(), FakeClock::new());
        let memory = Memory::builder().clock(clock.clone()).build();
        let bus = Arc::new(TestBus::default());
        let wrapped = counts.wrap(&faults.wrap(&memory.into())).with_bus(Shared(bus.clone()));
        let cache = |backend: Backend| {
            let near = Near::entries(100).ttl(Duration::from_secs(5));
            Cache::builder().backend(backend).near(near).build().expect("the settings are right")
        };
        let (here, there) = (cache(wrapped.clone()), cache(wrapped));
        Self { faults, counts, clock, bus, here, there }
    }

    fn here<R>(&self, body: impl FnOnce() -> R) -> R {
        with_default(&self.here, body)
    }

    fn there<R>(&self, body: impl FnOnce() -> R) -> R {
        with_default(&self.there, body)
    }

    fn here_async(&self, body: impl Future<Output = ()>) {
        block_on(caches::scoped_async([("default", self.here.clone())], body));
    }

    fn there_async(&self, body: impl Future<Output = ()>) {
        block_on(caches::scoped_async([("default", self.there.clone())], body));
    }
}

/// Tells what the test wants it to tell.
#[derive(Default)]
pub(crate) struct TestBus(Mutex<Vec<(String, Arc<dyn Listener>)>>);

pub(crate) struct Shared(pub(crate) Arc<TestBus>);

impl Bus for Shared {
    fn subscribe(&self, prefix: &str, listener: Arc<dyn Listener>) -> Subscription {
        self.0.0.lock().expect("no panic").push((prefix.to_owned(), listener));
        Subscription::new(())
    }
}

impl TestBus {
    pub(crate) fn tell(&self, tell: impl Fn(&dyn Listener)) {
        self.0.lock().expect("no panic").iter().for_each(|(_, listener)| tell(&**listener));
    }
}

#[test]
fn a_near_hit_asks_the_store_nothing() {
    let services = Services::new();
    services.here(|| {
        let value = world(1);
        let trips = services.counts.total();
        changed_world();
        assert_eq!(world(1), value);
        assert_eq!(peek_world(1).expect("it is near"), Some(value));
        assert_eq!(services.counts.total(), trips, "the value was kept when it was stored");
    });
    services.there(|| {
        let trips = services.counts.total();
        world(1);
        world(1);
        assert_eq!(services.counts.total(), trips + 1, "the value was kept when it was read");
    });
    assert_eq!(services.here.stats().total().hits, 1);
}

#[test]
fn an_async_near_hit_asks_the_store_nothing() {
    let services = Services::new();
    services.here_async(async {
        let value = world_async(1).await;
        let trips = services.counts.total();
        changed_world();
        assert_eq!(world_async(1).await, value);
        assert_eq!(peek_world_async(1).await.expect("it is near"), Some(value));
        assert_eq!(services.counts.total(), trips, "the value was kept when it was stored");
    });
    services.there_async(async {
        let trips = services.counts.total();
        world_async(1).await;
        world_async(1).await;
        assert_eq!(services.counts.total(), trips + 1, "the value was kept when it was read");
    });
}

#[test]
fn a_copy_lives_no_longer_than_its_ttl_and_its_entry() {
    let services = Services::new();
    services.here(|| {
        let (old, brief_old) = (world(1), brief(1));
        let new = changed_world();
        services.clock.advance(Duration::from_millis(1_999));
        assert_eq!((world(1), brief(1)), (old, brief_old));
        services.clock.advance(Duration::from_millis(1));
        assert_eq!(brief(1), new, "its entry is over");
        let trips = services.counts.total();
        services.clock.advance(Duration::from_secs(3));
        assert_eq!(world(1), old, "the entry lives on");
        assert_eq!(services.counts.total(), trips + 1, "the copy does not");
    });
}

#[test]
fn a_copy_of_an_older_entry_ends_with_it() {
    let services = Services::new();
    services.here(|| brief(1));
    services.clock.advance(Duration::from_millis(1_500));
    let new = services.there(|| {
        brief(1);
        changed_world()
    });
    services.clock.advance(Duration::from_millis(500));
    assert_eq!(services.there(|| brief(1)), new);
}

#[test]
fn a_copy_lives_five_seconds_where_nothing_else_is_said() {
    let (counts, clock) = (Counts::new(), FakeClock::new());
    let memory: Backend = Memory::builder().clock(clock.clone()).build().into();
    let builder = Cache::builder().backend(counts.wrap(&memory)).near(Near::entries(100));
    let cache = builder.build().expect("the settings are right");
    cache.set("key", 7).expect("the store answers");
    let asked_after = |millis| {
        clock.advance(Duration::from_millis(millis));
        let trips = counts.total();
        assert_eq!(cache.get("key").expect("the store answers"), Some(7));
        counts.total() - trips
    };
    assert_eq!([asked_after(0), asked_after(4_999), asked_after(1)], [1, 0, 1]);
}

#[test]
fn a_near_tier_keeps_to_its_bytes() {
    let counts = Counts::new();
    let memory: Backend = Memory::new().into();
    let builder = Cache::builder().backend(counts.wrap(&memory)).near(Near::bytes(200_000));
    let cache = builder.build().expect("the settings are right");
    let read = |id: u32| cache.get_or_compute(id, || vec![0_u8; 10_000]);
    (0..100).for_each(|id| drop(read(id)));
    let trips = counts.total();
    (0..100).for_each(|id| assert_eq!(read(id), read(id)));
    let asked = counts.total() - trips;
    assert!((80..=100).contains(&asked), "room for one of 100, and not for most: {asked}");
}

#[test]
fn what_happens_here_is_seen_here_at_once() {
    let services = Services::new();
    services.here(|| {
        world(1);
        let new = changed_world();
        assert!(invalidate_world(1).expect("the store answers"));
        assert_eq!(world(1), new);
        let newer = changed_world();
        assert_eq!((refresh_world(1), world(1)), (newer, newer));
        prime_world(1, 77).expect("the store answers");
        assert_eq!(world(1), 77);
        let newest = changed_world();
        services.faults.on("remove").once(Fault::Fail(StoreErrorKind::Unavailable));
        invalidate_world(1).expect_err("the store fails");
        assert_eq!(world(1), newest);
    });
}

#[test]
fn what_async_functions_do_here_is_seen_here_at_once() {
    let services = Services::new();
    services.here_async(async {
        world_async(1).await;
        let new = changed_world();
        assert!(invalidate_world_async(1).await.expect("the store answers"));
        assert_eq!(world_async(1).await, new);
        let newer = changed_world();
        assert_eq!((refresh_world_async(1).await, world_async(1).await), (newer, newer));
        prime_world_async(1, 77).await.expect("the store answers");
        assert_eq!(world_async(1).await, 77);
    });
}

/// The store took the value: a copy of the older one is wrong, whatever became of the answer.
#[test]
fn a_write_whose_answer_was_lost_is_seen_here_at_once() {
    let services = Services::new();
    services.here(|| {
        world(1);
        services.faults.on("put").once(Fault::FailAfter(StoreErrorKind::Timeout));
        prime_world(1, 77).expect_err("the answer is lost");
        assert_eq!(world(1), 77);
    });
}

/// Not even where nobody tells of the invalidation: a bus may be slow, and not every store has one.
#[test]
fn what_the_store_refused_is_not_kept() {
    let services = Services::new();
    let overtaken = services.here.get_or_compute("key", || {
        services.there.invalidate("key").expect("the store answers");
        "old".to_owned()
    });
    assert_eq!(overtaken, "old");
    assert_eq!(services.here.get_or_compute("key", || "new".to_owned()), "new");
}

/// Of what the store does not have nobody is told when it is invalidated elsewhere.
#[test]
fn what_is_unfit_for_the_store_is_not_kept() {
    let faults = Faults::new();
    let backend: Backend = Memory::new().into();
    let settings = Cache::builder().backend(faults.wrap(&backend)).near(Near::entries(10));
    let cache = settings.build().expect("the settings are right");
    faults.on("put").always(Fault::Fail(StoreErrorKind::TooLarge));
    let large = cache.get_or_compute("key", || "large".to_owned());
    assert_eq!(large, "large");
    assert_eq!(cache.get_or_compute("key", || "new".to_owned()), "new");
}

#[test]
fn what_happens_elsewhere_is_seen_when_it_is_told() {
    let services = Services::new();
    let old = services.here(|| world(1));
    let key = cache_key_world(1);
    let new = changed_world();
    services.there(|| invalidate_world(1)).expect("the store answers");
    assert_eq!(services.here(|| world(1)), old, "nobody told yet");
    services.bus.tell(|listener| listener.changed(key.as_ref()));
    assert_eq!(services.here(|| world(1)), new);
    let newer = changed_world();
    services.there(|| refresh_world(1));
    services.bus.tell(|listener| listener.lost());
    assert_eq!(services.here(|| world(1)), newer, "all copies are dropped");
}

#[test]
fn a_bus_is_asked_for_the_keys_of_the_cache() {
    let bus = Arc::new(TestBus::default());
    let memory: Backend = Memory::new().into();
    let backend = Counts::new().wrap(&memory).with_bus(Shared(bus.clone()));
    let builder = Cache::builder().backend(backend).prefix("symbols");
    let _cache = builder.near(Near::bytes(1 << 20)).build().expect("the settings are right");
    assert_eq!(bus.0.lock().expect("no panic")[0].0, "symbols|");
}

#[test]
fn while_the_store_is_down_the_near_tier_protects_the_origin() {
    let services = Services::new();
    services.faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
    services.here(|| {
        let value = world(1);
        let new = changed_world();
        assert_eq!(world(1), value);
        let _ = invalidate_world(1);
        assert_eq!(world(1), new);
    });
}

#[test]
fn a_near_tier_that_can_hold_nothing_is_refused() {
    let refused = |near| {
        let backend: Backend = Memory::new().into();
        let built = Cache::builder().backend(Counts::new().wrap(&backend)).near(near).build();
        built.expect_err("nothing can be held").to_string()
    };
    assert!(refused(Near::entries(0)).contains("bound"));
    assert!(refused(Near::bytes(0)).contains("bound"));
    assert!(refused(Near::entries(1).ttl(Duration::ZERO)).contains("TTL"));
}
