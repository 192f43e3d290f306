//! How numbers are written.

use super::{Measure, Section};

/// The unit in which the times of a section are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) name: &'static str,
    nanoseconds: f64,
}

const UNITS: [Unit; 3] = [
    Unit { name: "ms", nanoseconds: 1e6 },
    Unit { name: "µs", nanoseconds: 1e3 },
    Unit { name: "ns", nanoseconds: 1.0 },
];

impl Unit {
    /// The largest of which the slowest candidate takes ten at least.
    pub(super) fn of(section: &Section) -> Self {
        let medians = section.rows.iter().map(|row| row.summary.median);
        let slowest = medians.fold(0.0, f64::max);
        let fitting = UNITS.into_iter().find(|unit| slowest >= 10.0 * unit.nanoseconds);
        fitting.unwrap_or(UNITS[2])
    }

    pub(super) fn show(self, nanoseconds: f64) -> String {
        figure(nanoseconds / self.nanoseconds)
    }
}

/// What a chart says of itself.
pub(super) fn caption(section: &Section, measure: &Measure) -> String {
    match measure {
        Measure::Median => format!("Medians, {}: shorter is better", Unit::of(section).name),
        Measure::Average => format!("Averages, {}: shorter is better", Unit::of(section).name),
        Measure::Extra(name) => {
            let column = section.columns.iter().find(|column| column.name == *name);
            let unit = column.map_or("", |column| &column.unit);
            format!("{}, {unit}", capitalized(name))
        }
    }
}

/// The length of a bar, as what it stands for, and that in figures. `None` where there is nothing to tell.
pub(super) fn bar(section: &Section, measure: &Measure, row: usize) -> Option<(f64, String)> {
    let row = section.rows.get(row)?;
    let value = match measure {
        Measure::Median => row.summary.median,
        Measure::Average => row.summary.average,
        Measure::Extra(name) => section.extra(row, name)?,
    };
    let shown = match measure {
        Measure::Extra(_) => amount(value),
        _ => Unit::of(section).show(value),
    };
    Some((value, shown))
}

/// A number of things: as it is where it is whole.
pub(super) fn amount(value: f64) -> String {
    if value.fract() == 0.0 { grouped(&value.to_string()) } else { figure(value) }
}

/// Three digits that count, all of those before the point, and none that would only be noise.
pub(super) fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let decimals = match value.abs() {
        0.0 => 0,
        size if size < 0.1 => 4,
        size if size < 1.0 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    grouped(&format!("{value:.decimals$}"))
}

/// With a comma before every three digits.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Measured;

    #[test]
    fn figures_have_three_digits_that_count() {
        let figures = [0.0, 0.04567, 0.4567, 4.567, 45.67, 456.7, 4567.0, 1_234_567.8, -1234.0];
        let expected =
            ["0", "0.0457", "0.457", "4.57", "45.7", "457", "4,567", "1,234,568", "-1,234"];
        assert_eq!(figures.map(figure), expected);
        assert_eq!(figure(f64::NAN), "–");
        assert_eq!([3.0, 22_514.0, 0.5].map(amount), ["3", "22,514", "0.500"]);
    }

    #[test]
    fn the_unit_is_that_of_the_slowest() {
        let unit = |slowest| {
            let mut measured = Measured::default();
            measured.push("quick", vec![50.0]);
            measured.push("slow", vec![slowest]);
            Unit::of(&measured.section("times")).name
        };
        assert_eq!([60.0, 9_000.0, 12_000.0, 20e6].map(unit), ["ns", "ns", "µs", "ms"]);
    }
}
