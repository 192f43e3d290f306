use crate::Spread;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many times the rounds are drawn again. More would change the ends of an interval by less than is shown.
const RESAMPLES: usize = 1_000;

/// How much of what the resamples give lies within the interval, in percent.
const CONFIDENCE: f64 = 95.0;

/// The median of one candidate as a multiple of another's, and the interval in which it lies with 95 %
/// confidence.
///
/// The interval is the percentile interval of a bootstrap (Efron and Tibshirani, *An Introduction to the
/// Bootstrap*, 1993, chapter 13): as many rounds are drawn as there were, with replacement, and the ratio of the
/// medians is taken of these, a thousand times over; the interval holds the middle 95 % of them. Rounds are drawn
/// as wholes, both candidates with what they did in it, so that what slowed down a whole round slows down both.
/// It asks nothing of the distribution of the samples, which is not a normal one.
///
/// Of less than about ten rounds the medians of the resamples are few, and the interval is rough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The ratio of the medians.
    pub estimate: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Ratio {
    /// The ratio of what was measured, round by round, to what was measured of another in the same rounds; `None`
    /// if there are no rounds, or not the same.
    #[must_use]
    pub fn of(measured: &[f64], reference: &[f64]) -> Option<Self> {
        if measured.is_empty() || measured.len() != reference.len() {
            return None;
        }
        // The same samples give the same interval.
        let mut random = Rng::with_seed(2017);
        let mut rounds: Vec<usize> = Vec::with_capacity(measured.len());
        let resampled = (0..RESAMPLES).map(|_| {
            rounds.clear();
            rounds.extend((0..measured.len()).map(|_| random.usize(..measured.len())));
            let drawn = |samples: &[f64]| rounds.iter().map(|round| samples[*round]).collect();
            median(drawn(measured)) / median(drawn(reference))
        });
        let resampled = Spread::of(resampled.collect());
        let outside = (100.0 - CONFIDENCE) / 2.0;
        Some(Self {
            estimate: median(measured.to_vec()) / median(reference.to_vec()),
            low: resampled.percentile(outside),
            high: resampled.percentile(100.0 - outside),
        })
    }

    /// Whether the interval leaves out one: whether there is a difference to speak of.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        !(self.low..=self.high).contains(&1.0)
    }

    /// What may be said of it in words.
    #[must_use]
    pub fn verdict(&self) -> String {
        let change = (self.estimate - 1.0).abs() * 100.0;
        match self.is_difference() {
            false => "no difference".to_owned(),
            true if self.estimate >= 2.0 => format!("{:.1} times as long", self.estimate),
            true if self.estimate > 1.0 => format!("{change:.0} % more"),
            true => format!("{change:.0} % less"),
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { estimate, low, high } = self;
        let decimals = match *estimate {
            ..0.1 => 4,
            ..10.0 => 2,
            ..100.0 => 1,
            _ => 0,
        };
        write!(f, "{estimate:.decimals$} ({low:.decimals$} .. {high:.decimals$})")
    }
}

/// The middle one without sorting all, for this is done thousands of times.
fn median(mut samples: Vec<f64>) -> f64 {
    let middle = samples.len() / 2;
    let is_even = samples.len().is_multiple_of(2);
    let (below, upper, _) = samples.select_nth_unstable_by(middle, f64::total_cmp);
    match is_even {
        true => f64::midpoint(*upper, below.iter().copied().fold(f64::MIN, f64::max)),
        false => *upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noisy rounds, some of which are slow for everybody.
    fn rounds(count: usize, factor: f64, seed: u64) -> (Vec<f64>, Vec<f64>) {
        let mut random = Rng::with_seed(seed);
        (0..count)
            .map(|_| {
                let round = if random.u8(..10) == 0 { 5.0 } else { 1.0 };
                let mut sample = |cost| cost * round * (100.0 + 20.0 * random.f64());
                (sample(factor), sample(1.0))
            })
            .unzip()
    }

    #[test]
    fn the_interval_of_equal_candidates_holds_one() {
        let held = (0..20).filter(|seed| {
            let (measured, reference) = rounds(31, 1.0, *seed);
            !Ratio::of(&measured, &reference).unwrap().is_difference()
        });
        // 19 of them are expected to.
        assert!(held.count() >= 18);
    }

    #[test]
    fn the_interval_of_different_ones_leaves_one_out_and_holds_the_truth() {
        for factor in [0.5, 0.9, 1.1, 3.0] {
            let (measured, reference) = rounds(101, factor, 7);
            let ratio = Ratio::of(&measured, &reference).unwrap();
            assert!(ratio.is_difference(), "{ratio}");
            assert!((ratio.low..=ratio.high).contains(&factor), "{ratio} of {factor}");
            assert!((ratio.low..=ratio.high).contains(&ratio.estimate), "{ratio}");
        }
    }

    #[test]
    fn what_slows_down_whole_rounds_cancels_out() {
        let reference: Vec<f64> = (1..=50).map(f64::from).collect();
        let measured: Vec<f64> = reference.iter().map(|sample| sample * 2.0).collect();
        let ratio = Ratio::of(&measured, &reference).unwrap();
        assert_eq!(ratio, Ratio { estimate: 2.0, low: 2.0, high: 2.0 });
    }

    #[test]
    fn who_was_not_measured_in_the_same_rounds_is_not_compared() {
        assert_eq!(Ratio::of(&[], &[]), None);
        assert_eq!(Ratio::of(&[1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn the_median_is_that_of_the_spread() {
        for samples in [vec![3.0], vec![4.0, 1.0], vec![9.0, 1.0, 5.0], vec![4.0, 1.0, 2.0, 100.0]]
        {
            assert_eq!(median(samples.clone()), Spread::of(samples).median());
        }
    }

    #[test]
    fn a_ratio_is_shown_with_the_digits_that_count() {
        let shown = |estimate: f64| Ratio { estimate, low: estimate, high: estimate }.to_string();
        assert_eq!(shown(0.0069), "0.0069 (0.0069 .. 0.0069)");
        assert_eq!(shown(1.5), "1.50 (1.50 .. 1.50)");
        assert_eq!(shown(941.33), "941 (941 .. 941)");
    }

    #[test]
    fn a_verdict_is_as_humble_as_the_interval() {
        let verdict = |estimate, low, high| Ratio { estimate, low, high }.verdict();
        assert_eq!(verdict(1.02, 0.99, 1.05), "no difference");
        assert_eq!(verdict(1.15, 1.1, 1.2), "15 % more");
        assert_eq!(verdict(0.8, 0.7, 0.9), "20 % less");
        assert_eq!(verdict(3.5, 3.0, 4.0), "3.5 times as long");
    }
}
