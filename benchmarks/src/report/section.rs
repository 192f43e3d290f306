use crate::{Measured, Ratio, Spread, Summary};
use serde::{Deserialize, Serialize};

/// A table of candidates that were measured in the same rounds, and its charts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What was measured.
    pub title: String,
    /// How the number of samples is called.
    pub counted: String,
    /// What is told of the candidates besides times.
    pub columns: Vec<Column>,
    /// One for each candidate.
    pub rows: Vec<Row>,
    /// What is drawn.
    pub charts: Vec<Measure>,
}

/// Something that is told of each candidate besides times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What.
    pub name: String,
    /// In which unit.
    pub unit: String,
}

/// How one candidate did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Who.
    pub candidate: String,
    /// Whether it stands out, as this library among others.
    pub stands_out: bool,
    /// Its samples.
    pub summary: Summary,
    /// Its ratio to another one.
    pub against: Option<Against>,
    /// What there is to tell in each column.
    pub extras: Vec<Option<f64>>,
}

/// The ratio to a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// To whom.
    pub reference: String,
    /// How much.
    pub ratio: Ratio,
}

/// What a chart shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// The medians, with a line from the 10th to the 90th percentile.
    Median,
    /// The means.
    Average,
    /// The column of this name.
    Extra(String),
}

impl Section {
    /// A row for each of those that were measured, in their order, and a chart of their medians.
    pub fn new(title: impl Into<String>, measured: &Measured) -> Self {
        let rows = measured.names().map(|name| Row {
            candidate: name.to_owned(),
            stands_out: false,
            summary: Summary::from(&Spread::of(measured.of(name).unwrap_or_default().to_vec())),
            against: None,
            extras: Vec::new(),
        });
        Self {
            title: title.into(),
            counted: "samples".to_owned(),
            columns: Vec::new(),
            rows: rows.collect(),
            charts: vec![Measure::Median],
        }
    }

    /// Calls the number of samples something else.
    #[must_use]
    pub fn counting(mut self, samples: &str) -> Self {
        samples.clone_into(&mut self.counted);
        self
    }

    /// Sorts the rows by their medians.
    #[must_use]
    pub fn fastest_first(mut self) -> Self {
        self.rows.sort_by(|a, b| a.summary.median.total_cmp(&b.summary.median));
        self
    }

    /// Tells of each candidate its ratio to the one that `reference` names.
    #[must_use]
    pub fn with_ratios(
        mut self,
        measured: &Measured,
        reference: impl Fn(&str) -> Option<String>,
    ) -> Self {
        for row in &mut self.rows {
            let reference = reference(&row.candidate);
            row.against = reference.and_then(|reference| {
                let ratio = measured.ratio(&row.candidate, &reference)?;
                Some(Against { reference, ratio })
            });
        }
        self
    }

    /// Tells of each candidate its ratio to the fastest.
    #[must_use]
    pub fn with_ratios_to_the_fastest(self, measured: &Measured) -> Self {
        let medians = self.rows.iter().map(|row| (row.summary.median, &row.candidate));
        let fastest = medians.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name.clone());
        self.with_ratios(measured, |_| fastest.clone())
    }

    /// Adds a column with what `value` tells of each candidate.
    #[must_use]
    pub fn with_column(
        mut self,
        name: &str,
        unit: &str,
        value: impl Fn(&str) -> Option<f64>,
    ) -> Self {
        self.columns.push(Column { name: name.to_owned(), unit: unit.to_owned() });
        for row in &mut self.rows {
            row.extras.push(value(&row.candidate));
        }
        self
    }

    /// Adds a chart.
    #[must_use]
    pub fn with_chart(mut self, chart: Measure) -> Self {
        self.charts.push(chart);
        self
    }

    /// Lets those stand out of whom `is_wanted` is true.
    #[must_use]
    pub fn highlighting(mut self, is_wanted: impl Fn(&str) -> bool) -> Self {
        for row in &mut self.rows {
            row.stands_out = is_wanted(&row.candidate);
        }
        self
    }

    pub(crate) fn extra(&self, row: &Row, name: &str) -> Option<f64> {
        let index = self.columns.iter().position(|column| column.name == name)?;
        row.extras.get(index).copied().flatten()
    }

    /// To whom all ratios are, if it is one and the same.
    pub(crate) fn common_reference(&self) -> Option<&str> {
        let mut references =
            self.rows.iter().filter_map(|row| Some(&*row.against.as_ref()?.reference));
        let first = references.next()?;
        references.all(|reference| reference == first).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        let mut measured = Measured::default();
        measured.push("slow", vec![30.0, 20.0, 40.0]);
        measured.push("quick", vec![10.0, 10.0, 10.0]);
        measured
    }

    #[test]
    fn the_fastest_is_first_and_the_measure_of_the_others() {
        let measured = measured();
        let section =
            measured.section("hits").fastest_first().with_ratios_to_the_fastest(&measured);
        assert_eq!(section.rows[0].candidate, "quick");
        assert_eq!(section.common_reference(), Some("quick"));
        let ratios = section.rows.iter().map(|row| row.against.as_ref().unwrap().ratio.estimate);
        assert_eq!(ratios.collect::<Vec<_>>(), [1.0, 3.0]);
    }

    #[test]
    fn ratios_may_be_to_different_ones() {
        let measured = measured();
        let section = measured.section("hits").with_ratios(&measured, |name| Some(name.to_owned()));
        assert_eq!(section.common_reference(), None);
    }

    #[test]
    fn who_has_nothing_to_tell_leaves_the_column_empty() {
        let section = measured()
            .section("hits")
            .with_column("saved", "bytes", |name| (name == "slow").then_some(7.0));
        let saved = section.rows.iter().map(|row| section.extra(row, "saved"));
        assert_eq!(saved.collect::<Vec<_>>(), [Some(7.0), None]);
        assert_eq!(section.extra(&section.rows[0], "another"), None);
    }
}
