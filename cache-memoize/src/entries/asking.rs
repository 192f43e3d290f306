//! Each question to the store, and what its answer means for the questions to come.

use super::EntryOf;
use crate::error::Error;
use crate::observer::EventKind;
use crate::resilience::{
    Admission, Change, Health, Operation, Unasked, counts_against_the_store, is_outage, unasked,
};
use crate::rules::Ruleset;
use crate::stats::Counted;
use crate::sync::lock;
use cache_memoize_core::StoreError;
use std::ops::Deref;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What one call knows of the store, or what calls know that are made together.
pub(super) enum Knowledge<'a> {
    Own(Experience),
    Shared(&'a Experience),
}

impl Deref for Knowledge<'_> {
    type Target = Experience;

    fn deref(&self) -> &Experience {
        match self {
            Self::Own(experience) => experience,
            Self::Shared(experience) => experience,
        }
    }
}

/// What befell those who asked the store in the course of a call.
#[derive(Default)]
pub(crate) struct Experience {
    micros_spent: AtomicU64,
    /// The store failed: this call asks it no more.
    gave_up: AtomicBool,
    /// The first failure.
    failure: Mutex<Option<StoreError>>,
    /// It was told: what the call gives is no value of the function.
    has_told: AtomicBool,
}

/// A question that may be put to the store.
pub(super) struct Question<'a> {
    operation: Operation,
    health: &'a Health,
    /// `None` for a question that another caller has put, and whose answer counts as that one's.
    admission: Option<Admission<'a>>,
    began: Instant,
}

impl Question<'_> {
    /// The same as part of another caller's: the breaker hears of it from there.
    pub(super) fn of_another(self) -> Self {
        Self { admission: None, ..self }
    }
}

impl Experience {
    pub(super) fn has_told(&self) -> bool {
        self.has_told.load(Ordering::Relaxed)
    }

    fn spent(&self) -> Duration {
        Duration::from_micros(self.micros_spent.load(Ordering::Relaxed))
    }

    /// To wait for another process is no fault of the store.
    pub(super) fn forgive(&self) {
        self.micros_spent.store(0, Ordering::Relaxed);
    }

    fn spend(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.micros_spent.fetch_add(micros, Ordering::Relaxed);
    }
}

impl<'a, R: Ruleset, S: ?Sized> EntryOf<'a, R, S> {
    /// A question to the store, if it may be put now.
    pub(super) fn question(&self, operation: Operation) -> Result<Question<'a>, StoreError> {
        self.may_ask(operation).inspect_err(|error| self.keep_failure(error))
    }

    fn may_ask(&self, operation: Operation) -> Result<Question<'a>, StoreError> {
        let resilience = &self.cache.resilience;
        if self.experience.gave_up.load(Ordering::Relaxed) {
            return Err(self.first_failure(operation));
        }
        if !resilience.limits.leave_room(self.experience.spent()) {
            return Err(unasked(operation, Unasked::OutOfTime));
        }
        let health = resilience.of(self.part());
        match health.breaker.admit(|| self.cache.now()) {
            Some(admission) => {
                let admission = Some(admission);
                Ok(Question { operation, health, admission, began: Instant::now() })
            }
            None => Err(unasked(operation, Unasked::Resting)),
        }
    }

    /// Learns from an answer.
    pub(super) fn answered<T>(
        &self,
        question: Question<'_>,
        answer: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Question { operation, health, admission, began } = question;
        self.experience.spend(began.elapsed());
        let failure = answer.as_ref().err();
        match failure {
            Some(error) => self.failed_in(operation, health, error),
            None => health.news.succeeded(operation),
        }
        let is_down = failure.is_some_and(|error| counts_against_the_store(error.kind()));
        let change = match admission {
            Some(admission) if is_down => admission.failed(self.cache.now()),
            Some(admission) => admission.succeeded(),
            None => Change::Nothing,
        };
        self.tell_of(change, failure);
        answer
    }

    /// Learns from the answer to a ping, which asked every part, whether it rests or not.
    pub(super) fn pinged(&self, answer: Result<(), StoreError>) -> Result<(), Error> {
        let resilience = &self.cache.resilience;
        let health = resilience.of(0);
        match answer {
            Ok(()) => {
                health.news.succeeded(Operation::Ping);
                self.tell_of(resilience.all_answered(), None);
                Ok(())
            }
            Err(error) => {
                self.failed_in(Operation::Ping, health, &error);
                Err(self.failed("ping", error))
            }
        }
    }

    /// Takes the failure of the store that this call met, if it met one, to tell it in the place of a value.
    pub(crate) fn tell_failure(&self) -> Option<Error> {
        let failure = lock(&self.experience.failure).take()?;
        self.experience.has_told.store(true, Ordering::Relaxed);
        Some(Error::of_store("call", self.cache.backend_name(), failure))
    }

    pub(super) fn keep_failure(&self, error: &StoreError) {
        lock(&self.experience.failure).get_or_insert_with(|| copy_of(error));
    }

    /// What keeps this call from asking the store any more.
    fn first_failure(&self, operation: Operation) -> StoreError {
        let failure = lock(&self.experience.failure).as_ref().map(copy_of);
        failure.unwrap_or_else(|| unasked(operation, Unasked::Failed))
    }

    fn failed_in(&self, operation: Operation, health: &Health, error: &StoreError) {
        self.keep_failure(error);
        self.experience.gave_up.fetch_or(is_outage(error.kind()), Ordering::Relaxed);
        self.count(Counted::Fault);
        if health.news.failed(operation, error.kind()) {
            self.observe(EventKind::StoreFault { error });
        }
    }

    fn tell_of(&self, change: Change, error: Option<&StoreError>) {
        match (change, error) {
            (Change::Opened, Some(error)) => self.observe(EventKind::StoreDown { error }),
            (Change::Closed, _) => self.observe(EventKind::StoreUp),
            _ => {}
        }
    }
}

/// An error without its source.
fn copy_of(error: &StoreError) -> StoreError {
    StoreError::new(error.kind(), error.operation(), error.context())
}
