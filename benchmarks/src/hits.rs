use crate::{Candidate, Effort, Measured, Section, Stopped, Trial, measure};
use core_affinity::CoreId;
use fastrand::Rng;
use std::fmt::Debug;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many threads call at once, each on a core of its own. What is shared shows with the second.
const THREADS: [usize; 2] = [1, 2];

/// How often each thread goes through the arguments before it is timed.
const ACQUAINTANCE: usize = 3;

/// Candidates that answer the same calls, and are compared by what a hit costs.
pub struct Hits<A, R> {
    title: String,
    arguments: Vec<A>,
    truth: fn(A) -> R,
    runs: &'static Runs,
    candidates: Vec<Candidate<A, R>>,
}

/// What was measured on so many threads.
#[derive(Clone, Debug)]
pub struct OnThreads {
    /// How many threads called at once.
    pub threads: usize,
    /// What a call took on the slowest of them.
    pub measured: Measured,
}

impl OnThreads {
    /// A section of the report: the fastest first, and the measure of the others.
    #[must_use]
    pub fn section(&self, title: &str) -> Section {
        let section = self.measured.section(format!("{title}, {}", self.in_words()));
        section.fastest_first().with_ratios_to_the_fastest(&self.measured)
    }

    /// "1 thread", "2 threads".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self.threads {
            1 => "1 thread".to_owned(),
            threads => format!("{threads} threads"),
        }
    }
}

/// Counts how often the candidates computed instead of remembering.
#[derive(Debug, Default)]
pub struct Runs(AtomicU64);

impl Runs {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Counts one.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were while this was done.
    pub fn during(&self, work: impl FnOnce()) -> u64 {
        let before = self.0.load(Ordering::Relaxed);
        work();
        self.0.load(Ordering::Relaxed) - before
    }
}

/// Why a study was not made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Another value than the function gives.
    #[error("{candidate} gives wrong answers: {detail}")]
    Wrong {
        /// Who.
        candidate: &'static str,
        /// What was given, for what.
        detail: String,
    },
    /// The function did not run once for each argument.
    #[error(
        "{candidate} computed {runs} times for {arguments} arguments, instead of once for each: if they exceed its bound, take fewer"
    )]
    Forgetful {
        /// Who.
        candidate: &'static str,
        /// How often it computed.
        runs: u64,
        /// How often it should have.
        arguments: u64,
    },
    /// Not everything that was measured was a hit.
    #[error(
        "{candidate} computed {runs} times while its hits were measured: take fewer keys than its bound"
    )]
    Missed {
        /// Who.
        candidate: &'static str,
        /// How often it computed.
        runs: u64,
    },
    /// The study is to end.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl<A, R> Hits<A, R>
where
    A: Copy + Debug + Send + Sync,
    R: Debug + PartialEq,
{
    /// Those who answer calls with these distinct arguments. `truth` is the function itself; what the candidates
    /// compute they count in `runs`, which no others may use at the same time.
    pub fn new(title: &str, arguments: Vec<A>, truth: fn(A) -> R, runs: &'static Runs) -> Self {
        Self { title: title.to_owned(), arguments, truth, runs, candidates: Vec::new() }
    }

    /// Adds those who are compared.
    #[must_use]
    pub fn with(mut self, candidates: impl IntoIterator<Item = Candidate<A, R>>) -> Self {
        self.candidates.extend(candidates);
        self
    }

    /// Examines the candidates, then measures their hits in nanoseconds: on one thread and on two, in the same rounds.
    ///
    /// # Errors
    /// The first candidate that gave a wrong answer, or computed where it should have remembered; or that the study is to
    /// end.
    pub fn run(&self, effort: Effort) -> Result<Vec<OnThreads>, Unfit> {
        self.candidates.iter().try_for_each(|candidate| self.examine(candidate))?;
        let mut random = Rng::new();
        let cores = core_affinity::get_core_ids().unwrap_or_default();
        let calls = self.calls(&cores, effort, &mut random);
        let trials = calls.iter().map(|calls| {
            Trial::new(calls.candidate.name, |random: &mut Rng| self.sample(calls, random))
        });
        let measured = measure(&self.title, trials.collect(), &effort, &mut random)?;
        let on = |threads| {
            let samples = calls.iter().zip(measured.iter());
            let these = samples.filter(|(calls, _)| calls.threads == threads);
            OnThreads { threads, measured: these.map(|(_, samples)| samples.clone()).collect() }
        };
        Ok(numbers_of_threads(cores.len()).map(on).collect())
    }

    /// The answers are right, twice, and the function ran once for each.
    fn examine(&self, candidate: &Candidate<A, R>) -> Result<(), Unfit> {
        let mut wrong = None;
        let runs = self.runs.during(|| {
            let mut calls = self.arguments.iter().chain(&self.arguments);
            wrong = calls.find_map(|argument| self.mistake(candidate, *argument));
        });
        if let Some(detail) = wrong {
            return Err(Unfit::Wrong { candidate: candidate.name, detail });
        }
        let arguments = self.arguments.len() as u64;
        if runs != arguments {
            return Err(Unfit::Forgetful { candidate: candidate.name, runs, arguments });
        }
        Ok(())
    }

    fn mistake(&self, candidate: &Candidate<A, R>, argument: A) -> Option<String> {
        let (given, truth) = ((candidate.answer)(argument), (self.truth)(argument));
        (given != truth).then(|| format!("{given:?} for {argument:?} instead of {truth:?}"))
    }

    fn calls<'a>(
        &'a self,
        cores: &'a [CoreId],
        effort: Effort,
        random: &mut Rng,
    ) -> Vec<Calls<'a, A, R>> {
        let numbers = numbers_of_threads(cores.len());
        let candidates = self.candidates.iter();
        candidates
            .flat_map(|candidate| numbers.clone().map(move |threads| (candidate, threads)))
            .map(|(candidate, threads)| {
                let mut calls = Calls { candidate, threads, cores, passes: 1 };
                while calls.time(&self.orders(threads, random)) < effort.sample {
                    calls.passes *= 2;
                }
                calls
            })
            .collect()
    }

    /// Nanoseconds for a call.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a sample has far fewer than 2^52 nanoseconds and calls"
    )]
    fn sample(&self, calls: &Calls<'_, A, R>, random: &mut Rng) -> Result<f64, Unfit> {
        let orders = self.orders(calls.threads, random);
        let mut elapsed = Duration::ZERO;
        let runs = self.runs.during(|| elapsed = calls.time(&orders));
        if runs > 0 {
            return Err(Unfit::Missed { candidate: calls.candidate.name, runs });
        }
        let calls = calls.passes * self.arguments.len();
        Ok(elapsed.as_nanos() as f64 / calls as f64)
    }

    /// The arguments in an order of its own for each thread.
    fn orders(&self, threads: usize, random: &mut Rng) -> Vec<Vec<A>> {
        (0..threads)
            .map(|_| {
                let mut arguments = self.arguments.clone();
                random.shuffle(&mut arguments);
                arguments
            })
            .collect()
    }
}

/// One candidate on one number of threads.
struct Calls<'a, A, R> {
    candidate: &'a Candidate<A, R>,
    threads: usize,
    cores: &'a [CoreId],
    /// How often a sample goes through the arguments.
    passes: usize,
}

impl<A: Sync, R> Calls<'_, A, R> {
    /// How long the slowest thread takes. Each has made the acquaintance of the candidate before, as one that has
    /// lived for a while: some of them, this library too, keep with each thread what it found twice.
    ///
    /// The threads are bound to their cores as far as the system lets them: left alone, two that start
    /// together often share a core for as long as a sample takes, and contend for nothing.
    fn time(&self, orders: &[Vec<A>]) -> Duration {
        let pass = &self.candidate.pass;
        let start = Barrier::new(self.threads);
        let work = &|core: Option<CoreId>, arguments: &[A]| {
            core.map(core_affinity::set_for_current);
            for _ in 0..ACQUAINTANCE {
                pass(arguments);
            }
            start.wait();
            let begin = Instant::now();
            for _ in 0..self.passes {
                pass(arguments);
            }
            begin.elapsed()
        };
        thread::scope(|scope| {
            let cores = self.cores.iter().copied().map(Some).chain(std::iter::repeat(None));
            let workers = orders.iter().zip(cores);
            let threads: Vec<_> =
                workers.map(|(order, core)| scope.spawn(move || work(core, order))).collect();
            let times =
                threads.into_iter().map(|thread| thread.join().expect("candidates do not panic"));
            times.max().unwrap_or_default()
        })
    }
}

/// Those that leave every thread a core; one thread in any case.
fn numbers_of_threads(cores: usize) -> impl Iterator<Item = usize> + Clone {
    THREADS.into_iter().filter(move |threads| *threads <= cores.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex};

    const EFFORT: Effort = Effort { rounds: 4, sample: Duration::from_nanos(1), ..Effort::QUICK };

    fn double(number: u64) -> u64 {
        number * 2
    }

    fn study(
        runs: &'static Runs,
        call: impl Fn(u64) -> u64 + Copy + Sync + 'static,
    ) -> Hits<u64, u64> {
        Hits::new("doubles", (0..10).collect(), double, runs)
            .with([Candidate::blocking("candidate", call)])
    }

    #[test]
    fn no_two_threads_share_a_core() {
        let numbers = |cores| numbers_of_threads(cores).collect::<Vec<_>>();
        assert_eq!(numbers(0), [1]);
        assert_eq!(numbers(1), [1]);
        assert_eq!(numbers(8), [1, 2]);
    }

    #[test]
    fn a_fit_candidate_has_as_many_samples_as_rounds_that_count() {
        static RUNS: Runs = Runs::new();
        static MEMORY: LazyLock<Mutex<HashMap<u64, u64>>> = LazyLock::new(Mutex::default);
        let hits = study(&RUNS, |number| {
            *MEMORY.lock().unwrap().entry(number).or_insert_with(|| {
                RUNS.count();
                double(number)
            })
        })
        .run(EFFORT)
        .unwrap();
        assert_eq!(hits[0].threads, 1);
        for on in hits {
            let samples = on.measured.of("candidate").unwrap();
            assert_eq!(samples.len(), EFFORT.rounds);
            assert!(samples.iter().all(|sample| *sample > 0.0));
            assert_eq!(on.section("doubles").rows.len(), 1);
            let title = if on.threads == 1 { "doubles, 1 thread" } else { "doubles, 2 threads" };
            assert_eq!(on.section("doubles").title, title);
        }
    }

    #[test]
    fn a_wrong_answer_is_named() {
        static RUNS: Runs = Runs::new();
        let detail = "5 for 1 instead of 2".to_owned();
        let unfit = study(&RUNS, |number| number * 5).run(EFFORT).unwrap_err();
        assert_eq!(unfit, Unfit::Wrong { candidate: "candidate", detail });
    }

    #[test]
    fn who_computes_every_time_or_never_is_not_measured() {
        static RUNS: Runs = Runs::new();
        let counted = |number| {
            RUNS.count();
            double(number)
        };
        let unfit = |runs| Unfit::Forgetful { candidate: "candidate", runs, arguments: 10 };
        assert_eq!(study(&RUNS, counted).run(EFFORT).unwrap_err(), unfit(20));
        assert_eq!(study(&RUNS, double).run(EFFORT).unwrap_err(), unfit(0));
    }

    #[test]
    fn who_forgets_while_it_is_measured_is_found_out() {
        static RUNS: Runs = Runs::new();
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let forgets_later = |number| {
            let call = CALLS.fetch_add(1, Ordering::Relaxed);
            if !(10..400).contains(&call) {
                RUNS.count();
            }
            double(number)
        };
        let unfit = study(&RUNS, forgets_later).run(EFFORT).unwrap_err();
        assert!(matches!(unfit, Unfit::Missed { .. }), "{unfit}");
    }
}
