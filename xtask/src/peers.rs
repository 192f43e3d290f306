//! What the README says of other libraries, checked against them. They are a workspace of their own, since
//! nobody should build them to work on this library.

use crate::python;
use crate::steps::Step;

const FOLDER: &str = "benchmarks/peers";

pub fn check() -> Result<(), String> {
    let manifest = format!("{FOLDER}/Cargo.toml");
    Step::cargo("the peers in Rust", &["test", "--manifest-path", &manifest])
        .with(&["--target-dir", "target/peers", "--test", "peers"])
        .run()?;
    let python = python::with("target/peers/python", &format!("{FOLDER}/requirements.txt"))?;
    Step::program("the peer in Python", &python, &[&format!("{FOLDER}/django_cache_memoize.py")])
        .run()
}
