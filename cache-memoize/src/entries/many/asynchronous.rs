use super::{
    After, ByPlace, Groups, Held, LeaseTerms, Load, Loaded, Question, absent, all_failed,
    all_undisputed, any, at_hand, by_server, drawn, draws, each_of, laden, leased_many,
    looks_at_hand, lost_again, number_of, undisputed, unfenced, verdict, written_anyhow,
};
use crate::drive::asynchronous::Entries as _;
use crate::drive::{Leased, Look};
use crate::entries::grouped::{borrowed, each};
use crate::entries::{EntryOf, Face};
use crate::error::Error;
use crate::groups;
use crate::orphans::Orphan;
use crate::plan::{Fill, Permit};
use crate::resilience::Operation;
use crate::rules::Ruleset;
use cache_memoize_core::{
    Bytes, ErasedAsyncStore, Key, KeyRef, Lease, Put, Result as Answer, StoreError,
};
use std::collections::HashMap;

/// Entries as an async call sees them.
type Entry<'a, 's, R> = EntryOf<'a, R, dyn ErasedAsyncStore + 's>;

/// The fresh values that are there, in the order of the entries. One round trip for each server.
pub(crate) async fn peek<R: Ruleset>(
    entries: &[Entry<'_, '_, R>],
) -> Result<Vec<Option<R::Stored>>, Error> {
    let mut found = at_hand(entries)?;
    let absent = (0..entries.len()).filter(|place| found[*place].is_none());
    for places in by_server(entries, absent.collect::<Vec<_>>()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        first.pay(store).await;
        all_undisputed(entries, &places, "peek")?;
        let looks = first.look_at_all(store, entries, &places).await;
        for (place, look) in looks.map_err(|error| first.failed("peek", error))? {
            found[place] = look.servable();
        }
    }
    Ok(found)
}

/// What is seen at these places; where a server fails, nothing. One round trip for each server.
pub(crate) async fn look<R: Ruleset>(
    entries: &[Entry<'_, '_, R>],
    places: &[usize],
) -> ByPlace<Look<R::Stored>> {
    let mut looks = looks_at_hand(entries, places);
    let unseen = places.iter().copied().filter(|place| !looks.contains_key(place));
    for places in by_server(entries, unseen.collect::<Vec<_>>()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        first.pay(store).await;
        let asked = undisputed(entries, places.clone(), Operation::Get);
        let seen = first.look_at_all(store, entries, &asked).await.unwrap_or_default();
        looks.extend(places.into_iter().map(|place| (place, Look::Nothing)));
        looks.extend(seen);
    }
    looks
}

/// Takes leases, or finds values that are fresh beyond the moment `after`. One round trip for each server.
pub(crate) async fn lease<R: Ruleset>(
    entries: &[Entry<'_, '_, R>],
    places: &[usize],
    terms: LeaseTerms,
    after: &After<'_>,
) -> ByPlace<Leased<R::Stored>> {
    let mut leased = unfenced(places);
    for place in places {
        if let Face::Objects(objects) = entries[*place].face {
            let lease = entries[*place].lease_object(objects, terms.mode, terms.ttl, after(*place));
            leased.insert(*place, lease);
        }
    }
    for places in by_server(entries, places.iter().copied()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        first.pay(store).await;
        let asked = undisputed(entries, places, Operation::Lease);
        let answer = first.ask_for_leases(store, entries, &asked, terms).await;
        let (own, needless) = leased_many(entries, &asked, answer, terms.mode, after);
        leased.extend(own);
        give_back(entries, needless).await;
    }
    leased
}

/// Stores what was computed under leases. One round trip for each server.
pub(crate) async fn fill<R: Ruleset>(
    entries: &[Entry<'_, '_, R>],
    fills: Vec<(usize, Permit, R::Stored)>,
) -> ByPlace<Fill> {
    let mut filled = ByPlace::new();
    let places: Vec<_> = fills.iter().map(|(place, ..)| *place).collect();
    let mut fills: HashMap<_, _> = fills.into_iter().map(|it| (it.0, it)).collect();
    for places in by_server(entries, places) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        let own = places.iter().filter_map(|place| fills.remove(place)).collect();
        let Load { values, puts } = laden(entries, own, &mut filled);
        let answers = first.put_all(store, puts).await;
        for (Loaded { place, stored, ttl }, answer) in values.into_iter().zip(answers) {
            let fill = entries[place].filled(answer);
            filled.insert(place, entries[place].followed(fill, stored, ttl));
        }
    }
    for (place, permit, stored) in fills.into_values() {
        filled.insert(place, entries[place].fill(permit, stored).await);
    }
    filled
}

/// Confirms fills for those who wait, as one is [confirmed](crate::drive::blocking::Entries::confirm). One round
/// trip for each server.
pub(crate) async fn confirm<R: Ruleset>(
    entries: &[Entry<'_, '_, R>],
    places: &[usize],
) -> ByPlace<Fill> {
    let mut confirmed: ByPlace<_> = places.iter().map(|place| (*place, Fill::Accepted)).collect();
    for places in by_server(entries, places.iter().copied()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        let question = Question::about_groups(entries, &places);
        let answers = first.get_all(store, &borrowed(&question.keys)).await;
        for place in places {
            let entry = &entries[place];
            let own = answers.as_ref().map(|answers| question.numbers_of(entry, answers));
            let fill = entry.confirmed(Fill::Accepted, own.map_err(|error| error.again()));
            confirmed.insert(place, fill);
        }
    }
    confirmed
}

/// Gives leases back. One round trip for each server.
pub(crate) async fn give_back<R: Ruleset>(entries: &[Entry<'_, '_, R>], leases: Vec<Held>) {
    let tokens: HashMap<_, _> = leases.iter().copied().collect();
    for (place, token) in &leases {
        if let Face::Objects(objects) = entries[*place].face {
            objects.release(entries[*place].key, *token);
        }
    }
    for places in by_server(entries, leases.iter().map(|(place, _)| *place)) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        let held: Vec<_> = places.iter().map(|it| (entries[*it].key, tokens[it])).collect();
        if first.ask(Operation::Release, store.release_many(&held)).await.is_err() {
            places.iter().for_each(|place| entries[*place].orphan(tokens[place]));
        }
    }
}

/// Deletes the entries and revokes their leases, and says whether there was any. One round trip for each server; every
/// server is asked, also where another one fails.
pub(crate) async fn invalidate<R: Ruleset>(entries: &[Entry<'_, '_, R>]) -> Result<bool, Error> {
    let mut outcomes = Vec::with_capacity(entries.len());
    for places in by_server(entries, 0..entries.len()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        first.pay(store).await;
        let keys: Vec<_> = places.iter().map(|place| entries[*place].key).collect();
        let remove = async { each("remove", keys.len(), store.remove(&keys).await) };
        let removed = first.ask(Operation::Remove, remove).await;
        for (at, place) in places.iter().enumerate() {
            let own = removed.as_ref().map(|removed| removed[at]).map_err(StoreError::again);
            outcomes.push(entries[*place].invalidated(own));
        }
    }
    for entry in entries.iter().filter(|entry| !matches!(entry.face, Face::Bytes(_))) {
        outcomes.push(entry.invalidate().await);
    }
    any(outcomes)
}

/// Deletes the entries at these places, which are outdated, and revokes their leases. One round trip for each server.
pub(crate) async fn forget<R: Ruleset>(entries: &[Entry<'_, '_, R>], places: &[usize]) {
    for place in places {
        if let Face::Objects(objects) = entries[*place].face {
            objects.remove(entries[*place].key);
        }
    }
    for places in by_server(entries, places.iter().copied()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        first.pay(store).await;
        let keys: Vec<_> = places.iter().map(|place| entries[*place].key).collect();
        let remove = async { each("remove", keys.len(), store.remove(&keys).await) };
        let removed = first.ask(Operation::Remove, remove).await.map(|_| true);
        for place in places {
            let own = removed.as_ref().copied().map_err(StoreError::again);
            entries[place].forgotten(&own);
        }
    }
}

/// Stores values whatever is there, one for each entry. One round trip for each server, and one before it.
pub(crate) async fn prime<R: Ruleset>(
    entries: &[Entry<'_, '_, R>],
    values: Vec<R::Stored>,
) -> Result<(), Error> {
    let mut values: Vec<_> = values.into_iter().map(Some).collect();
    for places in by_server(entries, 0..entries.len()) {
        let first = &entries[places[0]];
        let Face::Bytes(store) = first.face else { continue };
        first.pay(store).await;
        let known = first.know_all(store, entries, &places).await;
        known.map_err(|error| first.failed("store", error))?;
        let puts = written_anyhow(entries, &places, &mut values)?;
        let answers = first.put_all(store, puts).await;
        let primed = places.into_iter().zip(answers);
        // Each of them is told, whatever became of the others.
        let primed: Vec<_> = primed.map(|(place, answer)| entries[place].primed(answer)).collect();
        primed.into_iter().collect::<Result<(), _>>()?;
    }
    for (entry, value) in entries.iter().zip(values) {
        if let Some(value) = value {
            entry.prime(value).await?;
        }
    }
    Ok(())
}

impl<R: Ruleset> Entry<'_, '_, R> {
    /// What is seen at places that this server has.
    async fn look_at_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        entries: &[Entry<'_, '_, R>],
        places: &[usize],
    ) -> Answer<Vec<(usize, Look<R::Stored>)>> {
        let question = Question::about(entries, places);
        let answers = self.get_all(store, &borrowed(&question.keys)).await?;
        question.learn(entries, places, &answers);
        let groups = Groups::unread_of(entries, places, &answers);
        if !groups.keys.is_empty() {
            let numbers = self.get_all(store, &borrowed(&groups.keys)).await?;
            groups.learn(entries, &numbers);
        }
        let look = |(place, answer): (&usize, _)| (*place, entries[*place].looked_at(answer));
        Ok(places.iter().zip(answers).map(look).collect())
    }

    /// Learns the generations of the groups of entries that this server has, and draws those that nobody has drawn.
    async fn know_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        entries: &[Entry<'_, '_, R>],
        places: &[usize],
    ) -> Answer<()> {
        let unread: Vec<_> =
            places.iter().copied().filter(|place| !entries[*place].numbers().are_read()).collect();
        if !unread.is_empty() {
            let question = Question::about_groups(entries, &unread);
            let answers = self.get_all(store, &borrowed(&question.keys)).await?;
            question.learn(entries, &unread, &answers);
        }
        let absent = absent(entries, places);
        if absent.is_empty() {
            return Ok(());
        }
        let drawn = self.draw_all(store, &absent).await?;
        let answers: HashMap<_, _> = absent.iter().zip(drawn).collect();
        for entry in places.iter().map(|place| &entries[*place]) {
            let absent = entry.numbers().absent();
            absent.iter().for_each(|key| entry.numbers().began(key, answers[key]));
        }
        Ok(())
    }

    /// Draws the generations under these keys, unless somebody has. One round trip, and one more for those that
    /// somebody has drawn a moment ago.
    async fn draw_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        keys: &[Key],
    ) -> Answer<Vec<u64>> {
        let (numbers, puts) = draws(keys);
        let mut drawn = drawn(numbers, self.put_all(store, puts).await)?;
        let taken: Vec<_> = (0..keys.len()).filter(|at| drawn[*at].is_none()).collect();
        if !taken.is_empty() {
            let others: Vec<_> = taken.iter().map(|at| keys[*at].as_ref()).collect();
            let answers = self.get_all(store, &others).await?;
            taken.into_iter().zip(answers).for_each(|(at, answer)| drawn[at] = number_of(answer));
        }
        drawn.into_iter().map(|number| number.ok_or_else(lost_again)).collect()
    }

    /// Draws the generation under `key`, unless somebody has.
    pub(in crate::entries) async fn draw(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        key: KeyRef<'_>,
    ) -> Answer<u64> {
        let (start, ttl) = (groups::new_number(), groups::lifetime_of(key));
        self.ask(Operation::Increment, store.increment(key, 0, start, ttl)).await
    }

    async fn ask_for_leases(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        entries: &[Entry<'_, '_, R>],
        places: &[usize],
        terms: LeaseTerms,
    ) -> Answer<Vec<(Lease, Option<Bytes>)>> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<_> = places.iter().map(|place| &entries[*place]).collect();
        asked.iter().for_each(|entry| entry.begin_near(terms.mode));
        self.adopt_all(store, &asked).await;
        self.know_all(store, entries, places).await?;
        let keys: Vec<_> = asked.iter().map(|entry| entry.key).collect();
        let question = self.question(Operation::Lease)?;
        let doubts: Vec<_> = asked.iter().map(|entry| entry.doubt()).collect();
        let leases = async {
            each("lease", keys.len(), store.lease_many(&keys, terms.ttl, terms.mode).await)
        };
        let answer = self.answered(question, self.in_time(Operation::Lease, leases).await);
        doubts.into_iter().for_each(|doubt| doubt.settle(&answer));
        answer
    }

    /// Gives back leases that earlier calls left: all of these entries whose tokens are known, and some of others.
    async fn adopt_all(&self, store: &(dyn ErasedAsyncStore + '_), entries: &[&Self]) {
        let keys = entries.iter().map(|entry| entry.key);
        let orphans = self.cache.orphans.adopt_those(keys);
        let known = orphans.iter().filter_map(|orphan| Some((orphan.key()?, orphan.token()?)));
        let leases: Vec<_> = known.collect();
        if !leases.is_empty()
            && self.ask(Operation::Release, store.release_many(&leases)).await.is_ok()
        {
            orphans.into_iter().for_each(Orphan::arrived);
        }
        self.adopt(store).await;
    }

    async fn put_all(
        &self,
        store: &(dyn ErasedAsyncStore + '_),
        puts: Vec<Put<'_>>,
    ) -> Vec<Answer<bool>> {
        let count = puts.len();
        if count == 0 {
            return Vec::new();
        }
        let question = match self.question(Operation::Put) {
            Ok(question) => question,
            Err(error) => return all_failed(count, &error),
        };
        let put = async { Ok(store.put_many(puts).await) };
        let answers = match self.in_time(Operation::Put, put).await {
            Ok(answers) => each_of(count, answers),
            Err(error) => all_failed(count, &error),
        };
        // What failed is told by the answers.
        let _ = self.answered(question, verdict(&answers));
        answers
    }
}
