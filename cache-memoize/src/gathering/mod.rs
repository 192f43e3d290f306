//! Reads of async callers, of whom those who ask at the same time ask together.
//!
//! Where dozens ask, most of what a look costs is not the value but the question: a command, an answer and two switches
//! of tasks for each caller, and the generations of the same groups for every one of them. Together they cost a fraction,
//! and the generations are read once.

#[cfg(feature = "tokio")]
mod questions;
#[cfg(all(test, feature = "tokio"))]
mod tests;
#[cfg(feature = "tokio")]
mod together;

use crate::resilience::{Operation, overdue, within};
use cache_memoize_core::{Bytes, ErasedAsyncStore, Key, Result as Answer};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
#[cfg(feature = "tokio")]
use together::Gatherings;

/// What a store answers: values in the order of the questions.
type Answers = Answer<Vec<Option<Bytes>>>;

/// So many callers wait for answers when another one looks for company. With fewer, the task that asks for all of them
/// costs more than it spares.
const COMPANY: usize = 3;
/// So many keys are asked for together at most.
const MOST: usize = 128;
/// So many bytes are to come in one answer at most: who asked for little does not wait for what others asked for.
const BYTES: usize = 128 * 1024;

/// The async callers who read from one part of a store.
pub(crate) struct Readers {
    store: Arc<dyn ErasedAsyncStore>,
    /// How long an answer may take.
    limit: Duration,
    /// Callers who wait for one.
    waiting: AtomicUsize,
    /// About how many bytes an entry has.
    weight: AtomicUsize,
    #[cfg(feature = "tokio")]
    gatherings: Gatherings,
}

/// What a caller wants to read: an entry, and the generations of its groups.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) entry: &'a Key,
    pub(crate) numbers: &'a Arc<[Key]>,
}

impl Readers {
    pub(crate) fn of(store: Arc<dyn ErasedAsyncStore>, limit: Duration) -> Self {
        Self {
            store,
            limit,
            waiting: AtomicUsize::new(0),
            weight: AtomicUsize::new(0),
            #[cfg(feature = "tokio")]
            gatherings: Gatherings::default(),
        }
    }

    /// Reads from the store, alone or in company. What is found was there after this was called.
    pub(crate) async fn get(&self, wanted: Wanted<'_>) -> Answers {
        let presence = Presence::among(&self.waiting);
        #[cfg(feature = "tokio")]
        if presence.others >= COMPANY
            && let Some(seat) = self.gatherings.join(&self.store, wanted, self.limit, self.room())
            && let Some(answers) = seat.await
        {
            return self.weighed(answers);
        }
        let keys: Vec<_> = wanted.keys().map(Key::as_ref).collect();
        let answers = within(self.limit, self.store.get(&keys)).await;
        drop(presence);
        self.weighed(answers.unwrap_or_else(|| Err(overdue(Operation::Get, self.limit))))
    }

    /// How many keys may be asked for together.
    fn room(&self) -> usize {
        BYTES.checked_div(self.weight.load(Ordering::Relaxed)).unwrap_or(MOST).min(MOST)
    }

    /// Learns from an answer how heavy entries are: an eighth of what is known is what came last.
    fn weighed(&self, answers: Answers) -> Answers {
        if let Ok([Some(entry), ..]) = answers.as_deref() {
            let known = self.weight.load(Ordering::Relaxed);
            self.weight.store((known * 7 + entry.len()).div_ceil(8), Ordering::Relaxed);
        }
        answers
    }
}

impl<'a> Wanted<'a> {
    fn keys(self) -> impl Iterator<Item = &'a Key> {
        std::iter::once(self.entry).chain(&**self.numbers)
    }
}

/// One of those who wait for an answer.
struct Presence<'a> {
    waiting: &'a AtomicUsize,
    others: usize,
}

impl<'a> Presence<'a> {
    fn among(waiting: &'a AtomicUsize) -> Self {
        Self { waiting, others: waiting.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
