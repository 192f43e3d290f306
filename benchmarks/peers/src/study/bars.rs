//! What this library has to keep to: ratios to the best of several, and how they get into the report.

use benchmarks::{Failure, Hits, Measured, OnThreads, Options, Ratio, Report, Spread};
use cache_memoize::{Cache, caches};
use std::fmt::Debug;

/// This library as it is unless told otherwise.
pub(crate) const OURS: &str = "cache-memoize";

/// Measures hits in process, and adds them to the report: a section for one thread, and one for two.
pub(crate) fn show<A, R>(
    title: &str,
    hits: Hits<A, R>,
    options: &Options,
    report: &mut Report,
) -> Result<Vec<OnThreads>, Failure>
where
    A: Copy + Debug + Send + Sync,
    R: Debug + PartialEq,
{
    renew_caches()?;
    let found = hits.run(options.effort)?;
    let sections =
        found.iter().map(|on| on.section(title).highlighting(|name| name.starts_with(OURS)));
    report.sections.extend(sections);
    Ok(found)
}

/// Gives each part caches of its own, as the peers have one for each function: with the defaults, and the
/// same bound as theirs.
pub(crate) fn renew_caches() -> Result<(), Failure> {
    caches::install("default", Cache::memory())?;
    Ok(caches::install("local", Cache::memory())?)
}

/// The peers that promise what this library does: that values expire, and that they are counted or bounded.
pub(crate) fn is_ttl_form(name: &str) -> bool {
    ["cached", "concurrent_cached", "moka"].iter().any(|peer| name.starts_with(peer))
}

/// The ratio of this library to the best of those, whose name it gives.
pub(crate) fn to_best(
    measured: &Measured,
    is_rival: impl Fn(&str) -> bool,
) -> Option<(&str, Ratio)> {
    let rivals = measured.iter().filter(|(name, _)| is_rival(name));
    let medians = rivals.map(|(name, samples)| (Spread::of(samples.clone()).median(), name));
    let (_, best) = medians.min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    Some((best, measured.ratio(OURS, best)?))
}

/// Adds a bar against the best of those.
pub(crate) fn limit_to_best(
    report: &mut Report,
    what: &str,
    limit: f64,
    measured: &Measured,
    is_rival: impl Fn(&str) -> bool,
) {
    if let Some((best, ratio)) = to_best(measured, is_rival) {
        report.limit(
            format!("{what}, to the best of cached and moka ({best})"),
            limit,
            Some(ratio),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_the_one_with_the_least_median_among_those_who_count() {
        let mut measured = Measured::default();
        measured.push(OURS, vec![5.0, 5.0, 5.0]);
        measured.push("cached, ttl", vec![10.0, 20.0, 1.0]);
        measured.push("moka", vec![11.0, 11.0, 11.0]);
        measured.push("quick_cache", vec![1.0, 1.0, 1.0]);
        let (best, ratio) = to_best(&measured, is_ttl_form).unwrap();
        assert_eq!((best, ratio.estimate), ("cached, ttl", 0.5));
        assert!(to_best(&measured, |name| name == "nobody").is_none());
    }
}
