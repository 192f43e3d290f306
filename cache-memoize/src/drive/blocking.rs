use super::{Due, Guarded, Keep, Leased, Look, Note, Old, Replaced, Seated, taken};
use crate::flight::{Flights, Landing, Leading, Manner, Seat};
use crate::plan::{Fill, Next, Permit, Plan, landing};
use cache_memoize_core::{AnyObject, Key, LeaseMode};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The entry of one key, as the driver sees it. Faults of the store never get this far: they are reported
/// where they happen, and read as an absence.
pub(crate) trait Entries {
    /// What is stored.
    type Stored;

    /// The value that is there.
    fn look(&self) -> Look<Self::Stored>;

    /// Takes a lease, before the computation begins.
    fn lease(&self, mode: LeaseMode) -> Leased<Self::Stored>;

    /// Takes a lease to compute a new value in the place of one that may be served still.
    fn lease_to_replace(&self, old: &Replaced) -> Leased<Self::Stored>;

    /// Stores what was computed under a lease. If the value is [unfit](Fill::Unfit), the lease is left as it was.
    fn fill(&self, permit: Permit, stored: Self::Stored) -> Fill;

    /// Whether those who wait may have what came of a fill: no group of the entry was invalidated since it was
    /// computed.
    fn confirm(&self, fill: Fill) -> Fill;

    /// Gives a lease back.
    fn abandon(&self, permit: Permit);

    /// Forgets what is stored, and revokes every lease.
    fn forget(&self);

    /// Waits, because another process computes.
    fn nap(&self, time: Duration);

    /// Whether the function failed a moment ago, and is left alone while there is an old value.
    fn rests(&self) -> bool;

    /// Has the function left alone for a while, since it failed.
    fn leave_alone(&self);

    /// The tags of the entry.
    fn tags(&self) -> &[String];

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
    mut spare: Option<K::Stored>,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    match seated(entries, flights, key, keep, &mut plan, &mut spare, None) {
        Seated::Answered(value) => value,
        Seated::Computes(leading) => led(entries, keep, plan, leading, spare.is_some(), compute),
    }
}

/// The first half of it: waits for another caller, or finds that this one is to compute. Who has a `spare` value
/// waits no longer than until `leaves`.
pub(crate) fn seated<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    plan: &mut Plan,
    spare: &mut Option<K::Stored>,
    leaves: Option<Instant>,
) -> Seated<K::Return> {
    loop {
        if let Some(spare) = spare.take_if(|_| entries.rests()) {
            entries.note(Note::Stale);
            return Seated::Answered(keep.restore(spare));
        }
        let Next::Join = plan.missed() else { return Seated::Computes(None) };
        let landing = match flights.join(key, Manner::Blocking) {
            Seat::Leader(leading) => return Seated::Computes(Some(leading)),
            Seat::Alone => {
                plan.waits_for_nobody();
                return Seated::Computes(None);
            }
            Seat::Follower(following) => {
                let leaves = leaves.filter(|_| spare.is_some());
                following.until(leaves).wait()
            }
        };
        plan.waited_for(&landing);
        let is_leaving = matches!(landing, Landing::Left);
        if let Some(stored) = taken(landing) {
            entries.note(Note::Coalesced);
            return Seated::Answered(keep.restore(stored));
        }
        *spare = match entries.look() {
            Look::Found(stored) => {
                entries.note(Note::Hit);
                return Seated::Answered(keep.restore(stored));
            }
            Look::Due(Due { stored, .. }) => {
                entries.note(Note::Stale);
                return Seated::Answered(keep.restore(stored));
            }
            Look::Spare(stored) if is_leaving => {
                entries.note(Note::Stale);
                return Seated::Answered(keep.restore(stored));
            }
            Look::Spare(stored) => Some(stored),
            Look::Nothing => None,
        };
    }
}

/// The second half: computes, unless another process does.
pub(crate) fn led<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    keep: &K,
    mut plan: Plan,
    leading: Option<Leading>,
    has_spare: bool,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    let mut leased = entries.lease(LeaseMode::Join);
    let mut note = Note::Hit;
    while let Leased::Granted { permit: Permit::Fenced(_), first: false } = leased
        && let Some(time) = plan.nap()
    {
        entries.nap(time);
        leased = entries.lease(LeaseMode::Join);
        note = Note::Coalesced;
    }
    match leased {
        Leased::Found(stored) => {
            entries.note(note);
            keep.restore(stored)
        }
        Leased::Granted { permit, .. } => {
            let lease = HeldLease::new(entries, permit);
            entries.note(Note::Miss);
            let old = if has_spare { Old::Spare } else { Old::Absent };
            computed(lease, keep, leading, old, compute)
        }
    }
}

/// What a call does that found a value which is due: computes a new one, or serves the old one.
pub(crate) fn due<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    due: Due<K::Stored>,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    match renewed(entries, flights, key, keep, &due.when, compute) {
        Some(value) => value,
        None => {
            entries.note(Note::Stale);
            keep.restore(due.stored)
        }
    }
}

/// Computes a new value in the place of an old one, if nobody else is at it here or elsewhere.
pub(crate) fn renewed<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    old: &Replaced,
    compute: impl FnOnce() -> K::Return,
) -> Option<K::Return> {
    let leading = vacant(entries, flights, key)?;
    replaced(entries, keep, leading, old, compute)
}

/// The first half of it: the lead, if nobody in this process has it and the function is not left alone.
pub(crate) fn vacant(entries: &impl Entries, flights: &Flights, key: &Key) -> Option<Leading> {
    if entries.rests() { None } else { flights.lead_if_free(key, Manner::Blocking) }
}

/// The second half: computes, unless another process does.
pub(crate) fn replaced<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    keep: &K,
    leading: Leading,
    old: &Replaced,
    compute: impl FnOnce() -> K::Return,
) -> Option<K::Return> {
    match entries.lease_to_replace(old) {
        Leased::Found(stored) => {
            entries.note(Note::Hit);
            Some(keep.restore(stored))
        }
        Leased::Granted { permit: permit @ Permit::Fenced(_), first: true } => {
            let lease = HeldLease::new(entries, permit);
            entries.note(Note::Refresh);
            Some(computed(lease, keep, Some(leading), Old::Spare, compute))
        }
        Leased::Granted { .. } => None,
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
    entries.note(Note::Refresh);
    computed(HeldLease::new(entries, permit), keep, Some(leading), Old::Outdated, compute)
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
    leading: Option<Leading>,
    old: Old,
    compute: impl FnOnce() -> K::Return,
) -> K::Return {
    // A panic gives the lease back before the flight lands: who leads next must not share it.
    let mut lease = lease;
    // What decides about the value and writes it is the user's code too, and may call in here.
    let computing = leading.as_ref().map(Leading::computing);
    leading.iter().for_each(|leading| leading.concern(lease.entries.tags()));
    let value = compute();
    let failed = keep.is_error(&value);
    if failed && old == Old::Spare {
        let entries = lease.entries;
        drop(lease);
        return instead_of(value, entries, keep);
    }
    let is_outdated = old != Old::Absent && !failed;
    let Some(stored) = keep.keep(&value) else {
        lease.end(is_outdated);
        return value;
    };
    let shared = leading.as_ref().is_some_and(Leading::close);
    let share = shared.then(|| Arc::new(stored.clone()) as Arc<AnyObject>);
    let entries = lease.entries;
    let mut fill = lease.fill(stored);
    if shared {
        fill = entries.confirm(fill);
    }
    lease.end(is_outdated && fill == Fill::Unfit);
    drop(computing);
    if let Some(leading) = leading {
        leading.land(landing(Some(fill), share));
    }
    value
}

/// The old value in the place of an error, if it is there still: it may have been invalidated meanwhile.
fn instead_of<K: Keep>(
    error: K::Return,
    entries: &impl Entries<Stored = K::Stored>,
    keep: &K,
) -> K::Return {
    entries.leave_alone();
    let Some(spare) = entries.look().any() else { return error };
    entries.note(Note::Stale);
    keep.restore(spare)
}

fn claimed<G: Guarded>(
    mut claim: HeldLease<'_, impl Entries<Stored = ()>>,
    guarded: &G,
    compute: impl FnOnce() -> G::Return,
) -> G::Return {
    let value = compute();
    if guarded.succeeded(&value) {
        claim.stand();
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

    /// Spends the lease, unless the value is unfit or does not reach the store.
    fn fill(&mut self, stored: E::Stored) -> Fill {
        let permit = self.permit.unwrap_or(Permit::Unfenced);
        let fill = self.entries.fill(permit, stored);
        self.permit.take_if(|_| matches!(fill, Fill::Accepted | Fill::Refused));
        fill
    }

    /// Gives a lease back that was not spent, and forgets the value that is there if it is outdated.
    fn end(mut self, is_outdated: bool) {
        let Some(permit) = self.permit.take() else { return };
        if is_outdated {
            self.entries.forget();
        } else {
            self.entries.abandon(permit);
        }
    }
}

impl<E: Entries<Stored = ()>> HeldLease<'_, E> {
    /// Spends a claim. Since the function ran it is not given back any more, whatever becomes of the fill.
    fn stand(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        if self.entries.fill(permit, ()) == Fill::Unfit {
            self.permit = Some(permit);
        }
    }
}

impl<E: Entries> Drop for HeldLease<'_, E> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.entries.abandon(permit);
        }
    }
}
