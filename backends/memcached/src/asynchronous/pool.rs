use super::connection::Connection;
use crate::address::Address;
use crate::fault::{Fault, Outcome};
use cache_memoize_core::StoreErrorKind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::runtime;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The connections to one server that have one caller at a time: so many at most, and the one used last is used first,
/// so that those beyond the need stay idle.
///
/// A connection serves the runtime that it was made on. Those of a runtime that is gone make room when another
/// one needs it.
pub(super) struct Pool {
    address: Address,
    seats: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(address: Address, limit: usize) -> Self {
        let seats = Semaphore::new(limit.min(Semaphore::MAX_PERMITS));
        Self { address, seats, idle: Mutex::default() }
    }

    /// A connection for one caller alone, in this runtime: an idle one, a new one, or the next that is given back.
    pub(super) async fn take(&self, runtime: runtime::Id, until: Instant) -> Outcome<Taken<'_>> {
        let Ok(seat) = self.seats.acquire().await else {
            return Err(Fault::new(StoreErrorKind::Other, "its connections are closed"));
        };
        let idle = self.take_idle(runtime);
        let is_reused = idle.is_some();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.address, runtime, until).await?,
        };
        Ok(Taken { pool: self, connection, is_reused, _seat: seat })
    }

    /// Closes the connections that nobody uses: another one to the same server turned out to be broken.
    pub(super) fn close_idle(&self) {
        let broken = std::mem::take(&mut *self.enter());
        drop(broken);
    }

    /// The connection of this runtime that was used last. Where there is none, a new one is about to be made, and
    /// the oldest of others goes if there would be too many.
    fn take_idle(&self, runtime: runtime::Id) -> Option<Connection> {
        let mut idle = self.enter();
        if let Some(index) = idle.iter().rposition(|connection| connection.runtime == runtime) {
            return Some(idle.remove(index));
        }
        let surplus = idle.len().saturating_sub(self.seats.available_permits());
        let closed: Vec<_> = idle.drain(..surplus).collect();
        drop(idle);
        drop(closed);
        None
    }

    fn enter(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use. It is closed when this is dropped, unless it is [given back](Self::give_back).
pub(super) struct Taken<'a> {
    pool: &'a Pool,
    pub(super) connection: Connection,
    /// Whether it served another caller before, and may have been broken since.
    pub(super) is_reused: bool,
    /// Dropped last: the connection is idle, or gone, when the next caller looks for one.
    _seat: SemaphorePermit<'a>,
}

impl Taken<'_> {
    /// Leaves the connection to the next caller: all that was asked over it is answered.
    pub(super) fn give_back(self) {
        if self.connection.is_silent() {
            self.pool.enter().push(self.connection);
        }
    }

    /// Takes a new connection for one that was broken when it was taken. The other idle ones are broken too.
    pub(super) async fn renew(&mut self, until: Instant) -> Outcome<()> {
        self.pool.close_idle();
        let runtime = self.connection.runtime;
        self.connection = Connection::open(&self.pool.address, runtime, until).await?;
        self.is_reused = false;
        Ok(())
    }
}
