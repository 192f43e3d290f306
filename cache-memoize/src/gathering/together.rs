//! Callers of one runtime who ask together: a task of that runtime asks for all of them.

use super::questions::{Places, Questions};
use super::{Answers, Read, Wanted};
use crate::resilience::{Operation, is_outage, overdue, within};
use crate::sync::lock;
use crate::watch::{Watch, Watched};
use cache_memoize_core::{ErasedAsyncStore, Key};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::runtime::{self, Handle};
use tokio::task::AbortHandle;

/// After so long, or after half of the limit, it is seen to it that a task which does not run keeps nobody waiting.
const PATIENCE: Duration = Duration::from_millis(500);

/// Callers who ask together. It is theirs alone: with the last of them the task ends that asks for them.
pub(super) struct Gathering {
    state: Mutex<State>,
    /// What came; `None` where each is to ask for itself.
    heard: OnceLock<Option<Answers>>,
    /// Somebody has been told of a failure.
    is_told: AtomicBool,
    runtime: runtime::Id,
    began: Instant,
    /// How long an answer may take.
    limit: Duration,
    /// Set as soon as it has begun.
    work: OnceLock<(AbortHandle, Watch)>,
}

struct State {
    questions: Questions,
    /// The questions are on their way, and nobody can join any more.
    is_closed: bool,
    /// The task should have told by now.
    is_slow: bool,
    /// Whom to wake, by the seat.
    wakers: Vec<Option<Waker>>,
}

impl Gathering {
    /// Begins one, for which a task of that runtime asks as soon as those have been polled who are about to ask too.
    pub(super) fn begin(
        runtime: &Handle,
        store: Arc<dyn ErasedAsyncStore>,
        limit: Duration,
        wanted: Wanted<'_>,
    ) -> Seat {
        let mut questions = Questions::default();
        let places = questions.add(wanted);
        let state = State { questions, is_closed: false, is_slow: false, wakers: vec![None] };
        let gathering = Arc::new(Self {
            state: Mutex::new(state),
            heard: OnceLock::new(),
            is_told: AtomicBool::new(false),
            runtime: runtime.id(),
            began: Instant::now(),
            limit,
            work: OnceLock::new(),
        });
        let asking = Asking(Arc::downgrade(&gathering));
        let task = runtime.spawn(async move {
            step_back().await;
            let Some(keys) = asking.close() else { return };
            let keys: Vec<_> = keys.iter().map(Key::as_ref).collect();
            let answers = within(limit, store.get(&keys)).await;
            let answers = answers.unwrap_or_else(|| Err(overdue(Operation::Get, limit)));
            asking.tell(common(answers, keys.len()));
        });
        let watched: Weak<Self> = Arc::downgrade(&gathering);
        let watch = Watch::over(watched, PATIENCE.min(limit / 2));
        let _ = gathering.work.set((task.abort_handle(), watch));
        Seat { gathering, seat: 0, places }
    }

    /// Takes the questions of one more, if there is room for them among so many.
    pub(super) fn admit(self: Arc<Self>, wanted: Wanted<'_>, room: usize) -> Option<Seat> {
        let mut state = lock(&self.state);
        if state.is_closed || state.questions.keys.len() + wanted.keys().count() > room {
            return None;
        }
        let places = state.questions.add(wanted);
        let seat = state.wakers.len();
        state.wakers.push(None);
        drop(state);
        Some(Seat { gathering: self, seat, places })
    }

    /// Whether those who asked first have waited so long that who comes now had better begin anew.
    pub(super) fn is_late(&self) -> bool {
        self.began.elapsed() > PATIENCE.min(self.limit / 2) / 4
    }

    fn tell(&self, heard: Option<Answers>) {
        let mut state = lock(&self.state);
        state.is_closed = true;
        if self.heard.set(heard).is_ok() {
            let woken = state.whom_to_wake();
            drop(state);
            wake(woken);
        }
    }
}

impl Watched for Gathering {
    /// The task has not told. If it has not even asked, since its runtime stands still, or the thread that it is on, each
    /// asks for itself. If it has, whoever is on another runtime by now does.
    fn overdue(&self) {
        let mut state = lock(&self.state);
        if !state.is_closed {
            drop(state);
            return self.tell(None);
        }
        state.is_slow = true;
        let woken = state.whom_to_wake();
        drop(state);
        wake(woken);
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        self.work.get().into_iter().for_each(|(task, _)| task.abort());
    }
}

impl State {
    fn whom_to_wake(&mut self) -> Vec<Waker> {
        self.wakers.iter_mut().filter_map(Option::take).collect()
    }
}

/// A waker that panics must not keep the others asleep.
fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    }
}

/// The task that asks for a gathering. Dropped before it has told them what came, by a panic or the end of the runtime,
/// it leaves nobody waiting.
struct Asking(Weak<Gathering>);

impl Asking {
    /// What is to be asked, if anybody still waits for it.
    fn close(&self) -> Option<Vec<Key>> {
        let gathering = self.0.upgrade()?;
        let mut state = lock(&gathering.state);
        let is_late = std::mem::replace(&mut state.is_closed, true);
        (!is_late).then(|| std::mem::take(&mut state.questions).keys)
    }

    fn tell(&self, heard: Option<Answers>) {
        if let Some(gathering) = self.0.upgrade() {
            gathering.tell(heard);
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.tell(None);
    }
}

/// What came, if it is the same for everybody: answers, or a store that cannot be reached. Any other failure may be the
/// fault of one question.
fn common(answers: Answers, questions: usize) -> Option<Answers> {
    match &answers {
        Ok(all) => all.len() == questions,
        Err(error) => is_outage(error.kind()),
    }
    .then_some(answers)
}

/// Lets those run first who are ready to.
async fn step_back() {
    let mut has_stepped_back = false;
    poll_fn(|context| match std::mem::replace(&mut has_stepped_back, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

/// A place in a gathering, which gives what was asked for; `None` where the caller is to ask for itself.
pub(super) struct Seat {
    gathering: Arc<Gathering>,
    seat: usize,
    places: Places,
}

impl Seat {
    pub(super) fn gathering(&self) -> &Arc<Gathering> {
        &self.gathering
    }

    fn heard(&self) -> Option<Option<Read>> {
        let heard = self.gathering.heard.get()?.as_ref();
        Some(heard.map(|heard| match heard {
            Ok(answers) => Read::own(Ok(self.places.pick(answers))),
            Err(error) => {
                let is_told = self.gathering.is_told.swap(true, Ordering::Relaxed);
                Read { answers: Err(error.again()), is_told }
            }
        }))
    }

    /// Whether another runtime polls this caller than the task.
    fn has_moved(&self) -> bool {
        Handle::try_current().map_or(true, |runtime| runtime.id() != self.gathering.runtime)
    }
}

impl Future for Seat {
    type Output = Option<Read>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Whoever tells takes the wakers after that: under their lock nothing is missed.
        let mut state = lock(&self.gathering.state);
        if let Some(heard) = self.heard() {
            return Poll::Ready(heard);
        }
        if state.is_slow && self.has_moved() {
            return Poll::Ready(None);
        }
        let waker = &mut state.wakers[self.seat];
        let replaced = match waker {
            Some(waker) if waker.will_wake(context.waker()) => None,
            _ => waker.replace(context.waker().clone()),
        };
        drop(state);
        drop(replaced);
        Poll::Pending
    }
}
