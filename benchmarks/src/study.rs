use crate::{Candidate, Report, Row, Spread};
use core_affinity::CoreId;
use fastrand::Rng;
use std::fmt::Debug;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many threads call at once, each on a core of its own. What is shared shows with the second.
const THREADS: [usize; 2] = [1, 2];

/// How many rounds are thrown away before those that count.
const WARM_UP: usize = 3;

/// Candidates that answer the same calls.
pub struct Study<A, R> {
    title: String,
    arguments: Vec<A>,
    truth: fn(A) -> R,
    runs: &'static Runs,
    candidates: Vec<Candidate<A, R>>,
}

/// How thoroughly to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How many samples of each candidate count.
    pub rounds: usize,
    /// How long a sample takes at least.
    pub sample: Duration,
}

impl Effort {
    /// For figures to be quoted.
    pub const FULL: Self = Self { rounds: 101, sample: Duration::from_millis(5) };
    /// For a first impression.
    pub const QUICK: Self = Self { rounds: 11, sample: Duration::from_millis(1) };
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

    fn during(&self, work: impl FnOnce()) -> u64 {
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
}

impl<A, R> Study<A, R>
where
    A: Copy + Debug + Send + Sync,
    R: Debug + PartialEq,
{
    /// A study of calls with these distinct arguments. `truth` is the function itself; what the candidates
    /// compute they count in `runs`, which no other study may use at the same time.
    pub fn new(title: &str, arguments: Vec<A>, truth: fn(A) -> R, runs: &'static Runs) -> Self {
        Self { title: title.to_owned(), arguments, truth, runs, candidates: Vec::new() }
    }

    /// Adds those who are compared.
    #[must_use]
    pub fn with(mut self, candidates: impl IntoIterator<Item = Candidate<A, R>>) -> Self {
        self.candidates.extend(candidates);
        self
    }

    /// Leaves only those whose name contains `text`.
    #[must_use]
    pub fn only(mut self, text: &str) -> Self {
        self.candidates.retain(|candidate| candidate.name.contains(text));
        self
    }

    /// Examines the candidates, then measures their hits in nanoseconds.
    ///
    /// # Errors
    /// The first candidate that gave a wrong answer, or computed where it should have remembered.
    pub fn run(&self, effort: Effort) -> Result<Report, Unfit> {
        self.candidates.iter().try_for_each(|candidate| self.examine(candidate))?;
        let mut random = Rng::new();
        let cores = core_affinity::get_core_ids().unwrap_or_default();
        let mut trials = self.trials(&cores, effort, &mut random);
        for (round, order) in
            interleaved(trials.len(), WARM_UP + effort.rounds, random.fork()).enumerate()
        {
            for index in order {
                let trial = &mut trials[index];
                let sample = self.sample(trial, &mut random)?;
                if round >= WARM_UP {
                    trial.samples.push(sample);
                }
            }
        }
        Ok(Report { title: self.title.clone(), rows: trials.into_iter().map(Row::from).collect() })
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

    fn trials<'a>(
        &'a self,
        cores: &'a [CoreId],
        effort: Effort,
        random: &mut Rng,
    ) -> Vec<Trial<'a, A, R>> {
        let numbers = numbers_of_threads(cores.len());
        let candidates = self.candidates.iter();
        candidates
            .flat_map(|candidate| numbers.clone().map(move |threads| (candidate, threads)))
            .map(|(candidate, threads)| {
                let mut trial = Trial { candidate, threads, cores, passes: 1, samples: Vec::new() };
                while trial.time(&self.orders(threads, random)) < effort.sample {
                    trial.passes *= 2;
                }
                trial
            })
            .collect()
    }

    /// Nanoseconds for a call.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a sample has far fewer than 2^52 nanoseconds and calls"
    )]
    fn sample(&self, trial: &Trial<'_, A, R>, random: &mut Rng) -> Result<f64, Unfit> {
        let orders = self.orders(trial.threads, random);
        let mut elapsed = Duration::ZERO;
        let runs = self.runs.during(|| elapsed = trial.time(&orders));
        if runs > 0 {
            return Err(Unfit::Missed { candidate: trial.candidate.name, runs });
        }
        let calls = trial.passes * self.arguments.len();
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
struct Trial<'a, A, R> {
    candidate: &'a Candidate<A, R>,
    threads: usize,
    cores: &'a [CoreId],
    /// How often a sample goes through the arguments.
    passes: usize,
    samples: Vec<f64>,
}

impl<A: Sync, R> Trial<'_, A, R> {
    /// How long the slowest thread takes. Each has made the acquaintance of the candidate before.
    ///
    /// The threads are bound to their cores as far as the system lets them: left alone, two that start
    /// together often share a core for as long as a sample takes, and contend for nothing.
    fn time(&self, orders: &[Vec<A>]) -> Duration {
        let pass = &self.candidate.pass;
        let start = Barrier::new(self.threads);
        let work = &|core: Option<CoreId>, arguments: &[A]| {
            core.map(core_affinity::set_for_current);
            pass(arguments);
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

impl<A, R> From<Trial<'_, A, R>> for Row {
    fn from(trial: Trial<'_, A, R>) -> Self {
        Self {
            candidate: trial.candidate.name.to_owned(),
            threads: trial.threads,
            spread: Spread::of(trial.samples),
        }
    }
}

/// Those that leave every thread a core; one thread in any case.
fn numbers_of_threads(cores: usize) -> impl Iterator<Item = usize> + Clone {
    THREADS.into_iter().filter(move |threads| *threads <= cores.max(1))
}

/// The order of the trials, round by round: each of them once, at a random place.
fn interleaved(trials: usize, rounds: usize, mut random: Rng) -> impl Iterator<Item = Vec<usize>> {
    (0..rounds).map(move |_| {
        let mut order: Vec<_> = (0..trials).collect();
        random.shuffle(&mut order);
        order
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};
    use std::sync::{LazyLock, Mutex};

    const EFFORT: Effort = Effort { rounds: 4, sample: Duration::from_nanos(1) };

    fn double(number: u64) -> u64 {
        number * 2
    }

    fn study(
        runs: &'static Runs,
        call: impl Fn(u64) -> u64 + Copy + Sync + 'static,
    ) -> Study<u64, u64> {
        Study::new("doubles", (0..10).collect(), double, runs)
            .with([Candidate::blocking("candidate", call)])
    }

    #[test]
    fn every_round_has_every_trial_once() {
        for order in interleaved(20, 50, Rng::with_seed(1)) {
            assert_eq!(order.iter().collect::<HashSet<_>>().len(), 20);
            assert!(order.iter().all(|index| *index < 20));
        }
    }

    #[test]
    fn rounds_differ_in_their_order_and_no_one_is_favoured() {
        let rounds: Vec<_> = interleaved(4, 4_000, Rng::with_seed(1)).collect();
        assert_eq!(rounds.iter().collect::<HashSet<_>>().len(), 24, "each of the orders there are");
        for trial in 0..4 {
            let first = rounds.iter().filter(|order| order[0] == trial).count();
            assert!((800..1_200).contains(&first), "{trial} was the first {first} times of 4000");
        }
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
        let report = study(&RUNS, |number| {
            *MEMORY.lock().unwrap().entry(number).or_insert_with(|| {
                RUNS.count();
                double(number)
            })
        })
        .run(EFFORT)
        .unwrap();
        assert_eq!(report.rows[0].threads, 1);
        assert!(report.rows.iter().all(|row| row.spread.len() == EFFORT.rounds));
        assert!(report.rows.iter().all(|row| row.spread.median() > 0.0));
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
            if !(10..200).contains(&call) {
                RUNS.count();
            }
            double(number)
        };
        let unfit = study(&RUNS, forgets_later).run(EFFORT).unwrap_err();
        assert!(matches!(unfit, Unfit::Missed { .. }), "{unfit}");
    }

    #[test]
    fn the_others_can_be_left_out() {
        static RUNS: Runs = Runs::new();
        assert!(study(&RUNS, double).only("another").candidates.is_empty());
        assert_eq!(study(&RUNS, double).only("cand").candidates.len(), 1);
    }
}
