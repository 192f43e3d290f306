use crate::address::Address;
use crate::blocking;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::ring::Ring;
use crate::sightings::{Sightings, Watch};
use cache_memoize_core::{KeyRef, Result, StoreError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The servers of a store, and what is known of them.
pub(crate) struct Servers {
    all: Vec<Server>,
    ring: Ring,
    sightings: Sightings,
    limit_micros: AtomicU64,
}

/// A server, and the connections to it.
pub(crate) struct Server {
    pub(crate) address: Address,
    pub(crate) blocking: blocking::Pool,
    #[cfg(feature = "tokio")]
    pub(crate) asynchronous: crate::asynchronous::Connections,
}

/// The keys of an operation that are on one server, and their places among all.
pub(crate) struct Share<'a> {
    pub(crate) server: &'a Server,
    pub(crate) keys: Vec<KeyRef<'a>>,
    pub(crate) places: Vec<usize>,
}

/// Where a key is.
pub(crate) struct Site<'a> {
    pub(crate) server: &'a Server,
    pub(crate) watch: Watch<'a>,
}

impl Servers {
    pub(crate) fn new(addresses: Vec<Address>, pool: usize, limit: Duration) -> Self {
        let servers = Self {
            ring: Ring::new(addresses.iter()),
            all: addresses.into_iter().map(|address| Server::new(address, pool)).collect(),
            sightings: Sightings::new(),
            limit_micros: AtomicU64::default(),
        };
        servers.limit_time(limit);
        servers
    }

    pub(crate) fn limit_time(&self, limit: Duration) {
        let micros = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.limit_micros.store(micros, Ordering::Relaxed);
    }

    /// When an operation that begins now must have come to its end.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(Duration::from_micros(self.limit_micros.load(Ordering::Relaxed)))
    }

    pub(crate) fn all(&self) -> &[Server] {
        &self.all
    }

    pub(crate) fn addresses(&self) -> Vec<String> {
        self.all.iter().map(|server| server.address.to_string()).collect()
    }

    /// The index of the server that has `key`.
    pub(crate) fn place(&self, key: KeyRef<'_>) -> usize {
        self.ring.place(key.as_str())
    }

    pub(crate) fn site(&self, key: KeyRef<'_>) -> Site<'_> {
        let index = self.place(key);
        Site { server: &self.all[index], watch: self.sightings.of(index, key.as_str()) }
    }

    /// The server that has all of `keys`, if that is plain to see.
    pub(crate) fn only(&self, keys: &[KeyRef<'_>]) -> Option<&Server> {
        match keys {
            [] => None,
            [key] => Some(&self.all[self.place(*key)]),
            _ if self.all.len() == 1 => self.all.first(),
            _ => None,
        }
    }

    /// The keys by their servers, in the order of the servers.
    pub(crate) fn shares<'a>(&'a self, keys: &[KeyRef<'a>]) -> Vec<Share<'a>> {
        let share = |server| Share { server, keys: Vec::new(), places: Vec::new() };
        let mut shares: Vec<_> = self.all.iter().map(share).collect();
        for (place, key) in keys.iter().enumerate() {
            let share = &mut shares[self.place(*key)];
            share.keys.push(*key);
            share.places.push(place);
        }
        shares.retain(|share| !share.keys.is_empty());
        shares
    }
}

impl Server {
    fn new(address: Address, pool: usize) -> Self {
        Self {
            blocking: blocking::Pool::new(address.clone(), pool),
            #[cfg(feature = "tokio")]
            asynchronous: crate::asynchronous::Connections::new(address.clone(), pool),
            address,
        }
    }
}

/// What several servers answered of each key by itself, put together in the order of the keys.
pub(crate) struct Separate<T> {
    operation: &'static str,
    answers: Vec<Option<Result<T>>>,
}

impl<T> Separate<T> {
    pub(crate) fn new(operation: &'static str, keys: usize) -> Self {
        let answers = std::iter::repeat_with(|| None).take(keys).collect();
        Self { operation, answers }
    }

    /// Adds what one server said of the keys at `places`.
    pub(crate) fn add(
        &mut self,
        server: &Server,
        places: &[usize],
        answers: Outcome<Vec<Outcome<T>>>,
    ) {
        let told = |fault: Fault| fault.tell(self.operation, &server.address);
        match answers {
            Ok(answers) => {
                for (place, answer) in places.iter().zip(answers) {
                    self.answers[*place] = Some(answer.map_err(told));
                }
            }
            Err(fault) => {
                let error = told(fault);
                places.iter().for_each(|place| self.answers[*place] = Some(Err(error.again())));
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<Result<T>> {
        self.answers.into_iter().flatten().collect()
    }
}

/// What several servers answered, put together in the order of the keys.
pub(crate) struct Gathered<T> {
    operation: &'static str,
    answers: Vec<Option<T>>,
    failure: Option<StoreError>,
}

impl<T> Gathered<T> {
    pub(crate) fn new(operation: &'static str, keys: usize) -> Self {
        let answers = std::iter::repeat_with(|| None).take(keys).collect();
        Self { operation, answers, failure: None }
    }

    /// Adds what one server said of the keys at `places`.
    pub(crate) fn add(&mut self, server: &Server, places: &[usize], answers: Outcome<Vec<T>>) {
        match answers {
            Ok(answers) => {
                for (place, answer) in places.iter().zip(answers) {
                    self.answers[*place] = Some(answer);
                }
            }
            Err(fault) => {
                self.failure.get_or_insert_with(|| fault.tell(self.operation, &server.address));
            }
        }
    }

    /// All answers, or what the first server that failed said.
    pub(crate) fn finish(self) -> Result<Vec<T>> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.answers.into_iter().flatten().collect()),
        }
    }
}
