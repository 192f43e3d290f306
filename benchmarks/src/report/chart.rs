//! Bar charts as SVG.

use super::figures::{bar, caption};
use super::page::escaped;
use super::{Measure, Section};
use std::fmt::Write;

const LINE: f64 = 26.0;
const BAR: f64 = 16.0;
/// What the longest bar takes.
const LONGEST: f64 = 460.0;
/// What a character takes, on average and at most: SVG does not measure text.
const CHARACTER: f64 = 7.4;
const ROOM_FOR_FIGURES: f64 = 90.0;

/// The chart, with its caption for those who don't see it.
pub(super) fn svg(section: &Section, measure: &Measure) -> String {
    let bars = (0..section.rows.len())
        .filter_map(|row| bar(section, measure, row).map(|(value, shown)| (row, value, shown)));
    let bars: Vec<_> = bars.collect();
    let longest = bars.iter().map(|(row, value, _)| value.max(reach(section, measure, *row)));
    let longest = longest.fold(f64::MIN_POSITIVE, f64::max);
    let names = bars.iter().map(|(row, ..)| section.rows[*row].candidate.chars().count());
    let left = names.max().unwrap_or_default() as f64 * CHARACTER + 12.0;
    let (width, height) = (left + LONGEST + ROOM_FOR_FIGURES, bars.len() as f64 * LINE + 4.0);
    let caption = caption(section, measure);
    let caption = escaped(&caption);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width:.0} {height:.0}\" style=\"max-width:{width:.0}px\" role=\"img\" \
         aria-label=\"{caption}\">\n<title>{caption}</title>\n"
    );
    for (place, (row, value, shown)) in bars.iter().enumerate() {
        let top = place as f64 * LINE + 2.0;
        svg += &line(
            section,
            measure,
            *row,
            &Line { top, left, scale: LONGEST / longest, value: *value, shown },
        );
    }
    svg + "</svg>\n"
}

struct Line<'a> {
    top: f64,
    left: f64,
    scale: f64,
    value: f64,
    shown: &'a str,
}

/// The name, the bar, how far the samples spread, and the figure.
fn line(section: &Section, measure: &Measure, row: usize, line: &Line<'_>) -> String {
    let Line { top, left, scale, value, shown } = line;
    let row = &section.rows[row];
    let class = if row.stands_out { "bar out" } else { "bar" };
    let (middle, length) = (top + LINE / 2.0, value * scale);
    let mut svg = format!(
        "<text class=\"name\" x=\"{:.1}\" y=\"{middle:.1}\">{}</text>\n\
         <rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\"/>\n",
        left - 8.0,
        escaped(&row.candidate),
        middle - BAR / 2.0,
    );
    let mut end = left + length;
    if *measure == Measure::Median {
        let [from, to] = [row.summary.p10, row.summary.p90].map(|time| left + time * scale);
        end = end.max(to);
        let _ = writeln!(
            svg,
            "<path class=\"spread\" d=\"M{from:.1} {middle:.1}H{to:.1}M{from:.1} {low:.1}v6M{to:.1} {low:.1}v6\"/>",
            low = middle - 3.0,
        );
    }
    let _ = writeln!(
        svg,
        "<text class=\"figure\" x=\"{:.1}\" y=\"{middle:.1}\">{}</text>",
        end + 6.0,
        escaped(shown)
    );
    svg
}

/// How far a line to the right of a bar reaches.
fn reach(section: &Section, measure: &Measure, row: usize) -> f64 {
    match measure {
        Measure::Median => section.rows[row].summary.p90,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_candidate_has_a_bar_within_the_picture() {
        let section = &sample().sections[0];
        let svg = svg(section, &Measure::Median);
        assert_eq!(svg.matches("<rect").count(), 2);
        assert_eq!(svg.matches("class=\"bar out\"").count(), 1);
        assert!(svg.contains("quick &amp; &lt;dirty&gt;"), "{svg}");
        let widths = svg.split("width=\"").skip(1).filter_map(|rest| rest.split('"').next());
        assert!(widths.filter_map(|it| it.parse::<f64>().ok()).all(|width| width <= LONGEST));
    }

    #[test]
    fn who_has_nothing_to_show_has_no_bar() {
        let svg = svg(&sample().sections[0], &Measure::Extra("saved".to_owned()));
        assert_eq!(svg.matches("<rect").count(), 1);
        assert!(!svg.contains("class=\"spread\""));
    }
}
