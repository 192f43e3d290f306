use crate::Memory;
use crate::entry::{Entry, Payload};
use crate::frequency::Frequency;
use crate::leases::After;
use crate::ledger::Ledger;
use crate::policy::{Bounds, Vacancy};
use crate::queues::Slot;
use crate::table::Map;
use cache_memoize_core::{Key, KeyRef, Lease, LeaseMode, PutMode, Timestamp, Token, Ttl};
use papaya::LocalGuard;
use std::sync::Arc;

/// One writer at work: the map, and the ledger under its lock.
pub(crate) struct Writer<'a> {
    entries: &'a Map,
    guard: &'a LocalGuard<'a>,
    ledger: &'a mut Ledger,
    now: Timestamp,
    garbage: usize,
    /// The keys of what was evicted, if anybody wants to know.
    evicted: Option<Vec<Key>>,
}

/// What became of a value that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    Stored,
    Refused,
    TooHeavy,
}

/// What a sweep found: how many entries it took out, and whether that were all that are over.
pub(crate) struct Swept {
    pub(crate) entries: usize,
    pub(crate) all: bool,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(
        entries: &'a Map,
        guard: &'a LocalGuard<'a>,
        ledger: &'a mut Ledger,
        now: Timestamp,
        evicted: Option<Vec<Key>>,
    ) -> Self {
        Self { entries, guard, ledger, now, garbage: 0, evicted }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The weight of what this writer took out of the map, and what it noted.
    pub(crate) fn leave(self) -> (usize, Option<Vec<Key>>) {
        (self.garbage, self.evicted)
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.ledger.bounds()
    }

    /// The live entry under `key`.
    pub(crate) fn live(&self, key: KeyRef<'_>) -> Option<&'a Entry> {
        self.find(key).filter(|entry| entry.lives(|| self.now))
    }

    /// Stores what is offered if `mode` allows it; otherwise leaves it where it is.
    pub(crate) fn put(
        &mut self,
        key: KeyRef<'_>,
        offered: &mut Option<Payload>,
        weight: usize,
        ttl: Ttl,
        mode: PutMode,
    ) -> Put {
        let too_heavy = self.is_too_heavy(key, weight);
        match mode {
            PutMode::Always => self.ledger.leases.revoke(key),
            PutMode::IfAbsent if self.has_another_like(key, offered) => return Put::Refused,
            PutMode::IfAbsent if too_heavy => return Put::TooHeavy,
            PutMode::IfAbsent => self.ledger.leases.revoke(key),
            PutMode::IfLease(token) => {
                if !self.ledger.leases.spend(key, token, self.now) {
                    return Put::Refused;
                }
            }
        }
        match offered.take_if(|_| !too_heavy) {
            Some(payload) => {
                self.place(key, payload, weight, self.now.after(ttl));
                Put::Stored
            }
            None => {
                self.take_out(key);
                Put::TooHeavy
            }
        }
    }

    /// Whether an entry of this weight is beyond the whole bound.
    pub(crate) fn is_too_heavy(&self, key: KeyRef<'_>, weight: usize) -> bool {
        full_weight(key, weight) > self.bounds().weight
    }

    /// Puts a value under `key` in place of the one that may be there, and makes room for it.
    pub(crate) fn place(
        &mut self,
        key: KeyRef<'_>,
        payload: Payload,
        weight: usize,
        expires: Timestamp,
    ) {
        let weight = full_weight(key, weight);
        let (slot, frequency) = match self.resident(key) {
            Some(old) => (self.take_over(old, weight), old.frequency.handed_on()),
            None => (self.move_in(key, weight), Frequency::default()),
        };
        self.ledger.expiry.add(expires, slot);
        let key = self.ledger.policy.key(slot).clone();
        self.put_into_map(key, Entry::new(payload, expires, slot, frequency));
    }

    /// Gives a live entry another lifetime.
    pub(crate) fn prolong(&mut self, entry: &Entry, ttl: Ttl) {
        let expires = self.now.after(ttl);
        self.ledger.expiry.remove(entry.expires(), entry.slot);
        self.ledger.expiry.add(expires, entry.slot);
        entry.set_expires(expires);
    }

    /// Deletes the value and revokes the lease, and says whether a live value was there.
    pub(crate) fn remove(&mut self, key: KeyRef<'_>) -> bool {
        self.ledger.leases.revoke(key);
        let removed = self.take_out(key);
        if removed.is_some() {
            self.free_soon();
        }
        removed.is_some_and(|entry| entry.lives(|| self.now))
    }

    /// Revokes `token` if it is the one that stands.
    pub(crate) fn release(&mut self, key: KeyRef<'_>, token: Token) {
        self.ledger.leases.spend(key, token, self.now);
    }

    /// Takes a lease.
    pub(crate) fn lease(&mut self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Lease {
        self.ledger.leases.take(key, ttl, mode, self.now)
    }

    /// Takes out entries that are over, and forgets leases that are, so many of each at most.
    pub(crate) fn sweep(&mut self, limit: usize) -> Swept {
        let leases = (0..limit).take_while(|_| self.ledger.leases.sweep_one(self.now)).count();
        let entries = (0..limit).take_while(|_| self.sweep_one()).count();
        Swept { entries, all: leases < limit && entries < limit }
    }

    /// Has what this writer takes out freed at once, however light it is.
    pub(crate) fn free_soon(&mut self) {
        self.garbage = usize::MAX;
    }

    /// Deletes every value and revokes every lease.
    pub(crate) fn clear(&mut self) {
        self.entries.values(self.guard).for_each(|entry| entry.retire());
        self.entries.clear(self.guard);
        self.ledger.policy.clear();
        self.ledger.expiry.clear();
        self.ledger.leases.clear();
        self.free_soon();
    }

    /// The entry that was under the key before; whoever holds it is told.
    fn put_into_map(&self, key: Key, entry: Entry) -> Option<&'a Entry> {
        let replaced = self.entries.insert(key, Arc::new(entry), self.guard)?;
        replaced.retire();
        Some(replaced)
    }

    fn find(&self, key: KeyRef<'_>) -> Option<&'a Entry> {
        self.entries.get(key.as_str(), self.guard).map(|entry| &**entry)
    }

    fn resident(&self, key: KeyRef<'_>) -> Option<&'a Entry> {
        self.find(key).filter(|entry| !entry.payload.is_vacant())
    }

    fn has_another_like(&self, key: KeyRef<'_>, offered: &Option<Payload>) -> bool {
        let there = self.live(key).map(|entry| &entry.payload);
        there.zip(offered.as_ref()).is_some_and(|(there, offered)| there.has_face_of(offered))
    }

    /// The slot of an entry that is about to be replaced by one of this weight. Others may have to go
    /// for it, but never the one that is replaced.
    fn take_over(&mut self, old: &Entry, weight: usize) -> Slot {
        self.ledger.expiry.remove(old.expires(), old.slot);
        self.discard(self.ledger.policy.weight_of(old.slot));
        if self.ledger.policy.reweigh(old.slot, weight) {
            return old.slot;
        }
        let resident = self.ledger.policy.step_out(old.slot);
        self.make_room(weight);
        self.ledger.policy.step_in(resident, weight)
    }

    /// The slot of an entry that is new here, or back in the place that it left.
    fn move_in(&mut self, key: KeyRef<'_>, weight: usize) -> Slot {
        let key = match self.find(key) {
            Some(vacancy) => self.ledger.policy.end_vacancy(vacancy.slot),
            None => key.to_key(),
        };
        self.make_room(weight);
        self.ledger.policy.admit(key, weight)
    }

    fn make_room(&mut self, weight: usize) {
        while !self.ledger.policy.has_room_for(weight) {
            self.evict();
        }
    }

    fn evict(&mut self) {
        let frequency_of =
            |key: &_| self.entries.get(key, self.guard).map(|entry| &entry.frequency);
        if let Some(vacancy) = self.ledger.policy.evict(frequency_of) {
            self.note_eviction(&vacancy.key);
            self.vacate(vacancy);
            self.ledger.evictions += 1;
        }
    }

    fn note_eviction(&mut self, key: &Key) {
        if self.evicted.is_some() && self.live(key.as_ref()).is_some() {
            self.evicted.iter_mut().for_each(|evicted| evicted.push(key.clone()));
        }
    }

    fn sweep_one(&mut self) -> bool {
        let over = self.ledger.expiry.pop_over(self.now);
        if let Some(slot) = over {
            let vacancy = self.ledger.policy.expire(slot);
            self.vacate(vacancy);
        }
        over.is_some()
    }

    fn take_out(&mut self, key: KeyRef<'_>) -> Option<&'a Entry> {
        let entry = self.resident(key)?;
        let vacancy = self.ledger.policy.remove(entry.slot);
        self.vacate(vacancy);
        Some(entry)
    }

    /// Takes the value from under a key that the policy made a vacancy of, and gives up the places of
    /// others that nobody came back to.
    fn vacate(&mut self, vacancy: Vacancy) {
        let Vacancy { slot, key, weight } = vacancy;
        self.discard(weight);
        if let Some(entry) = self.put_into_map(key, Entry::vacant(slot)) {
            self.ledger.expiry.remove(entry.expires(), slot);
        }
        while let Some(key) = self.ledger.policy.end_surplus_vacancy() {
            self.entries.remove(&key, self.guard);
        }
    }

    fn discard(&mut self, weight: usize) {
        self.garbage = self.garbage.saturating_add(weight);
    }
}

/// What an entry weighs in all.
fn full_weight(key: KeyRef<'_>, value: usize) -> usize {
    value.saturating_add(key.as_str().len()).saturating_add(Memory::ENTRY_OVERHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::table::Table;
    use cache_memoize_core::Bytes;
    use cache_memoize_testkit::FakeClock;
    use std::time::Duration;

    impl Writer<'_> {
        /// Whether the map and the ledger say the same of every entry.
        fn audit(&self) {
            let (mut residents, mut weight, mut mortal) = (0, 0, 0);
            for (key, entry) in self.entries.iter(self.guard) {
                assert_eq!(key, self.ledger.policy.key(entry.slot), "the slot is the key's own");
                if let Some(bytes) = entry.payload.bytes() {
                    residents += 1;
                    weight += full_weight(key.as_ref(), bytes.len());
                    mortal += usize::from(entry.expires() != Timestamp::NEVER);
                }
            }
            assert_eq!((residents, weight), (self.ledger.len(), self.ledger.weight()));
            assert_eq!(mortal, self.ledger.expiry.len());
            assert!(residents <= self.bounds().entries && weight <= self.bounds().weight);
            assert!(self.vacancies() <= 64 + residents / 64);
        }

        fn vacancies(&self) -> usize {
            self.entries.len() - self.ledger.len()
        }
    }

    fn put(table: &Table, text: &str, length: usize, ttl: Ttl) {
        let payload = Payload::Bytes(Bytes::from(vec![0; length]));
        let key = KeyRef::new(text).unwrap();
        table.put(key, payload, length, ttl, PutMode::Always);
    }

    #[test]
    fn the_ledger_agrees_with_the_map_whatever_happens() {
        let clock = FakeClock::new();
        let bounds = Bounds::new(200, Some(100_000));
        let table = Table::new(bounds, Time::Given(Arc::new(clock.clone())));
        let mut random = fastrand::Rng::with_seed(1);
        for step in 0..50_000 {
            let text = random.u32(0..500).to_string();
            let key = KeyRef::new(&text).unwrap();
            let ttl = match random.u64(0..20) {
                0 => Ttl::Forever,
                millis => Ttl::new(Duration::from_millis(millis)).unwrap(),
            };
            match random.u32(0..20) {
                0..10 => put(&table, &text, random.usize(0..2_000), ttl),
                10..14 => _ = table.read(key, |_| ()),
                14 => _ = table.write(|writer| writer.remove(key)),
                15 => table.write(|writer| {
                    if let Some(entry) = writer.live(key) {
                        writer.prolong(entry, ttl);
                    }
                }),
                16 => clock.advance(Duration::from_millis(1)),
                17 => _ = table.sweep(),
                18 if step % 100 == 0 => table.write(|writer| writer.clear()),
                _ => put(&table, &text, 200_000, ttl),
            }
            table.write(|writer| writer.audit());
        }
    }

    #[test]
    fn a_key_that_comes_and_goes_keeps_its_place() {
        let table = Table::new(Bounds::new(1_000, None), Time::Coarse);
        for _ in 0..1_000 {
            put(&table, "a", 1, Ttl::Forever);
            let key = KeyRef::new("a").unwrap();
            table.write(|writer| {
                assert!(writer.remove(key) && writer.live(key).is_none());
                assert_eq!((writer.ledger.len(), writer.vacancies()), (0, 1));
            });
        }
    }

    #[test]
    fn the_places_of_those_who_stay_away_are_given_up() {
        let table = Table::new(Bounds::new(1_000, None), Time::Coarse);
        for number in 0..10_000 {
            put(&table, &number.to_string(), 1, Ttl::Forever);
        }
        for number in 0..10_000 {
            let text = number.to_string();
            table.write(|writer| writer.remove(KeyRef::new(&text).unwrap()));
        }
        table.write(|writer| {
            writer.audit();
            assert_eq!(writer.ledger.len(), 0);
        });
    }
}
