//! The near tier: what it saves, and how it follows the store.

use crate::support::{block_on, with_default};
use cache_memoize::core::{
    Backend, Bus, Bytes, KeyRef, Lease, LeaseMode, Listener, PutMode, Result as Answer, Store,
    StoreErrorKind, Subscription, Token, Ttl,
};
use cache_memoize::{Cache, Memory, Near, cache_memoize, caches};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
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
    block_on(caches::scoped_async([("default", services.here.clone())], async {
        let value = world_async(1).await;
        let trips = services.counts.total();
        changed_world();
        assert_eq!(world_async(1).await, value);
        assert_eq!(services.counts.total(), trips);
    }));
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

/// A store whose `get`, once asked to, answers only when the test lets it.
struct Late<S> {
    store: S,
    waits: AtomicBool,
    answered: Barrier,
    goes_on: Barrier,
}

impl<S: Store> Late<S> {
    fn new(store: S) -> Arc<Self> {
        let waits = AtomicBool::new(false);
        Arc::new(Self { store, waits, answered: Barrier::new(2), goes_on: Barrier::new(2) })
    }
}

impl<S: Store> Store for Late<S> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Answer<Vec<Option<Bytes>>> {
        let answer = self.store.get(keys);
        if self.waits.swap(false, Ordering::SeqCst) {
            self.answered.wait();
            self.goes_on.wait();
        }
        answer
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Answer<bool> {
        self.store.put(key, value, ttl, mode)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Answer<(Lease, Option<Bytes>)> {
        self.store.lease(key, ttl, mode)
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Answer<()> {
        self.store.release(key, token)
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Answer<Vec<bool>> {
        self.store.remove(keys)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Answer<u64> {
        self.store.increment(key, by, start, ttl)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Answer<bool> {
        self.store.touch(key, ttl)
    }

    fn clear(&self) -> Answer<()> {
        self.store.clear()
    }
}

/// Reads 1 near while `meanwhile` happens between the answer of the store and its arrival, and gives what
/// is read afterwards.
fn read_while(bus: &Arc<TestBus>, begin: impl FnOnce(), meanwhile: impl FnOnce()) -> u32 {
    let memory: Backend = Memory::new().into();
    let late = Late::new(memory.store().expect("memory has a blocking face").clone());
    let backend = Backend::new("late").with_store(late.clone()).with_bus(Shared(bus.clone()));
    let near = Near::entries(100).ttl(Duration::MAX);
    let cache = Cache::builder().backend(backend).near(near).build().expect("right settings");
    with_default(&cache, || {
        world(1);
        bus.tell(|listener| listener.lost());
        begin();
        late.waits.store(true, Ordering::SeqCst);
        thread::scope(|scope| {
            scope.spawn(|| with_default(&cache, || world(1)));
            late.answered.wait();
            meanwhile();
            late.goes_on.wait();
        });
        world(1)
    })
}

#[test]
fn an_answer_that_was_overtaken_is_not_kept() {
    let bus = Arc::new(TestBus::default());
    let mut new = 0;
    let read = read_while(
        &bus,
        || new = changed_world(),
        || {
            invalidate_world(1).expect("the store answers");
        },
    );
    assert_eq!(read, new, "invalidated here");
}

#[test]
fn an_answer_from_before_a_refresh_is_not_kept() {
    let bus = Arc::new(TestBus::default());
    let mut new = 0;
    let mut refreshed = 0;
    let read = read_while(&bus, || new = changed_world(), || refreshed = refresh_world(1));
    assert_eq!((read, refreshed), (new, new));
}

#[test]
fn an_answer_that_was_overtaken_elsewhere_is_not_kept() {
    let bus = Arc::new(TestBus::default());
    let memory: Backend = Memory::new().into();
    let late = Late::new(memory.store().expect("memory has a blocking face").clone());
    let backend = Backend::new("late").with_store(late.clone()).with_bus(Shared(bus.clone()));
    let near = Near::entries(100).ttl(Duration::MAX);
    let here =
        Cache::builder().backend(backend.clone()).near(near).build().expect("right settings");
    let there = Cache::builder().backend(backend).build().expect("right settings");
    with_default(&there, || world(1));
    let new = changed_world();
    late.waits.store(true, Ordering::SeqCst);
    thread::scope(|scope| {
        scope.spawn(|| with_default(&here, || world(1)));
        late.answered.wait();
        with_default(&there, || invalidate_world(1)).expect("the store answers");
        let key = with_default(&there, || cache_key_world(1));
        bus.tell(|listener| listener.changed(key.as_ref()));
        late.goes_on.wait();
    });
    assert_eq!(with_default(&here, || world(1)), new);
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
