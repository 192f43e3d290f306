//! Hits on Redis and on memcached: a list of 30 strings as MessagePack, with client and server on one core.

mod asynchronous;
mod bare;
mod blocking;
mod caller;
mod library;
mod peers;

use crate::bars::OURS;
use benchmarks::{Failure, Measured, Options, Report, Servers, Socket, Store, cores, measure};
use fastrand::Rng;
use std::sync::{Arc, LazyLock};
use std::thread;
use tokio::runtime::{Builder, Runtime};

pub(crate) type Value = Vec<String>;

/// What is stored, some 400 bytes.
static VALUE: LazyLock<Value> =
    LazyLock::new(|| (0..30).map(|index| format!("string {index:05}")).collect());

/// The same as the clients that know nothing of it store it.
static PACKED: LazyLock<Vec<u8>> =
    LazyLock::new(|| rmp_serde::to_vec_named(&*VALUE).expect("strings are MessagePack"));

/// How many callers ask at once where there are many.
const MANY: usize = 64;

/// What `--only` chooses by.
pub(crate) const PARTS: [&str; 12] = [
    "Redis, TCP, blocking",
    "Redis, Unix, blocking",
    "Redis, TCP, async, 1 caller",
    "Redis, Unix, async, 1 caller",
    "Redis, TCP, async, 64 callers",
    "Redis, Unix, async, 64 callers",
    "memcached, TCP, blocking",
    "memcached, Unix, blocking",
    "memcached, TCP, async, 1 caller",
    "memcached, Unix, async, 1 caller",
    "memcached, TCP, async, 64 callers",
    "memcached, Unix, async, 64 callers",
];

/// Who calls, of what.
#[derive(Clone, Copy)]
struct Kind {
    store: Store,
    socket: Socket,
    mode: Mode,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Blocking,
    /// So many tasks on one current-thread runtime.
    Async(usize),
}

/// What all of them need. The clients of `cached` are made once for each function, and belong to the runtime that
/// made them, so that there is one runtime for all.
struct Place {
    servers: Servers,
    runtime: Runtime,
    keys: Arc<[String]>,
}

/// On a thread of its own, so that what is measured after it has every core.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    thread::scope(|scope| {
        scope.spawn(|| run_bound(options, report)).join().unwrap_or(Err("it panicked".into()))
    })
}

fn run_bound(options: &Options, report: &mut Report) -> Result<(), Failure> {
    report.note(cores::bind_to_one());
    report.note(
        "Hits on servers are of a list of 30 strings as MessagePack, and end with that list: whoever gets bytes decodes them. \
         By hand is one request on a bare socket, the limit of what a client can do; with 64 callers it is one task that \
         sends 64 requests at once. Of 64 callers the time is that of a hit among all of them, so that half of it is twice \
         the throughput. cached stores no generations: it cannot forget a function, or a group, as a whole.",
    );
    let place = Place {
        servers: Servers::start(),
        runtime: Builder::new_current_thread().enable_all().build()?,
        keys: (0..100).map(|key| format!("key-{key}")).collect(),
    };
    for kind in Kind::all().filter(|kind| options.is_wanted(&kind.name())) {
        let callers = match kind.mode {
            Mode::Blocking => blocking::all(kind, &place)?,
            Mode::Async(tasks) => asynchronous::all(kind, tasks, &place)?,
        };
        let mut trials = Vec::new();
        for caller in callers {
            trials.push(caller.examined(&kind.name())?.into_trial(options.effort.sample)?);
        }
        let measured = measure(&kind.name(), trials, &options.effort, &mut Rng::new())?;
        let reference = kind.reference().to_owned();
        let section = measured.section(format!("A hit on {}", kind.name())).fastest_first();
        let section = section.with_ratios(&measured, |_| Some(reference.clone()));
        report.sections.push(section.highlighting(|name| name == OURS));
        kind.judge(&measured, report);
    }
    Ok(())
}

impl Kind {
    fn all() -> impl Iterator<Item = Self> {
        let places = Store::ALL.into_iter().flat_map(|it| Socket::ALL.map(|socket| (it, socket)));
        places.flat_map(|(store, socket)| {
            let modes = [Mode::Blocking, Mode::Async(1), Mode::Async(MANY)];
            modes.map(|mode| Self { store, socket, mode })
        })
    }

    fn name(self) -> String {
        let mode = match self.mode {
            Mode::Blocking => "blocking".to_owned(),
            Mode::Async(1) => "async, 1 caller".to_owned(),
            Mode::Async(callers) => format!("async, {callers} callers"),
        };
        format!("{}, {}, {mode}", self.store.name(), self.socket.name())
    }

    /// The client that others build on.
    fn reference(self) -> &'static str {
        match (self.store, self.mode) {
            (Store::Redis, Mode::Blocking) => peers::REDIS,
            (Store::Redis, Mode::Async(_)) => peers::MULTIPLEXED,
            (Store::Memcached, Mode::Async(MANY)) => peers::ASYNC_MEMCACHED,
            (Store::Memcached, _) => bare::BY_HAND,
        }
    }

    /// What this library takes at most.
    fn judge(self, measured: &Measured, report: &mut Report) {
        let bars: &[(&str, f64)] = match (self.store, self.mode) {
            (Store::Redis, Mode::Blocking) => &[(peers::REDIS, 1.10), (peers::CACHED, 0.6)],
            (Store::Redis, Mode::Async(_)) => &[(peers::MULTIPLEXED, 1.10)],
            // One and a half times the throughput.
            (Store::Memcached, Mode::Async(MANY)) => &[(peers::ASYNC_MEMCACHED, 0.667)],
            (Store::Memcached, _) => &[(bare::BY_HAND, 1.15)],
        };
        for (rival, limit) in bars {
            let what = format!("A hit on {}, to {rival}", self.name());
            report.limit(what, *limit, measured.ratio(OURS, rival));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_can_be_chosen() {
        let names: Vec<String> = Kind::all().map(Kind::name).collect();
        assert!(PARTS.iter().all(|part| names.contains(&(*part).to_owned())), "{names:?}");
        assert_eq!(names.len(), PARTS.len());
    }

    #[test]
    fn the_value_is_of_the_size_that_is_told() {
        assert!((350..450).contains(&PACKED.len()), "{}", PACKED.len());
    }
}
