use crate::builder::{CacheBuilder, Settings};
use crate::call::Call;
use crate::codec::Codec;
use crate::entry_key::EntryKey;
use crate::error::Error;
use crate::evictions;
use crate::flight::Flights;
use crate::front::number_of_cache;
use crate::gathering::Readers;
use crate::groups::{Group, Members, Places};
use crate::lifetime::Lifetime;
use crate::local::Local;
use crate::near::Nearness;
use crate::observer::{Event, EventKind, Observer};
use crate::orphans::Orphans;
use crate::resilience::Resilience;
use crate::rests::Rests;
use crate::rules::Rules;
use crate::site::{BY_HAND, Site};
use crate::sites::sites;
use crate::stats::{Counted, Stats, Tally};
use crate::treatment::Spot;
use cache_memoize_core::{Backend, Key, KeyRef, Subscription, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A cache: a backend, and how values get into it.
///
/// Annotated functions find their cache by [name](crate::caches) or through the option `cache`; here it also
/// serves by hand. A `Cache` is a handle: clones are the same cache.
///
/// ```
/// use cache_memoize::Cache;
///
/// let cache = Cache::memory();
/// let greeting: String = cache.get_or_compute(("greeting", 7), || "hello".to_owned());
/// assert_eq!(cache.get(("greeting", 7))?, Some(greeting));
/// assert!(cache.invalidate(("greeting", 7))?);
/// # Ok::<(), cache_memoize::Error>(())
/// ```
///
/// # Keys by hand
///
/// Any [`CacheKey`](crate::CacheKey) is a key, and so is a [`Key`] that a companion gave. The type of a
/// key is not part of it: `7_u8` and `7_u64` are one key, a string and a number are not. A value read with
/// another type than it was stored with is a miss.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

/// What the handles of a cache share.
pub(crate) struct Inner {
    /// No other cache of this process has it, but for the last one.
    pub(crate) number: u64,
    pub(crate) backend: Option<Backend>,
    pub(crate) prefix: String,
    pub(crate) default_ttl: Lifetime,
    pub(crate) codec: Option<Codec>,
    pub(crate) flights: Flights,
    pub(crate) orphans: Orphans,
    pub(crate) resilience: Resilience,
    /// Async callers who read, by the part of the store; empty if it has no async face.
    pub(crate) readers: Box<[Readers]>,
    pub(crate) rests: Rests,
    pub(crate) near: Option<Nearness>,
    pub(crate) is_strict: bool,
    pub(crate) observers: Arc<[Arc<dyn Observer>]>,
    _evictions: Vec<Subscription>,
    /// By the number of the site.
    tallies: Box<[OnceLock<Tally>]>,
    /// The groups of each function's values in this process, by the number of the site.
    members: Box<[OnceLock<Arc<Members>>]>,
    /// Where the generations of each function's groups lie in a store of bytes, by the number of the site.
    places: Box<[OnceLock<Places>]>,
    /// Where values of `local` functions live when the backend has no place for objects.
    pub(crate) local: OnceLock<Option<Local>>,
}

impl Cache {
    /// Begins a cache with settings of its own.
    pub fn builder() -> CacheBuilder {
        CacheBuilder::new()
    }

    /// A cache in this process, with the default bound: values are kept as they are, without
    /// serialization.
    #[cfg(feature = "memory")]
    #[must_use]
    pub fn memory() -> Self {
        Self::from_settings(Settings::of(Some(cache_memoize_memory::Memory::new().into())))
    }

    /// A cache that keeps nothing: functions compute, companions find nothing.
    #[must_use]
    pub fn disabled() -> Self {
        Self::from_settings(Settings::of(None))
    }

    /// What `"default"` means before anything is installed.
    pub(crate) fn initial() -> Self {
        #[cfg(feature = "memory")]
        return Self::memory();
        #[cfg(not(feature = "memory"))]
        return Self::disabled();
    }

    /// The value under `key`, computed by `compute` and stored for the default lifetime if it is not there.
    ///
    /// Concurrent callers of one key share one computation. Never fails: what is wrong with the store is
    /// reported to the observer. One round trip for a hit, three for a miss, and one more for the first of a cache. A `Result` is stored like any
    /// other value, an `Err` too: see [`get_or_try_compute`](Self::get_or_try_compute).
    pub fn get_or_compute<T: Value>(&self, key: impl EntryKey, compute: impl FnOnce() -> T) -> T {
        self.call(&key).run(Rules::plain(), |()| {}, |()| {}, (), |()| compute())
    }

    /// [`get_or_compute`](Self::get_or_compute), async.
    pub async fn get_or_compute_async<T: Value, F: Future<Output = T>>(
        &self,
        key: impl EntryKey,
        compute: impl FnOnce() -> F,
    ) -> T {
        self.call(&key).run_async(Rules::plain(), |()| {}, |()| {}, (), |()| compute()).await
    }

    /// [`get_or_compute`](Self::get_or_compute) for what may fail: an `Err` is given to the caller and not
    /// stored, and is not shared with those who wait. A value is found by [`get`](Self::get) as it is,
    /// without the `Ok`.
    ///
    /// # Errors
    /// What `compute` gives, and nothing else.
    pub fn get_or_try_compute<T: Value, E>(
        &self,
        key: impl EntryKey,
        compute: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.call(&key).run(Rules::ok_only(), |()| {}, |()| {}, (), |()| compute())
    }

    /// [`get_or_try_compute`](Self::get_or_try_compute), async.
    ///
    /// # Errors
    /// As [`get_or_try_compute`](Self::get_or_try_compute).
    pub async fn get_or_try_compute_async<T: Value, E, F: Future<Output = Result<T, E>>>(
        &self,
        key: impl EntryKey,
        compute: impl FnOnce() -> F,
    ) -> Result<T, E> {
        self.call(&key).run_async(Rules::ok_only(), |()| {}, |()| {}, (), |()| compute()).await
    }

    /// The value under `key`, if there is one of this type. One round trip; one more if the entry has tags.
    ///
    /// Name the type where it could be another one than you think:
    ///
    /// ```
    /// use cache_memoize::Cache;
    ///
    /// let cache = Cache::memory();
    /// cache.set("answer", 7)?; // an i32
    /// assert_eq!(cache.get::<u64>("answer")?, None);
    /// assert_eq!(cache.get::<i32>("answer")?, Some(7));
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if the store failed.
    pub fn get<T: Value>(&self, key: impl EntryKey) -> Result<Option<T>, Error> {
        self.call(&key).peek(Rules::plain()).map_err(|error| error.during("get"))
    }

    /// [`get`](Self::get), async.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_async<T: Value>(&self, key: impl EntryKey) -> Result<Option<T>, Error> {
        let value = self.call(&key).peek_async(Rules::plain()).await;
        value.map_err(|error| error.during("get"))
    }

    /// Stores `value` under `key` for the default lifetime. A computation of it that is under way will not
    /// overwrite it. Two round trips.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if the store failed,
    /// [`ErrorKind::Unstorable`](crate::ErrorKind::Unstorable) if the value cannot be serialized.
    pub fn set<T: Value>(&self, key: impl EntryKey, value: T) -> Result<(), Error> {
        self.call(&key).prime(Rules::plain(), value).map_err(|error| error.during("set"))
    }

    /// [`set`](Self::set), async.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub async fn set_async<T: Value>(&self, key: impl EntryKey, value: T) -> Result<(), Error> {
        let stored = self.call(&key).prime_async(Rules::plain(), value).await;
        stored.map_err(|error| error.during("set"))
    }

    /// Stores `value` under `key` for `ttl`. See [`set`](Self::set).
    ///
    /// # Errors
    /// As [`set`](Self::set), and [`ErrorKind::NotKept`](crate::ErrorKind::NotKept) for a `ttl` of zero.
    pub fn set_for<T: Value>(
        &self,
        key: impl EntryKey,
        value: T,
        ttl: Duration,
    ) -> Result<(), Error> {
        let stored = self.call(&key).prime(Rules::plain().ttl(ttl), value);
        stored.map_err(|error| error.during("set"))
    }

    /// [`set_for`](Self::set_for), async.
    ///
    /// # Errors
    /// As [`set_for`](Self::set_for).
    pub async fn set_for_async<T: Value>(
        &self,
        key: impl EntryKey,
        value: T,
        ttl: Duration,
    ) -> Result<(), Error> {
        let stored = self.call(&key).prime_async(Rules::plain().ttl(ttl), value).await;
        stored.map_err(|error| error.during("set"))
    }

    /// Forgets the value under `key`, and says whether there was one. Once this returned, no one is served
    /// a value whose computation began before. One round trip.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if the store failed. This process then remembers the key and
    /// serves no value of it; the next call that asks the store removes it there, before anything else.
    pub fn invalidate(&self, key: impl EntryKey) -> Result<bool, Error> {
        self.call(&key).invalidate()
    }

    /// [`invalidate`](Self::invalidate), async.
    ///
    /// # Errors
    /// As [`invalidate`](Self::invalidate).
    pub async fn invalidate_async(&self, key: impl EntryKey) -> Result<bool, Error> {
        self.call(&key).invalidate_async().await
    }

    /// Asks the store for a sign of life, every server of it, even while it is left alone. One round trip. Once
    /// all have answered, none is left alone any more.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if one of them gives none in time.
    pub fn ping(&self) -> Result<(), Error> {
        let key = ping_key();
        Spot { cache: self.inner(), site: &BY_HAND, key: &key, tags: &[] }.ping()
    }

    /// [`ping`](Self::ping), async.
    ///
    /// # Errors
    /// As [`ping`](Self::ping).
    pub async fn ping_async(&self) -> Result<(), Error> {
        let key = ping_key();
        Spot { cache: self.inner(), site: &BY_HAND, key: &key, tags: &[] }.ping_async().await
    }

    /// What was counted since the cache was built, by function.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let sites = sites().iter().map(Some);
        let functions = std::iter::once(None).chain(sites).zip(&self.inner.tallies);
        let functions = functions.filter_map(|(site, tally)| {
            Some(tally.get()?.stats(site.map_or(BY_HAND_NAME, Site::path)))
        });
        Stats { functions: functions.collect() }
    }

    pub(crate) fn from_settings(settings: Settings) -> Self {
        let Settings {
            backend,
            prefix,
            default_ttl,
            wait_limit,
            limits,
            near,
            is_strict,
            codec,
            observers,
        } = settings;
        let tallies = (0..=sites().len()).map(|_| OnceLock::new()).collect();
        let parts = backend.as_ref().map_or(1, Backend::parts);
        let async_store = backend.as_ref().and_then(Backend::async_store);
        let readers = async_store.map_or_else(Box::default, |store| {
            (0..parts).map(|_| Readers::of(store.clone(), limits.operation)).collect()
        });
        let observers: Arc<[_]> = observers.into();
        let evictions = evictions::told(&observers, backend.as_ref(), near.as_ref(), &prefix);
        static CACHES: AtomicU64 = AtomicU64::new(0);
        let inner = Inner {
            number: number_of_cache(CACHES.fetch_add(1, Ordering::Relaxed)),
            backend,
            prefix,
            default_ttl,
            codec,
            flights: Flights::new(wait_limit),
            orphans: Orphans::new(),
            resilience: Resilience::new(limits, parts),
            readers,
            rests: Rests::default(),
            near,
            is_strict,
            observers,
            _evictions: evictions,
            tallies,
            members: (0..=sites().len()).map(|_| OnceLock::new()).collect(),
            places: (0..=sites().len()).map(|_| OnceLock::new()).collect(),
            local: OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    #[inline]
    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// How every key in this cache begins.
    #[inline]
    pub(crate) fn prefix(&self) -> &str {
        &self.inner.prefix
    }

    pub(crate) fn call(&self, key: &impl EntryKey) -> Call {
        let text = key.entry_key(self.prefix());
        Call::by_hand(self.clone(), text.0)
    }
}

/// What events name as the key of a ping, which has none.
fn ping_key() -> Key {
    Key::new("ping").expect("visible ASCII without blanks is a key")
}

/// The name under which statistics and events speak of what is done by hand.
pub(crate) const BY_HAND_NAME: &str = "(by hand)";

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("backend", &self.inner.backend_name())
            .field("place", &self.inner.backend.as_ref().and_then(Backend::place))
            .field("prefix", &self.inner.prefix)
            .finish_non_exhaustive()
    }
}

/// What a cache can hold, whatever its store. Functions with the option `local` may return more.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored",
    label = "this value cannot be cloned and serialized",
    note = "two ways out: `#[derive(Clone, Serialize, Deserialize)]` on the type, or the option `local`, which keeps \
            the values of a function in this process as they are"
)]
pub trait Value: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Value for T {}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.backend.as_ref().map_or(Timestamp::from_millis(0), |backend| backend.clock().now())
    }

    pub(crate) fn backend_name(&self) -> &'static str {
        self.backend.as_ref().map_or("disabled", Backend::name)
    }

    /// The place for the groups of a function's values; none for what is done by hand, whose keys are of many
    /// functions or of none.
    pub(crate) fn members_of(&self, site: &Site) -> Option<&OnceLock<Arc<Members>>> {
        self.members.get(site.index()).filter(|_| site.index() > 0)
    }

    /// Where the generations of a function lie, of which this is a key. By hand mostly values of no function are kept.
    pub(crate) fn places_of(
        &self,
        site: &Site,
        key: KeyRef<'_>,
        backend: &Backend,
    ) -> Option<&Places> {
        let is_by_hand = site.index() == 0;
        let function = || Group::of_function(key.as_str(), &self.prefix).filter(|_| !is_by_hand);
        Some(self.places.get(site.index())?.get_or_init(|| Places::new(function(), backend)))
    }

    /// Counts and reports.
    #[inline]
    pub(crate) fn tell(
        &self,
        site: &'static Site,
        key: KeyRef<'_>,
        counted: Counted,
        kind: EventKind<'_>,
    ) {
        self.count(site, counted);
        self.observe(site, key, kind);
    }

    #[inline]
    pub(crate) fn count(&self, site: &Site, counted: Counted) {
        if let Some(tally) = self.tally(site) {
            tally.count(counted);
        }
    }

    #[inline]
    pub(crate) fn tally(&self, site: &Site) -> Option<&Tally> {
        Some(self.tallies.get(site.index())?.get_or_init(Tally::default))
    }

    /// Whether anybody wants to know what happens.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    #[inline]
    pub(crate) fn observe(&self, site: &'static Site, key: KeyRef<'_>, kind: EventKind<'_>) {
        for observer in &*self.observers {
            observer.observe(&Event { function: site.path(), key, kind });
        }
    }
}
