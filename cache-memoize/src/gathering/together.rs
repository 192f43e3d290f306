//! Callers of one runtime who ask together: a task of that runtime asks for all of them.

use super::questions::{Places, Questions};
use super::{Answers, Wanted};
use crate::resilience::{Operation, is_outage, overdue};
use crate::sync::lock;
use crate::watch::{Watch, Watched};
use cache_memoize_core::{ErasedAsyncStore, Key};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::runtime::{self, Handle};
use tokio::task::AbortHandle;

/// The last gathering of each runtime: a task that asks for others is of use to those whose runtime polls it.
#[derive(Default)]
pub(super) struct Gatherings(Mutex<Vec<(runtime::Id, Weak<Gathering>)>>);

impl Gatherings {
    /// A seat among those who ask for so many keys together at most; `None` if that is too few for two of them, and where
    /// there is no runtime.
    pub(super) fn join(
        &self,
        store: &Arc<dyn ErasedAsyncStore>,
        wanted: Wanted<'_>,
        limit: Duration,
        room: usize,
    ) -> Option<Seat> {
        let runtime = Handle::try_current().ok().filter(|_| room >= 2 * wanted.keys().count())?;
        let mut last = lock(&self.0);
        let open = last.iter().find(|(id, _)| *id == runtime.id());
        let open = open.and_then(|(_, last)| last.upgrade()).filter(|it| !it.is_late());
        if let Some(seat) = open.and_then(|it| it.admit(wanted, room)) {
            return Some(seat);
        }
        let gathering = Gathering::begin(&runtime, store.clone(), limit);
        last.retain(|(id, last)| *id != runtime.id() && last.strong_count() > 0);
        last.push((runtime.id(), Arc::downgrade(&gathering)));
        drop(last);
        gathering.admit(wanted, usize::MAX)
    }
}

/// Callers who ask together. It is theirs alone: with the last of them the task ends that asks for them.
struct Gathering {
    state: Mutex<State>,
    /// What came; `None` where each is to ask for itself.
    heard: OnceLock<Option<Answers>>,
    began: Instant,
    /// How long an answer may take.
    limit: Duration,
    /// Set as soon as it has begun.
    work: OnceLock<(AbortHandle, Watch)>,
}

#[derive(Default)]
struct State {
    questions: Questions,
    /// The questions are on their way, and nobody can join any more.
    is_closed: bool,
    wakers: Vec<Option<Waker>>,
}

impl Gathering {
    /// Begins one, for which a task of that runtime asks as soon as those have been polled who are about to ask too.
    fn begin(runtime: &Handle, store: Arc<dyn ErasedAsyncStore>, limit: Duration) -> Arc<Self> {
        let gathering = Arc::new(Self {
            state: Mutex::default(),
            heard: OnceLock::new(),
            began: Instant::now(),
            limit,
            work: OnceLock::new(),
        });
        let asking = Asking(Arc::downgrade(&gathering));
        let task = runtime.spawn(async move {
            step_back().await;
            let Some(keys) = asking.close() else { return };
            let keys: Vec<_> = keys.iter().map(Key::as_ref).collect();
            let answers = store.get(&keys).await;
            asking.tell(common(answers, keys.len()));
        });
        let watched: Weak<Self> = Arc::downgrade(&gathering);
        let _ = gathering.work.set((task.abort_handle(), Watch::over(watched, limit)));
        gathering
    }

    /// Takes the questions of one more, if there is room for them among so many.
    fn admit(self: Arc<Self>, wanted: Wanted<'_>, room: usize) -> Option<Seat> {
        let mut state = lock(&self.state);
        if state.is_closed || state.questions.keys.len() + 1 + wanted.numbers.len() > room {
            return None;
        }
        let places = state.questions.add(wanted);
        let seat = state.wakers.len();
        state.wakers.push(None);
        drop(state);
        Some(Seat { gathering: self, seat, places })
    }

    /// Whether those who asked first may wait so much longer that who comes now has too little of the time.
    fn is_late(&self) -> bool {
        self.began.elapsed() > self.limit / 8
    }

    fn tell(&self, heard: Option<Answers>) {
        if self.heard.set(heard).is_ok() {
            let wakers = std::mem::take(&mut lock(&self.state).wakers);
            wakers.into_iter().flatten().for_each(Waker::wake);
        }
    }
}

impl Watched for Gathering {
    fn overdue(&self) {
        self.tell(Some(Err(overdue(Operation::Get, self.limit))));
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        self.work.get().into_iter().for_each(|(task, _)| task.abort());
    }
}

/// The task that asks for a gathering. Dropped before it has told them what came, by a panic or the end of the runtime,
/// it leaves nobody waiting.
struct Asking(Weak<Gathering>);

impl Asking {
    /// What is to be asked, if anybody still waits.
    fn close(&self) -> Option<Vec<Key>> {
        let gathering = self.0.upgrade()?;
        let mut state = lock(&gathering.state);
        state.is_closed = true;
        Some(std::mem::take(&mut state.questions).keys)
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
    fn heard(&self) -> Option<Option<Answers>> {
        let heard = self.gathering.heard.get()?.as_ref();
        Some(heard.map(|heard| match heard {
            Ok(answers) => Ok(self.places.pick(answers)),
            Err(error) => Err(error.again()),
        }))
    }
}

impl Future for Seat {
    type Output = Option<Answers>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Whoever tells takes the wakers after that: under their lock nothing is missed.
        let mut state = lock(&self.gathering.state);
        if let Some(heard) = self.heard() {
            return Poll::Ready(heard);
        }
        match &mut state.wakers[self.seat] {
            Some(former) => former.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}
