use super::{Guarded, Keep, Leased, Look, Note, taken};
use crate::flight::{Flights, Leading, Manner, Seat};
use crate::plan::{Fill, Next, Permit, Plan, landing};
use cache_memoize_core::{AnyObject, Key, LeaseMode};
use std::sync::Arc;

/// The entry of one key, as the driver sees it. Faults of the store never get this far: they are reported
/// where they happen, and read as an absence.
pub(crate) trait Entries {
    /// What is stored.
    type Stored;

    /// The fresh value that is there.
    fn look(&self) -> Look<Self::Stored>;

    /// Takes a lease, before the computation begins.
    fn lease(&self, mode: LeaseMode) -> Leased<Self::Stored>;

    /// Stores what was computed under a lease.
    fn fill(&self, permit: Permit, stored: Self::Stored) -> Fill;

    /// Gives a lease back.
    fn abandon(&self, permit: Permit);

    /// Tells those who watch.
    fn note(&self, note: Note);
}

/// What a call does after it looked and found nothing: takes the value from another caller, or computes.
pub(crate) fn missed<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    mut plan: Plan,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    let leading = loop {
        let Next::Join = plan.missed() else { break None };
        match flights.join(key, Manner::Blocking) {
            Seat::Leader(leading) => break Some(leading),
            Seat::Alone => break None,
            Seat::Follower(following) => {
                let landing = following.wait();
                plan.waited_for(&landing);
                if let Some(stored) = taken(landing) {
                    entries.note(Note::Coalesced);
                    return keep.restore(stored);
                }
            }
        }
        if let Look::Found(stored) = entries.look() {
            entries.note(Note::Hit);
            return keep.restore(stored);
        }
    };
    match entries.lease(LeaseMode::Join) {
        Leased::Found(stored) => {
            entries.note(Note::Hit);
            keep.restore(stored)
        }
        Leased::Granted { permit, .. } => {
            let lease = HeldLease::new(entries, permit);
            entries.note(Note::Miss);
            computed(lease, keep, leading, compute)
        }
    }
}

/// A refresh: computes now, whatever is stored, and begins a new era.
pub(crate) fn refresh<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    let permit = match entries.lease(LeaseMode::Renew) {
        Leased::Granted { permit, .. } => permit,
        Leased::Found(_) => Permit::Unfenced,
    };
    let leading = flights.lead(key, Manner::Blocking);
    computed(HeldLease::new(entries, permit), keep, Some(leading), compute)
}

/// What a call of a guarded function does after it looked and found nothing: claims the run, or is held
/// back.
pub(crate) fn unclaimed<G: Guarded>(
    entries: &impl Entries<Stored = ()>,
    guarded: &G,
    compute: impl FnOnce() -> G::Return,
) -> G::Return {
    match entries.lease(LeaseMode::Join) {
        Leased::Granted { permit, first: true } => {
            let claim = HeldLease::new(entries, permit);
            entries.note(Note::Miss);
            claimed(claim, guarded, compute)
        }
        _ => {
            entries.note(Note::Hit);
            guarded.held_back()
        }
    }
}

/// Runs a guarded function although it may have run before.
pub(crate) fn guard_again<G: Guarded>(
    entries: &impl Entries<Stored = ()>,
    guarded: &G,
    compute: impl FnOnce() -> G::Return,
) -> G::Return {
    match entries.lease(LeaseMode::Renew) {
        Leased::Granted { permit, .. } => {
            claimed(HeldLease::new(entries, permit), guarded, compute)
        }
        Leased::Found(()) => compute(),
    }
}

fn computed<K: Keep>(
    lease: HeldLease<'_, impl Entries<Stored = K::Stored>>,
    keep: &K,
    leading: Option<Leading<'_>>,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    // A panic gives the lease back before the flight lands: who leads next must not share it.
    let lease = lease;
    // What decides about the value and writes it is the user's code too, and may call in here.
    let computing = leading.as_ref().map(Leading::computing);
    let value = compute();
    let Some(stored) = keep.keep(&value) else { return value };
    let shared = leading.as_ref().is_some_and(Leading::close);
    let share = shared.then(|| Arc::new(stored.clone()) as Arc<AnyObject>);
    let fill = lease.fill(stored);
    drop(computing);
    if let Some(leading) = leading {
        leading.land(landing(Some(fill), share));
    }
    value
}

fn claimed<G: Guarded>(
    claim: HeldLease<'_, impl Entries<Stored = ()>>,
    guarded: &G,
    compute: impl FnOnce() -> G::Return,
) -> G::Return {
    let value = compute();
    if guarded.succeeded(&value) {
        claim.fill(());
    }
    value
}

/// A lease that is given back unless it is used: a computation may fail, and panic.
struct HeldLease<'a, E: Entries> {
    entries: &'a E,
    permit: Option<Permit>,
}

impl<'a, E: Entries> HeldLease<'a, E> {
    fn new(entries: &'a E, permit: Permit) -> Self {
        Self { entries, permit: Some(permit) }
    }

    fn fill(mut self, stored: E::Stored) -> Fill {
        let permit = self.permit.take().unwrap_or(Permit::Unfenced);
        self.entries.fill(permit, stored)
    }
}

impl<E: Entries> Drop for HeldLease<'_, E> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.entries.abandon(permit);
        }
    }
}
