//! The studies: `cargo xtask study` lists them, `cargo xtask study NAME` runs one.

use benchmarks::Study;
use std::process::ExitCode;

const STUDIES: &[Study] = &[];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    Study::main(STUDIES, &words)
}
