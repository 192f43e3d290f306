use super::shape::{BatchReturn, BatchRules, Unanswered};
use super::{asynchronous, blocking};
use crate::cache::Cache;
use crate::call::{CacheOfACall, Call, Subject};
use crate::entries::{EntryOf, Experience};
use crate::error::Error;
use crate::observer::EventKind;
use crate::rules::{Ruleset, TellsFaults};
use crate::site::Site;
use crate::stats::Counted;
use crate::treatment::Spot;
use cache_memoize_core::{ErasedAsyncStore, Key, Store};
use std::collections::HashMap;

/// One call of a function with the option `batch`, or of one of its companions.
pub struct Batch<'k, K> {
    pub(super) keys: &'k [K],
    /// None where there are no keys.
    pub(super) site: Option<&'static Site>,
    cache: Option<Cache>,
    /// One for each key that is not the same as one before it.
    pub(super) subjects: Vec<Subject>,
    /// Where these keys stand.
    firsts: Vec<usize>,
    /// For each key which of the subjects is its own.
    pub(super) subject_of: Vec<usize>,
}

/// Why it is not known which value is whose.
#[derive(Debug, thiserror::Error)]
#[error(
    "there are {values} values for {arguments} arguments: give one for each, in their order, or return a `HashMap`"
)]
pub(super) struct Uneven {
    pub(super) values: usize,
    pub(super) arguments: usize,
}

/// What the attribute says about each key besides the rules.
struct Hooks<H, M> {
    on_hit: H,
    on_miss: M,
}

impl<'k, K> Batch<'k, K> {
    /// A call for these keys, each of which makes a call of its own.
    pub fn new(keys: &'k [K], call: impl Fn(&'k K) -> Call) -> Self {
        let mut this = Self {
            keys,
            site: None,
            cache: None,
            subjects: Vec::with_capacity(keys.len()),
            firsts: Vec::with_capacity(keys.len()),
            subject_of: Vec::with_capacity(keys.len()),
        };
        let mut seen = HashMap::with_capacity(keys.len());
        for (place, key) in keys.iter().enumerate() {
            let call = call(key);
            if place == 0 {
                (this.site, this.cache) = (Some(call.site), call.cache());
            }
            let subject = call.subject();
            let own = *seen.entry(subject.key.clone()).or_insert(this.subjects.len());
            if own == this.subjects.len() {
                this.subjects.push(subject);
                this.firsts.push(place);
            }
            this.subject_of.push(own);
        }
        this
    }

    /// The keys of the arguments, in their order.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        self.subject_of.iter().map(|at| self.subjects[*at].key.clone()).collect()
    }

    /// The values of the call: stored, or computed from those arguments that are missing. `faults` knows how the
    /// function says that the store failed, if it can.
    ///
    /// Calls either `on_hit`, or `on_miss` and then `compute`, for each key.
    pub fn run<R: BatchRules<K>, A: Clone>(
        &self,
        rules: R,
        on_hit: impl Fn(&K, &A),
        on_miss: impl Fn(&K, &A),
        faults: impl TellsFaults<Return = R::Returned>,
        arguments: A,
        mut compute: impl FnMut(&[K], A) -> R::Returned,
    ) -> R::Returned
    where
        K: Clone,
    {
        let hooks = Hooks { on_hit, on_miss };
        if self.keys.is_empty() {
            return R::Returned::gather(&[], Vec::new());
        }
        let Some(cache) = self.cache() else {
            self.all_missed(&hooks, &arguments);
            return compute(self.keys, arguments);
        };
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = entries(&spots, &rules, &experiences);
        let mut missed = vec![false; self.subjects.len()];
        let computed = |places: &[usize]| {
            if let Some(told) = told(&cache, &entries, places, &faults) {
                return Err(Unanswered::Failed(told));
            }
            let keys = self.missing(places, &hooks, &arguments, &mut missed);
            self.paired(compute(&keys, arguments.clone()), &keys, &cache)
        };
        let flights = &cache.inner().flights;
        let values = blocking::answers(&entries, &rules, flights, spots[0].plan(), computed);
        match values {
            Ok(values) => {
                self.tell_hits(&missed, &hooks, &arguments);
                R::Returned::gather(self.keys, self.spread(values))
            }
            Err(Unanswered::Failed(returned)) => returned,
            Err(Unanswered::Uneven { .. }) => compute(self.keys, arguments),
        }
    }

    /// [`run`](Self::run), async.
    pub async fn run_async<R: BatchRules<K>, A: Clone, C: Future<Output = R::Returned>>(
        self,
        rules: R,
        on_hit: impl Fn(&K, &A),
        on_miss: impl Fn(&K, &A),
        faults: impl TellsFaults<Return = R::Returned>,
        arguments: A,
        mut compute: impl FnMut(Vec<K>, A) -> C,
    ) -> R::Returned
    where
        K: Clone,
    {
        let hooks = Hooks { on_hit, on_miss };
        if self.keys.is_empty() {
            return R::Returned::gather(&[], Vec::new());
        }
        let Some(cache) = self.cache() else {
            self.all_missed(&hooks, &arguments);
            return compute(self.keys.to_vec(), arguments).await;
        };
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = async_entries(&spots, &rules, &experiences);
        let mut missed = vec![false; self.subjects.len()];
        let computed = |places: &[usize]| {
            let computing = match told(&cache, &entries, places, &faults) {
                Some(told) => Err(told),
                None => {
                    let keys = self.missing(places, &hooks, &arguments, &mut missed);
                    Ok((compute(keys.clone(), arguments.clone()), keys))
                }
            };
            async {
                match computing {
                    Ok((computing, keys)) => self.paired(computing.await, &keys, &cache),
                    Err(told) => Err(Unanswered::Failed(told)),
                }
            }
        };
        let flights = &cache.inner().flights;
        let values = asynchronous::answers(&entries, &rules, flights, spots[0].plan(), computed);
        match values.await {
            Ok(values) => {
                self.tell_hits(&missed, &hooks, &arguments);
                R::Returned::gather(self.keys, self.spread(values))
            }
            Err(Unanswered::Failed(returned)) => returned,
            Err(Unanswered::Uneven { .. }) => compute(self.keys.to_vec(), arguments).await,
        }
    }

    /// The values of all arguments, computed now and stored.
    pub fn refresh<R: BatchRules<K>, A: Clone>(
        &self,
        rules: R,
        arguments: A,
        mut compute: impl FnMut(&[K], A) -> R::Returned,
    ) -> R::Returned
    where
        K: Clone,
    {
        let Some(cache) = self.cache().filter(|_| !self.keys.is_empty()) else {
            return compute(self.keys, arguments);
        };
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = entries(&spots, &rules, &experiences);
        let computed = |places: &[usize]| {
            let keys = self.keys_at(places);
            self.paired(compute(&keys, arguments.clone()), &keys, &cache)
        };
        match blocking::refresh(&entries, &rules, &cache.inner().flights, computed) {
            Ok(values) => R::Returned::gather(self.keys, self.spread(values)),
            Err(Unanswered::Failed(returned)) => returned,
            Err(Unanswered::Uneven { .. }) => compute(self.keys, arguments),
        }
    }

    /// [`refresh`](Self::refresh), async.
    pub async fn refresh_async<R: BatchRules<K>, A: Clone, C: Future<Output = R::Returned>>(
        self,
        rules: R,
        arguments: A,
        mut compute: impl FnMut(Vec<K>, A) -> C,
    ) -> R::Returned
    where
        K: Clone,
    {
        let Some(cache) = self.cache().filter(|_| !self.keys.is_empty()) else {
            return compute(self.keys.to_vec(), arguments).await;
        };
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = async_entries(&spots, &rules, &experiences);
        let computed = |places: &[usize]| {
            let keys = self.keys_at(places);
            let computing = compute(keys.clone(), arguments.clone());
            let (this, cache) = (&self, &cache);
            async move { this.paired(computing.await, &keys, cache) }
        };
        let flights = &cache.inner().flights;
        match asynchronous::refresh(&entries, &rules, flights, computed).await {
            Ok(values) => R::Returned::gather(self.keys, self.spread(values)),
            Err(Unanswered::Failed(returned)) => returned,
            Err(Unanswered::Uneven { .. }) => compute(self.keys.to_vec(), arguments).await,
        }
    }

    /// The cache of the call, unless it keeps nothing.
    fn cache(&self) -> Option<Cache> {
        let (cache, site) = (self.cache.as_ref()?, self.site?);
        if cache.inner().backend.is_none() {
            for subject in &self.subjects {
                cache.inner().tell(site, subject.key.as_ref(), Counted::Miss, EventKind::Miss);
            }
            return None;
        }
        Some(cache.clone())
    }

    /// The cache of the call; none where there are no keys, and so nothing to ask of it.
    pub(super) fn required_cache(&self, operation: &'static str) -> Result<Option<Cache>, Error> {
        match (&self.cache, self.site) {
            (Some(cache), _) => Ok(Some(cache.clone())),
            (None, Some(site)) => CacheOfACall(None).required(site, operation).map(Some),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn spots<'a>(&'a self, cache: &'a Cache) -> Vec<Spot<'a>> {
        self.subjects.iter().map(|subject| subject.at(cache)).collect()
    }

    /// The values of those keys for which the function was called. Where nobody can tell which value is whose, the
    /// observer is told; if it was called for all, what it returned is the answer.
    fn paired<R: BatchReturn<K>>(
        &self,
        returned: R,
        keys: &[K],
        cache: &Cache,
    ) -> Result<Vec<Option<R::Value>>, Unanswered<R>> {
        let paired = returned.values(keys);
        let Err(Unanswered::Uneven { returned, count }) = paired else { return paired };
        if let Some(site) = self.site {
            let reason = Uneven { values: count, arguments: keys.len() };
            let (key, kind) = (&self.subjects[0].key, EventKind::Unstorable { reason: &reason });
            cache.inner().tell(site, key.as_ref(), Counted::Fault, kind);
        }
        if keys.len() == self.keys.len() {
            return Err(Unanswered::Failed(returned));
        }
        Err(Unanswered::Uneven { returned, count })
    }

    fn keys_at(&self, places: &[usize]) -> Vec<K>
    where
        K: Clone,
    {
        places.iter().map(|place| self.keys[self.firsts[*place]].clone()).collect()
    }

    /// The keys at these places, which are about to be computed.
    fn missing<A>(
        &self,
        places: &[usize],
        hooks: &Hooks<impl Fn(&K, &A), impl Fn(&K, &A)>,
        arguments: &A,
        missed: &mut [bool],
    ) -> Vec<K>
    where
        K: Clone,
    {
        for place in places {
            missed[*place] = true;
            (hooks.on_miss)(&self.keys[self.firsts[*place]], arguments);
        }
        self.keys_at(places)
    }

    fn all_missed<A>(&self, hooks: &Hooks<impl Fn(&K, &A), impl Fn(&K, &A)>, arguments: &A) {
        self.firsts.iter().for_each(|at| (hooks.on_miss)(&self.keys[*at], arguments));
    }

    fn tell_hits<A>(
        &self,
        missed: &[bool],
        hooks: &Hooks<impl Fn(&K, &A), impl Fn(&K, &A)>,
        arguments: &A,
    ) {
        let hits = self.firsts.iter().zip(missed).filter(|(_, missed)| !**missed);
        hits.for_each(|(at, _)| (hooks.on_hit)(&self.keys[*at], arguments));
    }

    /// The value of each subject as that of each key.
    pub(super) fn spread<V: Clone>(&self, values: Vec<Option<V>>) -> Vec<Option<V>> {
        if values.len() == self.keys.len() {
            return values;
        }
        self.subject_of.iter().map(|at| values[*at].clone()).collect()
    }
}

/// What a strict cache tells of the store in the place of values.
fn told<T: TellsFaults, R: Ruleset, S: ?Sized>(
    cache: &Cache,
    entries: &[EntryOf<'_, R, S>],
    places: &[usize],
    tells: &T,
) -> Option<T::Return> {
    let fault = tells.fault().filter(|_| cache.inner().is_strict)?;
    let mut failures = places.iter().filter_map(|place| entries[*place].tell_failure());
    Some(fault(failures.next()?))
}

/// What the call is going to know of each part of the store.
pub(super) fn experiences(cache: &Cache) -> Vec<Experience> {
    let parts = cache.inner().backend.as_ref().map_or(1, cache_memoize_core::Backend::parts);
    (0..parts).map(|_| Experience::default()).collect()
}

pub(super) fn entries<'a, R: Ruleset>(
    spots: &'a [Spot<'a>],
    rules: &'a R,
    experiences: &'a [Experience],
) -> Vec<EntryOf<'a, R, dyn Store>> {
    spots.iter().map(|spot| spot.entry(rules).among(experiences)).collect()
}

pub(super) fn async_entries<'a, R: Ruleset>(
    spots: &'a [Spot<'a>],
    rules: &'a R,
    experiences: &'a [Experience],
) -> Vec<EntryOf<'a, R, dyn ErasedAsyncStore>> {
    spots.iter().map(|spot| spot.async_entry(rules).among(experiences)).collect()
}
