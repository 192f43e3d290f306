//! This library beside its peers: `cargo xtask study peers`. Whatever a peer is measured with is what its documentation
//! says is fast; where it does less than this library does, its name or a comment says so.

mod bars;
mod churn;
mod codec;
mod futures;
mod growth;
mod lists;
mod near;
mod numbers;
mod ratio;
mod servers;
mod stampede;
mod texts;

use benchmarks::{Effort, Failure, Options, Parameter, Report, Runs, Study};
use std::process::ExitCode;
use std::time::Duration;

/// What every candidate computes when it has to is counted here.
static RUNS: Runs = Runs::new();

/// The bound of this library's default cache, for all in process that take one.
const BOUND: usize = 10_000;

/// How long values live: longer than any measurement.
const TTL: Duration = Duration::from_secs(3600);

/// What this program was built with.
const LOCK: &str = include_str!("../../Cargo.lock");

const STUDY: Study = Study {
    name: "peers",
    title: "Beside other libraries",
    question: "What do hits cost with this library, its peers in Rust, and by hand, in process and on servers?",
    finding: "",
    efforts: [
        Effort { rounds: 201, sample: Duration::from_millis(1), ..Effort::FULL },
        Effort { rounds: 15, sample: Duration::from_micros(500), ..Effort::QUICK },
    ],
    parameters: &[
        Parameter {
            name: "--keys",
            default: 1_000,
            quick: 1_000,
            meaning: "how many keys are called in turn, in process",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--entries",
            default: 10_000_000,
            quick: 100_000,
            meaning: "how far a store grows",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--accesses",
            default: 1_000_000,
            quick: 100_000,
            meaning: "how many accesses the hit ratio is that of",
            ..Parameter::COUNT
        },
    ],
    programs: &[("redis-server", "--version"), ("memcached", "-V")],
    crates: &[
        "cache-memoize",
        "cached",
        "moka",
        "quick_cache",
        "memoize",
        "hitbox",
        "redis",
        "memcache",
        "async-memcached",
        "papaya",
        "flate2",
    ],
    lock: LOCK,
    run,
};

/// A part of the study, which `--only` chooses by its name.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Options, &mut Report) -> Result<(), Failure>,
}

const PARTS: &[Part] = &[
    Part { name: "in process, u64 -> u64", run: numbers::run },
    Part { name: "in process, async", run: futures::run },
    Part { name: "in process, (u64, &str16) -> String", run: texts::run },
    Part { name: "in process, lists", run: lists::run },
    Part { name: "in process, misses and invalidations", run: churn::run },
    Part { name: "in process, stampedes", run: stampede::run },
    Part { name: "growth", run: growth::run },
    Part { name: "hit ratio", run: ratio::run },
    Part { name: "near tier", run: near::run },
    Part { name: "zlib", run: codec::run },
];

fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    for part in PARTS.iter().filter(|part| options.is_wanted(part.name)) {
        (part.run)(options, report)?;
    }
    if servers::PARTS.iter().any(|part| options.is_wanted(part)) {
        servers::run(options, report)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match growth::work_for_parent(&words) {
        Some(Ok(())) => ExitCode::SUCCESS,
        // The parent says which store could not be filled.
        Some(Err(_)) => ExitCode::FAILURE,
        None => Study::main(&[STUDY], &[], &words),
    }
}
