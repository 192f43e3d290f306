//! What the README says of other libraries, checked against them. They are a workspace of their own, since
//! nobody should build them to work on this library.

use crate::programs;
use crate::steps::Step;
use std::path::Path;

const FOLDER: &str = "benchmarks/peers";

pub fn check() -> Result<(), String> {
    let manifest = format!("{FOLDER}/Cargo.toml");
    Step::cargo("the peers in Rust", &["test", "--manifest-path", &manifest])
        .with(&["--target-dir", "target/peers", "--test", "peers"])
        .run()?;
    programs::install(programs::PYTHON)?;
    python()
}

fn python() -> Result<(), String> {
    let home = Path::new("target/peers/python");
    let python = home.join("bin/python");
    let requirements = format!("{FOLDER}/requirements.txt");
    if !python.is_file() {
        Step::program("a home for the peer in Python", "python3", &["-m", "venv"])
            .with(&[&home.to_string_lossy()])
            .run()?;
    }
    Step::program("the peer in Python", &python, &["-m", "pip", "install", "--quiet"])
        .with(&["--disable-pip-version-check", "--requirement", &requirements])
        .run()?;
    Step::program("the peer in Python", &python, &[&format!("{FOLDER}/django_cache_memoize.py")])
        .run()
}
