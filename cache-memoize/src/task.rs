//! Work that another thread does, for an owner who may wait for it.

use crate::background;
use crate::flight::waits::Inside;
use crate::sync::lock;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// Work that is done once, by whoever comes to it first.
pub(crate) struct Task<T> {
    stage: Mutex<Stage<T>>,
    ended: Condvar,
}

enum Stage<T> {
    Waiting(Work<T>),
    UnderWay,
    Ended(thread::Result<T>),
}

type Work<T> = Box<dyn FnOnce() -> T + Send>;

impl<T: Send + 'static> Task<T> {
    pub(crate) fn new(work: impl FnOnce() -> T + Send + 'static) -> Arc<Self> {
        let stage = Mutex::new(Stage::Waiting(Box::new(work)));
        Arc::new(Self { stage, ended: Condvar::new() })
    }

    /// Gives the work to a thread of the background, and says whether there is room for it.
    pub(crate) fn hand_over(self: &Arc<Self>) -> bool {
        let (task, inside) = (self.clone(), Inside::of_this_thread());
        background::spawn(move || {
            let _inside = inside.enter();
            if let Some(work) = task.begin() {
                task.end(catch_unwind(AssertUnwindSafe(work)));
            }
        })
    }

    /// What came of the work, if it ends before this moment. A panic of it goes on here.
    pub(crate) fn before(&self, moment: Instant) -> Option<T> {
        let left = moment.saturating_duration_since(Instant::now());
        let waited = self.ended.wait_timeout_while(lock(&self.stage), left, Stage::goes_on);
        let (stage, _) = waited.unwrap_or_else(PoisonError::into_inner);
        outcome(stage)
    }

    /// What comes of the work. If nobody has begun it, it is done here: of those who could, all may be waiting for
    /// this owner.
    pub(crate) fn awaited(&self) -> T {
        if let Some(work) = self.begin() {
            return work();
        }
        loop {
            let waited = self.ended.wait_while(lock(&self.stage), Stage::goes_on);
            if let Some(outcome) = outcome(waited.unwrap_or_else(PoisonError::into_inner)) {
                return outcome;
            }
        }
    }

    fn begin(&self) -> Option<Work<T>> {
        let mut stage = lock(&self.stage);
        match mem::replace(&mut *stage, Stage::UnderWay) {
            Stage::Waiting(work) => Some(work),
            other => {
                *stage = other;
                None
            }
        }
    }

    fn end(&self, outcome: thread::Result<T>) {
        *lock(&self.stage) = Stage::Ended(outcome);
        self.ended.notify_all();
    }
}

impl<T> Stage<T> {
    fn goes_on(&mut self) -> bool {
        !matches!(self, Self::Ended(_))
    }
}

fn outcome<T>(mut stage: MutexGuard<'_, Stage<T>>) -> Option<T> {
    let outcome = match mem::replace(&mut *stage, Stage::UnderWay) {
        Stage::Ended(outcome) => outcome,
        other => {
            *stage = other;
            return None;
        }
    };
    drop(stage);
    Some(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    fn far() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    #[test]
    fn what_nobody_has_begun_is_done_by_its_owner() {
        let task = Task::new(|| thread::current().id());
        assert!(task.before(Instant::now()).is_none());
        assert_eq!(task.awaited(), thread::current().id());
        assert!(task.begin().is_none(), "it is done once");
    }

    #[test]
    fn who_has_left_may_come_back() {
        let (begun, has_begun) = channel();
        let (go, goes) = channel();
        let task = Task::new(move || {
            begun.send(()).expect("the test waits");
            goes.recv().expect("the test goes on")
        });
        assert!(task.hand_over());
        has_begun.recv().expect("a thread begins");
        assert_eq!(task.before(Instant::now()), None);
        go.send(7).expect("the work waits");
        assert_eq!(task.awaited(), 7);
    }

    #[test]
    fn a_panic_goes_on_where_it_is_waited_for() {
        for awaited in [false, true] {
            let task = Task::new(|| -> u32 { std::panic::panic_any("the work panics") });
            assert!(task.hand_over());
            let waits = || if awaited { Some(task.awaited()) } else { task.before(far()) };
            let panic = catch_unwind(AssertUnwindSafe(waits)).expect_err("it panics");
            assert_eq!(panic.downcast_ref(), Some(&"the work panics"));
        }
    }
}
