use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Where calls hang, threads and futures alike, until it is opened.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

/// Every opening begins a new round, so that whoever comes later waits for the next one.
#[derive(Default)]
struct State {
    round: u64,
    arrivals: u64,
    waiting: HashMap<u64, Option<Waker>>,
}

impl Gate {
    /// Lets all go on that wait now.
    pub(crate) fn open(&self) {
        let mut state = self.lock();
        state.round += 1;
        let released = std::mem::take(&mut state.waiting);
        drop(state);
        self.changed.notify_all();
        released.into_values().flatten().for_each(Waker::wake);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Waits until so many wait here, or `patience` is over, and says how many do.
    pub(crate) fn await_waiting(&self, count: usize, patience: Duration) -> usize {
        let (state, _) = self
            .changed
            .wait_timeout_while(self.lock(), patience, |state| state.waiting.len() < count)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting.len()
    }

    /// Keeps this thread until the gate is opened, or `patience` is over, and says whether it was opened.
    pub(crate) fn pass(&self, patience: Duration) -> bool {
        let (number, round) = self.arrive();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(self.lock(), patience, |state| state.round == round)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting.remove(&number);
        state.round != round
    }

    /// Done when the gate is opened.
    pub(crate) async fn pass_async(&self) {
        let (number, round) = self.arrive();
        Passage { gate: self, number, round }.await;
    }

    fn arrive(&self) -> (u64, u64) {
        let mut state = self.lock();
        state.arrivals += 1;
        let number = state.arrivals;
        state.waiting.insert(number, None);
        self.changed.notify_all();
        (number, state.round)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A future that waits at the gate, and leaves when it is dropped.
struct Passage<'a> {
    gate: &'a Gate,
    number: u64,
    round: u64,
}

impl Future for Passage<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.gate.lock();
        if state.round != self.round {
            return Poll::Ready(());
        }
        state.waiting.insert(self.number, Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.gate.lock().waiting.remove(&self.number);
        self.gate.changed.notify_all();
    }
}
