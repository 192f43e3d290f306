//! The studies: `cargo xtask study` lists them, `cargo xtask study NAME` makes one.

mod concurrent_compression;
mod django;
mod fast_json;
mod local_backend;
mod redis_configuration;

use benchmarks::Study;
use std::process::ExitCode;

const STUDIES: &[Study] = &[
    redis_configuration::STUDY,
    local_backend::STUDY,
    concurrent_compression::STUDY,
    django::STUDY,
];

/// Those that are programs of their own, and what they ask.
const OTHERS: &[(&str, &str)] =
    &[("peers", "What do hits cost with this library, its peers in Rust, and by hand?")];

/// What this program was built with.
const LOCK: &str = include_str!("../../../../Cargo.lock");

/// What `parallel` needs of the library.
mod sync {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match concurrent_compression::work_for_parent(&words) {
        Some(Ok(())) => ExitCode::SUCCESS,
        // The parent that has gone, or sends rubbish, is told nothing.
        Some(Err(_)) => ExitCode::FAILURE,
        None => Study::main(STUDIES, OTHERS, &words),
    }
}
