//! Many entries at once: those on one server are asked for together.

use super::grouped::borrowed;
use super::{EntryOf, Face};
use crate::error::Error;
use crate::resilience::Operation;
use crate::rules::Ruleset;
use cache_memoize_core::{Bytes, ErasedAsyncStore, Key, LeaseMode, Result as Answer, Store};
use std::collections::{BTreeMap, HashMap};

/// The fresh values that are there, in the order of the entries. One round trip for each server.
pub(crate) fn peek_many<R: Ruleset>(
    entries: &[EntryOf<'_, R, dyn Store>],
) -> Result<Vec<Option<R::Stored>>, Error> {
    let mut found = at_hand(entries)?;
    for places in by_server(entries, |place| found[place].is_none()) {
        let (first, question) = (&entries[places[0]], Question::about(entries, &places)?);
        let Face::Bytes(store) = first.face else { continue };
        let answers = first.ask_for_all(store, &question.keys);
        let answers = answers.map_err(|error| first.failed("peek", error))?;
        question.learn(entries, &places, &answers);
        for (place, answer) in places.into_iter().zip(answers) {
            let entry = &entries[place];
            found[place] = if entry.unread_of(answer.as_ref()).is_empty() {
                entry.looked_at(answer).servable()
            } else {
                entry.peek()?
            };
        }
    }
    Ok(found)
}

/// [`peek_many`], async.
pub(crate) async fn peek_many_async<'s, R: Ruleset>(
    entries: &[EntryOf<'_, R, dyn ErasedAsyncStore + 's>],
) -> Result<Vec<Option<R::Stored>>, Error> {
    let mut found = at_hand(entries)?;
    for places in by_server(entries, |place| found[place].is_none()) {
        let (first, question) = (&entries[places[0]], Question::about(entries, &places)?);
        let Face::Bytes(store) = first.face else { continue };
        let answers = first.ask_for_all(store, &question.keys).await;
        let answers = answers.map_err(|error| first.failed("peek", error))?;
        question.learn(entries, &places, &answers);
        for (place, answer) in places.into_iter().zip(answers) {
            let entry = &entries[place];
            found[place] = if entry.unread_of(answer.as_ref()).is_empty() {
                entry.looked_at(answer).servable()
            } else {
                entry.peek().await?
            };
        }
    }
    Ok(found)
}

/// Learns the generations of the groups of all entries, which are about to be written. One round trip for each server.
pub(crate) fn know_many<R: Ruleset>(entries: &[EntryOf<'_, R, dyn Store>]) -> Result<(), Error> {
    for places in by_server(entries, |_| true) {
        let (first, question) = (&entries[places[0]], Question::about_groups(entries, &places));
        let Face::Bytes(store) = first.face else { continue };
        let answers = first.ask_for_all(store, &question.keys);
        let answers = answers.map_err(|error| first.failed("store", error))?;
        question.learn(entries, &places, &answers);
    }
    Ok(())
}

/// [`know_many`], async.
pub(crate) async fn know_many_async<'s, R: Ruleset>(
    entries: &[EntryOf<'_, R, dyn ErasedAsyncStore + 's>],
) -> Result<(), Error> {
    for places in by_server(entries, |_| true) {
        let (first, question) = (&entries[places[0]], Question::about_groups(entries, &places));
        let Face::Bytes(store) = first.face else { continue };
        let answers = first.ask_for_all(store, &question.keys).await;
        let answers = answers.map_err(|error| first.failed("store", error))?;
        question.learn(entries, &places, &answers);
    }
    Ok(())
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

/// The places of those entries that are asked for, by their servers.
pub(super) fn by_server<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
    is_asked_for: impl Fn(usize) -> bool,
) -> Vec<Vec<usize>> {
    let mut servers = BTreeMap::<usize, Vec<usize>>::new();
    for (place, entry) in entries.iter().enumerate() {
        if is_asked_for(place) && matches!(entry.face, Face::Bytes(_)) {
            servers.entry(entry.part()).or_default().push(place);
        }
    }
    servers.into_values().collect()
}

/// What one server is asked for: entries, and behind them the generations of all of their groups, each once.
pub(super) struct Question {
    pub(super) keys: Vec<Key>,
    numbers: HashMap<Key, usize>,
}

impl Question {
    pub(super) fn about<R: Ruleset, S: ?Sized>(
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
    ) -> Result<Self, Error> {
        let mut keys = Vec::with_capacity(places.len());
        for place in places {
            let entry = &entries[*place];
            entry.begin_near(LeaseMode::Join);
            entry.undisputed(Operation::Get).map_err(|error| entry.failed("peek", error))?;
            keys.push(entry.key.to_key());
        }
        Ok(Self::behind(keys, entries, places))
    }

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
        for number in places.iter().flat_map(|place| entries[*place].number_keys()) {
            numbers.entry(number).or_insert_with_key(|number| {
                keys.push(number.clone());
                keys.len() - 1
            });
        }
        Self { keys, numbers }
    }

    /// Tells every entry the generations of its groups.
    pub(super) fn learn<R: Ruleset, S: ?Sized>(
        &self,
        entries: &[EntryOf<'_, R, S>],
        places: &[usize],
        answers: &[Option<Bytes>],
    ) {
        for place in places {
            let keys = entries[*place].number_keys();
            let number = |key| self.numbers.get(key).and_then(|at| answers[*at].clone());
            let numbers: Vec<_> = keys.iter().map(number).collect();
            entries[*place].numbers().learn(&numbers);
        }
    }
}

impl<R: Ruleset> EntryOf<'_, R, dyn Store> {
    pub(super) fn ask_for_all(
        &self,
        store: &dyn Store,
        keys: &[Key],
    ) -> Answer<Vec<Option<Bytes>>> {
        self.pay(store);
        self.get_all(store, &borrowed(keys))
    }
}

impl<R: Ruleset> EntryOf<'_, R, dyn ErasedAsyncStore + '_> {
    pub(super) async fn ask_for_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        keys: &[Key],
    ) -> Answer<Vec<Option<Bytes>>> {
        self.pay(store).await;
        self.get_all(store, &borrowed(keys)).await
    }
}
