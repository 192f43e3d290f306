//! The studies of `benchmarks`: built with `--release`, with the servers and the packages that they need at hand.

use crate::programs;
use crate::python;
use crate::steps::Step;

/// A measurement that anybody can repeat, by its name and options. Without a name they are listed.
pub fn run(words: &[&str]) -> Result<(), String> {
    let mut study = match words.first() {
        Some(&PEERS) => Step::cargo("the study", &BESIDE_PEERS).with(words),
        _ => Step::cargo("the study", &AMONG_OURSELVES).with(words),
    };
    if let Some(name) = words.first() {
        if NEED_SERVERS.contains(name) {
            programs::install(programs::SERVERS)?;
        }
        if *name == "django" {
            let requirements = "benchmarks/peers/requirements-study.txt";
            let python = python::with_most_of("target/python-study", requirements)?;
            study = study.env("STUDY_PYTHON", &python.to_string_lossy());
        }
    }
    study.run()?;
    if words.is_empty() {
        println!("{PEERS}  What do hits cost with this library, its peers in Rust, and by hand?");
    }
    Ok(())
}

const AMONG_OURSELVES: [&str; 8] =
    ["run", "--release", "--quiet", "--package", "benchmarks", "--bin", "study", "--"];

/// It is in a workspace of its own, as the peers are.
const PEERS: &str = "peers";
const BESIDE_PEERS: [&str; 12] = [
    "run",
    "--release",
    "--quiet",
    "--manifest-path",
    "benchmarks/peers/Cargo.toml",
    "--target-dir",
    "target/peers",
    "--features",
    "study",
    "--bin",
    "study-peers",
    "--",
];

const NEED_SERVERS: [&str; 4] = ["redis-configuration", "local-backend", "django", PEERS];
