//! One key, one store, and processes that memoize one function.

use crate::drive::{Keep, Leased, Look, Note, Replaced, asynchronous, blocking};
use crate::flight::Flights;
use crate::plan::{Fill, Permit, Plan, SingleFlight};
use crate::sync::{Mutex, lock};
use cache_memoize_core::{Key, LeaseMode, Token};
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
    /// Cannot be reached.
    Down,
}

/// What all processes share. A value is the moment when its computation began.
pub(crate) struct World {
    store: Mutex<Shelf>,
    faith: Faith,
    clock: AtomicU64,
    computations: AtomicU64,
}

#[derive(Default)]
struct Shelf {
    value: Option<Moment>,
    token: Option<u64>,
    issued: u64,
}

impl World {
    pub(crate) fn new(faith: Faith) -> Arc<Self> {
        Arc::new(Self {
            store: Mutex::new(Shelf::default()),
            faith,
            clock: AtomicU64::new(1),
            computations: AtomicU64::new(0),
        })
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn computations(&self) -> u64 {
        self.computations.load(Ordering::SeqCst)
    }

    fn compute(&self) -> Moment {
        self.computations.fetch_add(1, Ordering::SeqCst);
        let began = self.now();
        shuttle::thread::yield_now();
        began
    }

    async fn compute_slowly(&self) -> Moment {
        self.computations.fetch_add(1, Ordering::SeqCst);
        let began = self.now();
        shuttle::future::yield_now().await;
        began
    }

    fn look_up(&self) -> Look<Moment> {
        if self.faith == Faith::Down {
            return Look::Nothing;
        }
        lock(&self.store).value.map_or(Look::Nothing, Look::Found)
    }

    fn lease_out(&self, mode: LeaseMode) -> Leased<Moment> {
        if self.faith == Faith::Down {
            return Leased::Granted { permit: Permit::Unfenced, first: true };
        }
        let mut shelf = lock(&self.store);
        if let (Some(value), LeaseMode::Join) = (shelf.value, mode) {
            return Leased::Found(value);
        }
        let first = shelf.token.is_none() || mode == LeaseMode::Renew;
        if first {
            shelf.issued += 1;
            shelf.token = Some(shelf.issued);
        }
        let token = Token::new(shelf.issued);
        Leased::Granted { permit: Permit::Fenced(token), first }
    }

    fn fill_in(&self, permit: Permit, value: Moment) -> Fill {
        let Permit::Fenced(token) = permit else { return Fill::Failed };
        let mut shelf = lock(&self.store);
        if shelf.token != Some(token.number()) && self.faith == Faith::Faithful {
            return Fill::Refused;
        }
        shelf.token = None;
        shelf.value = Some(value);
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
        if let Look::Found(value) = self.world.look_up() {
            return value;
        }
        let compute = || self.world.compute();
        blocking::missed(
            &*self.world,
            &self.flights,
            &self.key,
            &Whole,
            Plan::new(SingleFlight::Process, Duration::ZERO),
            None,
            compute,
        )
    }

    pub(crate) async fn call_async(&self) -> Moment {
        if let Look::Found(value) = self.world.look_up() {
            return value;
        }
        let compute = self.world.compute_slowly();
        asynchronous::missed(
            &*self.world,
            &self.flights,
            &self.key,
            &Whole,
            Plan::new(SingleFlight::Process, Duration::ZERO),
            None,
            compute,
        )
        .await
    }

    pub(crate) fn refresh(&self) -> Moment {
        blocking::refresh(&*self.world, &self.flights, &self.key, &Whole, || self.world.compute())
    }

    pub(crate) fn invalidate(&self) {
        self.world.remove();
        self.flights.detach(&self.key);
    }

    pub(crate) fn flights_under_way(&self) -> usize {
        self.flights.len()
    }
}

impl blocking::Entries for World {
    type Stored = Moment;

    fn look(&self) -> Look<Moment> {
        self.look_up()
    }

    fn lease(&self, mode: LeaseMode) -> Leased<Moment> {
        self.lease_out(mode)
    }

    fn lease_to_replace(&self, _: &Replaced) -> Leased<Moment> {
        self.lease_out(LeaseMode::Join)
    }

    fn fill(&self, permit: Permit, stored: Moment) -> Fill {
        self.fill_in(permit, stored)
    }

    fn forget(&self) {
        self.remove();
    }

    fn nap(&self, _: Duration) {
        shuttle::thread::yield_now();
    }

    fn rests(&self) -> bool {
        false
    }

    fn leave_alone(&self) {}

    fn abandon(&self, permit: Permit) {
        self.give_back(permit);
    }

    fn note(&self, _: Note) {}
}

impl asynchronous::Entries for World {
    type Stored = Moment;

    async fn look(&self) -> Look<Moment> {
        self.look_up()
    }

    async fn lease(&self, mode: LeaseMode) -> Leased<Moment> {
        self.lease_out(mode)
    }

    async fn lease_to_replace(&self, _: &Replaced) -> Leased<Moment> {
        self.lease_out(LeaseMode::Join)
    }

    async fn fill(&self, permit: Permit, stored: Moment) -> Fill {
        self.fill_in(permit, stored)
    }

    async fn forget(&self) {
        self.remove();
    }

    async fn nap(&self, _: Duration) {
        shuttle::future::yield_now().await;
    }

    fn rests(&self) -> bool {
        false
    }

    fn leave_alone(&self) {}

    async fn release(&self, permit: Permit) {
        self.give_back(permit);
    }

    fn abandon(&self, permit: Permit) {
        self.give_back(permit);
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
