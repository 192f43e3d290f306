use crate::FakeClock;
use crate::block_on::block_on;
use cache_memoize_core::{Backend, BoxFuture, Clock};
use std::any::Any;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// A backend under test, fresh and empty, with what the suite must know of it.
///
/// ```
/// # use cache_memoize_core::Backend;
/// # use cache_memoize_testkit::Fixture;
/// # use std::time::Duration;
/// # struct Server;
/// # fn start() -> (Server, Backend) { (Server, Backend::new("table")) }
/// # fn fixture() -> Fixture {
/// let (server, backend) = start();
/// Fixture::new(backend).resolution(Duration::from_secs(1)).largest_value(1_000_000).keep(server)
/// # }
/// # fixture();
/// ```
pub struct Fixture {
    pub(crate) backend: Backend,
    pub(crate) time: Time,
    pub(crate) resolution: Duration,
    pub(crate) largest_value: Option<usize>,
    pub(crate) runner: Runner,
    pub(crate) kept: Vec<Box<dyn Any>>,
}

impl Fixture {
    /// A fixture in real time, with lifetimes exact to the millisecond, values as large as memory
    /// holds, and futures that need no runtime.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        Self {
            backend,
            time: Time::Real,
            resolution: Duration::from_millis(1),
            largest_value: None,
            runner: Runner::default(),
            kept: Vec::new(),
        }
    }

    /// How the suite lets time pass.
    #[must_use]
    pub fn time(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    /// The backend goes by `clock`, and time passes at once.
    #[must_use]
    pub fn fake_time(self, clock: FakeClock) -> Self {
        self.time(Time::Fake(clock))
    }

    /// By how much a lifetime may be off: a millisecond, or a second for a store that counts
    /// seconds.
    ///
    /// # Panics
    /// If it is shorter than a millisecond, the finest that a lifetime can say.
    #[must_use]
    pub fn resolution(mut self, resolution: Duration) -> Self {
        assert!(resolution >= Duration::from_millis(1), "lifetimes are no finer than 1 ms");
        self.resolution = resolution;
        self
    }

    /// A value of so many bytes is stored under every key, and one of twice as many is refused. Not
    /// told, the backend must take values of 8 MiB.
    #[must_use]
    pub fn largest_value(mut self, bytes: usize) -> Self {
        self.largest_value = Some(bytes);
        self
    }

    /// What carries futures out, such as a runtime's `block_on`; several threads call it at a time.
    #[must_use]
    pub fn runner(mut self, runner: impl Fn(BoxFuture<'_, ()>) + Send + Sync + 'static) -> Self {
        self.runner = Runner(Arc::new(runner));
        self
    }

    /// Keeps `guard` until the test is over, such as the server that the backend speaks with.
    #[must_use]
    pub fn keep(mut self, guard: impl Any) -> Self {
        self.kept.push(Box::new(guard));
        self
    }
}

impl From<Backend> for Fixture {
    fn from(backend: Backend) -> Self {
        Self::new(backend)
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture")
            .field("backend", &self.backend)
            .field("time", &self.time)
            .field("resolution", &self.resolution)
            .field("largest_value", &self.largest_value)
            .finish_non_exhaustive()
    }
}

/// How time passes for a backend under test.
#[derive(Clone, Debug)]
pub enum Time {
    /// The backend goes by this clock: time passes at once.
    Fake(FakeClock),
    /// The backend goes by the machine's clock or by its server's: the suite waits as long as it
    /// must.
    Real,
}

impl Time {
    /// The present, as the time since some fixed moment.
    pub(crate) fn now(&self) -> Duration {
        static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Self::Fake(clock) => Duration::from_millis(clock.now().as_millis()),
            Self::Real => ORIGIN.elapsed(),
        }
    }

    pub(crate) fn pass(&self, duration: Duration) {
        match self {
            Self::Fake(clock) => clock.advance(duration),
            Self::Real => std::thread::sleep(duration),
        }
    }
}

type Run = dyn Fn(BoxFuture<'_, ()>) + Send + Sync;

/// What carries the futures of a test out.
#[derive(Clone)]
pub(crate) struct Runner(Arc<Run>);

impl Runner {
    pub(crate) fn run<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        let mut output = None;
        (self.0)(Box::pin(async { output = Some(future.await) }));
        output.expect("the fixture's runner came back before the future was done")
    }
}

impl Default for Runner {
    fn default() -> Self {
        Self(Arc::new(|future| block_on(future)))
    }
}
