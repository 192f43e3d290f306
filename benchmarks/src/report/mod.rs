//! What a study found, and how it is shown: in a terminal, as JSON, and as a page.

mod chart;
mod figures;
mod files;
mod page;
mod section;
mod table;

pub use files::Files;
pub use section::{Against, Column, Measure, Row, Section};

use crate::{Ratio, Setting};
use serde::{Deserialize, Serialize};

/// What a study found. Displays as it is shown in a terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The name by which the study is run.
    pub name: String,
    /// A heading.
    pub title: String,
    /// What it asks.
    pub question: String,
    /// What was published before, to compare with; empty if nothing was.
    pub finding: String,
    /// How much was measured: what the options of the command line were.
    pub parameters: Vec<(String, String)>,
    /// What one has to know to read the figures, a sentence or two each.
    pub notes: Vec<String>,
    /// What came of it in a few lines: several candidates against others that differ in one thing.
    pub comparisons: Vec<Comparison>,
    /// What had to be met.
    pub limits: Vec<Limit>,
    /// What all times in the sections are in: `ns`.
    pub unit_of_times: String,
    /// The tables.
    pub sections: Vec<Section>,
    /// Where and when, with what.
    pub setting: Setting,
}

/// In what samples are taken.
pub(crate) const UNIT_OF_TIMES: &str = "ns";

/// Two sides that differ in one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Which: "a Unix socket against TCP".
    pub what: String,
    /// How much the one took, as a multiple of the other.
    pub ratio: Ratio,
}

/// A ratio that must not be exceeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Of what to what.
    pub what: String,
    /// The most that it may be.
    pub limit: f64,
    /// What it was.
    pub found: Ratio,
    /// Whether what it was is within the limit.
    pub verdict: Verdict,
}

/// What may be said of a limit: the interval decides, not the estimate alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All of the interval is within the limit.
    Met,
    /// None of it is.
    NotMet,
    /// The limit lies in it: more rounds may tell.
    Undecided,
}

impl Verdict {
    fn of(found: Ratio, limit: f64) -> Self {
        match found {
            Ratio { high, .. } if high <= limit => Self::Met,
            Ratio { low, .. } if low > limit => Self::NotMet,
            _ => Self::Undecided,
        }
    }
}

impl Limit {
    /// A limit, and what was found.
    pub fn new(what: impl Into<String>, limit: f64, found: Ratio) -> Self {
        Self { what: what.into(), limit, found, verdict: Verdict::of(found, limit) }
    }
}

impl Report {
    /// Adds a comparison, if both sides were measured.
    pub fn compare(&mut self, what: impl Into<String>, ratio: Option<Ratio>) {
        self.comparisons.extend(ratio.map(|ratio| Comparison { what: what.into(), ratio }));
    }

    /// Adds what had to be met, if it was measured.
    pub fn limit(&mut self, what: impl Into<String>, limit: f64, found: Option<Ratio>) {
        self.limits.extend(found.map(|found| Limit::new(what, limit, found)));
    }

    /// Adds what one has to know.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

/// A report with something of everything, for the tests of those who show it.
#[cfg(test)]
pub(crate) fn sample() -> Report {
    let mut measured = crate::Measured::default();
    measured.push("plain", vec![30_000.0, 20_000.0, 40_000.0]);
    measured.push("quick & <dirty>", vec![10_000.0, 10_000.0, 10_000.0]);
    let section = measured
        .section("reads")
        .fastest_first()
        .with_ratios(&measured, |_| Some("quick & <dirty>".to_owned()))
        .with_column("saved", "bytes", |name| (name == "plain").then_some(22_514.0))
        .with_chart(Measure::Extra("saved".to_owned()))
        .highlighting(|name| name == "plain");
    let mut report = Report {
        name: "sample".to_owned(),
        title: "A sample".to_owned(),
        question: "Is \"this\" <b>escaped</b>?".to_owned(),
        finding: "It was & is.".to_owned(),
        parameters: vec![("--rounds".to_owned(), "3".to_owned())],
        notes: vec!["A note.".to_owned()],
        comparisons: Vec::new(),
        limits: Vec::new(),
        unit_of_times: UNIT_OF_TIMES.to_owned(),
        sections: vec![section],
        setting: crate::Setting {
            date: "2026-11-28T12:00:00Z".to_owned(),
            command: "cargo xtask study sample --rounds 3".to_owned(),
            machine: vec![("processor".to_owned(), "An abacus".to_owned())],
            versions: vec![("rustc".to_owned(), "1.95.0".to_owned())],
        },
    };
    report.compare("plain against quick", measured.ratio("plain", "quick & <dirty>"));
    for limit in [1.5, 2.5, 4.0] {
        report.limit("plain to quick", limit, measured.ratio("plain", "quick & <dirty>"));
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_gives_back_the_whole_report() {
        let report = sample();
        let json = serde_json::to_string_pretty(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        assert_eq!(json.matches("\"unit_of_times\": \"ns\"").count(), 1);
    }

    #[test]
    fn a_limit_is_judged_by_the_whole_interval() {
        let verdict = |estimate, low, high| {
            Limit::new("ours to theirs", 0.25, Ratio { estimate, low, high }).verdict
        };
        assert_eq!(verdict(0.2, 0.15, 0.25), Verdict::Met);
        assert_eq!(verdict(0.24, 0.2, 0.26), Verdict::Undecided);
        assert_eq!(verdict(0.26, 0.25, 0.3), Verdict::Undecided);
        assert_eq!(verdict(0.3, 0.26, 0.35), Verdict::NotMet);
        // What is not a number is within no limit, and beyond none.
        assert_eq!(verdict(f64::NAN, f64::NAN, f64::NAN), Verdict::Undecided);
    }

    #[test]
    fn what_was_not_measured_is_left_out() {
        let mut report = sample();
        report.compare("nobody", None);
        report.limit("nobody", 1.0, None);
        assert_eq!((report.comparisons.len(), report.limits.len()), (1, 3));
    }
}
