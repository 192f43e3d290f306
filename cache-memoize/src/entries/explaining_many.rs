//! What is known of many entries at once: those on one server are asked for together, and so are the generations of
//! their groups.

use super::grouped::borrowed;
use super::many::{Groups, Question, all_undisputed, by_server};
use super::{EntryOf, Face};
use crate::error::Error;
use crate::explain::Explained;
use crate::rules::Ruleset;
use cache_memoize_core::{ErasedAsyncStore, Store};

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
