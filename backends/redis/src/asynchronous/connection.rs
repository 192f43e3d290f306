use super::stream;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::handshake::{Handshake, question, read_master};
use crate::settings::{Address, Settings};
use cache_memoize_core::StoreErrorKind;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, ErrorKind, RedisConnectionInfo, RedisError, Value};
use std::borrow::Borrow;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use tokio::task::AbortHandle;

/// A connection that many callers use at a time, driven by the runtime it was made in. It ends with its last
/// clone.
#[derive(Clone)]
pub(super) struct Connection {
    multiplexed: MultiplexedConnection,
    address: Arc<Address>,
    driver: Arc<Driver>,
}

/// The task that reads and writes.
struct Driver {
    task: AbortHandle,
    is_over: Arc<AtomicBool>,
}

impl Connection {
    /// A connection over which both sides know each other.
    pub(super) async fn open(
        settings: &Settings,
        address: &Address,
        handshake: &Handshake,
        deadline: Deadline,
    ) -> Result<Self, Fault> {
        let stream = stream::open(settings, address, deadline).await;
        let stream = stream.map_err(|error| Fault::from_io(error, address))?;
        // Nothing is said here: the handshake is ours. Nor is there a limit, which is around all of this.
        let info = RedisConnectionInfo::default().set_skip_set_lib_name();
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let made = MultiplexedConnection::new_with_config(&info, stream, config).await;
        let (multiplexed, driver) = made.map_err(|error| from_redis(&error, address))?;
        let address = Arc::new(address.clone());
        let mut this = Self { multiplexed, address, driver: Arc::new(Driver::start(driver)) };
        if !handshake.commands().is_empty() {
            let replies = this.exchange(handshake.commands()).await;
            let replies = replies.map_err(Fault::answered)?;
            handshake.check(replies).map_err(|fault| fault.at(&this.address))?;
        }
        Ok(this)
    }

    pub(super) fn address(&self) -> &Arc<Address> {
        &self.address
    }

    /// Whether the connection broke, or its runtime ended.
    pub(super) fn is_over(&self) -> bool {
        self.driver.is_over.load(Ordering::Acquire)
    }

    /// Ends it under all of its clones.
    pub(super) fn end(&self) {
        self.driver.task.abort();
    }

    /// Sends the commands together, and takes their replies. An error in one of them is a reply too.
    pub(super) async fn exchange<C: Borrow<Cmd>>(
        &mut self,
        commands: &[C],
    ) -> Result<Vec<Value>, Fault> {
        let replies = match commands {
            [command] => self
                .multiplexed
                .send_packed_command(command.borrow())
                .await
                .map(|reply| vec![reply]),
            _ => {
                let count = commands.len();
                let mut pipeline = redis::Pipeline::with_capacity(count);
                for command in commands {
                    pipeline.add_command(command.borrow().clone());
                }
                self.multiplexed.send_packed_commands(&pipeline, 0, count).await
            }
        };
        replies.map_err(|error| {
            let fault = from_redis(&error, &self.address);
            if error.is_connection_dropped() { fault.unanswered() } else { fault }
        })
    }
}

impl Driver {
    fn start(driver: impl Future<Output = ()> + Send + 'static) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let end = TellOnDrop(is_over.clone());
        let task = tokio::spawn(async move {
            let _end = end;
            driver.await;
        });
        Self { task: task.abort_handle(), is_over }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A task may end by itself, by a panic, or with its runtime.
struct TellOnDrop(Arc<AtomicBool>);

impl Drop for TellOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Asks one sentinel after the other for the master, each for its share of the time.
pub(super) async fn find_master(
    settings: &Settings,
    sentinels: &[Address],
    name: &str,
    deadline: Deadline,
) -> Result<Address, Fault> {
    let mut failure = Fault::new(StoreErrorKind::Configuration, "there are no sentinels");
    for (index, sentinel) in sentinels.iter().enumerate() {
        // The master itself must be reached in what the sentinels leave.
        let share = deadline.shared_with(sentinels.len() - index);
        let asked = pin!(ask_sentinel(settings, sentinel, name, share));
        match within(share, sentinel, asked).await {
            Ok(master) => return Ok(master),
            Err(fault) => failure = fault,
        }
    }
    Err(failure)
}

async fn ask_sentinel(
    settings: &Settings,
    sentinel: &Address,
    name: &str,
    deadline: Deadline,
) -> Result<Address, Fault> {
    let handshake = Handshake::with_sentinel(settings);
    let mut connection = Connection::open(settings, sentinel, &handshake, deadline).await?;
    let replies = connection.exchange(&[question(name)]).await?;
    let reply = replies.into_iter().next().ok_or_else(|| Fault::protocol(sentinel))?;
    let (host, port) = read_master(reply, name).map_err(|fault| fault.at(sentinel))?;
    Ok(sentinel.neighbour(&host, port))
}

/// What `future` gives, if it gives it by the deadline. It is pinned where it is made: futures that are handed on are
/// copied, and this one is on the way of every hit.
pub(super) async fn within<T>(
    deadline: Deadline,
    place: &impl std::fmt::Display,
    mut future: Pin<&mut impl Future<Output = Result<T, Fault>>>,
) -> Result<T, Fault> {
    let left = deadline.left().ok_or_else(|| Fault::timeout(place))?;
    let mut end = None;
    poll_fn(|context| {
        if let Poll::Ready(outcome) = future.as_mut().poll(context) {
            return Poll::Ready(outcome);
        }
        let end = end.get_or_insert_with(|| Box::pin(tokio::time::sleep(left)));
        end.as_mut().poll(context).map(|()| Err(Fault::timeout(place)))
    })
    .await
}

/// Takes from an error of the crate what may be shown.
fn from_redis(error: &RedisError, address: &Address) -> Fault {
    match error.kind() {
        ErrorKind::Io => Fault::from_io(io_error(error), address),
        ErrorKind::Server(_) | ErrorKind::Extension => {
            match error.clone().into_server_errors().as_deref() {
                Some([(_, error), ..]) => Fault::from_server(error).at(address),
                _ => Fault::protocol(address),
            }
        }
        _ => Fault::protocol(address),
    }
}

fn io_error(error: &RedisError) -> io::Error {
    let source = std::error::Error::source(error);
    let source = source.and_then(|source| source.downcast_ref::<io::Error>());
    source.map_or_else(
        || io::ErrorKind::BrokenPipe.into(),
        |source| io::Error::new(source.kind(), source.to_string()),
    )
}
