//! The studies of `benchmarks`: built with `--release`, with the servers that they start at hand.

use crate::programs;
use crate::steps::Step;

/// The measurements that anybody can repeat. Without a name they are listed.
pub fn run(words: &[&str]) -> Result<(), String> {
    if !words.is_empty() {
        programs::install(programs::SERVERS)?;
    }
    let build = ["run", "--release", "--quiet", "--package", "benchmarks", "--bin", "study", "--"];
    Step::cargo("the study", &build).with(words).run()
}
