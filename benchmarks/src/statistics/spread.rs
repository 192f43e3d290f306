/// What was measured, in the order of size.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    samples: Vec<f64>,
}

impl Spread {
    /// The spread of these samples.
    #[must_use]
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { samples }
    }

    /// How many samples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The sample in the middle, or the mean of the two that are.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.percentile(50.0)
    }

    /// The mean; not a number if there are no samples.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 samples")]
    pub fn mean(&self) -> f64 {
        self.samples.iter().sum::<f64>() / self.samples.len() as f64
    }

    /// The standard deviation of what the samples were drawn from, estimated with one degree of freedom less
    /// than there are samples; zero if there is only one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 samples")]
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.samples.iter().map(|sample| (sample - mean).powi(2)).sum();
        let freedom = self.samples.len().saturating_sub(1).max(1);
        (squares / freedom as f64).sqrt()
    }

    /// The value that `percent` of the samples do not exceed, interpolated between two samples; not a
    /// number if there are none.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is small and not negative"
    )]
    pub fn percentile(&self, percent: f64) -> f64 {
        let Some(last) = self.samples.len().checked_sub(1) else { return f64::NAN };
        let rank = percent.clamp(0.0, 100.0) / 100.0 * last as f64;
        let (below, above) =
            (self.samples[rank.floor() as usize], self.samples[rank.ceil() as usize]);
        below + (above - below) * rank.fract()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        assert_eq!(Spread::of(vec![9.0, 1.0, 5.0]).median(), 5.0);
        assert_eq!(Spread::of(vec![4.0, 1.0, 2.0, 100.0]).median(), 3.0);
        assert_eq!(Spread::of(vec![7.0]).median(), 7.0);
    }

    #[test]
    fn percentiles_lie_between_the_samples() {
        let spread = Spread::of((0..=10).rev().map(f64::from).collect());
        assert_eq!(spread.percentile(0.0), 0.0);
        assert_eq!(spread.percentile(10.0), 1.0);
        assert_eq!(spread.percentile(25.0), 2.5);
        assert_eq!(spread.percentile(90.0), 9.0);
        assert_eq!(spread.percentile(100.0), 10.0);
    }

    #[test]
    fn mean_and_deviation_are_those_of_the_textbook() {
        let spread = Spread::of(vec![2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(spread.mean(), 5.0);
        assert!((spread.deviation() - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        assert_eq!(Spread::of(vec![7.0]).deviation(), 0.0);
    }

    #[test]
    fn one_outlier_moves_the_median_by_little() {
        let calm = Spread::of(vec![10.0; 99]);
        let disturbed = Spread::of([vec![10.0; 98], vec![1e9]].concat());
        assert_eq!(calm.median(), disturbed.median());
    }

    #[test]
    fn nothing_has_no_median() {
        assert!(Spread::of(Vec::new()).median().is_nan());
    }
}
