//! The original beside this library: hits of a list of 30 strings through `django-cache-memoize`, in process and on the
//! same servers in the same run.

mod ours;
mod python;

use benchmarks::{
    Effort, Failure, Measured, Options, Parameter, Report, Servers, Socket, Store, Study, Trial,
    cores, measure,
};
use fastrand::Rng;
use ours::Ours;
use python::Python;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const STUDY: Study = Study {
    name: "django",
    title: "Beside the original",
    question: "What does a hit cost here, and what through django-cache-memoize, for the same value on the same servers?",
    finding: "",
    efforts: [
        Effort { warm_up: 3, rounds: 101, time: Duration::from_secs(60), ..Effort::FULL },
        Effort { warm_up: 1, rounds: 11, time: Duration::from_secs(3), ..Effort::QUICK },
    ],
    parameters: &[
        Parameter {
            name: "--keys",
            default: 100,
            quick: 50,
            meaning: "how many keys are called in turn",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--milliseconds",
            default: 5,
            quick: 2,
            meaning: "how long a sample takes at least",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--strings",
            default: 30,
            quick: 30,
            meaning: "how many strings the value has",
            ..Parameter::COUNT
        },
    ],
    programs: &[("redis-server", "--version"), ("memcached", "-V")],
    crates: &["cache-memoize", "redis", "memcache", "rmp-serde"],
    lock: crate::LOCK,
    run,
};

fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    report.note(cores::bind_to_one().replace("Client and servers", "Clients and servers"));
    report.note(
        "Every call is a hit. Python stores by pickle, this library by msgpack: what each does unless told otherwise. In \
         process this library hands out the value itself, behind an Arc, or a copy to each caller; locmem unpickles \
         one for each.",
    );
    let value: Vec<String> =
        (0..options.count("--strings")).map(|number| format!("string number {number}")).collect();
    let keys: Vec<String> = (0..options.count("--keys")).map(|key| format!("key-{key}")).collect();
    let servers = Servers::start();
    let python = Python::start(&servers, &value, &keys)?;
    for (name, why) in &python.told.left_out {
        report.note(format!("{name} is left out: {why}"));
    }
    report.setting.versions.extend(python.told.versions.clone());
    let measured = measured(options, python, &ours::all(&servers)?, &Arc::new(value), &keys)?;
    let reference = |_: &str| Some("django-redis, TCP".to_owned());
    let section = measured.section("A hit").fastest_first().with_ratios(&measured, reference);
    report.sections.push(section.highlighting(|name| name.starts_with("ours")));
    judge(&measured, report);
    Ok(())
}

fn measured(
    options: &Options,
    python: Python,
    ours: &[Ours],
    value: &Arc<Vec<String>>,
    keys: &[String],
) -> Result<Measured, Failure> {
    #[expect(clippy::cast_precision_loss, reason = "there are few keys")]
    let calls = keys.len() as f64;
    let at_least = Duration::from_millis(options.number("--milliseconds"));
    let theirs = python.told.candidates.clone();
    let python = RefCell::new(python);
    let mut trials = Vec::new();
    for ours in ours.iter().filter(|ours| options.is_wanted(ours.name())) {
        ours.examine(value, keys)?;
        let time = move |passes, random: &mut Rng| ours.time(value, keys, passes, random);
        trials.push(trial(ours.name(), calls, at_least, time)?);
    }
    for name in theirs.into_iter().filter(|name| options.is_wanted(name)) {
        let (python, candidate) = (&python, name.clone());
        let time = move |passes, _: &mut Rng| python.borrow_mut().time(&candidate, passes);
        trials.push(trial(&name, calls, at_least, time)?);
    }
    measure("hits", trials, &options.effort, &mut Rng::new())
}

/// Samples of as many passes over the keys as take long enough: those who are quick would else be measured while the
/// processor still has everything to fetch that the one before them had no use for.
fn trial<'a>(
    name: &str,
    calls: f64,
    at_least: Duration,
    time: impl Fn(usize, &mut Rng) -> Result<f64, Failure> + 'a,
) -> Result<Trial<'a, Failure>, Failure> {
    let mut passes = 1;
    while time(passes, &mut Rng::new())? < at_least.as_secs_f64() * 1e9 {
        passes *= 2;
    }
    #[expect(clippy::cast_precision_loss, reason = "there are few passes")]
    let calls = calls * passes as f64;
    Ok(Trial::new(name, move |random: &mut Rng| Ok(time(passes, random)? / calls)))
}

/// What this library takes at most of what the original takes.
fn judge(measured: &Measured, report: &mut Report) {
    let mut limit = |ours: &str, theirs: &str, limit: f64| {
        report.limit(format!("{ours}, to {theirs}"), limit, measured.ratio(ours, theirs));
    };
    limit(ours::IN_PROCESS, "locmem", 0.005);
    for socket in Socket::ALL {
        let theirs = |client: &str| format!("{client}, {}", socket.name());
        limit(&ours::name(Store::Redis, socket), &theirs("django-redis"), 0.25);
        limit(&ours::name(Store::Memcached, socket), &theirs("pylibmc"), 0.45);
    }
    for socket in Socket::ALL {
        let (ours, theirs) =
            (ours::name(Store::Memcached, socket), format!("pymemcache, {}", socket.name()));
        report.compare(format!("{ours}, against {theirs}"), measured.ratio(&ours, &theirs));
    }
}
