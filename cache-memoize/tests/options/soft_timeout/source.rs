//! Where the values of the tests come from.

use super::{Answer, PATIENCE};
use crate::support::block_on;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Instant;
use tokio::sync::Semaphore;

/// A function that gives the number of its run, after it has passed a gate if that is shut.
#[derive(Default)]
pub(super) struct Source {
    /// It gives nothing, but is closed when the gate opens.
    gate: Mutex<Option<Arc<Semaphore>>>,
    fails: AtomicBool,
    panics: AtomicBool,
    runs: AtomicU32,
    ended: AtomicU32,
    hits: AtomicU32,
    thread: Mutex<Option<ThreadId>>,
}

impl Source {
    pub(super) fn ask(&self) -> Answer {
        let run = Run::of(self);
        if let Some(gate) = self.gate() {
            let _opened = block_on(gate.acquire());
        }
        run.outcome()
    }

    pub(super) async fn ask_async(&self) -> Answer {
        let run = Run::of(self);
        if let Some(gate) = self.gate() {
            let _opened = gate.acquire().await;
        }
        run.outcome()
    }

    fn gate(&self) -> Option<Arc<Semaphore>> {
        self.gate.lock().expect("nobody panics here").clone()
    }

    pub(super) fn shut(&self) {
        *self.gate.lock().expect("nobody panics here") = Some(Arc::new(Semaphore::new(0)));
    }

    pub(super) fn open(&self) {
        let gate = self.gate.lock().expect("nobody panics here").take();
        gate.expect("it is shut").close();
    }

    pub(super) fn fails(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    pub(super) fn panics(&self, panics: bool) {
        self.panics.store(panics, Ordering::SeqCst);
    }

    /// A call is told that the function need not run.
    pub(super) fn hit(&self) {
        self.hits.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn hits(&self) -> u32 {
        self.hits.load(Ordering::SeqCst)
    }

    /// How often it was asked.
    pub(super) fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    /// How many runs came to their end, or were dropped.
    pub(super) fn ended(&self) -> u32 {
        self.ended.load(Ordering::SeqCst)
    }

    /// The thread of the last run.
    pub(super) fn thread(&self) -> Option<ThreadId> {
        *self.thread.lock().expect("nobody panics here")
    }

    pub(super) fn wait_for_run(&self, number: u32) {
        let began = Instant::now();
        while self.runs() < number {
            assert!(began.elapsed() < PATIENCE, "run {number} does not begin");
            thread::yield_now();
        }
    }
}

struct Run<'a> {
    source: &'a Source,
    number: u32,
}

impl<'a> Run<'a> {
    fn of(source: &'a Source) -> Self {
        *source.thread.lock().expect("nobody panics here") = Some(thread::current().id());
        let number = source.runs.fetch_add(1, Ordering::SeqCst) + 1;
        Self { source, number }
    }

    fn outcome(self) -> Answer {
        if self.source.panics.load(Ordering::SeqCst) {
            std::panic::panic_any("the function panics");
        }
        let fails = self.source.fails.load(Ordering::SeqCst);
        if fails { Err("it is down".to_owned()) } else { Ok(self.number) }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.source.ended.fetch_add(1, Ordering::SeqCst);
    }
}
