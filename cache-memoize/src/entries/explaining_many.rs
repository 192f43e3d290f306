//! What is known of many entries at once: those on one server are asked for together, and so are the generations of
//! their groups.

use super::grouped::borrowed;
use super::many::{Question, all_undisputed, by_server};
use super::{EntryOf, Face};
use crate::error::Error;
use crate::explain::Explained;
use crate::rules::Ruleset;
use cache_memoize_core::{Bytes, ErasedAsyncStore, Key, Store};
use std::collections::HashMap;

/// What is known of each, in their order. Two round trips for each server.
pub(crate) fn explain_many<R: Ruleset>(
    entries: &[EntryOf<'_, R, dyn Store>],
) -> Result<Vec<Option<Explained>>, Error> {
    let mut explained = at_hand(entries)?;
    let unknown = (0..entries.len()).filter(|place| explained[*place].is_none());
    for places in by_server(entries, unknown.collect::<Vec<_>>()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        let failed = |error| first.failed("explain", error);
        first.pay(store);
        all_undisputed(entries, &places, "explain")?;
        let question = Question::about(entries, &places);
        let answers = first.get_all(store, &borrowed(&question.keys)).map_err(failed)?;
        question.learn(entries, &places, &answers);
        let groups = Groups::unread_of(entries, &places, &answers);
        if !groups.keys.is_empty() {
            let numbers = first.get_all(store, &borrowed(&groups.keys)).map_err(failed)?;
            groups.learn(entries, &numbers);
        }
        for (place, answer) in places.into_iter().zip(answers) {
            explained[place] = entries[place].explained(answer);
        }
    }
    Ok(explained)
}

/// [`explain_many`], async.
pub(crate) async fn explain_many_async<'s, R: Ruleset>(
    entries: &[EntryOf<'_, R, dyn ErasedAsyncStore + 's>],
) -> Result<Vec<Option<Explained>>, Error> {
    let mut explained = at_hand(entries)?;
    let unknown = (0..entries.len()).filter(|place| explained[*place].is_none());
    for places in by_server(entries, unknown.collect::<Vec<_>>()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        let failed = |error| first.failed("explain", error);
        first.pay(store).await;
        all_undisputed(entries, &places, "explain")?;
        let question = Question::about(entries, &places);
        let answers = first.get_all(store, &borrowed(&question.keys)).await.map_err(failed)?;
        question.learn(entries, &places, &answers);
        let groups = Groups::unread_of(entries, &places, &answers);
        if !groups.keys.is_empty() {
            let numbers = first.get_all(store, &borrowed(&groups.keys)).await.map_err(failed)?;
            groups.learn(entries, &numbers);
        }
        for (place, answer) in places.into_iter().zip(answers) {
            explained[place] = entries[place].explained(answer);
        }
    }
    Ok(explained)
}

/// Those that no server has to be asked for.
fn at_hand<R: Ruleset, S: ?Sized>(
    entries: &[EntryOf<'_, R, S>],
) -> Result<Vec<Option<Explained>>, Error> {
    let explained = |entry: &EntryOf<'_, R, S>| match (entry.explained_locally(), &entry.face) {
        (Some(explained), _) => Ok(Some(explained)),
        (None, Face::Objects(objects)) => Ok(entry.explained_object(*objects)),
        (None, Face::Bytes(_)) => Ok(None),
        (None, Face::Missing(reason)) => entry.missing("explain", *reason).map(|()| None),
    };
    entries.iter().map(explained).collect()
}

/// Generations of which entries tell, and that were not read along with them: each is asked for once.
#[derive(Default)]
struct Groups {
    keys: Vec<Key>,
    numbers: HashMap<Key, usize>,
    /// By the place of the entry.
    wanted: Vec<(usize, Vec<Key>)>,
}

impl Groups {
    fn unread_of<R: Ruleset, S: ?Sized>(
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
    fn learn<R: Ruleset, S: ?Sized>(
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
