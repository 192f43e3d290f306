use super::connection::Connection;
use super::dialer::Dialer;
use crate::deadline::Deadline;
use crate::fault::{Fault, is_misplaced};
use crate::handshake::Handshake;
use crate::settings::Settings;
use cache_memoize_core::StoreErrorKind;
use redis::{Cmd, Value};
use std::borrow::Borrow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A bounded number of connections with one server, made when they are needed.
pub(crate) struct Pool {
    dialer: Dialer,
    handshake: Handshake,
    size: usize,
    shelf: Mutex<Shelf>,
    put_back: Condvar,
}

#[derive(Default)]
struct Shelf {
    /// Those that nobody uses now; the one used last comes first.
    idle: Vec<Connection>,
    /// How many there are, those in use included.
    open: usize,
    /// How many wait for one.
    waiting: usize,
}

impl Shelf {
    /// Takes a connection back, or its place. Whether somebody waits for it: to wake nobody costs a hit a call of the
    /// system all the same.
    fn take_back(&mut self, connection: Option<Connection>) -> bool {
        match connection {
            Some(connection) => self.idle.push(connection),
            None => self.open -= 1,
        }
        self.waiting > 0
    }
}

impl Pool {
    pub(crate) fn new(dialer: Dialer, settings: &Settings) -> Self {
        Self {
            dialer,
            handshake: Handshake::with_server(settings),
            size: settings.pool,
            shelf: Mutex::default(),
            put_back: Condvar::new(),
        }
    }

    /// Takes a connection, makes one, or waits for one, until the deadline.
    ///
    /// It is not asked whether it is still good: that would double the cost of a hit. What may not be repeated
    /// says `with_care`, and gets one that the server has not hung up on, as far as this side knows.
    pub(crate) fn check_out(
        self: &Arc<Self>,
        with_care: bool,
        deadline: Deadline,
    ) -> Result<CheckedOut, Fault> {
        let mut shelf = self.shelf();
        loop {
            if let Some(connection) = shelf.idle.pop() {
                if with_care && !connection.is_quiet() {
                    shelf.open -= 1;
                    continue;
                }
                return Ok(CheckedOut { pool: self.clone(), connection: Some(connection) });
            }
            if shelf.open < self.size {
                shelf.open += 1;
                drop(shelf);
                return self.make(deadline);
            }
            let left = deadline.left().ok_or_else(|| self.exhausted())?;
            shelf.waiting += 1;
            shelf = self
                .put_back
                .wait_timeout(shelf, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(shelf, _)| shelf);
            shelf.waiting -= 1;
        }
    }

    fn make(self: &Arc<Self>, deadline: Deadline) -> Result<CheckedOut, Fault> {
        let mut place = CheckedOut { pool: self.clone(), connection: None };
        place.connection = Some(self.dialer.dial(&self.handshake, deadline)?);
        Ok(place)
    }

    fn exhausted(&self) -> Fault {
        let context = format!(
            "all {} connections were in use for the whole time limit; raise `pool`, or `timeout`",
            self.size
        );
        Fault::new(StoreErrorKind::Timeout, context)
    }

    /// One exchange on a connection of the pool.
    pub(crate) fn exchange<C: Borrow<Cmd>>(
        self: &Arc<Self>,
        with_care: bool,
        commands: &[C],
        deadline: Deadline,
    ) -> Result<Vec<Value>, Fault> {
        let mut connection = self.check_out(with_care, deadline)?;
        connection.send(commands, deadline)?;
        connection.receive(commands.len(), deadline)
    }

    /// Lets go of the connections that nobody uses. When one of them broke without a word, they are all from
    /// the time before the server went.
    pub(super) fn forget_idle(&self) {
        let mut shelf = self.shelf();
        let idle = std::mem::take(&mut shelf.idle);
        shelf.open -= idle.len();
        drop(shelf);
        self.put_back.notify_all();
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use, or the place of one that is being made. It goes back when this is dropped, if all that
/// was asked on it was answered; else it is closed.
pub(crate) struct CheckedOut {
    pool: Arc<Pool>,
    connection: Option<Connection>,
}

impl CheckedOut {
    pub(crate) fn send<C: Borrow<Cmd>>(
        &mut self,
        commands: &[C],
        deadline: Deadline,
    ) -> Result<(), Fault> {
        let sent = self.connection()?.send(commands, deadline);
        self.noticing(sent)
    }

    pub(crate) fn receive(
        &mut self,
        count: usize,
        deadline: Deadline,
    ) -> Result<Vec<Value>, Fault> {
        let received = self.connection()?.receive(count, deadline);
        let replies = self.noticing(received)?;
        if replies.iter().any(is_misplaced) {
            self.connection = None;
            self.pool.forget_idle();
        }
        Ok(replies)
    }

    fn noticing<T>(&self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault) = &outcome
            && fault.is_unanswered()
        {
            self.pool.forget_idle();
        }
        outcome
    }

    fn connection(&mut self) -> Result<&mut Connection, Fault> {
        let lost = || Fault::new(StoreErrorKind::Unavailable, "the connection was given up");
        self.connection.as_mut().ok_or_else(lost)
    }
}

impl Drop for CheckedOut {
    fn drop(&mut self) {
        let connection = self.connection.take().filter(Connection::is_clean);
        let is_awaited = self.pool.shelf().take_back(connection);
        if is_awaited {
            self.pool.put_back.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Nodes;
    use super::*;
    use crate::Redis;
    use cache_memoize_testkit::servers::RedisServer;
    use std::thread;
    use std::time::{Duration, Instant};

    #[test]
    fn a_connection_wakes_nobody_on_its_way_back_unless_somebody_waits() {
        let mut shelf = Shelf { open: 2, ..Shelf::default() };
        assert!(!shelf.take_back(None));
        shelf.waiting = 1;
        assert!(shelf.take_back(None));
    }

    #[test]
    fn who_waits_for_a_connection_gets_the_one_that_comes_back() {
        let server = RedisServer::start();
        let redis = Redis::open(&format!("{}?pool=1&timeout=60s", server.tcp_url())).unwrap();
        let Nodes::One(pool) = &redis.blocking().nodes else { panic!("it is one server") };
        let deadline = Deadline::after(Duration::from_secs(60));
        let taken = pool.check_out(false, deadline).unwrap_or_else(|fault| panic!("{fault:?}"));
        assert_eq!(pool.shelf().waiting, 0);
        thread::scope(|scope| {
            let waits = scope.spawn(|| pool.check_out(false, deadline).is_ok());
            let patience = Instant::now() + Duration::from_secs(60);
            while pool.shelf().waiting == 0 {
                assert!(Instant::now() < patience, "nobody waits");
                thread::yield_now();
            }
            drop(taken);
            assert!(waits.join().unwrap());
        });
        let shelf = pool.shelf();
        assert_eq!((shelf.waiting, shelf.open), (0, 1));
    }
}
