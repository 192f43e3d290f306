use super::connection::Connection;
use crate::address::Address;
use crate::deadline::Deadline;
use crate::fault::Outcome;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The connections to one server: so many at most, and the one used last is used first, so that those
/// beyond the need stay idle.
///
/// They are not tried before they are used. Where one turns out to be broken the server was started anew, and
/// the other idle ones are closed with it, so that only one call finds out.
pub(crate) struct Pool {
    address: Address,
    limit: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    #[expect(clippy::vec_box, reason = "they change hands at every call, and are large")]
    idle: Vec<Box<Connection>>,
    taken: usize,
    /// How many callers wait. To wake nobody would be a system call all the same.
    waiting: usize,
}

impl Pool {
    pub(crate) fn new(address: Address, limit: usize) -> Self {
        Self { address, limit, state: Mutex::default(), freed: Condvar::new() }
    }

    /// A connection for one caller alone: an idle one, a new one, or the next that is given back.
    pub(super) fn take(&self, deadline: Deadline) -> Outcome<Taken<'_>> {
        const BUSY: &str = "all connections to it are in use; raise `pool`, or look why it is slow";
        let mut state = self.enter();
        while state.taken >= self.limit {
            let left = deadline.left(BUSY)?;
            state.waiting += 1;
            let woken = self.freed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting -= 1;
        }
        state.taken += 1;
        let idle = state.idle.pop();
        drop(state);
        let seat = Seat { pool: self, kept: None };
        Ok(match idle {
            Some(connection) => Taken { connection, is_reused: true, seat },
            None => Taken { connection: self.connect(deadline)?, is_reused: false, seat },
        })
    }

    fn connect(&self, deadline: Deadline) -> Outcome<Box<Connection>> {
        Connection::open(&self.address, deadline).map(Box::new)
    }

    fn enter(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use. It is closed when this is dropped, unless it is [given back](Self::give_back).
pub(super) struct Taken<'a> {
    pub(super) connection: Box<Connection>,
    /// Whether it served another caller before, and may have been broken since.
    pub(super) is_reused: bool,
    seat: Seat<'a>,
}

impl Taken<'_> {
    /// Leaves the connection to the next caller: all that was asked over it is answered.
    pub(super) fn give_back(mut self) {
        if self.connection.is_silent() {
            self.seat.kept = Some(self.connection);
        }
    }

    /// Takes a new connection for one that was broken when it was taken.
    pub(super) fn renew(&mut self, deadline: Deadline) -> Outcome<()> {
        let broken = std::mem::take(&mut self.seat.pool.enter().idle);
        drop(broken);
        self.connection = self.seat.pool.connect(deadline)?;
        self.is_reused = false;
        Ok(())
    }
}

/// The right to have a connection.
struct Seat<'a> {
    pool: &'a Pool,
    /// A connection that is idle with this.
    kept: Option<Box<Connection>>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.enter();
        state.idle.extend(self.kept.take());
        state.taken -= 1;
        let is_awaited = state.waiting > 0;
        drop(state);
        if is_awaited {
            self.pool.freed.notify_one();
        }
    }
}
