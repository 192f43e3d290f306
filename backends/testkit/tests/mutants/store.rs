use crate::breaks::Break;
use cache_memoize_core::{
    Bytes, Clock, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, StoreError,
    StoreErrorKind, Timestamp, Token, Ttl,
};
use cache_memoize_testkit::FakeClock;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};
use std::thread;

pub(crate) const LARGEST: usize = 256 * 1024;

/// A store that keeps the contract, but for the one clause that is broken.
pub(crate) struct Mutant {
    broken: Break,
    clock: FakeClock,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    by_key: HashMap<String, Row>,
    removed: HashSet<String>,
    old_counters: HashMap<String, u64>,
    last_token: u64,
}

#[derive(Clone, Default)]
struct Row {
    value: Option<(Bytes, Timestamp)>,
    lease: Option<(Token, Timestamp)>,
    is_counter: bool,
}

impl Mutant {
    pub(crate) fn new(broken: Break, clock: FakeClock) -> Self {
        Self { broken, clock, rows: Mutex::default() }
    }

    pub(crate) fn is(&self, broken: Break) -> bool {
        self.broken == broken
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }

    fn name(&self, key: KeyRef<'_>) -> String {
        let name = key.as_str();
        match self.broken {
            Break::KeysFoldCase => name.to_lowercase(),
            Break::KeysAreCut => name[..name.len().min(200)].to_owned(),
            _ => name.to_owned(),
        }
    }

    /// The lock again, after the gap of an operation that is not atomic.
    fn dawdle<'a>(&'a self, rows: MutexGuard<'a, Rows>) -> MutexGuard<'a, Rows> {
        drop(rows);
        (0..20).for_each(|_| thread::yield_now());
        self.lock()
    }

    fn end(&self, ttl: Ttl) -> Timestamp {
        let Some(millis) = ttl.as_millis() else { return self.end_of_forever() };
        let now = self.clock.now();
        match self.broken {
            Break::ALongLifeWraps => now.plus_millis(u64::from(millis as u32)),
            Break::LivesEndEarly => now.plus_millis(millis - 1),
            Break::LivesEndLate => now.plus_millis(millis.saturating_add(1)),
            Break::NothingExpires => Timestamp::NEVER,
            _ => now.plus_millis(millis),
        }
    }

    fn end_of_forever(&self) -> Timestamp {
        match self.broken {
            Break::ForEverIsADay => self.clock.now().plus_millis(24 * 60 * 60 * 1000),
            _ => Timestamp::NEVER,
        }
    }

    /// The row without what is over by now.
    fn fresh<'a>(&self, rows: &'a mut Rows, name: &str) -> &'a mut Row {
        let now = self.clock.now();
        let row = rows.by_key.entry(name.to_owned()).or_default();
        let expired = row.value.take_if(|(_, end)| *end <= now).is_some();
        let keeps_lease = self.is(Break::LeasesNeverEnd)
            || (self.is(Break::LeasesOnValuesNeverEnd) && row.value.is_some());
        row.lease.take_if(|(_, end)| *end <= now && !keeps_lease);
        row.lease.take_if(|_| expired && self.is(Break::ExpiryTakesTheLease));
        row
    }

    /// The keys that are there, in their order, and what else this store takes for such.
    pub(crate) fn listed(&self) -> Vec<String> {
        let mut rows = self.lock();
        let names: Vec<String> = rows.by_key.keys().cloned().collect();
        let is_listed = |name: &String| {
            let lingers = self.lingering(&mut rows, name).is_some();
            let row = self.fresh(&mut rows, name);
            row.lease.take_if(|_| self.is(Break::ListingsRevoke));
            row.value.is_some()
                || self.is(Break::ListingsTellOfLeases) && row.lease.is_some()
                || self.is(Break::ListingsTellOfTheExpired) && lingers
        };
        let mut listed: Vec<String> = names.into_iter().filter(is_listed).collect();
        if self.is(Break::ListingsTellOfTheRemoved) {
            listed.extend(rows.removed.iter().cloned());
        }
        listed.sort_unstable();
        listed
    }

    /// What is there, though it may have expired.
    fn lingering(&self, rows: &mut Rows, name: &str) -> Option<Bytes> {
        let row = rows.by_key.get(name)?;
        row.value.as_ref().map(|(value, _)| value.clone())
    }

    fn read(&self, key: KeyRef<'_>) -> Option<Bytes> {
        let mut rows = self.lock();
        let name = self.name(key);
        let found = self.fresh(&mut rows, &name).value.clone().map(|(value, _)| value);
        if self.is(Break::AnyKeyReadsAnyValue) && found.is_none() {
            return rows.by_key.values().find_map(|row| row.value.clone()).map(|(value, _)| value);
        }
        if self.is(Break::EmptyIsNone) {
            return found.filter(|value| !value.is_empty());
        }
        found
    }

    fn stored_form(&self, value: Bytes) -> Bytes {
        match self.broken {
            Break::ValuesEndWithTheLine => {
                let end = value.windows(2).position(|pair| pair == b"\r\n");
                value.slice(..end.unwrap_or(value.len()))
            }
            Break::LargeValuesAreCut => value.slice(..value.len().min(1000)),
            _ => value,
        }
    }

    fn refuse_too_large(&self, name: &str, value: &Bytes, mode: PutMode) -> Result<()> {
        if value.len() <= LARGEST || self.is(Break::TooLargeIsStored) {
            return Ok(());
        }
        if mode == PutMode::Always && !self.is(Break::TooLargeLeavesTheOlder) {
            self.lock().by_key.remove(name);
        }
        let kind = match self.broken {
            Break::TooLargeIsUnexpected => StoreErrorKind::Other,
            _ => StoreErrorKind::TooLarge,
        };
        Err(too_large(kind))
    }

    fn allows(&self, rows: &mut Rows, name: &str, mode: PutMode) -> bool {
        let blocks_additions = (self.is(Break::RemovalBlocksAdditions)
            && rows.removed.contains(name))
            || (self.is(Break::ExpiredBlocksAdditions) && self.lingering(rows, name).is_some());
        let serves_other_keys = |rows: &Rows, token| {
            rows.by_key.values().any(|row| row.lease.is_some_and(|(other, _)| other == token))
        };
        match mode {
            PutMode::Always => true,
            PutMode::IfAbsent if blocks_additions => false,
            PutMode::IfAbsent => {
                self.fresh(rows, name).value.is_none() || self.is(Break::AdditionsOverwrite)
            }
            PutMode::IfLease(token) => match self.broken {
                Break::FillsAreRefused => false,
                Break::FillsIgnoreTheToken => true,
                Break::TokensServeAnyKey => serves_other_keys(rows, token),
                Break::FillsNeedNoLease if self.fresh(rows, name).lease.is_none() => true,
                _ => self.fresh(rows, name).lease.is_some_and(|(standing, _)| standing == token),
            },
        }
    }

    fn store(&self, rows: &mut Rows, name: &str, value: Bytes, ttl: Ttl, mode: PutMode) {
        let row = self.fresh(rows, name);
        let older = row.value.take();
        let keeps_end = match mode {
            PutMode::Always => self.is(Break::PutsKeepTheLifetime),
            PutMode::IfAbsent => false,
            PutMode::IfLease(_) => self.is(Break::FillsKeepTheLifetime),
        };
        let lives_on = match mode {
            PutMode::Always => false,
            PutMode::IfAbsent => self.is(Break::AddedValuesNeverEnd),
            PutMode::IfLease(_) => self.is(Break::FilledValuesNeverEnd),
        };
        let end = match older.as_ref().map(|(_, end)| *end).filter(|_| keeps_end) {
            _ if lives_on => Timestamp::NEVER,
            Some(end) => end,
            None => self.end(ttl),
        };
        row.is_counter = false;
        let keeps_older = self.is(Break::PutsKeepTheFirst);
        let value = older.map(|(older, _)| older).filter(|_| keeps_older).unwrap_or(value);
        row.value = (!self.is(Break::PutsStoreNothing)).then(|| (self.stored_form(value), end));
        let keeps_lease = match mode {
            PutMode::Always => self.is(Break::PutsDoNotRevoke),
            PutMode::IfAbsent => self.is(Break::AdditionsDoNotRevoke),
            PutMode::IfLease(_) => self.is(Break::TokensServeAnyKey),
        };
        row.lease.take_if(|_| !keeps_lease);
    }

    fn after_a_refusal(&self, rows: &mut Rows, name: &str, ttl: Ttl, mode: PutMode) {
        let end = self.end(ttl);
        let row = self.fresh(rows, name);
        match (self.broken, mode) {
            (Break::RefusedAdditionsTouch, PutMode::IfAbsent) => {
                row.value.iter_mut().for_each(|(_, ends)| *ends = end);
            }
            (Break::RefusedAdditionsRevoke, PutMode::IfAbsent)
            | (Break::RefusedFillsRevoke, PutMode::IfLease(_)) => row.lease = None,
            _ => {}
        }
    }

    fn new_token(&self, rows: &mut Rows) -> Token {
        rows.last_token += 1;
        Token::new(rows.last_token)
    }

    fn new_lease(&self, rows: &mut Rows, name: &str, ttl: Ttl, mode: LeaseMode) -> Token {
        let token = self.new_token(rows);
        let end = match mode {
            LeaseMode::Renew if self.is(Break::RenewedLeasesNeverEnd) => Timestamp::NEVER,
            _ => self.end(ttl),
        };
        self.fresh(rows, name).lease = Some((token, end));
        token
    }

    fn remove_one(&self, key: KeyRef<'_>, is_first: bool) -> bool {
        let mut rows = self.lock();
        let name = self.name(key);
        let lingers = self.lingering(&mut rows, &name).is_some();
        let row = self.fresh(&mut rows, &name);
        let found = row.value.take().is_some();
        let keeps_lease = match self.broken {
            Break::RemovalsDoNotRevoke => true,
            Break::RemovalsOfNothingDoNotRevoke => !found,
            Break::RemovalsRevokeTheFirstAlone => !is_first,
            _ => false,
        };
        row.lease.take_if(|_| !keeps_lease);
        rows.removed.insert(name.clone());
        if self.is(Break::RemovalsTakeThePrefix) {
            rows.by_key.retain(|other, _| !other.starts_with(&name));
        }
        match self.broken {
            Break::RemovalsAlwaysFind => true,
            Break::ExpiredIsRemoved => lingers,
            _ => found,
        }
    }

    fn count(&self, rows: &mut Rows, name: &str, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let end = self.end(ttl);
        let old = rows.old_counters.get(name).copied();
        let row = self.fresh(rows, name);
        let Some((text, ends)) = row.value.clone() else {
            let start = match self.broken {
                Break::CountersStartIncremented => start.wrapping_add(by),
                Break::RemovedCountersGoOn => old.map_or(start, |old| old.wrapping_add(by)),
                _ => start,
            };
            let never = self.is(Break::CountersNeverEnd);
            let end = if never { Timestamp::NEVER } else { end };
            row.value = Some((start.to_string().into(), end));
            row.is_counter = true;
            return Ok(start);
        };
        let number = self.number(&text, row.is_counter)?;
        let number = match self.broken {
            Break::IncrementsAreByOne => number.wrapping_add(1),
            Break::IncrementsSaturate => number.saturating_add(by),
            _ => number.wrapping_add(by),
        };
        let padded = self.is(Break::CountersArePadded);
        let width = if padded { text.len() } else { 0 };
        let ends = if self.is(Break::IncrementsTouch) { end } else { ends };
        row.value = Some((format!("{number:<width$}").into(), ends));
        Ok(number)
    }

    fn number(&self, text: &[u8], is_counter: bool) -> Result<u64> {
        let number = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok());
        match number {
            Some(_) if self.is(Break::TextNeverCounts) && !is_counter => Err(wrong_type()),
            Some(number) => Ok(number),
            None if self.is(Break::TextCountsAsZero) => Ok(0),
            None => Err(wrong_type()),
        }
    }
}

fn too_large(kind: StoreErrorKind) -> StoreError {
    StoreError::new(kind, "put", "a mutant; its values are small")
}

fn wrong_type() -> StoreError {
    StoreError::new(StoreErrorKind::WrongType, "increment", "a mutant, where no number is")
}

impl Store for Mutant {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let mut keys = keys.to_vec();
        if self.is(Break::ManyAreReadSorted) {
            keys.sort_unstable();
        }
        Ok(keys.into_iter().map(|key| self.read(key)).collect())
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let name = self.name(key);
        self.refuse_too_large(&name, &value, mode)?;
        let mut rows = self.lock();
        let allowed = self.allows(&mut rows, &name, mode);
        if !allowed {
            self.after_a_refusal(&mut rows, &name, ttl, mode);
            return Ok(false);
        }
        if self.is(Break::PutsTakeTwoSteps) {
            self.fresh(&mut rows, &name).value = None;
        }
        if self.is(Break::AdditionsAreNotAtomic) || self.is(Break::PutsTakeTwoSteps) {
            rows = self.dawdle(rows);
        }
        self.store(&mut rows, &name, value, ttl, mode);
        Ok(true)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        let name = self.name(key);
        let mut rows = self.lock();
        let lingering = self.lingering(&mut rows, &name);
        let row = self.fresh(&mut rows, &name).clone();
        let renews = mode == LeaseMode::Renew && !self.is(Break::RenewalsShare);
        let standing = row.lease.filter(|_| !renews && !self.is(Break::LeasesAreNotShared));
        if self.is(Break::LeasesAreNotAtomic) {
            rows = self.dawdle(rows);
        }
        let found = row.value.map(|(value, _)| value);
        let lease = match standing {
            _ if self.is(Break::ValuesHinderLeases) && found.is_some() => {
                Lease { token: self.new_token(&mut rows), first: true }
            }
            Some((token, _)) => {
                if self.is(Break::JoiningProlongs) {
                    let end = self.end(ttl);
                    self.fresh(&mut rows, &name).lease = Some((token, end));
                }
                Lease { token, first: self.is(Break::EveryoneIsFirst) }
            }
            None => {
                let token = self.new_lease(&mut rows, &name, ttl, mode);
                let is_renewal = mode == LeaseMode::Renew;
                Lease { token, first: !(is_renewal && self.is(Break::RenewalsAreNotFirst)) }
            }
        };
        if renews && self.is(Break::RenewalsDropTheValue) {
            self.fresh(&mut rows, &name).value = None;
        }
        let handed = match self.broken {
            Break::LeasesHandNothingOver => None,
            Break::ExpiredIsHandedOver => lingering,
            _ => found,
        };
        Ok((lease, handed))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        let mut rows = self.lock();
        let name = self.name(key);
        let row = self.fresh(&mut rows, &name);
        match self.broken {
            Break::ReleasesDoNothing => {}
            Break::ReleasesDropTheValue => *row = Row::default(),
            Break::ReleasesIgnoreTheToken => row.lease = None,
            _ => drop(row.lease.take_if(|(standing, _)| *standing == token)),
        }
        Ok(())
    }

    fn put_many(&self, mut puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        match self.broken {
            Break::NoneOfManyIsAnError if puts.is_empty() => return vec![Err(wrong_type())],
            Break::ManyPutsStopHalfway => puts.truncate(puts.len() - puts.len() / 4),
            Break::ManyPutsIgnoreTheMode => {
                puts.iter_mut().for_each(|put| put.mode = PutMode::Always);
            }
            _ => {}
        }
        let put = |put: Put<'_>| self.put(put.key, put.value, put.ttl, put.mode);
        let mut answers: Vec<_> = puts.into_iter().map(put).collect();
        match self.broken {
            Break::ManyArePutBackwards => answers.rotate_left(1),
            Break::ManyPutsFailTogether if answers.iter().any(Result::is_err) => {
                let failed = |_: &Result<bool>| Err(too_large(StoreErrorKind::TooLarge));
                answers = answers.iter().map(failed).collect();
            }
            _ => {}
        }
        answers
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let joins = self.is(Break::ManyRenewalsAreJoined);
        let mode = if joins { LeaseMode::Join } else { mode };
        let mut leases: Vec<_> =
            keys.iter().map(|key| self.lease(*key, ttl, mode)).collect::<Result<_>>()?;
        if self.is(Break::ManyLeasesAreTurnedRound) {
            leases.reverse();
        }
        Ok(leases)
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        let forgotten = usize::from(self.is(Break::ManyReleasesForgetTheLast) && leases.len() > 1);
        let mut leases = leases[..leases.len() - forgotten].iter();
        leases.try_for_each(|(key, token)| self.release(*key, *token))
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        if keys.is_empty() && self.is(Break::NoKeysAreAll) {
            self.clear()?;
        }
        let remove = |(index, key): (usize, &KeyRef<'_>)| self.remove_one(*key, index == 0);
        let mut removed: Vec<bool> = keys.iter().enumerate().map(remove).collect();
        if self.is(Break::ManyAreRemovedReversed) {
            removed.reverse();
        }
        Ok(removed)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let name = self.name(key);
        let mut rows = self.lock();
        if self.is(Break::IncrementsAreNotAtomic) {
            let before = self.fresh(&mut rows, &name).clone();
            rows = self.dawdle(rows);
            rows.by_key.insert(name.clone(), before);
        }
        let number = self.count(&mut rows, &name, by, start, ttl)?;
        rows.old_counters.insert(name, number);
        Ok(number)
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        let mut rows = self.lock();
        let name = self.name(key);
        let end = self.end(ttl);
        let row = self.fresh(&mut rows, &name);
        let Some((value, ends)) = &mut row.value else {
            return Ok(self.is(Break::TouchesAlwaysFind));
        };
        match self.broken {
            Break::TouchesDoNothing => {}
            Break::TouchesOnlyProlong => *ends = end.max(*ends),
            Break::TouchesAreNeverForEver if ttl == Ttl::Forever => {}
            Break::TouchesEmptyTheValue => *value = Bytes::new(),
            _ => *ends = end,
        }
        Ok(true)
    }

    fn clear(&self) -> Result<()> {
        let mut rows = self.lock();
        match self.broken {
            Break::ClearingsDoNothing => {}
            Break::ClearingsKeepLeases => {
                rows.by_key.values_mut().for_each(|row| row.value = None);
            }
            Break::TokensRepeatAfterAClearing => *rows = Rows::default(),
            _ => rows.by_key.clear(),
        }
        Ok(())
    }

    fn ping(&self) -> Result<()> {
        match self.broken {
            Break::PingsClear => self.clear(),
            Break::PingsFail => {
                Err(StoreError::new(StoreErrorKind::Unsupported, "ping", "a mutant"))
            }
            _ => Ok(()),
        }
    }
}
