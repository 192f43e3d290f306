mod answer;
mod cache;
mod companions;

pub use answer::Answer;
pub(crate) use cache::{CacheOfACall, Handle};
pub(crate) use companions::not_kept;

use crate::cache::Cache;
use crate::drive::Look;
use crate::entries::{fresh_in, look_to_hold, weight_to_hold};
use crate::error::Error;
use crate::front;
use crate::key::{Hashed, KeyText};
use crate::observer::{EventKind, Tier};
use crate::site::{BY_HAND, Site};
use crate::stats::Counted;
use crate::treatment::{Spot, Treatment};
use cache_memoize_core::{AnyObject, Key, KeyRef, ObjectStore};
use std::cell::OnceCell;

/// One call of an annotated function or of a companion, with its key.
///
/// Every hit makes one. What a value that the thread holds is found without is made when it is asked for.
pub struct Call {
    pub(crate) site: &'static Site,
    name: Name,
    rest: OnceCell<Rest>,
}

/// What tells a call from others of its function, or from all others.
#[expect(clippy::large_enum_variant, reason = "a hit does not pay for a box")]
enum Name {
    Arguments(Hashed),
    Key(KeyText),
}

struct Rest {
    cache: CacheOfACall,
    tags: Vec<String>,
}

impl Rest {
    fn of(cache: CacheOfACall) -> Self {
        Self { cache, tags: Vec::new() }
    }
}

/// What a call is about, wherever it goes on.
pub(crate) struct Subject {
    site: &'static Site,
    pub(crate) key: Key,
    tags: Vec<String>,
}

impl Subject {
    pub(crate) fn at<'a>(&'a self, cache: &'a Cache) -> Spot<'a> {
        Spot { cache: cache.inner(), site: self.site, key: &self.key, tags: &self.tags }
    }
}

/// What a call knows after a first glance, which waits for nothing.
pub(crate) enum Glance<'a, R, S> {
    Hit(R),
    Missed {
        cache: &'a Cache,
        /// What the store is known to have, but for a hit; otherwise it has to be asked.
        seen: Option<Look<S>>,
    },
    /// There is no cache, or it keeps nothing.
    Nowhere,
}

impl Call {
    /// A call of an annotated function, by its arguments.
    #[inline]
    pub(crate) fn in_shorthand(
        site: &'static Site,
        cache: Option<Cache>,
        arguments: Hashed,
    ) -> Self {
        let rest = match cache {
            Some(cache) => OnceCell::from(Rest::of(CacheOfACall(Handle::given(cache)))),
            None => OnceCell::new(),
        };
        Self { site, name: Name::Arguments(arguments), rest }
    }

    /// A call with the text of its key.
    pub(crate) fn of_text(site: &'static Site, cache: CacheOfACall, text: KeyText) -> Self {
        Self { site, name: Name::Key(text), rest: OnceCell::from(Rest::of(cache)) }
    }

    /// A call with a key that was made by hand.
    pub(crate) fn by_hand(cache: Cache, text: KeyText) -> Self {
        Self::of_text(&BY_HAND, CacheOfACall(Handle::given(cache)), text)
    }

    /// The option `tags`.
    #[must_use]
    pub fn tags(mut self, tags: impl IntoIterator<Item = String>) -> Self {
        self.rest_mut().tags = tags.into_iter().collect();
        self
    }

    /// The same with one more tag.
    pub(crate) fn tagged(mut self, tag: String) -> Self {
        self.rest_mut().tags.push(tag);
        self
    }

    fn rest(&self) -> &Rest {
        self.rest.get_or_init(|| Rest::of(self.site.cache_by_name()))
    }

    fn rest_mut(&mut self) -> &mut Rest {
        self.rest();
        match self.rest.get_mut() {
            Some(rest) => rest,
            None => unreachable!("it was made a moment ago"),
        }
    }

    /// What the call is about.
    pub(crate) fn subject(&self) -> Subject {
        Subject { site: self.site, key: self.key(), tags: self.rest().tags.clone() }
    }

    /// The key of the call.
    pub fn key(&self) -> Key {
        self.with_key(|key| key.to_key())
    }

    fn with_key<T>(&self, action: impl FnOnce(KeyRef<'_>) -> T) -> T {
        match &self.name {
            Name::Key(text) => action(text.key()),
            Name::Arguments(arguments) => {
                let unfold = |text: &mut KeyText| arguments.notes.unfold(text);
                action(self.site.text(self.rest().cache.prefix(), &[], unfold).key())
            }
        }
    }

    /// The value of the call: stored, or computed from `args`.
    ///
    /// Calls either `on_hit`, or `on_miss` and then `compute`.
    #[inline]
    pub fn run<T: Treatment, A>(
        &self,
        treatment: T,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A),
        args: A,
        compute: impl FnOnce(A) -> T::Return,
    ) -> T::Return {
        match self.held::<T>() {
            Some(stored) => {
                on_hit(&args);
                T::answer(stored)
            }
            None => self.run_in_cache(treatment, on_hit, on_miss, args, compute),
        }
    }

    /// [`run`](Self::run) for a value that the thread does not hold.
    pub(crate) fn run_in_cache<T: Treatment, A>(
        &self,
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
        let (cache, seen) = match self.glance_into_cache(&treatment) {
            Glance::Hit(value) => {
                on_hit(&args);
                return value;
            }
            Glance::Missed { cache, seen } => (cache, seen),
            Glance::Nowhere => return computed(args),
        };
        let mut args = Some(args);
        let subject = self.subject();
        let spot = subject.at(cache);
        let value = treatment.run(&spot, seen, || computed(taken(&mut args)));
        args.as_ref().map(on_hit);
        value
    }

    /// [`run`](Self::run), async. A hit is answered at once, and hands nothing on to the future.
    #[inline]
    pub fn run_async<T: Treatment, A, F: Future<Output = T::Return>>(
        self,
        treatment: T,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A),
        args: A,
        compute: impl FnOnce(A) -> F,
    ) -> Answer<T::Return, impl Future<Output = T::Return>> {
        match self.held::<T>() {
            Some(stored) => {
                on_hit(&args);
                Answer::Now(Some(T::answer(stored)))
            }
            None => self.run_in_cache_async(treatment, on_hit, on_miss, args, compute),
        }
    }

    /// [`run_async`](Self::run_async) for a value that the thread does not hold.
    pub(crate) fn run_in_cache_async<T: Treatment, A, F: Future<Output = T::Return>>(
        self,
        treatment: T,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A),
        args: A,
        compute: impl FnOnce(A) -> F,
    ) -> Answer<T::Return, impl Future<Output = T::Return>> {
        let mut place = match self.glance_into_cache(&treatment) {
            Glance::Hit(value) => {
                on_hit(&args);
                return Answer::Now(Some(value));
            }
            Glance::Missed { cache, seen } => Some((cache.clone(), self.subject(), seen)),
            Glance::Nowhere => None,
        };
        Answer::Later(Box::pin(async move {
            let computed = |args| {
                on_miss(&args);
                compute(args)
            };
            let Some((cache, subject, seen)) = &mut place else { return computed(args).await };
            let mut args = Some(args);
            let spot = subject.at(cache);
            let computing = async { computed(taken(&mut args)).await };
            let value = treatment.run_async(&spot, seen.take(), computing).await;
            args.as_ref().map(on_hit);
            value
        }))
    }

    #[inline]
    pub(crate) fn glance<T: Treatment>(&self, treatment: &T) -> Glance<'_, T::Return, T::Stored> {
        match self.held::<T>() {
            Some(stored) => Glance::Hit(T::answer(stored)),
            None => self.glance_into_cache(treatment),
        }
    }

    /// The value, if this thread holds it.
    #[inline]
    pub(crate) fn held<T: Treatment>(&self) -> Option<T::Stored> {
        let Name::Arguments(arguments) = &self.name else { return None };
        let rest = self.rest.get();
        let given = rest.and_then(|it| it.cache.get()).map(|cache| cache.inner().number);
        let tags = rest.map_or(0, |it| it.tags.len());
        let mut stored = None;
        front::find(self.site, given, arguments, |object| {
            stored = fresh_in(object, tags);
            stored.is_some()
        });
        stored
    }

    /// Drops the call. Mostly nothing is there to be dropped, and to go and see takes as long as a part of the hit.
    #[inline]
    pub(crate) fn end_of_a_hit(self) {
        match (&self.name, self.rest.get()) {
            (Name::Arguments(_), None) => std::mem::forget(self),
            _ => drop(self),
        }
    }

    #[inline(never)]
    fn glance_into_cache<T: Treatment>(&self, treatment: &T) -> Glance<'_, T::Return, T::Stored> {
        let Some(cache) = self.rest().cache.get() else { return Glance::Nowhere };
        let inner = cache.inner();
        match (inner.objects(self.site.portable()), &inner.near) {
            (Some(objects), _) => {
                self.with_key(|key| match self.look_into(cache, objects, key, treatment) {
                    Look::Found(stored) => self.hit::<T>(cache, key, stored, Tier::Store),
                    other => Glance::Missed { cache, seen: Some(other) },
                })
            }
            (None, Some(near)) => {
                self.with_key(|key| match self.look_into(cache, near.tier(), key, treatment) {
                    Look::Found(stored) => self.hit::<T>(cache, key, stored, Tier::Near),
                    _ => Glance::Missed { cache, seen: None },
                })
            }
            (None, None) if inner.backend.is_some() => Glance::Missed { cache, seen: None },
            (None, None) => {
                self.with_key(|key| inner.tell(self.site, key, Counted::Miss, EventKind::Miss));
                Glance::Nowhere
            }
        }
    }

    /// Looks into a store in process, and has the thread hold what is there.
    fn look_into<T: Treatment>(
        &self,
        cache: &Cache,
        objects: &dyn ObjectStore,
        key: KeyRef<'_>,
        treatment: &T,
    ) -> Look<T::Stored> {
        let cache = cache.inner();
        let tags = self.rest().tags.len();
        let (look, weight) = look_to_hold(cache, objects, key, tags, treatment);
        if let (Look::Found(_), Name::Arguments(arguments), Some(weight)) =
            (&look, &self.name, weight)
        {
            // Another value may be there by now, and nobody would have weighed it.
            let is_it = |it: &AnyObject| weight_to_hold::<T::Stored>(it) == Some(weight);
            front::keep(cache, self.site, arguments, weight, || objects.hold(key, &is_it));
        }
        look
    }

    fn hit<'a, T: Treatment>(
        &self,
        cache: &Cache,
        key: KeyRef<'_>,
        stored: T::Stored,
        tier: Tier,
    ) -> Glance<'a, T::Return, T::Stored> {
        cache.inner().tell(self.site, key, Counted::Hit, EventKind::Hit { tier });
        Glance::Hit(T::answer(stored))
    }

    pub(crate) fn cache(&self) -> Option<Cache> {
        self.rest().cache.get().cloned()
    }

    pub(crate) fn required_cache(&self, operation: &'static str) -> Result<Cache, Error> {
        self.rest().cache.required(self.site, operation)
    }
}

/// The arguments of a call, for the one computation that a call makes at most.
pub(crate) fn taken<A>(args: &mut Option<A>) -> A {
    match args.take() {
        Some(args) => args,
        None => unreachable!("a call computes once"),
    }
}
