//! Computations that no caller waits for: on a few threads of their own, or as tasks of the caller's runtime.

use crate::caches::Scopes;
use crate::sync::lock;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Runs `job` on a thread of the background, and says whether there is room for it.
pub(crate) fn spawn(job: impl FnOnce() + Send + 'static) -> bool {
    let Some(room) = Room::take() else { return false };
    let scopes = Scopes::of_this_thread();
    enqueue(Box::new(move || {
        let _room = room;
        scopes.enter(job);
    }))
}

/// Runs a future as a task of the runtime that the caller is in, or else on a thread of the background, and
/// says whether there is room for it.
pub(crate) fn spawn_future(future: impl Future<Output = ()> + Send + 'static) -> bool {
    Room::take().is_some_and(|room| room.spawn_future(future))
}

/// The right to be under way, and the proof that something is.
pub(crate) struct Room(());

impl Room {
    /// Room for one more, if there is any.
    pub(crate) fn take() -> Option<Self> {
        let mut state = lock(&STATE);
        let has_room = !state.is_shut && state.under_way < MOST;
        state.under_way += usize::from(has_room);
        // What is made here is dropped again, and that needs the lock.
        if has_room { Some(Self(())) } else { None }
    }

    /// [`spawn_future`] in this room: false only where no thread can be started.
    pub(crate) fn spawn_future(self, future: impl Future<Output = ()> + Send + 'static) -> bool {
        let scopes = Scopes::of_this_thread();
        let job = scopes.enter_async(async move {
            let _room = self;
            future.await;
        });
        #[cfg(feature = "tokio")]
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(job));
            return true;
        }
        enqueue(Box::new(move || block_on(job)))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        lock(&STATE).under_way -= 1;
        DONE.notify_all();
    }
}

/// Waits until nothing is under way in the background any more, and from now on begins nothing there. Says
/// whether all came to an end within `limit`.
pub(crate) fn shut_down(limit: Duration) -> bool {
    let mut state = lock(&STATE);
    state.is_shut = true;
    wait_for_idleness(state, limit)
}

/// Waits until nothing is under way in the background any more; `false` if that took longer than `limit`.
pub(crate) fn wait_until_idle(limit: Duration) -> bool {
    wait_for_idleness(lock(&STATE), limit)
}

/// Work for a thread of the background.
type Job = Box<dyn FnOnce() + Send>;

/// How much may wait or be under way. What comes beyond that is left to a later call.
const MOST: usize = 1_024;

/// How many threads there are at most.
const THREADS: usize = 8;

/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(10);

static STATE: Mutex<State> =
    Mutex::new(State { queue: VecDeque::new(), threads: 0, idle: 0, under_way: 0, is_shut: false });
static WORK: Condvar = Condvar::new();
static DONE: Condvar = Condvar::new();

struct State {
    queue: VecDeque<Job>,
    threads: usize,
    idle: usize,
    under_way: usize,
    is_shut: bool,
}

/// Gives work to a thread, and says whether there is one.
fn enqueue(job: Job) -> bool {
    let mut state = lock(&STATE);
    if state.idle <= state.queue.len() && state.threads < THREADS {
        let thread = thread::Builder::new().name("cache-memoize-background".to_owned());
        state.threads += usize::from(thread.spawn(work).is_ok());
    }
    if state.threads == 0 {
        // The job holds its room, whose end needs the lock.
        drop(state);
        drop(job);
        return false;
    }
    state.queue.push_back(job);
    WORK.notify_one();
    true
}

fn work() {
    let mut state = lock(&STATE);
    loop {
        if let Some(job) = state.queue.pop_front() {
            drop(state);
            // The caller has long had its answer; whoever asks next meets the panic itself.
            let _ = catch_unwind(AssertUnwindSafe(job));
            state = lock(&STATE);
            continue;
        }
        state.idle += 1;
        let waited = WORK.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
        state = waited.0;
        state.idle -= 1;
        if waited.1.timed_out() && state.queue.is_empty() {
            state.threads -= 1;
            return;
        }
    }
}

fn wait_for_idleness(mut state: MutexGuard<'_, State>, limit: Duration) -> bool {
    let end = Instant::now().checked_add(limit);
    while state.under_way > 0 {
        let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return false;
        }
        // A wait for ever would overflow the clock of some systems.
        let left = left.min(Duration::from_secs(3600));
        state = DONE.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
    }
    true
}

/// Runs a future on this thread.
fn block_on(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    while future.as_mut().poll(&mut context).is_pending() {
        thread::park();
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
