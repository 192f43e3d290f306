//! The studies of `benchmarks`: built with `--release`, with the servers and the packages that they need at hand.

use crate::programs;
use crate::python;
use crate::steps::Step;
use std::io::{self, IsTerminal};

/// A measurement that anybody can repeat, by its name and options. Without a name they are listed.
pub fn run(words: &[&str]) -> Result<(), String> {
    let name = words.first().copied().unwrap_or_default();
    let program = if name == PEERS { &BESIDE_PEERS[..] } else { &AMONG_OURSELVES };
    if NEED_SERVERS.contains(&name) {
        programs::install(programs::SERVERS)?;
    }
    let mut study = Step::cargo("the study", &["run", "--quiet"]).with(program);
    if name == "django" {
        let requirements = "benchmarks/peers/requirements-study.txt";
        let python = python::with_most_of("target/python-study", requirements)?;
        study = study.env("STUDY_PYTHON", &python.to_string_lossy());
    }
    build(program)?;
    // It has servers to end where it is interrupted: nobody stands between it and who does that.
    study.with(&["--"]).with(words).run_instead()
}

/// A step of its own, for it can take longer than the study. Cargo shows how far it is where somebody looks.
fn build(program: &[&str]) -> Result<(), String> {
    let quiet: &[&str] = if io::stderr().is_terminal() { &[] } else { &["--quiet"] };
    let title = "building the study (the first time takes some minutes)";
    Step::cargo(title, &["build"]).with(quiet).with(program).run()
}

const AMONG_OURSELVES: [&str; 5] = ["--release", "--package", "benchmarks", "--bin", "study"];

/// It is in a workspace of its own, as the peers are.
const PEERS: &str = "peers";
const BESIDE_PEERS: [&str; 9] = [
    "--release",
    "--manifest-path",
    "benchmarks/peers/Cargo.toml",
    "--target-dir",
    "target/peers",
    "--features",
    "study",
    "--bin",
    "study-peers",
];

const NEED_SERVERS: [&str; 4] = ["redis-configuration", "local-backend", "django", PEERS];
