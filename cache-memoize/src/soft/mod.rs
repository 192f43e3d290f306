//! The option `soft_timeout`: who has an old value waits only so long for a new one, which is computed to its end all
//! the same.
//!
//! A blocking computation cannot go to another thread on the way, so it begins on one of the background, and its
//! caller waits for it. A future can: its caller polls it, and leaves it to the background when it takes too long.

mod asynchronous;
mod blocking;

use crate::cache::Cache;
use crate::call::{Call, Glance, Subject};
use crate::drive::{Due, Keep as _, Look, Note};
use crate::entries::EntryOf;
use crate::flight::Leading;
use crate::plan::Plan;
use crate::rules::{Form, Kind, Rules};
use crate::treatment::Spot;
use std::sync::Arc;
use std::time::Duration;

impl Call {
    /// [`run`](Call::run) for the option `soft_timeout`.
    pub fn run_softly<K, F, I, W, A>(
        &self,
        rules: Rules<K, F, I, W>,
        on_hit: impl FnOnce(&A) + Send + 'static,
        on_miss: impl FnOnce(&A) + Send + 'static,
        args: A,
        compute: impl FnOnce(A) -> K::Return + Send + 'static,
    ) -> K::Return
    where
        K: Kind<Return: Send, Stored: Clone + Send + Sync> + Send + Sync + 'static,
        F: Form<K::Stored> + Send + Sync + 'static,
        I: Fn(&K::Value) -> bool + Send + Sync + 'static,
        W: Fn(&K::Value) -> Option<Duration> + Send + Sync + 'static,
        A: Send + 'static,
    {
        let (cache, seen) = match self.glance(&rules) {
            Glance::Hit(value) => {
                on_hit(&args);
                return value;
            }
            Glance::Missed { cache, seen } => (cache.clone(), seen),
            Glance::Nowhere => {
                on_miss(&args);
                return compute(args);
            }
        };
        let given = Given { args, on_hit: Some(on_hit), on_miss, compute };
        Arc::new(Matter { cache, subject: self.subject(), rules }).answered(seen, given)
    }

    /// [`run_softly`](Self::run_softly), async.
    pub fn run_softly_async<K, F, I, W, A, C>(
        self,
        rules: Rules<K, F, I, W>,
        on_hit: impl FnOnce(&A) + Send + 'static,
        on_miss: impl FnOnce(&A) + Send + 'static,
        args: A,
        compute: impl FnOnce(A) -> C + Send + 'static,
    ) -> impl Future<Output = K::Return>
    where
        K: Kind<Return: Send + Sync, Stored: Clone + Send + Sync> + Send + Sync + 'static,
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
            let place = match found {
                Ok(value) => {
                    on_hit(&args);
                    return value;
                }
                Err(place) => place,
            };
            // In a box of its own the long way does not weigh on a hit.
            let answered = Box::pin(async move {
                let given = Given { args, on_hit: Some(on_hit), on_miss, compute };
                let Some((cache, subject, seen)) = place else { return given.computed().await };
                Arc::new(Matter { cache, subject, rules }).answered_async(seen, given).await
            });
            answered.await
        }
    }
}

/// What a call was given. It comes to a computation, or to a hit.
struct Given<A, H, M, C> {
    args: A,
    on_hit: Option<H>,
    on_miss: M,
    compute: C,
}

impl<A, H: FnOnce(&A), M: FnOnce(&A), C: FnOnce(A) -> R, R> Given<A, H, M, C> {
    fn computed(self) -> R {
        (self.on_miss)(&self.args);
        (self.compute)(self.args)
    }

    fn hit(&mut self) {
        if let Some(on_hit) = self.on_hit.take() {
            on_hit(&self.args);
        }
    }
}

/// What a call is about, for whoever goes on with it: the caller, the background, or for a while both.
struct Matter<R> {
    cache: Cache,
    subject: Subject,
    rules: R,
}

/// What is left to do for a caller that has an old value and finds that nobody else does it.
enum Rest<S> {
    /// To compute in the place of a value that is due.
    Replace(Leading, Due<S>),
    /// To compute in the place of one that is the answer to an error, if it is there still.
    Compute(Option<Leading>, Plan, bool),
}

impl<S> Rest<S> {
    /// Says that another thread will do it.
    fn leave_thread(&self) {
        match self {
            Self::Replace(leading, _) | Self::Compute(Some(leading), ..) => leading.leave_thread(),
            Self::Compute(None, ..) => {}
        }
    }
}

impl<K, F, I, W> Matter<Rules<K, F, I, W>>
where
    K: Kind<Stored: Clone + Send + Sync + 'static>,
    F: Form<K::Stored>,
    I: Fn(&K::Value) -> bool,
    W: Fn(&K::Value) -> Option<Duration>,
{
    fn spot(&self) -> Spot<'_> {
        self.subject.at(&self.cache)
    }

    /// The old value, where nobody waits for a new one.
    fn at_once(&self, rest: &Rest<K::Stored>) -> Option<K::Stored> {
        match rest {
            Rest::Replace(_, due) if self.rules.soft_limit().is_for_spare_alone => {
                Some(due.stored.clone())
            }
            _ => None,
        }
    }

    /// The answer to who waits no longer: what is there now, since the old value may have been invalidated meanwhile.
    fn left<S: ?Sized>(
        &self,
        entry: &EntryOf<'_, Rules<K, F, I, W>, S>,
        seen: Look<K::Stored>,
    ) -> Option<K::Return> {
        if let Look::Found(new) = seen {
            entry.noted(Note::Hit);
            return Some(self.rules.restore(new));
        }
        seen.any().map(|old| self.with_old(entry, old))
    }

    fn with_old<S: ?Sized>(
        &self,
        entry: &EntryOf<'_, Rules<K, F, I, W>, S>,
        old: K::Stored,
    ) -> K::Return {
        entry.noted(Note::Stale);
        self.rules.restore(old)
    }
}
