use crate::progress::Progress;
use crate::stop::{self, Request};
use crate::{Ratio, Section, Stopped};
use fastrand::Rng;
use std::time::{Duration, Instant};

/// How thoroughly to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// How many rounds are thrown away before those that count.
    pub warm_up: usize,
    /// How many rounds count at least.
    pub rounds: usize,
    /// How long those rounds take at least, all together.
    pub time: Duration,
    /// How long a sample takes at least, where calls are too short to be timed one by one.
    pub sample: Duration,
}

impl Effort {
    /// For figures to be quoted.
    pub const FULL: Self =
        Self { warm_up: 3, rounds: 101, time: Duration::ZERO, sample: Duration::from_millis(5) };
    /// For a first impression.
    pub const QUICK: Self = Self { rounds: 11, sample: Duration::from_millis(1), ..Self::FULL };

    fn is_spent(&self, rounds: usize, since: Instant) -> bool {
        rounds >= self.rounds && since.elapsed() >= self.time
    }

    /// How much of it is done, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 rounds")]
    fn share_done(&self, rounds: usize, since: Instant) -> f64 {
        let of_rounds = rounds as f64 / self.rounds.max(1) as f64;
        let of_time = match self.time.is_zero() {
            true => 1.0,
            false => since.elapsed().as_secs_f64() / self.time.as_secs_f64(),
        };
        of_rounds.min(of_time).min(1.0)
    }
}

/// One of those that are measured side by side, and how a sample of it is taken, in nanoseconds.
pub struct Trial<'a, E> {
    name: String,
    take: Take<'a, E>,
}

type Take<'a, E> = Box<dyn FnMut(&mut Rng) -> Result<f64, E> + 'a>;

impl<'a, E> Trial<'a, E> {
    /// A trial of this name. What `take` gives are nanoseconds; what it does besides is not measured.
    pub fn new(name: impl Into<String>, take: impl FnMut(&mut Rng) -> Result<f64, E> + 'a) -> Self {
        Self { name: name.into(), take: Box::new(take) }
    }
}

/// Takes samples of all trials, round by round: in each round every trial has its turn once, in an order drawn
/// anew, so that no one has the quiet moments of the machine to itself. The first rounds are thrown away.
///
/// Somebody at a terminal sees, between two rounds, how far it is.
///
/// # Errors
/// The first that a trial gives, or that the study is to end.
pub fn measure<E: From<Stopped>>(
    title: &str,
    trials: Vec<Trial<'_, E>>,
    effort: &Effort,
    random: &mut Rng,
) -> Result<Measured, E> {
    measure_until(stop::request(), title, trials, effort, random)
}

fn measure_until<E: From<Stopped>>(
    stop: &Request,
    title: &str,
    mut trials: Vec<Trial<'_, E>>,
    effort: &Effort,
    random: &mut Rng,
) -> Result<Measured, E> {
    if trials.is_empty() {
        // Rounds without anybody would go on until the time is over.
        return Ok(Measured::default());
    }
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); trials.len()];
    let progress = Progress::new(title);
    for _ in 0..effort.warm_up {
        round(stop, &mut trials, random, |_, _| {})?;
        progress.reach(0.0);
    }
    let (began, mut rounds) = (Instant::now(), 0);
    while !effort.is_spent(rounds, began) {
        round(stop, &mut trials, random, |index, sample| samples[index].push(sample))?;
        rounds += 1;
        progress.reach(effort.share_done(rounds, began));
    }
    let names = trials.into_iter().map(|trial| trial.name);
    Ok(Measured(names.zip(samples).collect()))
}

fn round<E: From<Stopped>>(
    stop: &Request,
    trials: &mut [Trial<'_, E>],
    random: &mut Rng,
    mut keep: impl FnMut(usize, f64),
) -> Result<(), E> {
    let mut order: Vec<usize> = (0..trials.len()).collect();
    random.shuffle(&mut order);
    for index in order {
        stop.unless_made()?;
        keep(index, (trials[index].take)(random)?);
    }
    Ok(())
}

/// Candidates by name, with their samples in the order of the rounds.
#[derive(Clone, Debug, Default)]
pub struct Measured(Vec<(String, Vec<f64>)>);

impl Measured {
    /// Who was measured.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The samples of one candidate, round by round, in nanoseconds.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&[f64]> {
        self.0.iter().find(|(candidate, _)| candidate == name).map(|(_, samples)| &samples[..])
    }

    /// The candidates and their samples.
    pub fn iter(&self) -> impl Iterator<Item = &(String, Vec<f64>)> {
        self.0.iter()
    }

    /// Adds a candidate whose samples were taken in the same rounds.
    pub fn push(&mut self, name: impl Into<String>, samples: Vec<f64>) {
        self.0.push((name.into(), samples));
    }

    /// Those among them whose name `is_wanted`.
    #[must_use]
    pub fn filtered(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| is_wanted(name)).cloned().collect())
    }

    /// The ratio of one candidate to another, if both were measured.
    #[must_use]
    pub fn ratio(&self, name: &str, reference: &str) -> Option<Ratio> {
        Ratio::of(self.of(name)?, self.of(reference)?)
    }

    /// The ratio of several candidates to as many others that differ from them in one thing alone: of the
    /// geometric means of each side, round by round. Pairs of which one was not measured are left out.
    #[must_use]
    pub fn pooled(&self, pairs: &[(String, String)]) -> Option<Ratio> {
        let pairs = pairs.iter();
        let (measured, references): (Vec<_>, Vec<_>) =
            pairs.filter_map(|(name, other)| Some((self.of(name)?, self.of(other)?))).unzip();
        Ratio::of(&geometric_means(&measured), &geometric_means(&references))
    }

    /// A section of the report with a row for each of them, in their order.
    pub fn section(&self, title: impl Into<String>) -> Section {
        Section::new(title, self)
    }
}

impl FromIterator<(String, Vec<f64>)> for Measured {
    fn from_iter<I: IntoIterator<Item = (String, Vec<f64>)>>(candidates: I) -> Self {
        Self(candidates.into_iter().collect())
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are few candidates")]
fn geometric_means(candidates: &[&[f64]]) -> Vec<f64> {
    let rounds = candidates.iter().map(|samples| samples.len()).min().unwrap_or_default();
    let logarithm =
        |round: usize| candidates.iter().map(|samples| samples[round].ln()).sum::<f64>();
    (0..rounds).map(|round| (logarithm(round) / candidates.len() as f64).exp()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Failure;
    use std::cell::{Cell, RefCell};
    use std::collections::HashSet;

    fn effort(rounds: usize, time: Duration) -> Effort {
        Effort { warm_up: 2, rounds, time, sample: Duration::ZERO }
    }

    #[test]
    fn every_round_has_everybody_once_in_an_order_of_its_own() {
        let turns = RefCell::new(Vec::new());
        let trials = (0..5)
            .map(|index| {
                let turns = &turns;
                Trial::new(index.to_string(), move |_: &mut Rng| {
                    turns.borrow_mut().push(index);
                    Ok::<_, Stopped>(1.0)
                })
            })
            .collect();
        let few = effort(20, Duration::ZERO);
        let measured = measure("turns", trials, &few, &mut Rng::with_seed(1)).unwrap();
        assert!(measured.names().all(|name| measured.of(name).unwrap().len() == 20));
        let turns = turns.into_inner();
        let rounds: Vec<&[i32]> = turns.chunks(5).collect();
        assert_eq!(rounds.len(), 22);
        assert!(rounds.iter().all(|round| HashSet::<&i32>::from_iter(*round).len() == 5));
        assert!(HashSet::<&&[i32]>::from_iter(&rounds).len() > 10);
    }

    #[test]
    fn no_one_is_favoured() {
        let firsts = RefCell::new([0; 4]);
        let turn = RefCell::new(0);
        let trials = (0..4).map(|index| {
            Trial::new(index.to_string(), {
                let (firsts, turn) = (&firsts, &turn);
                move |_: &mut Rng| {
                    let turn = &mut *turn.borrow_mut();
                    firsts.borrow_mut()[index] += usize::from(*turn % 4 == 0);
                    *turn += 1;
                    Ok::<_, Stopped>(1.0)
                }
            })
        });
        let many = effort(4_000, Duration::ZERO);
        measure("firsts", trials.collect(), &many, &mut Rng::with_seed(1)).unwrap();
        assert!(firsts.into_inner().iter().all(|first| (800..1_200).contains(first)));
    }

    #[test]
    fn the_warm_up_is_thrown_away() {
        let mut turn = 0.0;
        let trials = vec![Trial::new("only", |_: &mut Rng| {
            turn += 1.0;
            Ok::<_, Stopped>(turn)
        })];
        let measured =
            measure("warm", trials, &effort(3, Duration::ZERO), &mut Rng::new()).unwrap();
        assert_eq!(measured.of("only").unwrap(), [3.0, 4.0, 5.0]);
    }

    #[test]
    fn rounds_go_on_until_the_time_is_over() {
        let pause = Duration::from_millis(2);
        let trials = vec![Trial::new("slow", |_: &mut Rng| {
            std::thread::sleep(pause);
            Ok::<_, Stopped>(1.0)
        })];
        let began = Instant::now();
        let measured = measure("time", trials, &effort(1, pause * 4), &mut Rng::new()).unwrap();
        assert!(began.elapsed() >= pause * 4);
        assert!(measured.of("slow").unwrap().len() > 1 || began.elapsed() > pause * 6);
    }

    #[test]
    fn the_first_failure_ends_it() {
        let trials = vec![Trial::new("broken", |_: &mut Rng| Err(Failure::from("no server")))];
        let failure = measure("failure", trials, &effort(3, Duration::ZERO), &mut Rng::new());
        assert_eq!(failure.unwrap_err().to_string(), "no server");
    }

    #[test]
    fn a_request_to_end_is_heard_between_two_samples() {
        let stop = Request::default();
        let taken = Cell::new(0);
        let trials = ["first", "second"].map(|name| {
            Trial::new(name, |_: &mut Rng| {
                taken.set(taken.get() + 1);
                stop.make();
                Ok::<_, Stopped>(1.0)
            })
        });
        let long = effort(1_000, Duration::ZERO);
        let ended = measure_until(&stop, "stop", trials.into(), &long, &mut Rng::new());
        assert_eq!(ended.unwrap_err(), Stopped);
        assert_eq!(taken.get(), 1);
    }

    #[test]
    fn nobody_is_measured_in_no_time() {
        let long = effort(1, Duration::from_secs(3600));
        let measured = measure::<Stopped>("nobody", Vec::new(), &long, &mut Rng::new()).unwrap();
        assert_eq!(measured.names().count(), 0);
    }

    #[test]
    fn pairs_are_compared_by_their_geometric_means() {
        let mut measured = Measured::default();
        measured.push("a, tcp", vec![10.0, 20.0]);
        measured.push("a, unix", vec![5.0, 10.0]);
        measured.push("b, tcp", vec![80.0, 40.0]);
        measured.push("b, unix", vec![10.0, 5.0]);
        let pairs = [("a, unix", "a, tcp"), ("b, unix", "b, tcp"), ("c, unix", "c, tcp")];
        let pairs = pairs.map(|(name, other)| (name.to_owned(), other.to_owned()));
        let ratio = measured.pooled(&pairs).unwrap();
        assert!((ratio.estimate - 0.25).abs() < 1e-12, "{ratio}");
        assert!(measured.pooled(&pairs[2..]).is_none());
    }
}
