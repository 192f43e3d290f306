use crate::cache::Cache;
use crate::caches;
use crate::entries::read_object;
use crate::error::{Error, ErrorKind};
use crate::key::KeyText;
use crate::observer::EventKind;
use crate::site::Site;
use crate::stats::Counted;
use crate::treatment::{Spot, Treatment};
use cache_memoize_core::Key;

/// One call of an annotated function or of a companion, with its key.
pub struct Call {
    site: &'static Site,
    /// The cache that an expression gave; otherwise it is found by the name in the site.
    cache: Option<Cache>,
    /// The cache whose prefix the key begins with; 0 for none.
    cache_id: u64,
    text: KeyText,
}

/// What a call knows after a first glance, which waits for nothing.
enum Glance<R> {
    Hit(R),
    /// There is nothing in the store.
    Absent(Cache),
    /// The store has to be asked.
    Unknown(Cache),
    NoCache,
}

impl Call {
    #[inline]
    pub(crate) fn new(
        site: &'static Site,
        cache: Option<Cache>,
        cache_id: u64,
        text: KeyText,
    ) -> Self {
        Self { site, cache, cache_id, text }
    }

    /// The key of the call.
    pub fn key(&self) -> Key {
        self.text.key().to_key()
    }

    /// The value of the call: stored, or computed from `args`.
    ///
    /// Calls either `on_hit`, or `on_miss` and then `compute`.
    #[inline]
    pub fn run<T: Treatment, A>(
        self,
        treatment: T,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A),
        args: A,
        compute: impl FnOnce(A) -> T::Return,
    ) -> T::Return {
        let computed = |args| {
            on_miss(&args);
            compute(args)
        };
        let (cache, looked) = match self.glance(&treatment) {
            Glance::Hit(value) => {
                on_hit(&args);
                return value;
            }
            Glance::NoCache => return computed(args),
            Glance::Absent(cache) => (cache, true),
            Glance::Unknown(cache) => (cache, false),
        };
        let mut args = Some(args);
        let spot = Spot { cache: cache.inner(), site: self.site, key: &self.key() };
        let value = treatment.run(&spot, looked, || computed(taken(&mut args)));
        args.as_ref().map(on_hit);
        value
    }

    /// [`run`](Self::run), async.
    pub fn run_async<T: Treatment, A, F: Future<Output = T::Return>>(
        self,
        treatment: T,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A),
        args: A,
        compute: impl FnOnce(A) -> F,
    ) -> impl Future<Output = T::Return> {
        let glance = self.glance(&treatment);
        let site = self.site;
        let key = matches!(glance, Glance::Absent(_) | Glance::Unknown(_)).then(|| self.key());
        async move {
            let computed = |args| {
                on_miss(&args);
                compute(args)
            };
            let (cache, key, looked) = match (glance, key) {
                (Glance::Hit(value), _) => {
                    on_hit(&args);
                    return value;
                }
                (Glance::Absent(cache), Some(key)) => (cache, key, true),
                (Glance::Unknown(cache), Some(key)) => (cache, key, false),
                _ => return computed(args).await,
            };
            let mut args = Some(args);
            let spot = Spot { cache: cache.inner(), site, key: &key };
            let computing = async { computed(taken(&mut args)).await };
            let value = treatment.run_async(&spot, looked, computing).await;
            args.as_ref().map(on_hit);
            value
        }
    }

    /// The value of the function for `args`, computed now and stored.
    pub fn refresh<T: Treatment, A>(
        self,
        treatment: T,
        args: A,
        compute: impl FnOnce(A) -> T::Return,
    ) -> T::Return {
        let Some(cache) = self.cache() else { return compute(args) };
        let spot = Spot { cache: cache.inner(), site: self.site, key: &self.key() };
        treatment.refresh(&spot, || compute(args))
    }

    /// [`refresh`](Self::refresh), async.
    pub fn refresh_async<T: Treatment, A, F: Future<Output = T::Return>>(
        self,
        treatment: T,
        args: A,
        compute: impl FnOnce(A) -> F,
    ) -> impl Future<Output = T::Return> {
        let (site, cache, key) = (self.site, self.cache(), self.key());
        async move {
            let Some(cache) = cache else { return compute(args).await };
            let spot = Spot { cache: cache.inner(), site, key: &key };
            treatment.refresh_async(&spot, async { compute(args).await }).await
        }
    }

    /// Forgets the entry, and says whether there was one.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn invalidate(self) -> Result<bool, Error> {
        let cache = self.required_cache("invalidate")?;
        Spot { cache: cache.inner(), site: self.site, key: &self.key() }.invalidate()
    }

    /// [`invalidate`](Self::invalidate), async.
    ///
    /// # Errors
    /// As [`invalidate`](Self::invalidate).
    pub fn invalidate_async(self) -> impl Future<Output = Result<bool, Error>> {
        let (site, cache, key) = (self.site, self.required_cache("invalidate"), self.key());
        async move { Spot { cache: cache?.inner(), site, key: &key }.invalidate_async().await }
    }

    /// What the call would be answered without computing.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn peek<T: Treatment>(self, treatment: T) -> Result<Option<T::Return>, Error> {
        let cache = self.required_cache("peek")?;
        let spot = Spot { cache: cache.inner(), site: self.site, key: &self.key() };
        let stored = spot.entry(&treatment).peek()?;
        Ok(stored.map(|stored| treatment.answer(stored)))
    }

    /// [`peek`](Self::peek), async.
    ///
    /// # Errors
    /// As [`peek`](Self::peek).
    pub fn peek_async<T: Treatment>(
        self,
        treatment: T,
    ) -> impl Future<Output = Result<Option<T::Return>, Error>> {
        let (site, cache, key) = (self.site, self.required_cache("peek"), self.key());
        async move {
            let cache = cache?;
            let spot = Spot { cache: cache.inner(), site, key: &key };
            let stored = spot.async_entry(&treatment).peek().await?;
            Ok(stored.map(|stored| treatment.answer(stored)))
        }
    }

    /// Stores `value` as if the function had returned it.
    ///
    /// # Errors
    /// Where there is no cache, its store failed, or the options of the function do not keep the value.
    pub fn prime<T: Treatment>(self, treatment: T, value: T::Return) -> Result<(), Error> {
        let cache = self.required_cache("prime")?;
        let stored = treatment.stored(&value).ok_or_else(not_kept)?;
        let spot = Spot { cache: cache.inner(), site: self.site, key: &self.key() };
        spot.entry(&treatment).prime(stored)
    }

    /// [`prime`](Self::prime), async.
    ///
    /// # Errors
    /// As [`prime`](Self::prime).
    pub fn prime_async<T: Treatment>(
        self,
        treatment: T,
        value: T::Return,
    ) -> impl Future<Output = Result<(), Error>> {
        let (site, cache, key) = (self.site, self.required_cache("prime"), self.key());
        async move {
            let cache = cache?;
            let stored = treatment.stored(&value).ok_or_else(not_kept)?;
            let spot = Spot { cache: cache.inner(), site, key: &key };
            spot.async_entry(&treatment).prime(stored).await
        }
    }

    #[inline]
    fn glance<T: Treatment>(&self, treatment: &T) -> Glance<T::Return> {
        self.with_cache(|cache| {
            let Some(cache) = cache else { return Glance::NoCache };
            if cache.inner().backend.is_none() {
                cache.inner().tell(self.site, self.text.key(), Counted::Miss, EventKind::Miss);
                return Glance::NoCache;
            }
            let Some(objects) = cache.inner().objects(self.site.portable()) else {
                return Glance::Unknown(cache.clone());
            };
            let Some(stored) = read_object::<T::Stored>(objects, self.text.key()) else {
                return Glance::Absent(cache.clone());
            };
            cache.inner().tell(self.site, self.text.key(), Counted::Hit, EventKind::Hit);
            Glance::Hit(treatment.answer(stored))
        })
    }

    #[inline]
    fn with_cache<R>(&self, body: impl FnOnce(Option<&Cache>) -> R) -> R {
        match &self.cache {
            Some(cache) => body(Some(cache)),
            // Another cache may have been installed since the key was built.
            None => caches::with(self.site.slot(), |cache| {
                body(cache.filter(|cache| cache.id() == self.cache_id))
            }),
        }
    }

    fn cache(&self) -> Option<Cache> {
        self.with_cache(|cache| cache.cloned())
    }

    fn required_cache(&self, operation: &'static str) -> Result<Cache, Error> {
        self.cache().ok_or_else(|| {
            let name = self.site.cache_name();
            let remedy = format!(
                "no cache is installed as {name:?}, which {} uses: call `caches::install({name:?}, ..)` first",
                self.site.path()
            );
            Error::new(ErrorKind::NotInstalled, operation, remedy)
        })
    }
}

/// The arguments of a call, for the one computation that a call makes at most.
fn taken<A>(args: &mut Option<A>) -> A {
    match args.take() {
        Some(args) => args,
        None => unreachable!("a call computes once"),
    }
}

fn not_kept() -> Error {
    let remedy = "the options of the function do not store this value: an error without `cache_err`, or a \
                  value that `cache_if` turns down";
    Error::new(ErrorKind::NotKept, "prime", remedy)
}
