use super::{Given, Matter, Rest};
use crate::call::taken;
use crate::drive::blocking::{self, Entries as _};
use crate::drive::{Due, Look, Seated};
use crate::entries::EntryOf;
use crate::groups::Numbers;
use crate::rules::{Form, Kind, Rules};
use crate::task::Task;
use cache_memoize_core::Store;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl<K, F, I, W> Matter<Rules<K, F, I, W>>
where
    K: Kind<Return: Send, Stored: Clone + Send + Sync> + Send + Sync + 'static,
    F: Form<K::Stored> + Send + Sync + 'static,
    I: Fn(&K::Value) -> bool + Send + Sync + 'static,
    W: Fn(&K::Value) -> Option<Duration> + Send + Sync + 'static,
{
    pub(super) fn answered<A, H, M, C>(
        self: Arc<Self>,
        seen: Option<Look<K::Stored>>,
        mut given: Given<A, H, M, C>,
    ) -> K::Return
    where
        A: Send + 'static,
        H: FnOnce(&A) + Send + 'static,
        M: FnOnce(&A) + Send + 'static,
        C: FnOnce(A) -> K::Return + Send + 'static,
    {
        let spot = self.spot();
        let entry = spot.entry(&self.rules);
        let seen = seen.unwrap_or_else(|| entry.look());
        if let Look::Found(_) | Look::Nothing = seen {
            let mut given = Some(given);
            let compute = || taken(&mut given).computed();
            let value = self.rules.answered(&spot, &entry, seen, compute);
            given.iter_mut().for_each(Given::hit);
            return value;
        }
        let leaves = self.rules.soft_limit().end();
        match self.begun(&entry, seen, leaves) {
            Ok(rest) => self.handed_over(&entry, rest, given, leaves),
            Err(value) => {
                given.hit();
                value
            }
        }
    }

    /// What is left to do, or else the answer of somebody who does it already.
    fn begun(
        &self,
        entry: &EntryOf<'_, Rules<K, F, I, W>, dyn Store>,
        seen: Look<K::Stored>,
        leaves: Instant,
    ) -> Result<Rest<K::Stored>, K::Return> {
        let (spot, rules) = (self.spot(), &self.rules);
        let (flights, key) = (&spot.cache.flights, spot.key);
        let mut spare = match seen {
            Look::Due(due) => {
                return match blocking::vacant(entry, flights, key) {
                    Some(leading) => Ok(Rest::Replace(leading, due)),
                    None => Err(self.with_old(entry, due.stored)),
                };
            }
            other => other.any(),
        };
        let (mut plan, leaves) = (spot.plan(), Some(leaves));
        match blocking::seated(entry, flights, key, rules, &mut plan, &mut spare, leaves) {
            Seated::Answered(value) => Err(value),
            Seated::Computes(leading) => Ok(Rest::Compute(leading, plan, spare.is_some())),
        }
    }

    fn handed_over<A, H, M, C>(
        self: &Arc<Self>,
        entry: &EntryOf<'_, Rules<K, F, I, W>, dyn Store>,
        rest: Rest<K::Stored>,
        mut given: Given<A, H, M, C>,
        leaves: Instant,
    ) -> K::Return
    where
        A: Send + 'static,
        H: FnOnce(&A) + Send + 'static,
        M: FnOnce(&A) + Send + 'static,
        C: FnOnce(A) -> K::Return + Send + 'static,
    {
        rest.leave_thread();
        let old = self.at_once(&rest);
        old.iter().for_each(|_| given.hit());
        let (matter, known) = (self.clone(), entry.known());
        let task = Task::new(move || matter.carried_out(rest, known, given));
        let has_room = task.hand_over();
        if let Some(old) = old {
            return self.with_old(entry, old);
        }
        let in_time = || task.before(leaves).or_else(|| self.left(entry, entry.look()));
        has_room.then(in_time).flatten().unwrap_or_else(|| task.awaited())
    }

    fn carried_out<A, H, M, C>(
        &self,
        rest: Rest<K::Stored>,
        known: Numbers,
        given: Given<A, H, M, C>,
    ) -> K::Return
    where
        H: FnOnce(&A),
        M: FnOnce(&A),
        C: FnOnce(A) -> K::Return,
    {
        let (spot, rules) = (self.spot(), &self.rules);
        let entry = spot.entry(rules).knowing(known);
        let mut given = Some(given);
        let compute = || spot.told_or(rules, &entry, || taken(&mut given).computed());
        let value = match rest {
            Rest::Replace(leading, Due { stored, when }) => {
                let new = blocking::replaced(&entry, rules, leading, &when, compute);
                new.unwrap_or_else(|| self.with_old(&entry, stored))
            }
            Rest::Compute(leading, plan, has_spare) => {
                blocking::led(&entry, rules, plan, leading, has_spare, compute)
            }
        };
        given.iter_mut().for_each(Given::hit);
        value
    }
}
