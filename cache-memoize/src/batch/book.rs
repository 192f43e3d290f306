//! What a call for many keys knows in the course of it, and who computes what. Nothing here asks a store.

use crate::drive::{Due, Keep, Leased, Look, Note};
use crate::entries::{ByPlace, EntryOf};
use crate::flight::{Flights, Following, Leading, Manner, Seat, Together};
use crate::plan::{Fill, Next, Permit, Plan};
use crate::rules::Ruleset;
use cache_memoize_core::{AnyObject, Timestamp, Token, Ttl};
use std::sync::Arc;

/// The answers of a call, by the places of their keys.
pub(super) struct Book<S> {
    answers: Vec<Option<Option<S>>>,
}

impl<S> Book<S> {
    pub(super) fn new(keys: usize) -> Self {
        Self { answers: (0..keys).map(|_| None).collect() }
    }

    /// Those that are not answered yet.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..self.answers.len()).filter(|place| self.answers[*place].is_none()).collect()
    }

    pub(super) fn answer(&mut self, place: usize, value: S) {
        self.answers[place] = Some(Some(value));
    }

    /// The function gave nothing for this key.
    pub(super) fn nothing(&mut self, place: usize) {
        self.answers[place] = Some(None);
    }

    pub(super) fn close(self) -> Vec<Option<S>> {
        self.answers.into_iter().map(Option::flatten).collect()
    }
}

/// A key that this call is to compute.
pub(super) struct Task<S> {
    pub(super) place: usize,
    pub(super) leading: Option<Leading>,
    pub(super) old: Old<S>,
}

/// The value that was stored before.
pub(super) enum Old<S> {
    Absent,
    /// The answer if the function fails.
    Spare,
    /// The same, and one to serve where another caller computes.
    Due(Due<S>),
    /// Not to be served once the function has succeeded.
    Outdated,
}

/// What to do about the keys that were looked at.
pub(super) struct Seats<S> {
    pub(super) own: Vec<Task<S>>,
    /// Others compute these.
    pub(super) followed: Vec<(usize, Following)>,
}

/// Answers what can be answered at once, and takes a seat in the flight of each other key.
///
/// Whoever leads flights lands them before it waits for another: calls whose keys overlap do not wait for each other in
/// a circle.
pub(super) fn seats<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    looks: ByPlace<Look<R::Stored>>,
    flights: &Flights,
    plan: &Plan,
    manner: Manner,
    book: &mut Book<R::Stored>,
) -> Seats<R::Stored> {
    let mut seats = Seats { own: Vec::new(), followed: Vec::new() };
    for (place, look) in looks {
        let entry = &entries[place];
        let old = match look {
            Look::Found(stored) => {
                entry.noted(Note::Hit);
                book.answer(place, stored);
                continue;
            }
            Look::Due(due) => {
                let leading = (!entry.is_resting())
                    .then(|| flights.lead_if_free(entry.whole_key(), manner))
                    .flatten();
                match leading {
                    Some(_) => seats.own.push(Task { place, leading, old: Old::Due(due) }),
                    None => serve_old(entry, place, due.stored, book),
                }
                continue;
            }
            Look::Spare(stored) if entry.is_resting() => {
                serve_old(entry, place, stored, book);
                continue;
            }
            Look::Spare(_) => Old::Spare,
            Look::Nothing => Old::Absent,
        };
        let seat = match plan.missed() {
            Next::Join => flights.join(entry.whole_key(), manner),
            Next::Alone => Seat::Alone,
        };
        match seat {
            Seat::Leader(leading) => {
                seats.own.push(Task { place, leading: Some(leading), old });
            }
            Seat::Alone => seats.own.push(Task { place, leading: None, old }),
            Seat::Follower(following) => seats.followed.push((place, following)),
        }
    }
    seats
}

fn serve_old<R: Ruleset, S: ?Sized>(
    entry: &EntryOf<'_, R, S>,
    place: usize,
    stored: R::Stored,
    book: &mut Book<R::Stored>,
) {
    entry.noted(Note::Stale);
    book.answer(place, stored);
}

/// The places whose lease is to replace a value that may be served still, and the others.
pub(super) fn by_age<S>(own: &[Task<S>]) -> (Vec<usize>, Vec<usize>) {
    let (due, missing): (Vec<_>, Vec<_>) =
        own.iter().partition(|task| matches!(task.old, Old::Due(_)));
    let places = |tasks: Vec<&Task<S>>| tasks.into_iter().map(|task| task.place).collect();
    (places(due), places(missing))
}

/// Until when the values that are due are fresh.
pub(super) fn ends_of<S>(own: &[Task<S>]) -> ByPlace<Timestamp> {
    let end = |task: &Task<S>| match &task.old {
        Old::Due(due) => Some((task.place, due.when.expires)),
        _ => None,
    };
    own.iter().filter_map(end).collect()
}

/// The tasks that remain after leases were asked for, and the leases: a value may have arrived, and of one that is due
/// somebody else may compute a new one.
pub(super) fn begun<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    own: Vec<Task<R::Stored>>,
    mut leased: ByPlace<Leased<R::Stored>>,
    book: &mut Book<R::Stored>,
) -> (Vec<Task<R::Stored>>, ByPlace<Permit>) {
    let (mut tasks, mut permits) = (Vec::new(), ByPlace::new());
    for task in own {
        let entry = &entries[task.place];
        let (permit, first) = match leased.remove(&task.place) {
            Some(Leased::Found(stored)) => {
                entry.noted(Note::Hit);
                book.answer(task.place, stored);
                continue;
            }
            Some(Leased::Granted { permit, first }) => (permit, first),
            None => (Permit::Unfenced, true),
        };
        let may_replace = first && matches!(permit, Permit::Fenced(_));
        let task = match task {
            Task { place, old: Old::Due(due), .. } if !may_replace => {
                serve_old(entry, place, due.stored, book);
                continue;
            }
            task => task,
        };
        let replaces = matches!(task.old, Old::Due(_) | Old::Outdated);
        entry.noted(if replaces { Note::Refresh } else { Note::Miss });
        task.leading.iter().for_each(|leading| leading.concern(entry.tags()));
        permits.insert(task.place, permit);
        tasks.push(task);
    }
    (tasks, permits)
}

/// The flights of the computation.
pub(super) fn together<S>(tasks: &[Task<S>]) -> Together<'_> {
    Together::of(tasks.iter().filter_map(|task| task.leading.as_ref()))
}

/// What is to be stored, and what is passed on to those who wait for a key.
pub(super) type Kept<S> = (Vec<(usize, Permit, S)>, Shares);

/// What is passed on to those who wait for a key.
pub(super) type Shares = ByPlace<Arc<AnyObject>>;

/// Answers with what was computed, and says what is to be kept of it. From now on nobody joins these flights who might
/// come after an invalidation.
pub(super) fn kept<V: Clone + Send + Sync + 'static>(
    rules: &impl Keep<Return = V, Stored = V>,
    tasks: &[Task<V>],
    values: Vec<Option<V>>,
    permits: &ByPlace<Permit>,
    book: &mut Book<V>,
) -> Kept<V> {
    let (mut fills, mut shares) = (Vec::new(), Shares::new());
    for (task, value) in tasks.iter().zip(values) {
        let Some(value) = value else {
            book.nothing(task.place);
            continue;
        };
        if let Some(stored) = rules.keep(&value) {
            if task.leading.as_ref().is_some_and(Leading::close) {
                shares.insert(task.place, Arc::new(stored.clone()) as Arc<AnyObject>);
            }
            fills.push((task.place, permits[&task.place], stored));
        }
        book.answer(task.place, value);
    }
    (fills, shares)
}

/// Those leases are spent whose values reached the store, whether it took them or not.
pub(super) fn spend(permits: &mut ByPlace<Permit>, filled: &ByPlace<Fill>) {
    let is_spent =
        |place: &usize| matches!(filled.get(place), Some(Fill::Accepted | Fill::Refused));
    permits.retain(|place, _| !is_spent(place));
}

/// Those whose old value is known to be outdated by now: a new one was computed and is not stored.
pub(super) fn outdated<S>(tasks: &[Task<S>], filled: &ByPlace<Fill>) -> Vec<usize> {
    let is_outdated = |task: &&Task<S>| {
        let is_stored = filled.get(&task.place).is_some_and(|fill| *fill != Fill::Unfit);
        !matches!(task.old, Old::Absent) && !is_stored
    };
    tasks.iter().filter(is_outdated).map(|task| task.place).collect()
}

/// Those of the shared values that the store has taken.
pub(super) fn accepted(shares: &Shares, filled: &ByPlace<Fill>) -> Vec<usize> {
    let is_accepted = |place: &&usize| filled.get(place) == Some(&Fill::Accepted);
    shares.keys().filter(is_accepted).copied().collect()
}

/// The leases among the permits.
pub(super) fn fenced(permits: &ByPlace<Permit>) -> Vec<(usize, Token)> {
    let token = |(place, permit): (&usize, &Permit)| match permit {
        Permit::Fenced(token) => Some((*place, *token)),
        Permit::Unfenced => None,
    };
    permits.iter().filter_map(token).collect()
}

/// Answers with old values where there is one for every key, and says whether there is.
pub(super) fn serve_all<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    looks: ByPlace<Look<R::Stored>>,
    book: &mut Book<R::Stored>,
) -> bool {
    let olds: Option<Vec<_>> =
        looks.into_iter().map(|(place, look)| Some((place, look.any()?))).collect();
    let Some(olds) = olds else { return false };
    olds.into_iter().for_each(|(place, stored)| serve_old(&entries[place], place, stored, book));
    true
}

impl<S> Task<S> {
    /// Whether there is an old value for the case that the function fails.
    pub(super) fn has_spare(&self) -> bool {
        matches!(self.old, Old::Spare | Old::Due(_))
    }
}

/// How long the leases live under which values are replaced that are due; none where there is no such value.
pub(super) fn patience<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    own: &[Task<R::Stored>],
) -> Option<Ttl> {
    let ttl = |task: &Task<R::Stored>| match &task.old {
        Old::Due(due) => Some(entries[task.place].lease_to_replace(&due.when)),
        _ => None,
    };
    own.iter().filter_map(ttl).max_by_key(|ttl| ttl.as_millis().unwrap_or(u64::MAX))
}
