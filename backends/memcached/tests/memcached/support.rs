use cache_memoize_core::{Bytes, KeyRef, Lease, LeaseMode, PutMode, Result, Store, StoreErrorKind};
use cache_memoize_core::{Token, Ttl};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) fn key(text: &str) -> KeyRef<'_> {
    KeyRef::new(text).unwrap()
}

/// A handle of its own, as another process has one. A machine that is busy with other tests is no slow server: the
/// limit is long, unless the URL or the test tells another.
pub(crate) fn open(url: &str) -> Memcached {
    let store = Memcached::open(url).unwrap();
    if !url.contains("timeout") {
        store.limit_time(PATIENCE);
    }
    store
}

const PATIENCE: Duration = Duration::from_secs(20);

/// What a store is told that should not wait for long, and what a busy machine may add to it.
pub(crate) const LIMIT: Duration = Duration::from_millis(250);
pub(crate) const SLACK: Duration = Duration::from_secs(3);

/// Lets a server stand still while `act` is done, and asks it with little patience meanwhile.
pub(crate) fn while_still(server: &MemcachedServer, face: &dyn Store, act: impl FnOnce()) {
    face.limit_time(LIMIT);
    server.pause();
    act();
    server.resume();
    face.limit_time(PATIENCE);
}

/// The faces of a store, the async one carried out on the spot.
pub(crate) fn faces(store: &Memcached) -> Vec<Box<dyn Store>> {
    vec![
        Box::new(store.clone()),
        #[cfg(feature = "tokio")]
        Box::new(on_tokio::Driven::new(store.clone())),
    ]
}

/// What tests ask a store, a key at a time.
pub(crate) trait Ask {
    fn read(&self, text: &str) -> Result<Option<Bytes>>;
    fn write(&self, text: &str, value: &str) -> Result<bool>;
    fn join(&self, text: &str) -> Lease;
    fn fill(&self, text: &str, token: Token, value: &str) -> Result<bool>;
    fn forget(&self, text: &str) -> Result<bool>;
}

impl<S: Store + ?Sized> Ask for S {
    fn read(&self, text: &str) -> Result<Option<Bytes>> {
        self.get(&[key(text)]).map(|mut values| values.remove(0))
    }

    fn write(&self, text: &str, value: &str) -> Result<bool> {
        self.put(key(text), value.to_owned().into(), Ttl::Forever, PutMode::Always)
    }

    fn join(&self, text: &str) -> Lease {
        self.lease(key(text), Ttl::Forever, LeaseMode::Join).unwrap().0
    }

    fn fill(&self, text: &str, token: Token, value: &str) -> Result<bool> {
        self.put(key(text), value.to_owned().into(), Ttl::Forever, PutMode::IfLease(token))
    }

    fn forget(&self, text: &str) -> Result<bool> {
        self.remove(&[key(text)]).map(|removed| removed[0])
    }
}

pub(crate) fn seconds(seconds: u64) -> Ttl {
    Ttl::new(Duration::from_secs(seconds)).unwrap()
}

#[track_caller]
pub(crate) fn kind<T: std::fmt::Debug>(answer: Result<T>) -> StoreErrorKind {
    answer.expect_err("an error was expected").kind()
}

#[track_caller]
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// What `act` gives, and how long it took.
pub(crate) fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let output = act();
    (output, start.elapsed())
}

/// A server that does with every connection what a test tells it.
pub(crate) struct Fake {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

impl Fake {
    /// `serve` is given each connection and its number, on a thread of its own.
    pub(crate) fn new(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let fake = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            is_over: Arc::default(),
        };
        let (connections, is_over) = (fake.connections.clone(), fake.is_over.clone());
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    break;
                }
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let serve = serve.clone();
                thread::spawn(move || serve(stream.unwrap(), number));
            }
        });
        fake
    }

    /// Answers each request with the same bytes.
    pub(crate) fn answering(bytes: &[u8]) -> Self {
        let bytes = bytes.to_vec();
        Self::new(move |mut stream, _| {
            let mut request = [0; 4096];
            while stream.read(&mut request).is_ok_and(|length| length > 0) {
                if stream.write_all(&bytes).is_err() {
                    break;
                }
            }
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("memcached://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

/// The keys that are asked for, and the numbers of the questions.
#[cfg(feature = "tokio")]
pub(crate) fn questions(stream: &TcpStream) -> impl Iterator<Item = (String, String)> {
    use std::io::{BufRead, BufReader};
    let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(|line| line.ok());
    lines.map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        (words[1].to_owned(), words[4].to_owned())
    })
}

/// Stands between a store and its server, and counts how often the store asks and waits for the answer.
pub(crate) struct Turnstile {
    fake: Fake,
    turns: Arc<AtomicUsize>,
    way: Arc<Way>,
}

/// What may happen on the way.
#[derive(Default)]
struct Way {
    swallows_next_answer: AtomicBool,
    is_shut: AtomicBool,
}

impl Turnstile {
    pub(crate) fn before(server: &str) -> Self {
        let (turns, way) = (Arc::new(AtomicUsize::default()), Arc::new(Way::default()));
        let (server, counted, shared) = (server.to_owned(), turns.clone(), way.clone());
        let fake = Fake::new(move |client, _| {
            wait_until("it is opened", || !shared.is_shut.load(Ordering::SeqCst));
            let server = TcpStream::connect(&server).unwrap();
            server.set_nodelay(true).unwrap();
            client.set_nodelay(true).unwrap();
            let was_answered = Arc::new(AtomicBool::new(true));
            let (answered, counted, way) = (was_answered.clone(), counted.clone(), shared.clone());
            let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || {
                copy(from, to, || {
                    answered.store(true, Ordering::SeqCst);
                    !way.swallows_next_answer.swap(false, Ordering::SeqCst)
                });
            });
            copy(client, server, || {
                if was_answered.swap(false, Ordering::SeqCst) {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
                true
            });
        });
        Self { fake, turns, way }
    }

    pub(crate) fn url(&self) -> String {
        self.fake.url()
    }

    /// How many round trips `act` makes.
    pub(crate) fn count(&self, act: impl FnOnce()) -> usize {
        let before = self.turns.load(Ordering::SeqCst);
        act();
        self.turns.load(Ordering::SeqCst) - before
    }

    /// The server does what it is asked next, and the connection breaks before it can say so.
    pub(crate) fn swallow_next_answer(&self) {
        self.way.swallows_next_answer.store(true, Ordering::SeqCst);
    }

    /// Whether the answer to be swallowed was.
    pub(crate) fn has_swallowed(&self) -> bool {
        !self.way.swallows_next_answer.load(Ordering::SeqCst)
    }

    /// New connections wait until it is opened again.
    pub(crate) fn shut(&self, is_shut: bool) {
        self.way.is_shut.store(is_shut, Ordering::SeqCst);
    }
}

/// Hands on what comes, until `passes` says no.
fn copy(mut from: TcpStream, mut to: TcpStream, passes: impl Fn() -> bool) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut bytes) {
        if length == 0 || !passes() || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

#[cfg(feature = "tokio")]
pub(crate) mod on_tokio {
    use super::*;
    use cache_memoize_core::AsyncStore;
    use tokio::runtime::{Builder, Runtime};

    pub(crate) fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    /// One of each sort.
    pub(crate) fn runtimes() -> [Runtime; 2] {
        [runtime(), Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()]
    }

    pub(crate) async fn read(store: &Memcached, text: &str) -> Result<Option<Bytes>> {
        AsyncStore::get(store, &[key(text)]).await.map(|mut values| values.remove(0))
    }

    pub(crate) async fn write(store: &Memcached, text: &str, value: &str) -> Result<bool> {
        let value = value.to_owned().into();
        AsyncStore::put(store, key(text), value, Ttl::Forever, PutMode::Always).await
    }

    /// The async face as a blocking one.
    pub(crate) struct Driven(Memcached, Runtime);

    impl Driven {
        pub(crate) fn new(store: Memcached) -> Self {
            Self(store, Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
        }
    }

    impl Store for Driven {
        fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
            self.1.block_on(AsyncStore::get(&self.0, keys))
        }

        fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
            self.1.block_on(AsyncStore::put(&self.0, key, value, ttl, mode))
        }

        fn lease(
            &self,
            key: KeyRef<'_>,
            ttl: Ttl,
            mode: LeaseMode,
        ) -> Result<(Lease, Option<Bytes>)> {
            self.1.block_on(AsyncStore::lease(&self.0, key, ttl, mode))
        }

        fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
            self.1.block_on(AsyncStore::release(&self.0, key, token))
        }

        fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
            self.1.block_on(AsyncStore::remove(&self.0, keys))
        }

        fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
            self.1.block_on(AsyncStore::increment(&self.0, key, by, start, ttl))
        }

        fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
            self.1.block_on(AsyncStore::touch(&self.0, key, ttl))
        }

        fn clear(&self) -> Result<()> {
            self.1.block_on(AsyncStore::clear(&self.0))
        }

        fn ping(&self) -> Result<()> {
            self.1.block_on(AsyncStore::ping(&self.0))
        }

        fn limit_time(&self, limit: Duration) {
            self.0.limit_time(limit);
        }
    }
}
