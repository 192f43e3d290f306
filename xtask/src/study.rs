//! The studies of `benchmarks`: built with `--release`, with the servers and the packages that they need at hand.

use crate::programs;
use crate::python;
use crate::steps::Step;

/// A measurement that anybody can repeat, by its name and options. Without a name they are listed.
pub fn run(words: &[&str]) -> Result<(), String> {
    let build = ["run", "--release", "--quiet", "--package", "benchmarks", "--bin", "study", "--"];
    let mut study = Step::cargo("the study", &build).with(words);
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
    study.run()
}

const NEED_SERVERS: [&str; 3] = ["redis-configuration", "local-backend", "django"];
