//! The studies: `cargo xtask study` lists them, `cargo xtask study NAME` makes one.

mod fast_json;
mod local_backend;
mod redis_configuration;

use benchmarks::Study;
use std::process::ExitCode;

const STUDIES: &[Study] = &[redis_configuration::STUDY, local_backend::STUDY];

/// What this program was built with.
const LOCK: &str = include_str!("../../../../Cargo.lock");

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    Study::main(STUDIES, &words)
}
