//! A report in a terminal.

use super::figures::{Unit, amount, bar, caption};
use super::{Measure, Report, Section, Verdict};
use std::fmt::{self, Display, Formatter};

/// How many characters the longest bar has.
const BAR: usize = 60;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.title, "=".repeat(width(&self.title)))?;
        writeln!(f, "{}", self.question)?;
        if !self.finding.is_empty() {
            writeln!(f, "Published: {}", self.finding)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "- {note}"))?;
        for section in &self.sections {
            write!(f, "\n{section}")?;
        }
        self.show_comparisons(f)?;
        self.show_limits(f)
    }
}

impl Report {
    fn show_comparisons(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.comparisons.is_empty() {
            return Ok(());
        }
        let lines = self.comparisons.iter().map(|comparison| {
            let ratio = &comparison.ratio;
            vec![comparison.what.clone(), ratio.to_string(), ratio.verdict()]
        });
        write!(f, "\nWhat makes a difference\n")?;
        aligned(f, &["", "ratio (95 %)", ""], &lines.collect::<Vec<_>>(), 3)
    }

    fn show_limits(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.limits.is_empty() {
            return Ok(());
        }
        let lines = self.limits.iter().map(|limit| {
            let verdict = match limit.verdict {
                Verdict::Met => "met",
                Verdict::NotMet => "NOT MET",
                Verdict::Undecided => "undecided",
            };
            let bound = format!("<= {}", limit.limit);
            vec![limit.what.clone(), bound, limit.found.to_string(), verdict.to_owned()]
        });
        write!(f, "\nWhat has to be met\n")?;
        aligned(f, &["", "limit", "found (95 %)", ""], &lines.collect::<Vec<_>>(), 1)
    }
}

impl Display for Section {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unit = Unit::of(self);
        writeln!(f, "{}, {}", self.title, unit.name)?;
        let (headings, cells) = (self.headings(), self.cells(unit));
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        aligned(f, &headings, &cells, 1)?;
        self.charts.iter().try_for_each(|measure| self.show_bars(f, measure))
    }
}

impl Section {
    /// The headings of the table.
    pub(super) fn headings(&self) -> Vec<String> {
        let times = ["candidate", &self.counted, "MEDIAN", "AVERAGE", "STDDEV", "p10", "p90"];
        let mut headings = times.map(str::to_owned).to_vec();
        let extras = self.columns.iter();
        headings.extend(extras.map(|column| format!("{}, {}", column.name, column.unit)));
        if self.rows.iter().any(|row| row.against.is_some()) {
            let reference = self.common_reference();
            headings.push(reference.map_or("ratio (95 %)".to_owned(), |reference| {
                format!("ratio (95 %) to {reference}")
            }));
        }
        headings
    }

    /// The cells of the table, row by row.
    pub(super) fn cells(&self, unit: Unit) -> Vec<Vec<String>> {
        let has_ratios = self.rows.iter().any(|row| row.against.is_some());
        let line = |row: &super::Row| {
            let summary = &row.summary;
            let times = [summary.median, summary.average, summary.stddev, summary.p10, summary.p90];
            let mut cells = vec![row.candidate.clone(), summary.times.to_string()];
            cells.extend(times.map(|time| unit.show(time)));
            cells.extend(row.extras.iter().map(|extra| extra.map_or("–".to_owned(), amount)));
            if has_ratios {
                let ratio = row.against.as_ref().map(|against| against.ratio.to_string());
                cells.push(ratio.unwrap_or_default());
            }
            cells
        };
        self.rows.iter().map(line).collect()
    }

    fn show_bars(&self, f: &mut Formatter<'_>, measure: &Measure) -> fmt::Result {
        let bars: Vec<_> = (0..self.rows.len()).filter_map(|row| bar(self, measure, row)).collect();
        let longest = bars.iter().map(|(value, _)| *value).fold(0.0, f64::max);
        writeln!(f, "\n{}", caption(self, measure))?;
        let names = self.rows.iter().map(|row| width(&row.candidate)).max().unwrap_or_default();
        for (index, row) in self.rows.iter().enumerate() {
            let Some((value, shown)) = bar(self, measure, index) else { continue };
            let name = padded(&row.candidate, names, true);
            writeln!(f, "{name}  {} {shown}", blocks(value / longest))?;
        }
        Ok(())
    }
}

/// A bar of this share of the longest, by eighths of a character.
fn blocks(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 480")]
    #[expect(clippy::cast_precision_loss, reason = "480 is precise")]
    let eighths = (share * (BAR * 8) as f64).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// Lines under headings, the columns up to `texts` and the last one of words on the left, figures on the right.
fn aligned(
    f: &mut Formatter<'_>,
    headings: &[&str],
    lines: &[Vec<String>],
    texts: usize,
) -> fmt::Result {
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let cells = lines.iter().chain([&headings]).map(|line| width(&line[column]));
            cells.max().unwrap_or_default()
        })
        .collect();
    for line in [&headings].into_iter().chain(lines) {
        let cells = line.iter().enumerate();
        let cells = cells.map(|(column, cell)| padded(cell, widths[column], column < texts));
        writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn padded(text: &str, width_wanted: usize, is_left: bool) -> String {
    let blanks = " ".repeat(width_wanted.saturating_sub(width(text)));
    if is_left { format!("{text}{blanks}") } else { format!("{blanks}{text}") }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_terminal_shows_everything_aligned() {
        let expected = "\
A sample
========
Is \"this\" <b>escaped</b>?
Published: It was & is.
- A note.

reads, µs
candidate        samples  MEDIAN  AVERAGE  STDDEV   p10   p90  saved, bytes  ratio (95 %) to quick & <dirty>
quick & <dirty>        3    10.0     10.0       0  10.0  10.0             –              1.00 (1.00 .. 1.00)
plain                  3    30.0     30.0    10.0  22.0  38.0        22,514              3.00 (2.00 .. 4.00)

Medians, µs: shorter is better
quick & <dirty>  ████████████████████ 10.0
plain            ████████████████████████████████████████████████████████████ 30.0

Saved, bytes
plain            ████████████████████████████████████████████████████████████ 22,514

What makes a difference
                     ratio (95 %)
plain against quick  3.00 (2.00 .. 4.00)  3.0 times as long

What has to be met
                 limit         found (95 %)
plain to quick  <= 1.5  3.00 (2.00 .. 4.00)    NOT MET
plain to quick  <= 2.5  3.00 (2.00 .. 4.00)  undecided
plain to quick    <= 4  3.00 (2.00 .. 4.00)        met
";
        assert_eq!(sample().to_string(), expected);
    }

    #[test]
    fn bars_grow_by_eighths() {
        assert_eq!(blocks(0.0), "");
        assert_eq!(blocks(1.0).chars().count(), BAR);
        assert_eq!(blocks(1.0 / 480.0), "▏");
        assert_eq!(blocks(f64::NAN), "");
    }
}
