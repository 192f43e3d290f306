//! A report as a page that needs nothing else: no network, no scripts.

use super::figures::{Unit, caption};
use super::{Report, Section, Verdict, chart};
use std::borrow::Cow;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// How to read it. The source is told where the interval is computed.
const METHOD: &str = "Each candidate is examined before it is measured. In every round each has its turn once, in \
    an order drawn anew; the first rounds are thrown away. The first figure of a row is how many samples count; the lines in the charts \
    reach from the 10th to the 90th percentile. A ratio is that of the medians, with the interval in which it lies \
    with 95 % confidence: the percentile interval of a bootstrap over whole rounds (Efron and Tibshirani, An \
    Introduction to the Bootstrap, 1993). Where it holds 1 there is no difference to speak of. What has to be met is met if all of the interval is within \
    the limit, not met if none of it is, and else undecided. Ratios travel to other \
    machines, absolute figures do not.";

impl Report {
    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n",
            escaped(&self.question),
            title = escaped(&self.title),
        );
        if !self.finding.is_empty() {
            let _ = writeln!(page, "<p><strong>Published:</strong> {}</p>", escaped(&self.finding));
        }
        page += &self.limits_in_html();
        page += &self.comparisons_in_html();
        self.sections.iter().for_each(|section| page += &section.in_html());
        page += "<h2>How it was measured</h2>\n";
        let _ = writeln!(page, "<p>{METHOD}</p>");
        for note in &self.notes {
            let _ = writeln!(page, "<p>{}</p>", escaped(note));
        }
        page += &self.setting_in_html();
        page + "</body>\n</html>\n"
    }

    fn comparisons_in_html(&self) -> String {
        let lines = self.comparisons.iter().map(|comparison| {
            let ratio = &comparison.ratio;
            format!(
                "<tr><td>{}</td><td>{ratio}</td><td>{}</td></tr>\n",
                escaped(&comparison.what),
                ratio.verdict()
            )
        });
        in_table("What makes a difference", "<th></th><th>ratio (95 %)</th><th></th>", lines)
    }

    fn limits_in_html(&self) -> String {
        let lines = self.limits.iter().map(|limit| {
            let (class, word) = match limit.verdict {
                Verdict::Met => ("met", "met"),
                Verdict::NotMet => ("unmet", "not met"),
                Verdict::Undecided => ("faint", "undecided"),
            };
            format!(
                "<tr><td>{}</td><td>≤ {}</td><td>{}</td><td class=\"{class}\">{word}</td></tr>\n",
                escaped(&limit.what),
                limit.limit,
                limit.found
            )
        });
        let headings = "<th></th><th>limit</th><th>found (95 %)</th><th></th>";
        in_table("What has to be met", headings, lines)
    }

    fn setting_in_html(&self) -> String {
        let setting = &self.setting;
        let command = format!(
            "<tr><td>command</td><td><code>{}</code></td></tr>\n",
            escaped(&setting.command)
        );
        let date = [("date".to_owned(), setting.date.clone())];
        let facts = date.iter().chain(&self.parameters).chain(&setting.machine);
        let facts = facts.chain(&setting.versions);
        let lines = facts.map(|(name, value)| {
            format!("<tr><td>{}</td><td>{}</td></tr>\n", escaped(name), escaped(value))
        });
        let lines: String = std::iter::once(command).chain(lines).collect();
        format!("<h2>Where and with what</h2>\n<table class=\"words\">\n{lines}</table>\n")
    }
}

impl Section {
    fn in_html(&self) -> String {
        let unit = Unit::of(self);
        let mut html = format!("<h2>{}</h2>\n", escaped(&self.title));
        for measure in &self.charts {
            let _ = writeln!(
                html,
                "<figure>\n<figcaption>{}</figcaption>\n{}</figure>",
                escaped(&caption(self, measure)),
                chart::svg(self, measure)
            );
        }
        let headings: String = self
            .headings()
            .iter()
            .map(|heading| format!("<th>{}</th>", escaped(heading)))
            .collect();
        let lines = self.rows.iter().zip(self.cells(unit)).map(|(row, cells)| {
            let class = if row.stands_out { " class=\"out\"" } else { "" };
            let cells = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell)));
            format!("<tr{class}>{}</tr>\n", cells.collect::<String>())
        });
        let _ = writeln!(html, "<p class=\"faint\">Times in {}.</p>", unit.name);
        html + &table(&headings, &lines.collect::<String>())
    }
}

/// Lines under a title; nothing without lines.
fn in_table(title: &str, headings: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("<h2>{title}</h2>\n{}", table(headings, &lines)),
    }
}

fn table(headings: &str, lines: &str) -> String {
    format!("<div class=\"table\"><table>\n<tr>{headings}</tr>\n{lines}</table></div>\n")
}

/// Text that HTML and SVG show as it is, in quotes as well.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_html_means_by_itself_is_escaped() {
        assert_eq!(escaped("plain"), "plain");
        assert_eq!(
            escaped("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"
        );
    }

    #[test]
    fn a_page_shows_everything_and_needs_nothing() {
        let page = sample().page();
        for part in ["A sample", "&lt;b&gt;escaped&lt;/b&gt;", "It was &amp; is.", "A note."] {
            assert!(page.contains(part), "{part} is missing");
        }
        for part in [
            "An abacus",
            "--rounds 3",
            ">not met<",
            ">undecided<",
            ">met<",
            "22,514",
            "<svg",
            "prefers-color-scheme",
        ] {
            assert!(page.contains(part), "{part} is missing");
        }
        assert!(!page.contains("<b>"));
        for outside in ["<script", "src=", "url(", "http", "@import"] {
            assert!(!page.contains(outside), "{outside} is on the page");
        }
    }

    #[test]
    fn every_element_is_closed() {
        let page = sample().page();
        for element in ["html", "body", "table", "tr", "td", "svg", "figure", "text", "p", "div"] {
            let opened = page.matches(&format!("<{element}>")).count()
                + page.matches(&format!("<{element} ")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}
