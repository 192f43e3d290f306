//! Python with packages, for the programs of ours that are written in it.

use crate::programs;
use crate::steps::Step;
use std::path::{Path, PathBuf};

/// The interpreter in `home`, which has what `requirements` lists: made where it is missing.
pub fn with(home: &str, requirements: &str) -> Result<PathBuf, String> {
    programs::install(programs::PYTHON)?;
    let python = Path::new(home).join("bin/python");
    if !python.is_file() {
        Step::program("a home for Python", "python3", &["-m", "venv", home]).run()?;
    }
    Step::program("packages for Python", &python, &["-m", "pip", "install", "--quiet"])
        .with(&["--disable-pip-version-check", "--requirement", requirements])
        .run()?;
    Ok(python)
}
