//! The experiment of 2017-08: a function that gives lists of 30 strings for keys of one to three letters, of which four
//! calls in five find something in the cache; in process, on memcached and on Redis.

mod calls;
mod candidate;

use benchmarks::{
    Effort, Failure, Measured, Options, Parameter, Report, Servers, Socket, Store, Study, Trial,
    cores, measure, unless_stopped,
};
use calls::Calls;
use candidate::{Candidate, Format, Kind, Mode, Place};
use fastrand::Rng;
use std::time::Duration;

pub(crate) const STUDY: Study = Study {
    name: "local-backend",
    title: "The fastest backend on one machine",
    question: "Which store should a cache on the same machine have, by which socket, and with which serializer?",
    finding: "2017-08, in Python: memcached is ahead of Redis by some 15 %, Unix sockets are ahead of TCP by some 20 %, \
              and msgpack is 5 % ahead of pickle.",
    efforts: [
        Effort { warm_up: 3, rounds: 101, time: Duration::from_secs(60), ..Effort::FULL },
        Effort { warm_up: 1, rounds: 11, time: Duration::from_secs(3), ..Effort::QUICK },
    ],
    parameters: &[
        Parameter {
            name: "--keys",
            default: 500,
            quick: 500,
            meaning: "how many keys are in the cache",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--calls",
            default: 200,
            quick: 100,
            meaning: "how many calls a sample is the mean of",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--hits",
            default: 80,
            quick: 80,
            least: 0,
            most: 100,
            meaning: "how many calls in a hundred are hits",
        },
        Parameter {
            name: "--strings",
            default: 30,
            quick: 30,
            meaning: "how many strings a value has",
            ..Parameter::COUNT
        },
    ],
    programs: &[("redis-server", "--version"), ("memcached", "-V")],
    crates: &["cache-memoize", "redis", "memcache", "rmp-serde", "serde_json", "tokio"],
    lock: crate::LOCK,
    run,
};

fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    report.note(cores::bind_to_one());
    report.note(
        "A sample is the mean of the calls of a mixture. A miss looks, takes a lease, computes and fills: three round \
         trips. Async calls are made one after the other, on a current-thread runtime.",
    );
    let calls = &Calls::new(options)?;
    let servers = Servers::start();
    let candidates = candidates(&servers, options)?;
    for candidate in &candidates {
        unless_stopped()?;
        candidate.examine(calls)?;
    }
    let trials = candidates.iter().map(|candidate| {
        let sample = move |random: &mut Rng| candidate.sample(&calls.mixture(random));
        Trial::new(candidate.name(), sample)
    });
    let measured = measure("calls", trials.collect(), &options.effort, &mut Rng::new())?;
    let reference = Kind::REFERENCE.name();
    let section = measured.section("A call").fastest_first();
    report.sections.push(section.with_ratios(&measured, |_| Some(reference.clone())));
    compare(&measured, report);
    Ok(())
}

fn candidates(servers: &Servers, options: &Options) -> Result<Vec<Candidate>, Failure> {
    let wanted = Kind::all().into_iter().filter(|kind| options.is_wanted(&kind.name()));
    wanted.map(|kind| Candidate::new(kind, servers, options.count("--strings"))).collect()
}

/// What makes a difference: all pairs of candidates that differ in one thing alone.
fn compare(measured: &Measured, report: &mut Report) {
    let on = |store, socket| Place::On(store, socket);
    let mut compare = |what: &str, other: &dyn Fn(Kind) -> Option<Kind>| {
        let pairs =
            Kind::all().into_iter().filter_map(|kind| Some((kind.name(), other(kind)?.name())));
        report.compare(what, measured.pooled(&pairs.collect::<Vec<_>>()));
    };
    compare("memcached against Redis", &|kind| match kind.place {
        Place::On(Store::Memcached, socket) => {
            Some(Kind { place: on(Store::Redis, socket), ..kind })
        }
        _ => None,
    });
    compare("a Unix socket against TCP", &|kind| match kind.place {
        Place::On(store, Socket::Unix) => Some(Kind { place: on(store, Socket::Tcp), ..kind }),
        _ => None,
    });
    compare("msgpack against JSON", &|kind| {
        let other = Kind { format: Format::Json, ..kind };
        (kind.place != Place::InProcess && kind.format == Format::MessagePack).then_some(other)
    });
    compare("async against blocking, on servers", &|kind| {
        let other = Kind { mode: Mode::Blocking, ..kind };
        (kind.place != Place::InProcess && kind.mode == Mode::Async).then_some(other)
    });
    compare("in process against Redis over TCP", &|kind| {
        let other = Kind { place: on(Store::Redis, Socket::Tcp), ..kind };
        (kind.place == Place::InProcess).then_some(other)
    });
}
