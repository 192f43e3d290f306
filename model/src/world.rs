//! One key, one store, and processes that memoize one function.

use crate::drive::{Due, Keep, Leased, Look, Note, Replaced, asynchronous, blocking};
use crate::flight::Flights;
use crate::plan::{Fill, Permit, Plan, SingleFlight};
use crate::sync::{Mutex, lock};
use cache_memoize_core::{Key, LeaseMode, Timestamp, Token};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A moment in a run: every event has one of its own.
pub(crate) type Moment = u64;

/// The store, and what it does wrong on purpose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faith {
    /// Keeps the contract.
    Faithful,
    /// Accepts every fill: the models must notice.
    Unfenced,
    /// Passes on what was filled without asking whether its group was invalidated: the models must notice.
    Unconfirmed,
    /// Cannot be reached.
    Down,
}

/// What all processes share. A value is the moment when its computation began.
pub(crate) struct World {
    store: Mutex<Shelf>,
    faith: Faith,
    clock: AtomicU64,
    computations: AtomicU64,
    under_way: AtomicU64,
    most_at_once: AtomicU64,
    /// Whether every value is due for another.
    ages: bool,
}

#[derive(Default)]
struct Shelf {
    value: Option<Filled>,
    token: Option<u64>,
    issued: u64,
    /// That of the group which every value is in.
    generation: u64,
}

/// A value, and the generation of its group from before it was computed.
#[derive(Clone, Copy)]
struct Filled {
    value: Moment,
    generation: u64,
}

impl Shelf {
    /// The value, if its group has the generation that a caller knows.
    fn value_in(&self, known: u64) -> Option<Moment> {
        self.value.filter(|filled| filled.generation == known).map(|filled| filled.value)
    }

    fn lease(&mut self, mode: LeaseMode) -> Leased<Moment> {
        let first = self.token.is_none() || mode == LeaseMode::Renew;
        if first {
            self.issued += 1;
            self.token = Some(self.issued);
        }
        let token = Token::new(self.issued);
        Leased::Granted { permit: Permit::Fenced(token), first }
    }
}

impl World {
    pub(crate) fn new(faith: Faith) -> Arc<Self> {
        Arc::new(Self::with(faith, false))
    }

    /// A world where values are served while one caller computes another.
    pub(crate) fn of_old_values(faith: Faith) -> Arc<Self> {
        Arc::new(Self::with(faith, true))
    }

    fn with(faith: Faith, ages: bool) -> Self {
        Self {
            store: Mutex::new(Shelf::default()),
            faith,
            clock: AtomicU64::new(1),
            computations: AtomicU64::new(0),
            under_way: AtomicU64::new(0),
            most_at_once: AtomicU64::new(0),
            ages,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn computations(&self) -> u64 {
        self.computations.load(Ordering::SeqCst)
    }

    /// How many computations there were at the same time.
    pub(crate) fn most_at_once(&self) -> u64 {
        self.most_at_once.load(Ordering::SeqCst)
    }

    fn compute(&self) -> Moment {
        self.computations.fetch_add(1, Ordering::SeqCst);
        let at_once = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        let began = self.now();
        shuttle::thread::yield_now();
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        began
    }

    async fn compute_slowly(&self) -> Moment {
        self.computations.fetch_add(1, Ordering::SeqCst);
        let began = self.now();
        shuttle::future::yield_now().await;
        began
    }

    fn generation(&self) -> u64 {
        lock(&self.store).generation
    }

    fn look_up(&self, known: u64) -> Look<Moment> {
        if self.faith == Faith::Down {
            return Look::Nothing;
        }
        match lock(&self.store).value_in(known) {
            Some(stored) if self.ages => {
                let expires = Timestamp::from_millis(stored);
                Look::Due(Due { stored, when: Replaced { expires, cost: Duration::ZERO } })
            }
            found => found.map_or(Look::Nothing, Look::Found),
        }
    }

    /// A lease to compute another value than the old one.
    fn lease_in_the_place_of(&self, old: &Replaced, known: u64) -> Leased<Moment> {
        let mut shelf = lock(&self.store);
        match shelf.value_in(known) {
            Some(value) if value > old.expires.as_millis() => Leased::Found(value),
            _ => shelf.lease(LeaseMode::Join),
        }
    }

    fn lease_out(&self, mode: LeaseMode, known: u64) -> Leased<Moment> {
        if self.faith == Faith::Down {
            return Leased::Granted { permit: Permit::Unfenced, first: true };
        }
        let mut shelf = lock(&self.store);
        if let (Some(value), LeaseMode::Join) = (shelf.value_in(known), mode) {
            return Leased::Found(value);
        }
        shelf.lease(mode)
    }

    fn fill_in(&self, permit: Permit, filled: Filled) -> Fill {
        let Permit::Fenced(token) = permit else { return Fill::Failed };
        let mut shelf = lock(&self.store);
        if shelf.token != Some(token.number()) && self.faith != Faith::Unfenced {
            return Fill::Refused;
        }
        shelf.token = None;
        shelf.value = Some(filled);
        Fill::Accepted
    }

    fn give_back(&self, permit: Permit) {
        if let Permit::Fenced(token) = permit {
            let mut shelf = lock(&self.store);
            if shelf.token == Some(token.number()) {
                shelf.token = None;
            }
        }
    }

    fn remove(&self) {
        if self.faith != Faith::Down {
            let mut shelf = lock(&self.store);
            shelf.value = None;
            shelf.token = None;
        }
    }

    fn remove_group(&self) {
        if self.faith != Faith::Down {
            lock(&self.store).generation += 1;
        }
    }
}

/// One process: its flights, and the function.
pub(crate) struct Process {
    world: Arc<World>,
    flights: Flights,
    key: Key,
}

impl Process {
    pub(crate) fn of(world: &Arc<World>) -> Arc<Self> {
        Self::waiting(world, Duration::MAX)
    }

    /// A process whose callers wait for each other for so long at most.
    pub(crate) fn waiting(world: &Arc<World>, limit: Duration) -> Arc<Self> {
        let key = Key::new("f(1)").expect("a key");
        Arc::new(Self { world: world.clone(), flights: Flights::new(limit), key })
    }

    pub(crate) fn call(&self) -> Moment {
        use blocking::Entries as _;
        let (world, flights, key) = (&*self.world, &self.flights, &self.key);
        let entry = Entry::of(world);
        let compute = || world.compute();
        match entry.look() {
            Look::Found(value) => value,
            Look::Due(due) => blocking::due(&entry, flights, key, &Whole, due, compute),
            _ => blocking::missed(&entry, flights, key, &Whole, plan(), None, compute),
        }
    }

    pub(crate) async fn call_async(&self) -> Moment {
        use asynchronous::Entries as _;
        let (world, flights, key) = (&*self.world, &self.flights, &self.key);
        let entry = Entry::of(world);
        let compute = world.compute_slowly();
        match entry.look().await {
            Look::Found(value) => value,
            Look::Due(due) => asynchronous::due(&entry, flights, key, &Whole, due, compute).await,
            _ => asynchronous::missed(&entry, flights, key, &Whole, plan(), None, compute).await,
        }
    }

    pub(crate) fn refresh(&self) -> Moment {
        let entry = Entry::of(&self.world);
        blocking::refresh(&entry, &self.flights, &self.key, &Whole, || self.world.compute())
    }

    pub(crate) fn invalidate(&self) {
        self.world.remove();
        self.flights.detach(&self.key);
    }

    /// Invalidates the group of the key.
    pub(crate) fn invalidate_group(&self) {
        self.world.remove_group();
        self.flights.detach_those(|_, _| true);
    }

    pub(crate) fn flights_under_way(&self) -> usize {
        self.flights.len()
    }
}

fn plan() -> Plan {
    Plan::new(SingleFlight::Process, Duration::ZERO)
}

/// The entry, for one call.
struct Entry<'a> {
    world: &'a World,
    known: AtomicU64,
}

impl<'a> Entry<'a> {
    fn of(world: &'a World) -> Self {
        Self { world, known: AtomicU64::new(0) }
    }

    /// A generation is read together with the entry, or before.
    fn learn(&self) {
        self.known.store(self.world.generation(), Ordering::SeqCst);
    }

    fn known(&self) -> u64 {
        self.known.load(Ordering::SeqCst)
    }

    fn confirmed(&self, fill: Fill) -> Fill {
        let is_asked = fill == Fill::Accepted && self.world.faith != Faith::Unconfirmed;
        match is_asked && self.world.generation() != self.known() {
            true => Fill::Refused,
            false => fill,
        }
    }
}

impl blocking::Entries for Entry<'_> {
    type Stored = Moment;

    fn look(&self) -> Look<Moment> {
        self.learn();
        self.world.look_up(self.known())
    }

    fn lease(&self, mode: LeaseMode) -> Leased<Moment> {
        if mode == LeaseMode::Renew {
            self.learn();
        }
        self.world.lease_out(mode, self.known())
    }

    fn lease_to_replace(&self, old: &Replaced) -> Leased<Moment> {
        self.world.lease_in_the_place_of(old, self.known())
    }

    fn fill(&self, permit: Permit, value: Moment) -> Fill {
        self.world.fill_in(permit, Filled { value, generation: self.known() })
    }

    fn confirm(&self, fill: Fill) -> Fill {
        self.confirmed(fill)
    }

    fn forget(&self) {
        self.world.remove();
    }

    fn nap(&self, _: Duration) {
        shuttle::thread::yield_now();
    }

    fn rests(&self) -> bool {
        false
    }

    fn leave_alone(&self) {}

    fn abandon(&self, permit: Permit) {
        self.world.give_back(permit);
    }

    fn tags(&self) -> &[String] {
        &[]
    }

    fn note(&self, _: Note) {}
}

impl asynchronous::Entries for Entry<'_> {
    type Stored = Moment;

    async fn look(&self) -> Look<Moment> {
        self.learn();
        self.world.look_up(self.known())
    }

    async fn lease(&self, mode: LeaseMode) -> Leased<Moment> {
        if mode == LeaseMode::Renew {
            self.learn();
        }
        self.world.lease_out(mode, self.known())
    }

    async fn lease_to_replace(&self, old: &Replaced) -> Leased<Moment> {
        self.world.lease_in_the_place_of(old, self.known())
    }

    async fn fill(&self, permit: Permit, value: Moment) -> Fill {
        self.world.fill_in(permit, Filled { value, generation: self.known() })
    }

    async fn confirm(&self, fill: Fill) -> Fill {
        self.confirmed(fill)
    }

    async fn forget(&self) {
        self.world.remove();
    }

    async fn nap(&self, _: Duration) {
        shuttle::future::yield_now().await;
    }

    fn rests(&self) -> bool {
        false
    }

    fn leave_alone(&self) {}

    async fn release(&self, permit: Permit) {
        self.world.give_back(permit);
    }

    fn abandon(&self, permit: Permit) {
        self.world.give_back(permit);
    }

    fn tags(&self) -> &[String] {
        &[]
    }

    fn note(&self, _: Note) {}
}

/// Stores every value as it is.
struct Whole;

impl Keep for Whole {
    type Return = Moment;
    type Stored = Moment;

    fn keep(&self, value: &Moment) -> Option<Moment> {
        Some(*value)
    }

    fn restore(&self, stored: Moment) -> Moment {
        stored
    }

    fn is_error(&self, _: &Moment) -> bool {
        false
    }
}
