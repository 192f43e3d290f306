//! A proxy that does to the bytes between a client and its server what a bad network does to them.

mod link;

use link::Link;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What a [`Proxy`] does to what goes through it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Traffic {
    /// Everything goes through as it is.
    Pass,
    /// Every chunk waits so long, each way. What comes while a chunk waits goes with the next.
    Delay(Duration),
    /// After so many bytes of a reply the connection is reset. A shorter reply comes whole.
    Cut {
        /// How many bytes come through.
        after: usize,
    },
    /// The client gets these bytes for each chunk of a reply.
    Garbage(Vec<u8>),
    /// Of so many bytes one is lost, each way, counted from the beginning of a connection.
    Lose {
        /// How many bytes go for each one that is lost, that one included; one loses everything.
        every: usize,
    },
    /// Connections stand and requests are read, and nothing is passed on in either direction. What was
    /// swallowed is never told again: when this is over, connections are reset.
    BlackHole,
    /// Replies come a byte at a time, with such a pause after each.
    Drip(Duration),
    /// Nobody listens, and the connections that were there are reset.
    Refuse,
}

/// Listens on a port of loopback in front of a server, and passes on what comes, as it is told to. It ends
/// when this is dropped.
///
/// ```no_run
/// # use cache_memoize_testkit::servers::{Proxy, RedisServer, Traffic};
/// let server = RedisServer::start();
/// let proxy = Proxy::to_unix(server.socket());
/// let url = format!("redis://{}", proxy.address());
/// // a store at `url` is used, and then
/// proxy.set(Traffic::Cut { after: 3 });
/// ```
pub struct Proxy {
    shared: Arc<Shared>,
    port: u16,
    /// The thread that accepts connections; none while they are refused.
    door: Mutex<Option<JoinHandle<()>>>,
}

/// How long the port may be with somebody else before connections are accepted again.
const BIND_LIMIT: Duration = Duration::from_secs(30);

impl Proxy {
    /// A proxy in front of a server on TCP: `127.0.0.1:6379`.
    ///
    /// # Panics
    /// If loopback has no free port.
    #[must_use]
    pub fn to_tcp(address: impl Into<String>) -> Self {
        Self::to(Target::Tcp(address.into()))
    }

    /// A proxy in front of a server on a Unix socket.
    ///
    /// # Panics
    /// If loopback has no free port.
    #[must_use]
    pub fn to_unix(path: impl AsRef<Path>) -> Self {
        Self::to(Target::Unix(path.as_ref().to_owned()))
    }

    fn to(target: Target) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a port");
        let port = listener.local_addr().expect("the listener has an address").port();
        let shared = Arc::new(Shared::new(target));
        let door = open(&shared, listener);
        Self { shared, port, door: Mutex::new(Some(door)) }
    }

    /// Where it listens: `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Does this from now on, on connections that are there and on new ones.
    ///
    /// # Panics
    /// If it is to accept connections again, and another program has taken the port.
    pub fn set(&self, traffic: Traffic) {
        let refuses = traffic == Traffic::Refuse;
        let before = std::mem::replace(&mut *self.shared.traffic(), traffic);
        self.shared.changed.notify_all();
        if before == Traffic::BlackHole {
            self.reset();
        }
        if refuses {
            self.close();
            self.reset();
        } else {
            self.reopen();
        }
    }

    /// Resets the connections that are there.
    pub fn reset(&self) {
        self.shared.links().retain(|link| link.upgrade().is_some_and(|link| link.reset()));
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.links().iter().filter(|link| link.strong_count() > 0).count()
    }

    /// How often a client asked and was answered, or will be: what it sends before a reply comes is one
    /// question.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.shared.exchanges.load(Ordering::SeqCst)
    }

    /// Keeps what clients send from now on.
    pub fn record(&self) {
        *lock(&self.shared.recorded) = Some(Vec::new());
    }

    /// What clients sent since [`record`](Self::record), in the order in which it came. Of several connections
    /// the chunks alternate.
    #[must_use]
    pub fn recorded(&self) -> Vec<u8> {
        lock(&self.shared.recorded).clone().unwrap_or_default()
    }

    fn close(&self) {
        let Some(door) = lock(&self.door).take() else { return };
        self.shared.is_shut.store(true, Ordering::SeqCst);
        // Who waits for a connection gets one, and sees that it was the last.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let _ = door.join();
    }

    fn reopen(&self) {
        let mut door = lock(&self.door);
        if door.is_some() {
            return;
        }
        let deadline = Instant::now() + BIND_LIMIT;
        let listener = loop {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)) {
                Ok(listener) => break listener,
                Err(error) => assert!(Instant::now() < deadline, "{}: {error}", self.address()),
            }
            thread::sleep(Duration::from_millis(5));
        };
        self.shared.is_shut.store(false, Ordering::SeqCst);
        *door = Some(open(&self.shared, listener));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Traffic::Refuse);
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &self.address())
            .field("traffic", &*self.shared.traffic())
            .finish_non_exhaustive()
    }
}

/// Accepts connections until the proxy is shut.
fn open(shared: &Arc<Shared>, listener: TcpListener) -> JoinHandle<()> {
    let shared = shared.clone();
    thread::spawn(move || {
        for client in listener.incoming() {
            if shared.is_shut.load(Ordering::SeqCst) {
                return;
            }
            if let Ok(client) = client {
                let shared = shared.clone();
                thread::spawn(move || link::serve(&shared, client));
            }
        }
    })
}

#[derive(Debug)]
enum Target {
    Tcp(String),
    Unix(PathBuf),
}

/// What the threads of a proxy share.
struct Shared {
    target: Target,
    traffic: Mutex<Traffic>,
    changed: Condvar,
    is_shut: AtomicBool,
    links: Mutex<Vec<Weak<Link>>>,
    exchanges: AtomicU64,
    recorded: Mutex<Option<Vec<u8>>>,
}

impl Shared {
    fn new(target: Target) -> Self {
        Self {
            target,
            traffic: Mutex::new(Traffic::Pass),
            changed: Condvar::new(),
            is_shut: AtomicBool::new(false),
            links: Mutex::default(),
            exchanges: AtomicU64::new(0),
            recorded: Mutex::default(),
        }
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        lock(&self.traffic)
    }

    fn links(&self) -> MutexGuard<'_, Vec<Weak<Link>>> {
        lock(&self.links)
    }

    /// Takes a connection in, unless connections are refused by now.
    fn admit(&self, link: &Arc<Link>) -> io::Result<()> {
        let mut links = self.links();
        if *self.traffic() == Traffic::Refuse {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        links.retain(|link| link.strong_count() > 0);
        links.push(Arc::downgrade(link));
        Ok(())
    }

    /// Lets the time pass, or less of it if what is done to the traffic changes. Says whether it did not.
    fn pause(&self, time: Duration) -> bool {
        let traffic = self.traffic();
        let before = traffic.clone();
        let waited = self.changed.wait_timeout_while(traffic, time, |now| *now == before);
        waited.is_ok_and(|(_, outcome)| outcome.timed_out())
    }

    fn keep(&self, request: &[u8]) {
        if let Some(recorded) = &mut *lock(&self.recorded) {
            recorded.extend_from_slice(request);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
