//! Who waits for whom, so that nobody waits for itself.
//!
//! A thread knows the flights whose computations it is inside of: a stack, since a computation may call
//! other memoized functions. Before one of these calls waits for a flight, the edges from the flights on
//! the stack to that flight are entered into one graph of the process. If they would close a circle, the
//! caller computes alone instead. Only calls made from inside a computation pay for this.

#![allow(clippy::missing_const_for_thread_local, reason = "the model checker's has no const form")]

use crate::sync::thread_local;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = RefCell::new(Vec::new());
}

/// Makes what a thread keeps here, so that it outlives whatever the thread makes from now on.
pub(crate) fn prepare_thread() {
    INSIDE.with(|_| ());
}

/// While it lives, the thread that made it is inside the computation of a flight.
pub(crate) struct Computing {
    flight: u64,
}

impl Computing {
    pub(crate) fn enter(flight: u64) -> Self {
        INSIDE.with(|inside| inside.borrow_mut().push(flight));
        Self { flight }
    }
}

impl Drop for Computing {
    fn drop(&mut self) {
        INSIDE.with(|inside| {
            let mut inside = inside.borrow_mut();
            if let Some(position) = inside.iter().rposition(|flight| *flight == self.flight) {
                inside.remove(position);
            }
        });
    }
}

/// The same for a computation that is one of many flights.
pub(crate) struct ComputingAll {
    flights: Arc<[u64]>,
}

impl ComputingAll {
    pub(super) fn enter(flights: Arc<[u64]>) -> Self {
        INSIDE.with(|inside| inside.borrow_mut().extend_from_slice(&flights));
        Self { flights }
    }
}

impl Drop for ComputingAll {
    fn drop(&mut self) {
        INSIDE.with(|inside| {
            let mut inside = inside.borrow_mut();
            // What was entered later has been left by now.
            let place = inside.len().checked_sub(self.flights.len());
            if let Some(place) = place.filter(|place| inside[*place..] == *self.flights) {
                inside.truncate(place);
            }
        });
    }
}

/// The flights whose computations a thread is inside of, to take along to another thread.
///
/// A computation that is handed over is still waited for, and must not wait in turn for those who do.
#[derive(Clone)]
pub(crate) struct Inside(Arc<[u64]>);

impl Inside {
    pub(crate) fn of_this_thread() -> Self {
        Self(INSIDE.with(|inside| inside.borrow().as_slice().into()))
    }

    /// Has the calling thread be inside of them too, until what it gives is dropped.
    pub(crate) fn enter(self) -> ComputingAll {
        ComputingAll::enter(self.0)
    }
}

/// While it lives, the flights that its maker is inside of wait for another.
pub(super) struct Edge {
    from: Arc<[u64]>,
    to: u64,
}

impl Edge {
    /// `None` if waiting for `flight` would mean waiting for oneself.
    pub(super) fn to(flight: u64) -> Option<Self> {
        let Inside(from) = Inside::of_this_thread();
        if from.is_empty() {
            return Some(Self { from, to: flight });
        }
        let mut graph = graph();
        if graph.leads(flight, &from) {
            return None;
        }
        graph.insert(&from, flight);
        Some(Self { from, to: flight })
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        if !self.from.is_empty() {
            graph().remove(&self.from, self.to);
        }
    }
}

fn graph() -> MutexGuard<'static, Graph> {
    static GRAPH: LazyLock<Mutex<Graph>> = LazyLock::new(Mutex::default);
    GRAPH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From each flight to those it waits for; one that waits twice has two edges.
#[derive(Default)]
struct Graph {
    edges: HashMap<u64, Vec<u64>>,
}

impl Graph {
    fn leads(&self, start: u64, goals: &[u64]) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![start];
        while let Some(flight) = open.pop() {
            if goals.contains(&flight) {
                return true;
            }
            if seen.insert(flight) {
                open.extend(self.edges.get(&flight).into_iter().flatten());
            }
        }
        false
    }

    fn insert(&mut self, from: &[u64], to: u64) {
        for flight in from {
            self.edges.entry(*flight).or_default().push(to);
        }
    }

    fn remove(&mut self, from: &[u64], to: u64) {
        for flight in from {
            let Some(edges) = self.edges.get_mut(flight) else { continue };
            if let Some(position) = edges.iter().position(|edge| *edge == to) {
                edges.swap_remove(position);
            }
            if edges.is_empty() {
                self.edges.remove(flight);
            }
        }
    }
}
