use super::{Given, Matter, Rest};
use crate::background::{self, Room};
use crate::call::taken;
use crate::drive::asynchronous::{self, Entries as _};
use crate::drive::{Due, Look, Seated};
use crate::entries::EntryOf;
use crate::groups::Numbers;
use crate::resilience::within;
use crate::rules::{Form, Kind, Rules, in_time};
use cache_memoize_core::ErasedAsyncStore;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

impl<K, F, I, W> Matter<Rules<K, F, I, W>>
where
    K: Kind<Return: Send + Sync, Stored: Clone + Send + Sync> + Send + Sync + 'static,
    F: Form<K::Stored> + Send + Sync + 'static,
    I: Fn(&K::Value) -> bool + Send + Sync + 'static,
    W: Fn(&K::Value) -> Option<Duration> + Send + Sync + 'static,
{
    pub(super) async fn answered_async<A, H, M, C, P>(
        self: Arc<Self>,
        seen: Option<Look<K::Stored>>,
        mut given: Given<A, H, M, C>,
    ) -> K::Return
    where
        A: Send + 'static,
        H: FnOnce(&A) + Send + 'static,
        M: FnOnce(&A) + Send + 'static,
        C: FnOnce(A) -> P + Send + 'static,
        P: Future<Output = K::Return> + Send + 'static,
    {
        let spot = self.spot();
        let entry = spot.async_entry(&self.rules);
        let seen = match seen {
            Some(seen) => seen,
            None => entry.look().await,
        };
        if let Look::Found(_) | Look::Nothing = seen {
            let mut given = Some(given);
            let computing = async { taken(&mut given).computed().await };
            let computing = in_time(self.rules.time_limit(), spot.site, computing);
            let value = self.rules.answered_async(&spot, &entry, seen, computing).await;
            given.iter_mut().for_each(Given::hit);
            return value;
        }
        let leaves = self.rules.soft_limit().end();
        match self.begun_async(&entry, seen, leaves).await {
            Ok(rest) => self.handed_over_async(&entry, rest, given, leaves).await,
            Err(value) => {
                given.hit();
                value
            }
        }
    }

    /// [`begun`](Self::begun), async.
    async fn begun_async(
        &self,
        entry: &EntryOf<'_, Rules<K, F, I, W>, dyn ErasedAsyncStore + '_>,
        seen: Look<K::Stored>,
        leaves: Instant,
    ) -> Result<Rest<K::Stored>, K::Return> {
        let (spot, rules) = (self.spot(), &self.rules);
        let (flights, key) = (&spot.cache.flights, spot.key);
        let mut spare = match seen {
            Look::Due(due) => {
                return match asynchronous::vacant(entry, flights, key) {
                    Some(leading) => Ok(Rest::Replace(leading, due)),
                    None => Err(self.with_old(entry, due.stored)),
                };
            }
            other => other.any(),
        };
        let (mut plan, leaves) = (spot.plan(), Some(leaves));
        match asynchronous::seated(entry, flights, key, rules, &mut plan, &mut spare, leaves).await
        {
            Seated::Answered(value) => Err(value),
            Seated::Computes(leading) => Ok(Rest::Compute(leading, plan, spare.is_some())),
        }
    }

    async fn handed_over_async<A, H, M, C, P>(
        self: &Arc<Self>,
        entry: &EntryOf<'_, Rules<K, F, I, W>, dyn ErasedAsyncStore + '_>,
        rest: Rest<K::Stored>,
        mut given: Given<A, H, M, C>,
        leaves: Instant,
    ) -> K::Return
    where
        A: Send + 'static,
        H: FnOnce(&A) + Send + 'static,
        M: FnOnce(&A) + Send + 'static,
        C: FnOnce(A) -> P + Send + 'static,
        P: Future<Output = K::Return> + Send + 'static,
    {
        let old = self.at_once(&rest);
        old.iter().for_each(|_| given.hit());
        let mut rest = Box::pin(self.clone().carried_out_async(rest, entry.known(), given));
        if let Some(old) = old {
            background::spawn_future(async move { drop(rest.await) });
            return self.with_old(entry, old);
        }
        let left = leaves.saturating_duration_since(Instant::now());
        if let Some(value) = within(left, rest.as_mut()).await {
            return value;
        }
        let seen = match first(rest.as_mut(), entry.look()).await {
            Ok(value) => return value,
            Err(seen) => seen,
        };
        let Some(room) = Room::take() else { return rest.await };
        match self.left(entry, seen) {
            None => rest.await,
            Some(value) => {
                room.spawn_future(async move { drop(rest.await) });
                value
            }
        }
    }

    async fn carried_out_async<A, H, M, C, P>(
        self: Arc<Self>,
        rest: Rest<K::Stored>,
        known: Numbers,
        given: Given<A, H, M, C>,
    ) -> K::Return
    where
        H: FnOnce(&A),
        M: FnOnce(&A),
        C: FnOnce(A) -> P,
        P: Future<Output = K::Return>,
    {
        let (spot, rules) = (self.spot(), &self.rules);
        let entry = spot.async_entry(rules).knowing(known);
        let mut given = Some(given);
        let computing = async { taken(&mut given).computed().await };
        let computing = in_time(rules.time_limit(), spot.site, computing);
        let computing = spot.told_or_async(rules, &entry, computing);
        let value = match rest {
            Rest::Replace(leading, Due { stored, when }) => {
                let new = asynchronous::replaced(&entry, rules, leading, &when, computing).await;
                new.unwrap_or_else(|| self.with_old(&entry, stored))
            }
            Rest::Compute(leading, plan, has_spare) => {
                asynchronous::led(&entry, rules, plan, leading, has_spare, computing).await
            }
        };
        given.iter_mut().for_each(Given::hit);
        value
    }
}

/// What `computing` gives, unless `looking` is at its end before.
async fn first<R, S>(
    mut computing: Pin<&mut impl Future<Output = R>>,
    looking: impl Future<Output = S>,
) -> Result<R, S> {
    let mut looking = pin!(looking);
    poll_fn(|context| match computing.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Ok(value)),
        Poll::Pending => looking.as_mut().poll(context).map(Err),
    })
    .await
}
