//! How a call is carried out: for a function whose values are stored, and for one that runs at most once.

use crate::cache::Inner;
use crate::drive::{Keep, Look, Note, asynchronous, blocking};
use crate::entries::EntryOf;
use crate::error::Error;
use crate::groups::Group;
use crate::plan::Plan;
use crate::rules::{Form, Guard, HeldBack, Kind, Rules, Ruleset, TellsFaults, in_time};
use crate::site::Site;
use cache_memoize_core::{ErasedAsyncStore, Key, Store};
use std::time::Duration;

/// Where a call takes place.
pub struct Spot<'a> {
    pub(crate) cache: &'a Inner,
    pub(crate) site: &'static Site,
    pub(crate) key: &'a Key,
    pub(crate) tags: &'a [String],
}

impl<'a> Spot<'a> {
    pub(crate) fn entry<'r, R: Ruleset>(&'r self, rules: &'r R) -> EntryOf<'r, R, dyn Store> {
        let face = self.cache.blocking_face(self.site.portable());
        EntryOf::new(self, rules, face)
    }

    pub(crate) fn async_entry<'r, R: Ruleset>(
        &'r self,
        rules: &'r R,
    ) -> EntryOf<'r, R, dyn ErasedAsyncStore> {
        let face = self.cache.async_face(self.site.portable());
        EntryOf::new(self, rules, face)
    }

    /// The groups that an entry of this call is in, that of the cache first.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let prefix = &self.cache.prefix;
        let function = Group::of_function(self.key.as_str(), prefix);
        let tags = self.tags.iter().map(|tag| Group::of_tag(prefix, tag));
        std::iter::once(Group::of_cache(prefix)).chain(function).chain(tags).collect()
    }

    /// The store goes first: a flight that begins in between is fenced by it, and one that is detached
    /// needlessly costs a computation.
    pub(crate) fn invalidate(&self) -> Result<bool, Error> {
        let removed = self.entry(&Guard::<()>::new()).invalidate();
        self.cache.flights.detach(self.key);
        removed
    }

    pub(crate) async fn invalidate_async(&self) -> Result<bool, Error> {
        let removed = self.async_entry(&Guard::<()>::new()).invalidate().await;
        self.cache.flights.detach(self.key);
        removed
    }

    pub(crate) fn ping(&self) -> Result<(), Error> {
        self.entry(&Guard::<()>::new()).ping()
    }

    pub(crate) async fn ping_async(&self) -> Result<(), Error> {
        self.async_entry(&Guard::<()>::new()).ping().await
    }

    /// What a strict cache tells of the store in the place of the value; otherwise the value.
    pub(crate) fn told_or<T: TellsFaults, R: Ruleset, S: ?Sized>(
        &self,
        tells: &T,
        entry: &EntryOf<'_, R, S>,
        compute: impl FnOnce() -> T::Return,
    ) -> T::Return {
        self.told(tells, entry).unwrap_or_else(compute)
    }

    pub(crate) async fn told_or_async<T: TellsFaults, R: Ruleset, S: ?Sized>(
        &self,
        tells: &T,
        entry: &EntryOf<'_, R, S>,
        compute: impl Future<Output = T::Return>,
    ) -> T::Return {
        match self.told(tells, entry) {
            Some(told) => told,
            None => compute.await,
        }
    }

    fn told<T: TellsFaults, R: Ruleset, S: ?Sized>(
        &self,
        tells: &T,
        entry: &EntryOf<'_, R, S>,
    ) -> Option<T::Return> {
        let fault = tells.fault().filter(|_| self.cache.is_strict)?;
        Some(fault(entry.tell_failure()?))
    }

    pub(crate) fn plan(&self) -> Plan {
        Plan::new(self.site.single_flight(), self.cache.flights.wait_limit())
    }
}

/// How a call is carried out, by the options of its function.
pub trait Treatment: Ruleset {
    /// What the function returns.
    type Return;

    /// What to store of a value, if anything.
    fn stored(&self, value: &Self::Return) -> Option<Self::Stored>;

    /// The answer to a call that finds this in the store.
    fn answer(stored: Self::Stored) -> Self::Return;

    /// Answers a call; `seen` is what the store is known to have, if it has been asked.
    fn run(
        &self,
        spot: &Spot<'_>,
        seen: Option<Look<Self::Stored>>,
        compute: impl FnOnce() -> Self::Return,
    ) -> Self::Return;

    /// [`run`](Self::run), async.
    fn run_async(
        &self,
        spot: &Spot<'_>,
        seen: Option<Look<Self::Stored>>,
        compute: impl Future<Output = Self::Return>,
    ) -> impl Future<Output = Self::Return>;

    /// Computes now, and stores.
    fn refresh(&self, spot: &Spot<'_>, compute: impl FnOnce() -> Self::Return) -> Self::Return;

    /// Computes now, and stores.
    fn refresh_async(
        &self,
        spot: &Spot<'_>,
        compute: impl Future<Output = Self::Return>,
    ) -> impl Future<Output = Self::Return>;
}

impl<K, F, I, W> Treatment for Rules<K, F, I, W>
where
    K: Kind<Stored: Clone + Send + Sync + 'static>,
    F: Form<K::Stored>,
    I: Fn(&K::Value) -> bool,
    W: Fn(&K::Value) -> Option<Duration>,
{
    type Return = K::Return;

    fn stored(&self, value: &K::Return) -> Option<K::Stored> {
        self.keep(value)
    }

    #[inline]
    fn answer(stored: K::Stored) -> K::Return {
        K::restore(stored)
    }

    fn run(
        &self,
        spot: &Spot<'_>,
        seen: Option<Look<K::Stored>>,
        compute: impl FnOnce() -> K::Return,
    ) -> K::Return {
        use blocking::Entries;
        let entry = spot.entry(self);
        let seen = seen.unwrap_or_else(|| entry.look());
        self.answered(spot, &entry, seen, compute)
    }

    // A function that gives a future, since one that is `async` would hold each argument twice.
    fn run_async(
        &self,
        spot: &Spot<'_>,
        mut seen: Option<Look<K::Stored>>,
        compute: impl Future<Output = K::Return>,
    ) -> impl Future<Output = K::Return> {
        use asynchronous::Entries;
        async move {
            let entry = spot.async_entry(self);
            if seen.is_none() {
                seen = Some(Box::pin(entry.look()).await);
            }
            if let Some(Look::Found(stored)) = seen {
                entry.note(Note::Hit);
                return self.restore(stored);
            }
            let seen = seen.unwrap_or(Look::Nothing);
            // The future of a hit has no room for the way of a miss: it is made for every call. And recursive functions
            // have many of them in one another.
            match self.time_limit() {
                None => Box::pin(self.answered_async(spot, &entry, seen, compute)).await,
                limit => {
                    let compute = in_time(limit, spot.site, compute);
                    Box::pin(self.answered_async(spot, &entry, seen, compute)).await
                }
            }
        }
    }

    fn refresh(&self, spot: &Spot<'_>, compute: impl FnOnce() -> K::Return) -> K::Return {
        blocking::refresh(&spot.entry(self), &spot.cache.flights, spot.key, self, compute)
    }

    async fn refresh_async(
        &self,
        spot: &Spot<'_>,
        compute: impl Future<Output = K::Return>,
    ) -> K::Return {
        let entry = spot.async_entry(self);
        let compute = in_time(self.time_limit(), spot.site, compute);
        asynchronous::refresh(&entry, &spot.cache.flights, spot.key, self, compute).await
    }
}

impl<K, F, I, W> Rules<K, F, I, W>
where
    K: Kind<Stored: Clone + Send + Sync + 'static>,
    F: Form<K::Stored>,
    I: Fn(&K::Value) -> bool,
    W: Fn(&K::Value) -> Option<Duration>,
{
    /// Answers a call that has looked into its entry.
    pub(crate) fn answered(
        &self,
        spot: &Spot<'_>,
        entry: &EntryOf<'_, Self, dyn Store>,
        seen: Look<K::Stored>,
        compute: impl FnOnce() -> K::Return,
    ) -> K::Return {
        use blocking::Entries;
        let flights = &spot.cache.flights;
        let compute = || spot.told_or(self, entry, compute);
        let spare = match seen {
            Look::Found(stored) => {
                entry.note(Note::Hit);
                return self.restore(stored);
            }
            Look::Due(due) => return blocking::due(entry, flights, spot.key, self, due, compute),
            Look::Spare(stored) => Some(stored),
            Look::Nothing => None,
        };
        blocking::missed(entry, flights, spot.key, self, spot.plan(), spare, compute)
    }

    /// [`answered`](Self::answered), async.
    pub(crate) async fn answered_async<'s>(
        &self,
        spot: &Spot<'_>,
        entry: &EntryOf<'_, Self, dyn ErasedAsyncStore + 's>,
        seen: Look<K::Stored>,
        compute: impl Future<Output = K::Return>,
    ) -> K::Return {
        use asynchronous::Entries;
        let flights = &spot.cache.flights;
        let compute = spot.told_or_async(self, entry, compute);
        let spare = match seen {
            Look::Found(stored) => {
                entry.note(Note::Hit);
                return self.restore(stored);
            }
            Look::Due(due) => {
                return asynchronous::due(entry, flights, spot.key, self, due, compute).await;
            }
            Look::Spare(stored) => Some(stored),
            Look::Nothing => None,
        };
        asynchronous::missed(entry, flights, spot.key, self, spot.plan(), spare, compute).await
    }
}

impl<R: HeldBack> Treatment for Guard<R> {
    type Return = R;

    fn stored(&self, value: &R) -> Option<()> {
        value.succeeded().then_some(())
    }

    fn answer((): ()) -> R {
        R::held_back()
    }

    fn run(&self, spot: &Spot<'_>, seen: Option<Look<()>>, compute: impl FnOnce() -> R) -> R {
        use blocking::Entries;
        let entry = spot.entry(self).claiming(&());
        if seen.is_none()
            && let Look::Found(()) = entry.look()
        {
            entry.note(Note::Hit);
            return R::held_back();
        }
        blocking::unclaimed(&entry, self, || spot.told_or(self, &entry, compute))
    }

    async fn run_async(
        &self,
        spot: &Spot<'_>,
        seen: Option<Look<()>>,
        compute: impl Future<Output = R>,
    ) -> R {
        use asynchronous::Entries;
        let entry = spot.async_entry(self).claiming(&());
        if seen.is_none()
            && let Look::Found(()) = entry.look().await
        {
            entry.note(Note::Hit);
            return R::held_back();
        }
        let compute = in_time(self.time_limit(), spot.site, compute);
        let compute = spot.told_or_async(self, &entry, compute);
        asynchronous::unclaimed(&entry, self, compute).await
    }

    fn refresh(&self, spot: &Spot<'_>, compute: impl FnOnce() -> R) -> R {
        blocking::guard_again(&spot.entry(self).claiming(&()), self, compute)
    }

    async fn refresh_async(&self, spot: &Spot<'_>, compute: impl Future<Output = R>) -> R {
        let entry = spot.async_entry(self).claiming(&());
        let compute = in_time(self.time_limit(), spot.site, compute);
        asynchronous::guard_again(&entry, self, compute).await
    }
}
