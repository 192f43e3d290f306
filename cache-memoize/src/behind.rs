//! The option `background`: a due value is computed anew while its caller has the old one already.

use crate::background;
use crate::cache::Cache;
use crate::call::{Call, Glance, Subject};
use crate::drive::{Keep as _, Look, Note, Replaced, asynchronous, blocking};
use crate::rules::{Form, Kind, Rules, in_time};
use crate::treatment::Spot;
use std::time::Duration;

/// What is left of a call when its caller has gone on.
struct Legacy<R> {
    cache: Cache,
    subject: Subject,
    rules: R,
    old: Replaced,
}

impl<R> Legacy<R> {
    fn spot(&self) -> Spot<'_> {
        self.subject.at(&self.cache)
    }
}

impl Call {
    /// [`run`](Call::run) for the option `background`.
    pub fn run_behind<K, F, I, W, A>(
        &self,
        rules: Rules<K, F, I, W>,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A) + Send + 'static,
        args: A,
        compute: impl FnOnce(A) -> K::Return + Send + 'static,
    ) -> K::Return
    where
        K: Kind<Stored: Clone + Send + Sync + 'static> + Send + 'static,
        F: Form<K::Stored> + Send + 'static,
        I: Fn(&K::Value) -> bool + Send + 'static,
        W: Fn(&K::Value) -> Option<Duration> + Send + 'static,
        A: Send + 'static,
    {
        use blocking::Entries as _;
        let computed = |args| {
            on_miss(&args);
            compute(args)
        };
        let (cache, seen) = match self.glance(&rules) {
            Glance::Hit(value) => {
                on_hit(&args);
                return value;
            }
            Glance::Missed { cache, seen } => (cache, seen),
            Glance::Nowhere => return computed(args),
        };
        let subject = self.subject();
        let spot = subject.at(cache);
        let entry = spot.entry(&rules);
        let due = match seen.unwrap_or_else(|| entry.look()) {
            Look::Due(due) => due,
            other => {
                let mut args = Some(args);
                let compute = || computed(crate::call::taken(&mut args));
                let value = rules.answered(&spot, &entry, other, compute);
                args.as_ref().map(on_hit);
                return value;
            }
        };
        on_hit(&args);
        entry.note(Note::Stale);
        let value = rules.restore(due.stored);
        let is_free = !entry.rests() && !cache.inner().flights.has(&subject.key);
        drop(entry);
        if is_free {
            let legacy = Legacy { cache: cache.clone(), subject, rules, old: due.when };
            background::spawn(move || {
                let spot = legacy.spot();
                let entry = spot.entry(&legacy.rules);
                let Legacy { cache, subject, rules, old } = &legacy;
                let (flights, key) = (&cache.inner().flights, &subject.key);
                drop(blocking::renewed(&entry, flights, key, rules, old, || computed(args)));
            });
        }
        value
    }

    /// [`run_behind`](Self::run_behind), async.
    pub fn run_behind_async<K, F, I, W, A, C>(
        self,
        rules: Rules<K, F, I, W>,
        on_hit: impl FnOnce(&A),
        on_miss: impl FnOnce(&A) + Send + 'static,
        args: A,
        compute: impl FnOnce(A) -> C + Send + 'static,
    ) -> impl Future<Output = K::Return>
    where
        K: Kind<Return: Send + Sync, Stored: Clone + Send + Sync + 'static> + Send + Sync + 'static,
        F: Form<K::Stored> + Send + Sync + 'static,
        I: Fn(&K::Value) -> bool + Send + Sync + 'static,
        W: Fn(&K::Value) -> Option<Duration> + Send + Sync + 'static,
        A: Send + 'static,
        C: Future<Output = K::Return> + Send + 'static,
    {
        let found = match self.glance(&rules) {
            Glance::Hit(value) => Ok(value),
            Glance::Missed { cache, seen } => Err(Some((cache.clone(), self.subject(), seen))),
            Glance::Nowhere => Err(None),
        };
        async move {
            use asynchronous::Entries as _;
            let computed = |args| {
                on_miss(&args);
                compute(args)
            };
            let (cache, subject, seen) = match found {
                Ok(value) => {
                    on_hit(&args);
                    return value;
                }
                Err(Some(place)) => place,
                Err(None) => return computed(args).await,
            };
            let spot = subject.at(&cache);
            let entry = spot.async_entry(&rules);
            let seen = match seen {
                Some(seen) => seen,
                None => entry.look().await,
            };
            let due = match seen {
                Look::Due(due) => due,
                other => {
                    let mut args = Some(args);
                    let computing = async { computed(crate::call::taken(&mut args)).await };
                    let computing = in_time(rules.time_limit(), spot.site, computing);
                    let value = rules.answered_async(&spot, &entry, other, computing).await;
                    args.as_ref().map(on_hit);
                    return value;
                }
            };
            on_hit(&args);
            entry.note(Note::Stale);
            let value = rules.restore(due.stored);
            let is_free = !entry.rests() && !cache.inner().flights.has(&subject.key);
            drop(entry);
            if is_free {
                let legacy = Legacy { cache, subject, rules, old: due.when };
                background::spawn_future(async move {
                    let spot = legacy.spot();
                    let entry = spot.async_entry(&legacy.rules);
                    let Legacy { cache, subject, rules, old } = &legacy;
                    let (flights, key) = (&cache.inner().flights, &subject.key);
                    let computing = async { computed(args).await };
                    let computing = in_time(rules.time_limit(), spot.site, computing);
                    drop(asynchronous::renewed(&entry, flights, key, rules, old, computing).await);
                });
            }
            value
        }
    }
}
