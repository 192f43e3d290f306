//! Who waits for the store, and who asks it with others.

use super::together::{Gathering, Seat};
use super::{Answers, Wanted};
use crate::sync::lock;
use cache_memoize_core::ErasedAsyncStore;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::runtime::{self, Handle};

/// So many callers wait for answers when another one looks for company. With fewer, the task that asks for all of them
/// costs more than it spares.
pub(super) const ENOUGH: usize = 3;
/// So many keys are asked for together at most.
pub(super) const MOST: usize = 128;
/// So many bytes are to come in one answer at most: who asked for little does not wait for what others asked for.
pub(super) const BYTES: usize = 128 * 1024;

/// The callers who wait for one part of a store.
#[derive(Default)]
pub(super) struct Company {
    waiting: AtomicUsize,
    /// About how many bytes an entry has.
    weight: AtomicUsize,
    /// The last gathering of each runtime: a task that asks for others is of use to those whose runtime polls it.
    last: Mutex<Vec<(runtime::Id, Weak<Gathering>)>>,
}

/// One of those who wait.
pub(super) struct Presence<'a> {
    company: &'a Company,
    others: usize,
}

impl Company {
    pub(super) fn enter(&self) -> Presence<'_> {
        Presence { company: self, others: self.waiting.fetch_add(1, Ordering::Relaxed) }
    }

    /// Learns from an answer how heavy entries are: an eighth of what is known is what came last.
    pub(super) fn weigh(&self, answers: &Answers) {
        if let Ok([Some(entry), ..]) = answers.as_deref() {
            let known = self.weight.load(Ordering::Relaxed);
            self.weight.store((known * 7 + entry.len()).div_ceil(8), Ordering::Relaxed);
        }
    }

    /// How many keys may be asked for together.
    fn room(&self) -> usize {
        BYTES.checked_div(self.weight.load(Ordering::Relaxed)).unwrap_or(MOST).min(MOST)
    }

    fn last_of(&self, runtime: runtime::Id) -> Option<Arc<Gathering>> {
        lock(&self.last).iter().find(|(id, _)| *id == runtime)?.1.upgrade()
    }

    fn remember(&self, runtime: runtime::Id, gathering: &Arc<Gathering>) {
        let mut last = lock(&self.last);
        last.retain(|(id, last)| *id != runtime && last.strong_count() > 0);
        last.push((runtime, Arc::downgrade(gathering)));
    }
}

impl Presence<'_> {
    /// A seat among those who ask together; `None` for one who had better ask alone, since there are few others, or since
    /// values are so heavy that no two fit into an answer; and where there is no runtime.
    pub(super) fn seat(
        &self,
        store: &Arc<dyn ErasedAsyncStore>,
        wanted: Wanted<'_>,
        limit: Duration,
    ) -> Option<Seat> {
        let (company, room) = (self.company, self.company.room());
        if self.others < ENOUGH || room < 2 * wanted.keys().count() {
            return None;
        }
        let runtime = Handle::try_current().ok()?;
        let open = company.last_of(runtime.id()).filter(|it| !it.is_late());
        open.and_then(|it| it.admit(wanted, room)).or_else(|| {
            let seat = Gathering::begin(&runtime, store.clone(), limit, wanted);
            company.remember(runtime.id(), seat.gathering());
            Some(seat)
        })
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.company.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
