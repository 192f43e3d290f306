use crate::{Bus, Clock, ErasedAsyncStore, KeyRef, Listing, ObjectStore, Store, SystemClock};
use std::fmt;
use std::sync::Arc;

/// What a backend offers, bundled for a cache: the faces it has, and the clock it goes by.
///
/// ```
/// # use cache_memoize_core::{Backend, NonBlocking, Store};
/// # use std::sync::Arc;
/// # fn bundle(store: Arc<dyn Store>) -> Backend {
/// Backend::new("table").with_store(store.clone()).with_async_store(NonBlocking(store))
/// # }
/// ```
///
/// A face that is missing is an error when a call first needs it, naming the face and what to do; a
/// backend that has [typed objects](ObjectStore) needs no other.
#[derive(Clone)]
pub struct Backend {
    name: &'static str,
    place: Option<Arc<str>>,
    store: Option<Arc<dyn Store>>,
    async_store: Option<Arc<dyn ErasedAsyncStore>>,
    objects: Option<Arc<dyn ObjectStore>>,
    bus: Option<Arc<dyn Bus>>,
    listing: Option<Arc<dyn Listing>>,
    parts: Option<Parts>,
    shards: Option<Parts>,
    clock: Arc<dyn Clock>,
    /// Whether the clock is another one than the machine's.
    is_clock_given: bool,
}

/// Some of the keys of a store.
#[derive(Clone)]
struct Parts {
    count: usize,
    serving: Arc<dyn Fn(KeyRef<'_>) -> usize + Send + Sync>,
}

impl Backend {
    /// A backend without any face. The name is for messages: `"redis"`.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            place: None,
            store: None,
            async_store: None,
            objects: None,
            bus: None,
            listing: None,
            parts: None,
            shards: None,
            clock: Arc::new(SystemClock),
            is_clock_given: false,
        }
    }

    /// The name, the place, the clock and the parts alone: what a wrapper begins with that offers faces of its own.
    #[must_use]
    pub fn without_faces(&self) -> Self {
        Self {
            store: None,
            async_store: None,
            objects: None,
            bus: None,
            listing: None,
            ..self.clone()
        }
    }

    /// Says where the store is, for people to read: `"cache-1:6379"`. No user and no password.
    #[must_use]
    pub fn with_place(mut self, place: impl Into<Arc<str>>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Adds the blocking face.
    #[must_use]
    pub fn with_store(mut self, store: impl Store + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Adds the async face.
    #[must_use]
    pub fn with_async_store(mut self, store: impl ErasedAsyncStore + 'static) -> Self {
        self.async_store = Some(Arc::new(store));
        self
    }

    /// Adds the face for typed objects.
    #[must_use]
    pub fn with_objects(mut self, objects: Arc<dyn ObjectStore>) -> Self {
        self.objects = Some(objects);
        self
    }

    /// Adds what tells of changes in the store, for tiers in front of it.
    #[must_use]
    pub fn with_bus(mut self, bus: impl Bus + 'static) -> Self {
        self.bus = Some(Arc::new(bus));
        self
    }

    /// Adds what tells which keys the store has, for people who look into it.
    #[must_use]
    pub fn with_listing(mut self, listing: impl Listing + 'static) -> Self {
        self.listing = Some(Arc::new(listing));
        self
    }

    /// Says that the store has `count` parts, such as servers, that fail one by one, and which of them serves a
    /// key at present. A part that fails is left alone for a while, and the others are asked as before. Without
    /// this the store is one part.
    ///
    /// `serving` is asked before every operation of the store: it must not wait for anything. Parts are numbered
    /// from zero; higher numbers start over.
    #[must_use]
    pub fn with_parts(
        mut self,
        count: usize,
        serving: impl Fn(KeyRef<'_>) -> usize + Send + Sync + 'static,
    ) -> Self {
        self.parts = (count > 1).then(|| Parts { count, serving: Arc::new(serving) });
        self
    }

    /// Says that keys are spread over `count` shards, and in which of them a key is: now, for ever, and in every process that
    /// uses the same store. What is in one shard is on one server as a rule, so that it is asked for in one round trip.
    /// The engine keeps what an entry depends on in the shard of the entry, once for each shard. Without this the
    /// store is one shard.
    ///
    /// `shard` is asked before operations of the store, and must be quick. Shards are numbered from zero; higher
    /// numbers start over.
    #[must_use]
    pub fn with_shards(
        mut self,
        count: usize,
        shard: impl Fn(KeyRef<'_>) -> usize + Send + Sync + 'static,
    ) -> Self {
        self.shards = (count > 1).then(|| Parts { count, serving: Arc::new(shard) });
        self
    }

    /// Takes the time from `clock` instead of the machine's.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self.is_clock_given = true;
        self
    }

    /// The name of the backend.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the store is.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// The blocking face.
    #[must_use]
    pub fn store(&self) -> Option<&Arc<dyn Store>> {
        self.store.as_ref()
    }

    /// The async face.
    #[must_use]
    pub fn async_store(&self) -> Option<&Arc<dyn ErasedAsyncStore>> {
        self.async_store.as_ref()
    }

    /// The face for typed objects.
    #[must_use]
    pub fn objects(&self) -> Option<&Arc<dyn ObjectStore>> {
        self.objects.as_ref()
    }

    /// What tells of changes in the store.
    #[must_use]
    pub fn bus(&self) -> Option<&Arc<dyn Bus>> {
        self.bus.as_ref()
    }

    /// What tells which keys the store has.
    #[must_use]
    pub fn listing(&self) -> Option<&Arc<dyn Listing>> {
        self.listing.as_ref()
    }

    /// How many parts the store has, one at least.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts.as_ref().map_or(1, |parts| parts.count)
    }

    /// The part that serves `key` at present, below [`parts`](Self::parts).
    #[must_use]
    pub fn part(&self, key: KeyRef<'_>) -> usize {
        self.parts.as_ref().map_or(0, |parts| (parts.serving)(key) % parts.count)
    }

    /// How many shards the store has, one at least.
    #[must_use]
    pub fn shards(&self) -> usize {
        self.shards.as_ref().map_or(1, |shards| shards.count)
    }

    /// The shard of `key`, below [`shards`](Self::shards).
    #[must_use]
    pub fn shard(&self, key: KeyRef<'_>) -> usize {
        self.shards.as_ref().map_or(0, |shards| (shards.serving)(key) % shards.count)
    }

    /// The clock the backend goes by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The clock the backend was [given](Self::with_clock), for a store in process that is to go by it too. `None` where
    /// it goes by the machine's, which such a store has quicker ways to read.
    #[must_use]
    pub fn given_clock(&self) -> Option<&Arc<dyn Clock>> {
        self.is_clock_given.then_some(&self.clock)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("name", &self.name)
            .field("place", &self.place)
            .field("blocking", &self.store.is_some())
            .field("async", &self.async_store.is_some())
            .field("objects", &self.objects.is_some())
            .field("bus", &self.bus.is_some())
            .field("listing", &self.listing.is_some())
            .field("parts", &self.parts())
            .field("shards", &self.shards())
            .finish_non_exhaustive()
    }
}
