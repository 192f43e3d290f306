use crate::Spread;
use std::fmt;

/// What a study found. Displays as a table, for each number of threads the fastest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was measured, and in which unit.
    pub title: String,
    /// One candidate on one number of threads each.
    pub rows: Vec<Row>,
}

/// How one candidate did.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub candidate: String,
    /// How many threads called at once.
    pub threads: usize,
    /// What a call took on the slowest of them.
    pub spread: Spread,
}

impl Report {
    fn fastest(&self, threads: usize) -> f64 {
        let peers = self.rows.iter().filter(|row| row.threads == threads);
        peers.map(|row| row.spread.median()).fold(f64::INFINITY, f64::min)
    }

    fn sorted(&self) -> Vec<&Row> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by(|a, b| {
            let by_median = || a.spread.median().total_cmp(&b.spread.median());
            a.threads.cmp(&b.threads).then_with(by_median)
        });
        rows
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = "candidate";
        let names = self.rows.iter().map(|row| row.candidate.chars().count());
        let width = names.fold(heading.len(), usize::max);
        writeln!(f, "{}", self.title)?;
        write!(f, "{heading:width$}  threads   median       p10 .. p90      ratio")?;
        for row in self.sorted() {
            let Row { candidate, threads, spread } = row;
            let [median, p10, p90] =
                [50.0, 10.0, 90.0].map(|percent| figure(spread.percentile(percent)));
            let ratio = spread.median() / self.fastest(*threads);
            write!(
                f,
                "\n{candidate:width$}  {threads:>7}  {median:>7}  {p10:>8} .. {p90:<8}  {ratio:>5.2}"
            )?;
        }
        Ok(())
    }
}

/// Three significant digits or more, and none that would only be noise.
fn figure(value: f64) -> String {
    let decimals = if value < 100.0 { 1 } else { 0 };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(candidate: &str, threads: usize, samples: &[f64]) -> Row {
        Row { candidate: candidate.to_owned(), threads, spread: Spread::of(samples.to_vec()) }
    }

    #[test]
    fn the_fastest_is_first_and_the_measure_of_the_others_on_as_many_threads() {
        let report = Report {
            title: "hits, ns".to_owned(),
            rows: vec![
                row("a slow candidate", 1, &[30.0, 20.0, 40.0]),
                row("quick", 2, &[200.0]),
                row("quick", 1, &[10.0]),
            ],
        };
        let expected = "\
hits, ns
candidate         threads   median       p10 .. p90      ratio
quick                   1     10.0      10.0 .. 10.0       1.00
a slow candidate        1     30.0      22.0 .. 38.0       3.00
quick                   2      200       200 .. 200        1.00";
        assert_eq!(report.to_string(), expected);
    }
}
