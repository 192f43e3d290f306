use crate::clock::Time;
use crate::entry::{Clocked, Entry, Payload};
use crate::janitor::{Chore, JANITOR};
use crate::ledger::Ledger;
use crate::policy::Bounds;
use crate::watchers::Watchers;
use crate::writer::{Put, Writer};
use cache_memoize_core::{Clock, HeldObject, Key, KeyRef, PutMode, Timestamp, Ttl};
use papaya::{Guard, ResizeMode};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::Duration;

pub(crate) type Map = papaya::HashMap<Key, Arc<Entry>, foldhash::fast::RandomState>;

/// The entries of a store, of both faces: a map that is read without a lock, and the ledger of its
/// writers under one.
///
/// A writer pins the map before it takes the lock, and gives the lock back before it lets go of the map.
/// What it takes out of the map is freed by the last thread to let go, which therefore never holds the
/// lock: the `Drop` of a value is someone else's code, and may call the store.
pub(crate) struct Table {
    entries: Map,
    ledger: Mutex<Ledger>,
    bounds: Bounds,
    time: Time,
    enlisted: Once,
    watchers: Watchers,
    me: Weak<Self>,
}

/// How many expired entries, and leases, a write takes along.
const SWEPT_PER_WRITE: usize = 4;

/// How many a sweep takes at once, before it lets other writers in.
const SWEPT_PER_ROUND: usize = 256;

/// How much garbage a write may leave to be freed together with that of later ones. To free it at once
/// costs a memory barrier of the whole process.
const TOLERATED_GARBAGE: usize = 16 * 1024;

/// How many entries a write copies while the map grows. Until all are copied, a reader searches two tables,
/// and where writes stop, no one copies on: so they are many, but no pause that is felt.
const COPIED_PER_WRITE: usize = 1024;

/// How often the janitor looks after a store whose clock does not pass by itself.
const POLL: Duration = Duration::from_millis(100);

impl Table {
    pub(crate) fn new(bounds: Bounds, time: Time) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            entries: new_map(),
            ledger: Mutex::new(Ledger::new(bounds)),
            bounds,
            time,
            enlisted: Once::new(),
            watchers: Watchers::default(),
            me: me.clone(),
        })
    }

    /// Shows the live entry under `key`, and counts that it was asked for.
    #[inline]
    pub(crate) fn read<T>(&self, key: KeyRef<'_>, view: impl FnOnce(&Entry) -> T) -> Option<T> {
        let entries = self.entries.pin();
        let entry = entries.get(key.as_str()).filter(|entry| entry.lives(|| self.time.now()))?;
        entry.frequency.raise();
        Some(view(entry))
    }

    /// The live entry under `key`, if it is wanted, for a reader that will ask it for its object. To get hold of it does
    /// not count as asking.
    pub(crate) fn hold(
        &self,
        key: KeyRef<'_>,
        is_wanted: impl FnOnce(&Entry) -> bool,
    ) -> Option<Arc<dyn HeldObject>> {
        let entries = self.entries.pin();
        let entry = entries.get(key.as_str()).filter(|entry| entry.lives(|| self.time.now()))?;
        if !is_wanted(entry) {
            return None;
        }
        let entry = entry.clone();
        Some(match &self.time {
            Time::Coarse => entry,
            Time::Given(clock) => Arc::new(Clocked { entry, clock: clock.clone() }),
        })
    }

    /// The keys of all live entries. To look at them does not count as asking for them.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let now = self.time.now();
        let entries = self.entries.pin();
        let live = entries.iter().filter(|(_, entry)| entry.lives(|| now));
        live.map(|(key, _)| key.clone()).collect()
    }

    /// Stores `payload` if `mode` allows it. Where it does not, the payload is dropped here, when the
    /// lock is free again.
    pub(crate) fn put(
        &self,
        key: KeyRef<'_>,
        payload: Payload,
        weight: usize,
        ttl: Ttl,
        mode: PutMode,
    ) -> Put {
        let mut offered = Some(payload);
        self.write(|writer| writer.put(key, &mut offered, weight, ttl, mode))
    }

    /// Does `work` under the lock, as one step in the eyes of all other writers.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Writer<'_>) -> T) -> T {
        self.transact(|writer| {
            writer.sweep(SWEPT_PER_WRITE);
            work(writer)
        })
    }

    /// Reclaims what is expired, in rounds, so that no other writer waits for long.
    pub(crate) fn sweep(&self) -> usize {
        let mut entries = 0;
        loop {
            let swept = self.transact(|writer| {
                let swept = writer.sweep(SWEPT_PER_ROUND);
                if swept.entries > 0 {
                    writer.free_soon();
                }
                swept
            });
            entries += swept.entries;
            if swept.all {
                return entries;
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ledger().len()
    }

    pub(crate) fn weight(&self) -> usize {
        self.ledger().weight()
    }

    pub(crate) fn evictions(&self) -> u64 {
        self.ledger().evictions
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(crate) fn watchers(&self) -> &Watchers {
        &self.watchers
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.time.clock()
    }

    fn transact<T>(&self, work: impl FnOnce(&mut Writer<'_>) -> T) -> T {
        let guard = self.entries.guard();
        let mut ledger = self.ledger();
        let notes = self.watchers.notes();
        let mut writer = Writer::new(&self.entries, &guard, &mut ledger, self.time.now(), notes);
        let answer = work(&mut writer);
        let (garbage, evicted) = writer.leave();
        let call = ledger.needs_earlier_visit();
        drop(ledger);

        if call {
            self.call_janitor();
        }
        if garbage > TOLERATED_GARBAGE {
            guard.flush();
        }
        drop(guard);
        self.watchers.tell(&evicted.unwrap_or_default());
        answer
    }

    fn call_janitor(&self) {
        self.enlisted.call_once(|| {
            let me: Weak<dyn Chore> = self.me.clone();
            JANITOR.enlist(me);
        });
        JANITOR.ring();
    }

    /// No code of others runs under the lock, and so nothing panics there that could leave the ledger
    /// half written.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_map() -> Map {
    papaya::HashMap::builder()
        .hasher(foldhash::fast::RandomState::default())
        .resize_mode(ResizeMode::Incremental(COPIED_PER_WRITE))
        .build()
}

impl Chore for Table {
    fn tidy(&self) -> Option<Duration> {
        self.sweep();
        let next_end = self.ledger().expect_visit();
        if next_end == Timestamp::NEVER {
            return None;
        }
        Some(match self.time.passes_by_itself() {
            true => next_end.since(self.time.now()),
            false => POLL,
        })
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if self.enlisted.is_completed() {
            JANITOR.tell_of_an_end();
        }
    }
}
