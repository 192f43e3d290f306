use super::{Due, Guarded, Keep, Leased, Look, Note, Old, Replaced, Seated, taken};
use crate::flight::{Flights, Landing, Leading, Manner, Seat};
use crate::plan::{Fill, Next, Permit, Plan, landing};
use cache_memoize_core::{AnyObject, Key, LeaseMode};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The entry of one key, as the driver sees it. Faults of the store never get this far: they are reported
/// where they happen, and read as an absence.
pub(crate) trait Entries {
    /// What is stored.
    type Stored;

    /// The value that is there.
    fn look(&self) -> impl Future<Output = Look<Self::Stored>>;

    /// Takes a lease, before the computation begins.
    fn lease(&self, mode: LeaseMode) -> impl Future<Output = Leased<Self::Stored>>;

    /// Takes a lease to compute a new value in the place of one that may be served still.
    fn lease_to_replace(&self, old: &Replaced) -> impl Future<Output = Leased<Self::Stored>>;

    /// Stores what was computed under a lease. If the value is [unfit](Fill::Unfit), the lease is left as it was.
    fn fill(&self, permit: Permit, stored: Self::Stored) -> impl Future<Output = Fill>;

    /// Whether those who wait may have what came of a fill: no group of the entry was invalidated since it was
    /// computed.
    fn confirm(&self, fill: Fill) -> impl Future<Output = Fill>;

    /// Gives a lease back.
    fn release(&self, permit: Permit) -> impl Future<Output = ()>;

    /// Gives a lease back without waiting, or sees to it that a later call does: a future may be dropped at
    /// any point.
    fn abandon(&self, permit: Permit);

    /// Forgets what is stored, and revokes every lease.
    fn forget(&self) -> impl Future<Output = ()>;

    /// Waits, because another process computes.
    fn nap(&self, time: Duration) -> impl Future<Output = ()>;

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
pub(crate) async fn missed<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    mut plan: Plan,
    mut spare: Option<K::Stored>,
    compute: impl Future<Output = K::Return>,
) -> K::Return {
    match seated(entries, flights, key, keep, &mut plan, &mut spare, None).await {
        Seated::Answered(value) => value,
        Seated::Computes(leading) => {
            let compute = pin!(compute);
            led(entries, keep, plan, leading, spare.is_some(), compute).await
        }
    }
}

/// The first half of it: waits for another caller, or finds that this one is to compute. Who has a `spare` value
/// waits no longer than until `leaves`.
pub(crate) async fn seated<K: Keep>(
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
        let landing = match flights.join(key, Manner::Async) {
            Seat::Leader(leading) => return Seated::Computes(Some(leading)),
            Seat::Alone => {
                plan.waits_for_nobody();
                return Seated::Computes(None);
            }
            Seat::Follower(following) => {
                let leaves = leaves.filter(|_| spare.is_some());
                following.until(leaves).landed().await
            }
        };
        plan.waited_for(&landing);
        let is_leaving = matches!(landing, Landing::Left);
        if let Some(stored) = taken(landing) {
            entries.note(Note::Coalesced);
            return Seated::Answered(keep.restore(stored));
        }
        *spare = match entries.look().await {
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
pub(crate) async fn led<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    keep: &K,
    mut plan: Plan,
    leading: Option<Leading>,
    has_spare: bool,
    compute: impl Future<Output = K::Return>,
) -> K::Return {
    let mut leased = entries.lease(LeaseMode::Join).await;
    let mut note = Note::Hit;
    while let Leased::Granted { permit: Permit::Fenced(_), first: false } = leased
        && let Some(time) = plan.nap()
    {
        entries.nap(time).await;
        leased = entries.lease(LeaseMode::Join).await;
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
            computed(lease, keep, leading, old, compute).await
        }
    }
}

/// What a call does that found a value which is due: computes a new one, or serves the old one.
pub(crate) async fn due<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    due: Due<K::Stored>,
    compute: impl Future<Output = K::Return>,
) -> K::Return {
    match renewed(entries, flights, key, keep, &due.when, compute).await {
        Some(value) => value,
        None => {
            entries.note(Note::Stale);
            keep.restore(due.stored)
        }
    }
}

/// Computes a new value in the place of an old one, if nobody else is at it here or elsewhere.
pub(crate) async fn renewed<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    old: &Replaced,
    compute: impl Future<Output = K::Return>,
) -> Option<K::Return> {
    let leading = vacant(entries, flights, key)?;
    let compute = pin!(compute);
    replaced(entries, keep, leading, old, compute).await
}

/// The first half of it: the lead, if nobody in this process has it and the function is not left alone.
pub(crate) fn vacant(entries: &impl Entries, flights: &Flights, key: &Key) -> Option<Leading> {
    if entries.rests() { None } else { flights.lead_if_free(key, Manner::Async) }
}

/// The second half: computes, unless another process does.
pub(crate) async fn replaced<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    keep: &K,
    leading: Leading,
    old: &Replaced,
    compute: impl Future<Output = K::Return>,
) -> Option<K::Return> {
    match entries.lease_to_replace(old).await {
        Leased::Found(stored) => {
            entries.note(Note::Hit);
            Some(keep.restore(stored))
        }
        Leased::Granted { permit: permit @ Permit::Fenced(_), first: true } => {
            let lease = HeldLease::new(entries, permit);
            entries.note(Note::Refresh);
            Some(computed(lease, keep, Some(leading), Old::Spare, compute).await)
        }
        Leased::Granted { .. } => None,
    }
}

/// A refresh: computes now, whatever is stored, and begins a new era.
pub(crate) async fn refresh<K: Keep>(
    entries: &impl Entries<Stored = K::Stored>,
    flights: &Flights,
    key: &Key,
    keep: &K,
    compute: impl Future<Output = K::Return>,
) -> K::Return {
    let permit = match entries.lease(LeaseMode::Renew).await {
        Leased::Granted { permit, .. } => permit,
        Leased::Found(_) => Permit::Unfenced,
    };
    let leading = flights.lead(key, Manner::Async);
    entries.note(Note::Refresh);
    computed(HeldLease::new(entries, permit), keep, Some(leading), Old::Outdated, compute).await
}

/// What a call of a guarded function does after it looked and found nothing: claims the run, or is held
/// back.
pub(crate) async fn unclaimed<G: Guarded>(
    entries: &impl Entries<Stored = ()>,
    guarded: &G,
    compute: impl Future<Output = G::Return>,
) -> G::Return {
    match entries.lease(LeaseMode::Join).await {
        Leased::Granted { permit, first: true } => {
            let claim = HeldLease::new(entries, permit);
            entries.note(Note::Miss);
            claimed(claim, guarded, compute).await
        }
        _ => {
            entries.note(Note::Hit);
            guarded.held_back()
        }
    }
}

/// Runs a guarded function although it may have run before.
pub(crate) async fn guard_again<G: Guarded>(
    entries: &impl Entries<Stored = ()>,
    guarded: &G,
    compute: impl Future<Output = G::Return>,
) -> G::Return {
    match entries.lease(LeaseMode::Renew).await {
        Leased::Granted { permit, .. } => {
            claimed(HeldLease::new(entries, permit), guarded, compute).await
        }
        Leased::Found(()) => compute.await,
    }
}

async fn computed<K: Keep>(
    lease: HeldLease<'_, impl Entries<Stored = K::Stored>>,
    keep: &K,
    leading: Option<Leading>,
    old: Old,
    compute: impl Future<Output = K::Return>,
) -> K::Return {
    // A panic gives the lease back before the flight lands: who leads next must not share it.
    let mut lease = lease;
    leading.iter().for_each(|leading| leading.concern(lease.entries.tags()));
    let value = inside(leading.as_ref(), compute).await;
    let failed = keep.is_error(&value);
    if failed && old == Old::Spare {
        let entries = lease.entries;
        lease.end(false).await;
        return instead_of(value, entries, keep).await;
    }
    let is_outdated = old != Old::Absent && !failed;
    // What decides about the value and writes it is the user's code too, and may call in here.
    let Some(stored) = inside(leading.as_ref(), async { keep.keep(&value) }).await else {
        lease.end(is_outdated).await;
        return value;
    };
    let shared = leading.as_ref().is_some_and(Leading::close);
    let share = shared.then(|| Arc::new(stored.clone()) as Arc<AnyObject>);
    let entries = lease.entries;
    let mut fill = inside(leading.as_ref(), lease.fill(stored)).await;
    if shared {
        fill = entries.confirm(fill).await;
    }
    lease.end(is_outdated && fill == Fill::Unfit).await;
    if let Some(leading) = leading {
        leading.land(landing(Some(fill), share));
    }
    value
}

/// The old value in the place of an error, if it is there still: it may have been invalidated meanwhile.
async fn instead_of<K: Keep>(
    error: K::Return,
    entries: &impl Entries<Stored = K::Stored>,
    keep: &K,
) -> K::Return {
    entries.leave_alone();
    let Some(spare) = entries.look().await.any() else { return error };
    entries.note(Note::Stale);
    keep.restore(spare)
}

async fn claimed<G: Guarded>(
    mut claim: HeldLease<'_, impl Entries<Stored = ()>>,
    guarded: &G,
    compute: impl Future<Output = G::Return>,
) -> G::Return {
    let value = compute.await;
    if guarded.succeeded(&value) {
        claim.stand().await;
    }
    claim.end(false).await;
    value
}

/// Marks every thread that polls the computation as being inside of it.
async fn inside<F: Future>(leading: Option<&Leading>, compute: F) -> F::Output {
    let mut compute = pin!(compute);
    poll_fn(|context| {
        let _computing = leading.map(Leading::computing);
        compute.as_mut().poll(context)
    })
    .await
}

/// A lease that is given back unless it is used: a computation may fail, panic, and be
/// cancelled.
struct HeldLease<'a, E: Entries> {
    entries: &'a E,
    permit: Option<Permit>,
}

impl<'a, E: Entries> HeldLease<'a, E> {
    fn new(entries: &'a E, permit: Permit) -> Self {
        Self { entries, permit: Some(permit) }
    }

    /// Spends the lease, unless the value is unfit or does not reach the store.
    async fn fill(&mut self, stored: E::Stored) -> Fill {
        let permit = self.permit.unwrap_or(Permit::Unfenced);
        let fill = self.entries.fill(permit, stored).await;
        self.permit.take_if(|_| matches!(fill, Fill::Accepted | Fill::Refused));
        fill
    }

    /// Gives a lease back that was not spent, and forgets the value that is there if it is outdated.
    async fn end(mut self, is_outdated: bool) {
        let Some(permit) = self.permit.take() else { return };
        if is_outdated {
            self.entries.forget().await;
        } else {
            self.entries.release(permit).await;
        }
    }
}

impl<E: Entries<Stored = ()>> HeldLease<'_, E> {
    /// Spends a claim. Since the function ran it is not given back any more, whatever becomes of the fill.
    async fn stand(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        if self.entries.fill(permit, ()).await == Fill::Unfit {
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
