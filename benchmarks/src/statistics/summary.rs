use crate::Spread;
use serde::{Deserialize, Serialize};

/// What is told of the samples of one candidate: the median before the mean, and how far they spread. All but
/// `times` is in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many samples there are.
    pub times: usize,
    /// The one in the middle.
    pub median: f64,
    /// Their mean.
    pub average: f64,
    /// Their standard deviation.
    pub stddev: f64,
    /// What a tenth of them do not exceed.
    pub p10: f64,
    /// What nine tenths of them do not exceed.
    pub p90: f64,
}

impl From<&Spread> for Summary {
    fn from(spread: &Spread) -> Self {
        Self {
            times: spread.len(),
            median: spread.median(),
            average: spread.mean(),
            stddev: spread.deviation(),
            p10: spread.percentile(10.0),
            p90: spread.percentile(90.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_tells_what_the_spread_is() {
        let summary = Summary::from(&Spread::of((0..=10).map(f64::from).collect()));
        let expected = Summary {
            times: 11,
            median: 5.0,
            average: 5.0,
            stddev: 11_f64.sqrt(),
            p10: 1.0,
            p90: 9.0,
        };
        assert_eq!(summary, expected);
    }
}
