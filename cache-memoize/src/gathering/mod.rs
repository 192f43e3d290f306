//! Reads of async callers, of whom those who ask at the same time ask together.
//!
//! Where dozens ask, most of what a look costs is not the value but the question: a command, an answer and two switches
//! of tasks for each caller, and the generations of the same groups for every one of them. Together they cost a fraction,
//! and the generations are read once.

#[cfg(feature = "tokio")]
mod company;
#[cfg(feature = "tokio")]
mod questions;
#[cfg(all(test, feature = "tokio"))]
mod tests;
#[cfg(feature = "tokio")]
mod together;

use crate::resilience::{Operation, overdue, within};
use cache_memoize_core::{Bytes, ErasedAsyncStore, Key, Result as Answer};
#[cfg(feature = "tokio")]
use company::Company;
use std::sync::Arc;
use std::time::Duration;

/// What a store answers: values in the order of the questions.
type Answers = Answer<Vec<Option<Bytes>>>;

/// The async callers who read from one part of a store.
pub(crate) struct Readers {
    store: Arc<dyn ErasedAsyncStore>,
    /// How long an answer may take.
    limit: Duration,
    #[cfg(feature = "tokio")]
    company: Company,
}

/// What a caller wants to read: an entry, and the generations of its groups.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) entry: &'a Key,
    pub(crate) numbers: &'a Arc<[Key]>,
}

/// What came of a read.
pub(crate) struct Read {
    pub(crate) answers: Answers,
    /// It is a failure of which another caller tells: one question went wrong, however many have asked it.
    pub(crate) is_told: bool,
}

impl Readers {
    pub(crate) fn of(store: Arc<dyn ErasedAsyncStore>, limit: Duration) -> Self {
        Self {
            store,
            limit,
            #[cfg(feature = "tokio")]
            company: Company::default(),
        }
    }

    /// Reads from the store, alone or in company. What is found was there after this was called.
    #[cfg(feature = "tokio")]
    pub(crate) async fn get(&self, wanted: Wanted<'_>) -> Read {
        let presence = self.company.enter();
        let read = match presence.seat(&self.store, wanted, self.limit) {
            None => self.get_alone(wanted, self.limit).await,
            Some(seat) => {
                let began = std::time::Instant::now();
                match seat.await {
                    Some(read) => read,
                    // This is rare, and has no room in the future of every read.
                    None => {
                        let left = self.limit.saturating_sub(began.elapsed());
                        Box::pin(self.get_alone(wanted, left)).await
                    }
                }
            }
        };
        self.company.weigh(&read.answers);
        read
    }

    /// Reads from the store.
    #[cfg(not(feature = "tokio"))]
    pub(crate) async fn get(&self, wanted: Wanted<'_>) -> Read {
        self.get_alone(wanted, self.limit).await
    }

    async fn get_alone(&self, wanted: Wanted<'_>, limit: Duration) -> Read {
        let keys: Vec<_> = wanted.keys().map(Key::as_ref).collect();
        let answers = within(limit, self.store.get(&keys)).await;
        let overdue = || Err(overdue(Operation::Get, self.limit));
        Read::own(answers.unwrap_or_else(overdue))
    }
}

impl<'a> Wanted<'a> {
    fn keys(self) -> impl Iterator<Item = &'a Key> {
        std::iter::once(self.entry).chain(&**self.numbers)
    }
}

impl Read {
    fn own(answers: Answers) -> Self {
        Self { answers, is_told: false }
    }
}
