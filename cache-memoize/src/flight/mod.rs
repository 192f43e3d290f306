//! Single flight: one computation at a time per key, for blocking and async callers alike.
//!
//! The first caller of a key *leads* and computes; those who come meanwhile *follow* and wait. Three rules
//! keep the promise that nobody is served a value whose computation began before an invalidation:
//!
//! - An invalidation [detaches](Flights::detach) the flight of its key after the store has removed the
//!   entry: whoever arrives later starts a flight of their own.
//! - A leader [closes](Leading::close) its flight *before* it hands the value to the store. Whoever joins
//!   a closed flight may wait for it to land, but not take its value: another process may have
//!   invalidated the entry between the fill and the landing.
//! - A follower takes the value only if the store accepted the fill. Otherwise it
//!   [goes back to the start](Landing::Nothing).
//!
//! A caller that would wait for itself is told to compute [alone](Seat::Alone): see [`waits`]. A flight that
//! its followers have waited for too long is [overdue](Landing::Overdue): one of them leads the next.

pub(crate) mod waits;

use crate::bell::Bell;
use crate::sync::{Mutex, lock, thread};
use crate::watch::{Watch, Watched};
use cache_memoize_core::{AnyObject, Key};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};
pub(crate) use waits::{Computing, ComputingAll};

/// The flights of one cache, by key.
pub(crate) struct Flights {
    under_way: Arc<UnderWay>,
    wait_limit: Duration,
}

/// The flights that newcomers join. A leader has its share of it: a computation may outlive its call.
type UnderWay = Mutex<HashMap<Key, Arc<Flight>>>;

/// How a caller waits and computes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Manner {
    Blocking,
    Async,
}

/// What a caller is to do.
pub(crate) enum Seat {
    /// Compute, and let the others know.
    Leader(Leading),
    /// Wait for the leader.
    Follower(Following),
    /// Compute without a flight: waiting would never end.
    Alone,
}

/// How a flight ended for its followers.
#[derive(Clone)]
pub(crate) enum Landing {
    /// With a value that the store accepted, or could not be asked about.
    Value(Arc<AnyObject>),
    /// With nothing that may be passed on.
    Nothing,
    /// Not at all, as far as its followers are concerned: it lasts too long.
    Overdue,
    /// Not yet, but the follower has waited for long enough.
    Left,
}

impl Flights {
    /// Flights whose followers wait for so long at most.
    pub(crate) fn new(wait_limit: Duration) -> Self {
        Self { under_way: Arc::default(), wait_limit }
    }

    /// How long followers wait.
    pub(crate) fn wait_limit(&self) -> Duration {
        self.wait_limit
    }

    /// Whether the flight of `key` is under way.
    pub(crate) fn has(&self, key: &Key) -> bool {
        lock(&self.under_way).get(key).is_some_and(|flight| !flight.is_over())
    }

    /// Joins the flight of `key`, or starts one.
    pub(crate) fn join(&self, key: &Key, manner: Manner) -> Seat {
        match lock(&self.under_way).entry(key.clone()) {
            Entry::Occupied(occupied) if !occupied.get().is_over() => {
                Flight::follow(occupied.get(), manner, self.wait_limit)
            }
            free => Seat::Leader(self.started(key, manner, free)),
        }
    }

    /// Starts a flight of `key`, unless one is under way.
    pub(crate) fn lead_if_free(&self, key: &Key, manner: Manner) -> Option<Leading> {
        match lock(&self.under_way).entry(key.clone()) {
            Entry::Occupied(occupied) if !occupied.get().is_over() => None,
            free => Some(self.started(key, manner, free)),
        }
    }

    fn started(&self, key: &Key, manner: Manner, free: Entry<'_, Key, Arc<Flight>>) -> Leading {
        let flight = free.insert_entry(Flight::start(manner));
        Leading::new(&self.under_way, key, flight.get())
    }

    /// Starts a flight of `key` that newcomers join instead of the one that may be under way.
    pub(crate) fn lead(&self, key: &Key, manner: Manner) -> Leading {
        let flight = Flight::start(manner);
        lock(&self.under_way).insert(key.clone(), flight.clone());
        Leading::new(&self.under_way, key, &flight)
    }

    /// Hides the flight of `key` from newcomers, and its value from those who wait: it is older than an invalidation.
    pub(crate) fn detach(&self, key: &Key) {
        let overtaken = lock(&self.under_way).remove(key);
        overtaken.iter().for_each(|flight| lock(&flight.state).is_overtaken = true);
    }

    /// The same for all flights of such keys and tags.
    pub(crate) fn detach_those(&self, gone: impl Fn(&Key, &[String]) -> bool) {
        lock(&self.under_way).retain(|key, flight| {
            let mut state = lock(&flight.state);
            let is_gone = gone(key, &state.tags);
            state.is_overtaken |= is_gone;
            !is_gone
        });
    }

    /// How many flights are under way.
    #[cfg(test)]
    #[allow(dead_code, reason = "the model counts, which compiles this file as its own")]
    pub(crate) fn len(&self) -> usize {
        lock(&self.under_way).len()
    }
}

/// The leader's part in a flight. Dropped without a landing, as by a panic or a cancelled future, it
/// sends the followers back to the start, where one of them leads.
pub(crate) struct Leading {
    under_way: Arc<UnderWay>,
    key: Key,
    flight: Arc<Flight>,
}

impl Leading {
    fn new(under_way: &Arc<UnderWay>, key: &Key, flight: &Arc<Flight>) -> Self {
        Self { under_way: under_way.clone(), key: key.clone(), flight: flight.clone() }
    }

    /// Says that the computation goes to another thread: whoever is on this one may wait for it.
    pub(crate) fn leave_thread(&self) {
        lock(&self.flight.state).thread = None;
    }

    /// Marks the calling thread as computing this flight, until the guard is dropped.
    pub(crate) fn computing(&self) -> Computing {
        lock(&self.flight.state).thread = Some(thread::current().id());
        Computing::enter(self.flight.id)
    }

    /// Says with which tags the value will be stored.
    pub(crate) fn concern(&self, tags: &[String]) {
        if !tags.is_empty() {
            lock(&self.flight.state).tags = tags.into();
        }
    }

    /// Lets no newcomer take the value, and says whether anybody waits for it.
    pub(crate) fn close(&self) -> bool {
        let mut state = lock(&self.flight.state);
        state.closed = true;
        state.takers > 0
    }

    /// Ends the flight.
    pub(crate) fn land(self, landing: Landing) {
        self.make_way();
        self.flight.land(landing);
    }

    /// Lets newcomers start a flight of their own, unless they do already.
    fn make_way(&self) {
        if let Entry::Occupied(occupied) = lock(&self.under_way).entry(self.key.clone())
            && Arc::ptr_eq(occupied.get(), &self.flight)
        {
            occupied.remove();
        }
    }
}

/// The flights of one computation, which many keys share.
pub(crate) struct Together<'l> {
    leadings: Vec<&'l Leading>,
    ids: Arc<[u64]>,
    thread: Option<thread::ThreadId>,
}

impl<'l> Together<'l> {
    pub(crate) fn of(leadings: impl Iterator<Item = &'l Leading>) -> Self {
        let leadings: Vec<_> = leadings.collect();
        let ids = leadings.iter().map(|leading| leading.flight.id).collect();
        Self { leadings, ids, thread: None }
    }

    /// Marks the calling thread as computing these flights, until the guard is dropped.
    pub(crate) fn computing(&mut self) -> ComputingAll {
        let thread = thread::current().id();
        if self.thread != Some(thread) {
            let marked = |leading: &&Leading| lock(&leading.flight.state).thread = Some(thread);
            self.leadings.iter().for_each(marked);
            self.thread = Some(thread);
        }
        ComputingAll::enter(self.ids.clone())
    }
}

impl Drop for Leading {
    fn drop(&mut self) {
        self.make_way();
        self.flight.land(Landing::Nothing);
    }
}

/// A follower's part in a flight.
pub(crate) struct Following {
    flight: Arc<Flight>,
    takes: bool,
    waiter: Option<u64>,
    bell: Option<Bell>,
    _edge: waits::Edge,
}

impl Following {
    /// The same for one who leaves at that moment, if there is one.
    pub(crate) fn until(mut self, leaves: Option<Instant>) -> Self {
        let limit = leaves.map(|moment| moment.saturating_duration_since(Instant::now()));
        self.bell = limit.map(Bell::set);
        self
    }

    /// Waits on this thread until the flight lands.
    pub(crate) fn wait(mut self) -> Landing {
        let waker = Waker::from(std::sync::Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match self.poll(&mut context) {
                Poll::Ready(landing) => return landing,
                Poll::Pending => thread::park(),
            }
        }
    }

    /// Waits without holding a thread until the flight lands.
    pub(crate) async fn landed(mut self) -> Landing {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Landing> {
        let waker = context.waker().clone();
        let mut state = lock(&self.flight.state);
        if let Some(landing) = &state.landing {
            let landing = if self.takes { landing.clone() } else { Landing::Nothing };
            return Poll::Ready(landing);
        }
        let waiter = *self.waiter.get_or_insert_with(|| NEXT_ID.fetch_add(1, Ordering::Relaxed));
        let replaced = state.waiters.insert(waiter, waker);
        // Dropping a waker may drop a task that follows this very flight.
        drop(state);
        drop(replaced);
        let bell = self.bell.as_ref().map_or(Poll::Pending, |bell| bell.poll(context));
        bell.map(|()| Landing::Left)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut state = lock(&self.flight.state);
        state.takers -= usize::from(self.takes);
        let waker = self.waiter.and_then(|waiter| state.waiters.remove(&waiter));
        drop(state);
        drop(waker);
    }
}

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

/// One computation that several callers wait for.
pub(crate) struct Flight {
    id: u64,
    manner: Manner,
    state: Mutex<State>,
}

struct State {
    /// The thread that computes, or that last polled the computation; none while it is on its way to one.
    thread: Option<thread::ThreadId>,
    closed: bool,
    /// An invalidation came after it began.
    is_overtaken: bool,
    /// Those of the value that is being computed.
    tags: Box<[String]>,
    takers: usize,
    waiters: HashMap<u64, Waker>,
    /// From the first follower to the landing.
    watch: Option<Watch>,
    landing: Option<Landing>,
}

impl Flight {
    fn start(manner: Manner) -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            manner,
            state: Mutex::new(State {
                thread: Some(thread::current().id()),
                closed: false,
                is_overtaken: false,
                tags: Box::default(),
                takers: 0,
                waiters: HashMap::new(),
                watch: None,
                landing: None,
            }),
        })
    }

    fn follow(this: &Arc<Self>, manner: Manner, wait_limit: Duration) -> Seat {
        let mut state = lock(&this.state);
        // While a thread blocks, nothing that runs on it comes to an end.
        let blocks = manner == Manner::Blocking || this.manner == Manner::Blocking;
        if blocks && state.thread == Some(thread::current().id()) {
            return Seat::Alone;
        }
        let Some(edge) = waits::Edge::to(this.id) else { return Seat::Alone };
        let takes = !state.closed;
        state.takers += usize::from(takes);
        if state.watch.is_none() && state.landing.is_none() {
            let flight: Weak<Self> = Arc::downgrade(this);
            state.watch = Some(Watch::over(flight, wait_limit));
        }
        drop(state);
        Seat::Follower(Following {
            flight: this.clone(),
            takes,
            waiter: None,
            bell: None,
            _edge: edge,
        })
    }

    /// Whether nobody should join it any more, though its leader may still be computing.
    fn is_over(&self) -> bool {
        lock(&self.state).landing.is_some()
    }

    fn land(&self, landing: Landing) {
        let mut state = lock(&self.state);
        if state.landing.is_some() {
            return;
        }
        state.landing = Some(match landing {
            Landing::Value(_) if state.is_overtaken => Landing::Nothing,
            landing => landing,
        });
        let waiters = std::mem::take(&mut state.waiters);
        let _watch = state.watch.take();
        drop(state);
        for waiter in waiters.into_values() {
            // A waker that panics must not keep the others asleep.
            let _ = catch_unwind(AssertUnwindSafe(|| waiter.wake()));
        }
    }
}

impl Watched for Flight {
    fn overdue(&self) {
        self.land(Landing::Overdue);
    }
}

/// See [`waits::prepare_thread`].
pub(crate) fn prepare_thread() {
    waits::prepare_thread();
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}
