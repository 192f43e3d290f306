use super::compressors::Compressor;
use super::processes::Processes;
use benchmarks::Failure;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::thread;

#[path = "../../../../../cache-memoize/src/parallel.rs"]
mod parallel;

/// A way to compress a bundle.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    OneAfterTheOther,
    InShares,
    StealingWork,
    InProcesses,
    AsTheLibrary,
}

/// Those who do it, where they are not started for each bundle.
pub(super) struct Crew {
    threads: usize,
    pool: ThreadPool,
    processes: Processes,
}

type Compressed = Vec<Vec<u8>>;

impl Crew {
    pub(super) fn start(threads: usize) -> Result<Self, Failure> {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
        Ok(Self { threads, pool, processes: Processes::start(threads)? })
    }

    /// Whether the library has cores for other threads than the caller's.
    pub(super) fn has_help() -> bool {
        thread::available_parallelism().is_ok_and(|cores| cores.get() > 1)
    }
}

impl Way {
    pub(super) const ALL: [Self; 5] = [
        Self::OneAfterTheOther,
        Self::InShares,
        Self::StealingWork,
        Self::InProcesses,
        Self::AsTheLibrary,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OneAfterTheOther => "one after the other",
            Self::InShares => "a thread for each share",
            Self::StealingWork => "on a pool that steals work",
            Self::InProcesses => "in processes",
            Self::AsTheLibrary => "as the library does",
        }
    }

    pub(super) fn carry_out(
        self,
        values: &[Vec<u8>],
        compressor: &Compressor,
        crew: &Crew,
    ) -> Result<Compressed, Failure> {
        let compress = compressor.compress;
        Ok(match self {
            Self::OneAfterTheOther => one_after_the_other(values, compressor),
            Self::InShares => in_shares(values, compressor, crew.threads),
            Self::StealingWork => {
                crew.pool.install(|| values.par_iter().map(|value| compress(value)).collect())
            }
            Self::InProcesses => crew.processes.compress(values, compressor)?,
            Self::AsTheLibrary => {
                let act = |value: &Vec<u8>| compress(value);
                parallel::map(values.iter().collect(), |work| work(), act)
            }
        })
    }
}

pub(super) fn one_after_the_other(values: &[Vec<u8>], compressor: &Compressor) -> Compressed {
    values.iter().map(|value| (compressor.compress)(value)).collect()
}

fn in_shares(values: &[Vec<u8>], compressor: &Compressor, threads: usize) -> Compressed {
    let share = values.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let shares: Vec<_> = values
            .chunks(share)
            .map(|share| scope.spawn(move || one_after_the_other(share, compressor)))
            .collect();
        let done = shares.into_iter().map(|share| share.join().expect("compressors do not panic"));
        done.flatten().collect()
    })
}
