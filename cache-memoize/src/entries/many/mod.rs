//! Many entries at once: those on one server are asked for together.
//!
//! Entries go by their places in a list. What is asked of a server is made here, and what its answers mean;
//! [`blocking`] and [`asynchronous`] carry it there and back.

pub(crate) mod asynchronous;
pub(crate) mod blocking;

use super::grouped::each;
use super::{EntryOf, Face};
use crate::drive::{Leased, Look};
use crate::error::Error;
use crate::groups;
use crate::plan::{Fill, Permit};
use crate::resilience::{Operation, is_outage};
use crate::rules::Ruleset;
use cache_memoize_core::{
    Bytes, Key, Lease, LeaseMode, Put, PutMode, Result as Answer, StoreError, StoreErrorKind,
    Timestamp, Token, Ttl,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is known of entries, by their places.
pub(crate) type ByPlace<T> = BTreeMap<usize, T>;

/// A lease that is held on the entry at this place.
pub(crate) type Held = (usize, Token);

/// The moment, for each place, after which a value has to be fresh to be found.
pub(crate) type After<'f> = dyn Fn(usize) -> Timestamp + Sync + 'f;

/// What leases are asked for.
#[derive(Clone, Copy)]
pub(crate) struct LeaseTerms {
    pub(crate) mode: LeaseMode,
    pub(crate) ttl: Ttl,
}

/// The values that no server has to be asked for.
fn at_hand<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
) -> Result<Vec<Option<R::Stored>>, Error> {
    let value = |entry: &EntryOf<'_, R, S>| match entry.face {
        Face::Objects(objects) => Ok(entry.look_into(objects).servable()),
        Face::Bytes(_) => Ok(entry.near_value()),
        Face::Missing(reason) => entry.missing("peek", reason).map(|()| None),
    };
    entries.iter().map(value).collect()
}

/// What is seen at these places without asking a server. The others are left out.
fn looks_at_hand<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    places: &[usize],
) -> ByPlace<Look<R::Stored>> {
    let look = |entry: &EntryOf<'_, R, S>| match entry.face {
        Face::Objects(objects) => Some(entry.look_into(objects)),
        Face::Bytes(_) => entry.near_value().map(Look::Found),
        Face::Missing(_) => Some(Look::Nothing),
    };
    places.iter().filter_map(|place| Some((*place, look(&entries[*place])?))).collect()
}

/// Those of the places whose entries are bytes on a server, by their servers.
pub(super) fn by_server<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    places: impl IntoIterator<Item = usize>,
) -> Vec<Vec<usize>> {
    let mut servers = BTreeMap::<usize, Vec<usize>>::new();
    for place in places {
        if matches!(entries[place].face, Face::Bytes(_)) {
            servers.entry(entries[place].part()).or_default().push(place);
        }
    }
    servers.into_values().collect()
}

/// Those of the places whose entries may be asked for.
fn undisputed<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    mut places: Vec<usize>,
    operation: Operation,
) -> Vec<usize> {
    places.retain(|place| entries[*place].undisputed(operation).is_ok());
    places
}

/// Whether all of the entries may be asked for; otherwise what keeps one of them from it.
pub(super) fn all_undisputed<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    places: &[usize],
    operation: &'static str,
) -> Result<(), Error> {
    places.iter().try_for_each(|place| {
        let entry = &entries[*place];
        entry.undisputed(Operation::Get).map_err(|error| entry.failed(operation, error))
    })
}

/// The leases of entries for which nothing could be asked.
fn unfenced<S>(places: &[usize]) -> ByPlace<Leased<S>> {
    let leased = || Leased::Granted { permit: Permit::Unfenced, first: true };
    places.iter().map(|place| (*place, leased())).collect()
}

/// What came of asking one server for leases, and those that nobody needs, since a value was found: one that is
/// fresh beyond the moment `after`.
fn leased_many<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    places: &[usize],
    answer: Answer<Vec<(Lease, Option<Bytes>)>>,
    mode: LeaseMode,
    after: &After<'_>,
) -> (ByPlace<Leased<R::Stored>>, Vec<Held>) {
    let Ok(leases) = answer else { return (unfenced(places), Vec::new()) };
    let (mut leased, mut needless) = (ByPlace::new(), Vec::new());
    for (place, lease) in places.iter().zip(leases) {
        let (one, token) = entries[*place].leased(Ok(lease), mode, after(*place));
        leased.insert(*place, one);
        needless.extend(token.map(|token| (*place, token)));
    }
    (leased, needless)
}

/// What one server is asked for: entries, and behind them the generations of all of their groups, each once.
pub(super) struct Question {
    pub(super) keys: Vec<Key>,
    numbers: HashMap<Key, usize>,
}

impl Question {
    /// About entries and their groups.
    pub(super) fn about<R: Ruleset, S: ?Sized>(
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
    ) -> Self {
        let keys = places.iter().map(|place| {
            entries[*place].begin_near(LeaseMode::Join);
            entries[*place].key.to_key()
        });
        Self::behind(keys.collect(), entries, places)
    }

    /// About the groups alone.
    fn about_groups<R: Ruleset, S: ?Sized>(
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
    ) -> Self {
        Self::behind(Vec::new(), entries, places)
    }

    fn behind<R: Ruleset, S: ?Sized>(
        mut keys: Vec<Key>,
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
    ) -> Self {
        let mut numbers = HashMap::new();
        let all: Vec<_> = places.iter().map(|place| entries[*place].number_keys()).collect();
        for number in all.iter().flat_map(|keys| keys.iter()) {
            numbers.entry(number.clone()).or_insert_with_key(|number| {
                keys.push(number.clone());
                keys.len() - 1
            });
        }
        Self { keys, numbers }
    }

    /// What was answered about the groups of this entry.
    fn numbers_of<R: Ruleset, S: ?Sized>(
        &self,
        entry: &EntryOf<'_, R, S>,
        answers: &[Option<Bytes>],
    ) -> Vec<Option<Bytes>> {
        let number = |key| self.numbers.get(key).and_then(|at| answers[*at].clone());
        entry.number_keys().iter().map(number).collect()
    }

    /// Tells every entry the generations of its groups.
    pub(super) fn learn<R: Ruleset, S: ?Sized>(
        &self,
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
        answers: &[Option<Bytes>],
    ) {
        for place in places {
            let numbers = self.numbers_of(&entries[*place], answers);
            entries[*place].numbers().learn(&numbers);
        }
    }
}

/// Generations of which entries tell, and that were not read along with them: each is asked for once.
#[derive(Default)]
pub(super) struct Groups {
    pub(super) keys: Vec<Key>,
    numbers: HashMap<Key, usize>,
    /// By the place of the entry.
    wanted: Vec<(usize, Vec<Key>)>,
}

impl Groups {
    pub(super) fn unread_of<R: Ruleset, S: ?Sized>(
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
        answers: &[Option<Bytes>],
    ) -> Self {
        let mut groups = Self::default();
        for (place, answer) in places.iter().zip(answers) {
            let keys = entries[*place].unread_of(answer.as_ref());
            keys.iter().for_each(|key| groups.add(key));
            groups.wanted.push((*place, keys));
        }
        groups
    }

    fn add(&mut self, key: &Key) {
        let next = self.keys.len();
        if *self.numbers.entry(key.clone()).or_insert(next) == next {
            self.keys.push(key.clone());
        }
    }

    /// Tells every entry those of its own.
    pub(super) fn learn<R: Ruleset, S: ?Sized>(
        self,
        entries: &[EntryOf<'_, R, S>],
        answers: &[Option<Bytes>],
    ) {
        for (place, keys) in self.wanted {
            let number = |key: &Key| answers[self.numbers[key]].clone();
            let numbers: Vec<_> = keys.iter().map(number).collect();
            entries[place].numbers().learn_others(keys, &numbers);
        }
    }
}

/// The keys of generations that the store does not have, each once.
fn absent<R: Ruleset, S: ?Sized>(entries: &[EntryOf<'_, R, S>], places: &[usize]) -> Vec<Key> {
    let absent = places.iter().flat_map(|place| entries[*place].numbers().absent());
    absent.collect::<BTreeSet<_>>().into_iter().collect()
}

/// New generations for these keys, and how they are stored where none is.
fn draws(keys: &[Key]) -> (Vec<u64>, Vec<Put<'_>>) {
    let numbers: Vec<_> = keys.iter().map(|_| groups::new_number()).collect();
    let mut puts = Vec::with_capacity(keys.len());
    for (key, number) in keys.iter().map(Key::as_ref).zip(&numbers) {
        let (value, ttl) = (number.to_string().into(), groups::lifetime_of(key));
        puts.push(Put { key, value, ttl, mode: PutMode::IfAbsent });
    }
    (numbers, puts)
}

/// Those of the numbers that the store has taken.
fn drawn(numbers: Vec<u64>, stored: Vec<Answer<bool>>) -> Answer<Vec<Option<u64>>> {
    let drawn = numbers.into_iter().zip(stored);
    drawn.map(|(number, stored)| Ok(stored?.then_some(number))).collect()
}

fn number_of(answer: Option<Bytes>) -> Option<u64> {
    answer.as_deref().and_then(groups::number_in)
}

/// A generation that was there when it was to be drawn, and is not there any more.
fn lost_again() -> StoreError {
    let context = "the generation of a group was evicted at once; give the store more memory";
    StoreError::new(StoreErrorKind::Other, "put", context)
}

/// Values on their way to one server.
struct Load<'a, T> {
    values: Vec<Loaded<T>>,
    puts: Vec<Put<'a>>,
}

struct Loaded<T> {
    place: usize,
    stored: T,
    ttl: Ttl,
}

/// Brings values into the form of the store, to be stored under their leases. What cannot be stored is told.
fn laden<'a, R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'a, R, S>],
    fills: Vec<(usize, Permit, R::Stored)>,
    filled: &mut ByPlace<Fill>,
) -> Load<'a, R::Stored> {
    let (mut loaded, mut drafts) = (Vec::new(), Vec::new());
    for (place, permit, stored) in fills {
        match entries[place].draft(permit, &stored) {
            Ok(draft) => {
                loaded.push(Loaded { place, stored, ttl: draft.ttl });
                drafts.push(draft);
            }
            Err((fill, ttl)) => {
                let followed = |ttl| entries[place].followed(fill, stored, ttl);
                filled.insert(place, ttl.map_or(fill, followed));
            }
        }
    }
    let drafts = loaded.iter().zip(drafts).map(|(it, draft)| (it.place, &it.stored, draft));
    let written = EntryOf::written_all(entries, drafts.collect());
    let (mut values, mut puts) = (Vec::new(), Vec::new());
    for (value, put) in loaded.into_iter().zip(written) {
        match put {
            Ok(put) => {
                values.push(value);
                puts.push(put);
            }
            Err(_) => {
                let Loaded { place, stored, ttl } = value;
                filled.insert(place, entries[place].followed(Fill::Unfit, stored, ttl));
            }
        }
    }
    Load { values, puts }
}

/// The values at these places as they are stored whatever is there.
fn written_anyhow<'a, R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'a, R, S>],
    places: &[usize],
    values: &mut [Option<R::Stored>],
) -> Result<Vec<Put<'a>>, Error> {
    let own: Vec<_> = places.iter().filter_map(|at| Some((*at, values[*at].take()?))).collect();
    let mut drafts = Vec::with_capacity(own.len());
    for (place, stored) in &own {
        drafts.push((*place, stored, entries[*place].draft_of_any(stored)?));
    }
    EntryOf::written_all(entries, drafts).into_iter().collect()
}

/// What many answers say of the store that gave them: that which says most.
fn verdict(answers: &[Answer<bool>]) -> Answer<()> {
    let failures = || answers.iter().filter_map(|answer| answer.as_ref().err());
    let outage = failures().find(|error| is_outage(error.kind()));
    outage.or_else(|| failures().next()).map_or(Ok(()), |error| Err(error.again()))
}

/// The same failure for so many values.
fn all_failed(count: usize, error: &StoreError) -> Vec<Answer<bool>> {
    (0..count).map(|_| Err(error.again())).collect()
}

/// As many answers as there were values.
fn each_of(count: usize, answers: Vec<Answer<bool>>) -> Vec<Answer<bool>> {
    each("put", count, Ok(answers)).unwrap_or_else(|error| all_failed(count, &error))
}

/// Whether any of them was there; an error where one failed.
fn any(outcomes: Vec<Result<bool, Error>>) -> Result<bool, Error> {
    outcomes.into_iter().try_fold(false, |any, one| Ok(any | one?))
}
