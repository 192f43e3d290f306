use super::bare;
use super::connection::{Connection, find_master, within};
use crate::deadline::Deadline;
use crate::fault::{Fault, is_misplaced};
use crate::handshake::Handshake;
use crate::settings::{Address, Place, Settings};
use redis::{Cmd, Value};
use std::borrow::Borrow;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;

/// The connection with one server that all callers of a runtime share.
pub(super) struct Node {
    settings: Arc<Settings>,
    target: Target,
    state: Mutex<State>,
    /// Held by whoever is making the connection.
    turn: AsyncMutex<()>,
}

enum Target {
    Fixed(Address),
    Master { sentinels: Vec<Address>, name: String },
}

#[derive(Default)]
struct State {
    live: Option<Live>,
    /// How many attempts to connect came to an end.
    attempts: u64,
    /// Why the last one failed.
    failure: Option<Fault>,
}

#[derive(Clone)]
struct Live {
    connection: Connection,
    /// Of which attempt it came.
    number: u64,
}

impl Node {
    /// The one server, or the one master, of the settings; `None` for a cluster.
    pub(super) fn for_place(settings: &Arc<Settings>) -> Option<Self> {
        let target = match &settings.place {
            Place::One(address) => Target::Fixed(address.clone()),
            Place::Cluster(_) => return None,
            Place::Sentinel { sentinels, name } => {
                Target::Master { sentinels: sentinels.clone(), name: name.clone() }
            }
        };
        Some(Self::new(settings, target))
    }

    pub(super) fn at(settings: &Arc<Settings>, address: &Address) -> Self {
        Self::new(settings, Target::Fixed(address.clone()))
    }

    fn new(settings: &Arc<Settings>, target: Target) -> Self {
        let settings = settings.clone();
        Self { settings, target, state: Mutex::default(), turn: AsyncMutex::new(()) }
    }

    /// Sends the commands together, and waits for their replies until the deadline. The future may be dropped
    /// at any time: the connection keeps account of whose reply comes when.
    pub(super) async fn exchange<C: Borrow<Cmd>>(
        &self,
        commands: &[C],
        deadline: Deadline,
    ) -> Result<Vec<Value>, Fault> {
        let (mut live, is_tried) = match self.live() {
            Some(live) => (live, true),
            // Rare, and much larger than all the rest.
            None => (Box::pin(self.connect(deadline)).await?, false),
        };
        let address = live.connection.address().clone();
        let exchanged = pin!(live.connection.exchange(commands));
        let replies = within(deadline, &*address, exchanged).await;
        match replies {
            Ok(replies) if !replies.iter().any(is_misplaced) => Ok(replies),
            // A connection on which no answer comes may be a dead one. Whoever still waits for a reply on it
            // goes on waiting.
            doubtful => {
                self.give_up(live.number);
                doubtful.map_err(|fault| if is_tried { fault } else { fault.answered() })
            }
        }
    }

    /// Makes a connection, or waits for whoever does. All who wait share the outcome, a failure too.
    async fn connect(&self, deadline: Deadline) -> Result<Live, Fault> {
        let seen = self.state().attempts;
        let connected = pin!(async {
            let _turn = self.turn.lock().await;
            if let Some(live) = self.live() {
                return Ok(live);
            }
            if let Some(failure) = self.failure_since(seen) {
                return Err(failure);
            }
            let outcome = self.dial(deadline.at_most(self.settings.connect_timeout)).await;
            self.conclude(outcome)
        });
        bare::guarded(within(deadline, &self.settings.place, connected)).await
    }

    async fn dial(&self, deadline: Deadline) -> Result<Connection, Fault> {
        let settings = &self.settings;
        // A runtime without timers tells of that here, where the panic is caught: no exchange sets one before it must.
        drop(tokio::time::sleep(Duration::ZERO));
        let address = match &self.target {
            Target::Fixed(address) => address.clone(),
            Target::Master { sentinels, name } => {
                find_master(settings, sentinels, name, deadline).await?
            }
        };
        let handshake = Handshake::with_server(settings);
        let connected = pin!(Connection::open(settings, &address, &handshake, deadline));
        within(deadline, &address, connected).await
    }

    fn conclude(&self, outcome: Result<Connection, Fault>) -> Result<Live, Fault> {
        let mut state = self.state();
        state.attempts += 1;
        let outcome = outcome.map(|connection| Live { connection, number: state.attempts });
        state.live = outcome.as_ref().ok().cloned();
        state.failure = outcome.as_ref().err().cloned();
        outcome
    }

    fn failure_since(&self, attempts: u64) -> Option<Fault> {
        let state = self.state();
        state.failure.clone().filter(|_| state.attempts > attempts)
    }

    fn give_up(&self, number: u64) {
        let given_up = self.state().live.take_if(|live| live.number == number);
        drop(given_up);
    }

    /// Ends the connection at once, also for those who still wait for a reply on it.
    pub(super) fn end(&self) {
        let ended = self.state().live.take();
        ended.iter().for_each(|live| live.connection.end());
    }

    /// The connection, if it is not known to be over.
    fn live(&self) -> Option<Live> {
        let mut state = self.state();
        let ended = state.live.take_if(|live| live.connection.is_over());
        let live = state.live.clone();
        drop(state);
        drop(ended);
        live
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
