use super::calls::{Calls, Mixture};
use benchmarks::{Failure, Runs, Servers, Socket, Store};
use cache_memoize::{Cache, cache_memoize};
use std::hint::black_box;
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};

/// What is measured.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Kind {
    pub(super) place: Place,
    pub(super) format: Format,
    pub(super) mode: Mode,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    InProcess,
    On(Store, Socket),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Format {
    MessagePack,
    Json,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode {
    Blocking,
    Async,
}

impl Kind {
    /// To what the others are compared.
    pub(super) const REFERENCE: Self = Self {
        place: Place::On(Store::Redis, Socket::Tcp),
        format: Format::MessagePack,
        mode: Mode::Blocking,
    };

    /// All that there are. In process there is no format.
    pub(super) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for mode in [Mode::Blocking, Mode::Async] {
            all.push(Self { place: Place::InProcess, format: Format::MessagePack, mode });
            for (store, socket) in
                Store::ALL.into_iter().flat_map(|it| Socket::ALL.map(|socket| (it, socket)))
            {
                let place = Place::On(store, socket);
                all.extend([Format::MessagePack, Format::Json].map(|format| Self {
                    place,
                    format,
                    mode,
                }));
            }
        }
        all
    }

    pub(super) fn name(self) -> String {
        let mode = if self.mode == Mode::Async { "async" } else { "blocking" };
        match self.place {
            Place::InProcess => format!("in process, {mode}"),
            Place::On(store, socket) => {
                format!("{}, {}, {}, {mode}", store.name(), socket.name(), self.format.name())
            }
        }
    }
}

impl Format {
    /// How URLs call it.
    fn name(self) -> &'static str {
        match self {
            Self::MessagePack => "msgpack",
            Self::Json => "json",
        }
    }
}

/// The function of the experiment, with a cache of its own.
pub(super) struct Candidate {
    kind: Kind,
    cache: Cache,
    strings: usize,
    /// For async calls.
    runtime: Runtime,
}

/// The function ran so many times.
static RUNS: Runs = Runs::new();

#[cache_memoize(ttl = 3600, cache = cache, skip(cache, strings))]
fn strings_of(cache: &Cache, strings: usize, key: &str) -> Vec<String> {
    computed(strings, key)
}

#[cache_memoize(ttl = 3600, cache = cache, skip(cache, strings))]
async fn strings_of_async(cache: &Cache, strings: usize, key: &str) -> Vec<String> {
    computed(strings, key)
}

fn computed(strings: usize, key: &str) -> Vec<String> {
    RUNS.count();
    value(strings, key)
}

fn value(strings: usize, key: &str) -> Vec<String> {
    (0..strings).map(|number| format!("{key}: string number {number}")).collect()
}

impl Candidate {
    pub(super) fn new(kind: Kind, servers: &Servers, strings: usize) -> Result<Self, Failure> {
        let url = match kind.place {
            Place::InProcess => "memory:?max_entries=100000".to_owned(),
            // A busy machine is no fault of a backend.
            Place::On(store, socket) => format!(
                "{}?serializer={}&prefix={}&timeout=10s",
                servers.url(store, socket),
                kind.format.name(),
                // One Redis serves both sockets.
                kind.name().replace(", ", "-"),
            ),
        };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { kind, cache: Cache::from_url(&url)?, strings, runtime })
    }

    pub(super) fn name(&self) -> String {
        self.kind.name()
    }

    /// Stores the keys that are to be there, and sees that they are: right, and without computing.
    pub(super) fn examine(&self, calls: &Calls) -> Result<(), Failure> {
        let stored: Vec<&str> = calls.stored.iter().map(String::as_str).collect();
        let computed = RUNS.during(|| self.call(&stored));
        let mut wrong = None;
        let again = RUNS.during(|| {
            wrong = stored.iter().find(|key| self.answer(key) != value(self.strings, key));
        });
        let name = self.name();
        match wrong {
            Some(key) => Err(format!("{name} gives a wrong answer for {key}").into()),
            None if computed != stored.len() as u64 || again > 0 => {
                let keys = stored.len();
                Err(format!("{name} computed {computed} and {again} times for {keys} keys: it does not remember them all, take fewer --keys").into())
            }
            None => Ok(()),
        }
    }

    /// What a call takes, in nanoseconds: hits and misses as they are mixed, no more and no less.
    #[expect(clippy::cast_precision_loss, reason = "a sample takes no weeks")]
    pub(super) fn sample(&self, mixture: &Mixture<'_>) -> Result<f64, Failure> {
        let mut elapsed = 0.0;
        let computed = RUNS.during(|| {
            let began = Instant::now();
            self.call(&mixture.keys);
            elapsed = began.elapsed().as_nanos() as f64;
        });
        let missing = mixture.missing.len();
        if computed != missing as u64 {
            return Err(format!(
                "{} computed {computed} times for {missing} keys that were not there",
                self.name()
            )
            .into());
        }
        self.forget(&mixture.missing)?;
        Ok(elapsed / mixture.keys.len() as f64)
    }

    fn call(&self, keys: &[&str]) {
        match self.kind.mode {
            Mode::Blocking => {
                for key in keys {
                    black_box(strings_of(&self.cache, self.strings, black_box(key)));
                }
            }
            Mode::Async => self.runtime.block_on(async {
                for key in keys {
                    black_box(strings_of_async(&self.cache, self.strings, black_box(key)).await);
                }
            }),
        }
    }

    fn answer(&self, key: &str) -> Vec<String> {
        match self.kind.mode {
            Mode::Blocking => strings_of(&self.cache, self.strings, key),
            Mode::Async => self.runtime.block_on(strings_of_async(&self.cache, self.strings, key)),
        }
    }

    fn forget(&self, keys: &[&str]) -> Result<(), Failure> {
        for key in keys {
            match self.kind.mode {
                Mode::Blocking => invalidate_strings_of(&self.cache, key)?,
                Mode::Async => {
                    self.runtime.block_on(invalidate_strings_of_async(&self.cache, key))?
                }
            };
        }
        Ok(())
    }
}
