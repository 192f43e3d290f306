//! Hits in process: this library, its peers and bare maps, in one run.
//!
//! `cargo run --release -p benchmarks --bin hits -- [--quick] [--keys N] [--only TEXT]`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its tables are what it is for")]

mod futures;
mod numbers;
mod texts;

use benchmarks::{Effort, Hits, Runs, Unfit};
use cache_memoize::{Cache, caches};
use std::fmt::Debug;
use std::process::ExitCode;
use std::time::Duration;

/// What every candidate computes when it has to is counted here.
static RUNS: Runs = Runs::new();

/// The bound of this library's default cache, for all.
const BOUND: usize = 10_000;

/// How long values live: longer than any measurement.
const TTL: Duration = Duration::from_secs(3600);

fn main() -> ExitCode {
    let options = match Options::from(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("hits: {mistake}\nusage: hits [--quick] [--keys N] [--only TEXT]");
            return ExitCode::from(2);
        }
    };
    match compare(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(hindrance) => {
            eprintln!("hits: {hindrance}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<(), Hindrance> {
    let Options { effort, keys, .. } = options;
    println!(
        "Hits over {keys} distinct keys, {} rounds of samples of at least {:?} each.\n\
         Nanoseconds per hit, on the slowest thread; the ratio is to the fastest on as many threads.\n\
         Values live for an hour, in the bare maps for ever. cache-memoize and moka are bounded, cached where\n\
         it says max_size. cache-memoize and cached count their hits.",
        effort.rounds, effort.sample
    );
    show("u64 -> u64", numbers::hits(*keys), options)?;
    show("(u64, &str16) -> String", texts::hits(*keys), options)?;
    show("async u64 -> u64", futures::hits(*keys), options)
}

fn show<A, R>(title: &str, hits: Hits<A, R>, options: &Options) -> Result<(), Hindrance>
where
    A: Copy + Debug + Send + Sync,
    R: Debug + PartialEq,
{
    renew_caches()?;
    for on in hits.only(&options.only).run(options.effort)? {
        let section = on.section(title);
        if !section.rows.is_empty() {
            println!("\n{section}");
        }
    }
    Ok(())
}

/// Gives each study caches of its own, as the peers have one for each function: with the defaults, and the
/// same bound as theirs.
fn renew_caches() -> Result<(), cache_memoize::Error> {
    caches::install("default", Cache::memory())?;
    caches::install("local", Cache::memory())
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    Cache(#[from] cache_memoize::Error),
}

struct Options {
    effort: Effort,
    keys: u64,
    /// A part of the names of the candidates to compare.
    only: String,
}

impl Options {
    fn from(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { effort: Effort::FULL, keys: 1_000, only: String::new() };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => options.effort = Effort::QUICK,
                "--keys" => options.keys = number(words.next())?,
                "--only" => options.only = words.next().ok_or("--only needs a part of a name")?,
                _ => return Err(format!("unknown option {word}")),
            }
        }
        Ok(options)
    }
}

fn number(word: Option<String>) -> Result<u64, String> {
    let number = word.as_deref().and_then(|word| word.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| "--keys needs a number above zero".to_owned())
}
