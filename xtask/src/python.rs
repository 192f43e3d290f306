//! Python with packages, for the programs of ours that are written in it.

use crate::programs;
use crate::steps::Step;
use std::fs;
use std::path::{Path, PathBuf};

/// The interpreter in `home`, which has what `requirements` lists: made where it is missing.
pub fn with(home: &str, requirements: &str) -> Result<PathBuf, String> {
    let python = at(home)?;
    install(&python, &["--requirement", requirements])?;
    Ok(python)
}

/// The same, but for packages that cannot be built here: whoever uses them says that they are missing.
pub fn with_most_of(home: &str, requirements: &str) -> Result<PathBuf, String> {
    let python = at(home)?;
    if install(&python, &["--requirement", requirements]).is_err() {
        let packages = fs::read_to_string(requirements)
            .map_err(|error| format!("{requirements} cannot be read: {error}"))?;
        for package in packages.lines() {
            if let Err(why) = install(&python, &[package]) {
                println!("\n── without {package}: {why}");
            }
        }
    }
    Ok(python)
}

fn at(home: &str) -> Result<PathBuf, String> {
    programs::install(programs::PYTHON)?;
    let python = Path::new(home).join("bin/python");
    if !python.is_file() {
        Step::program("a home for Python", "python3", &["-m", "venv", home]).run()?;
    }
    Ok(python)
}

fn install(python: &Path, what: &[&str]) -> Result<(), String> {
    Step::program("packages for Python", python, &["-m", "pip", "install", "--quiet"])
        .with(&["--disable-pip-version-check"])
        .with(what)
        .run()
}
