//! What the observer of the feature `tracing` tells.

use super::{SECOND, Stage, every_kind_with, invalidate_seen, seen};
use crate::support::with_default;
use cache_memoize::observers::Tracing;
use cache_memoize::{Cache, Compressor};
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A subscriber that writes each event as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// The lines of what happens in `body`.
    fn of(body: impl FnOnce()) -> Vec<String> {
        let lines = Self::default();
        tracing::subscriber::with_default(lines.clone(), body);
        let mut lines = lines.0.lock().expect("no subscriber panics");
        std::mem::take(&mut *lines)
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cache_memoize"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().expect("no subscriber panics").push(line.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

/// The lines begin so.
#[track_caller]
fn assert_lines(lines: &[String], expected: &[&str]) {
    let begin = |(line, expected): (&String, &&str)| line.starts_with(expected);
    let matches = lines.len() == expected.len() && lines.iter().zip(expected).all(begin);
    assert!(matches, "{lines:#?} are not {expected:#?}");
}

#[test]
fn each_event_is_a_line_at_its_level() {
    let stage = Stage::new();
    let cache = stage.two_tiers(|settings| settings.observer(Tracing));
    let lines = Lines::of(|| {
        with_default(&cache, || {
            seen(1);
            seen(1);
            stage.clock.advance(SECOND);
            seen(1);
            stage.clock.advance(10 * SECOND);
            seen(1);
            invalidate_seen(1).expect("the store answers");
        });
    });
    let of = "function=it::seen::seen key=seen(1)";
    let expected = [
        format!("DEBUG miss {of}"),
        format!("DEBUG stored {of}"),
        format!("TRACE hit {of} tier=near"),
        format!("TRACE hit {of} tier=store"),
        format!("DEBUG refreshed {of}"),
        format!("DEBUG stored {of}"),
        format!("DEBUG invalidated {of} found=true"),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_goes_wrong_is_a_warning_that_says_what() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings.observer(Tracing));
    let lines = Lines::of(|| stage.fall_and_rise(&cache));
    let down = "function=it::seen::seen key=seen(2) error=get failed, store unavailable:";
    assert_lines(
        &lines,
        &[
            "WARN store_fault function=it::seen::seen key=seen(0) error=get failed, store unavailable:",
            "DEBUG miss",
            "DEBUG miss",
            &format!("WARN store_down {down}"),
            "DEBUG miss",
            "INFO store_up",
            "DEBUG miss",
            "DEBUG stored",
        ],
    );
}

#[test]
fn no_line_has_a_value_in_it() {
    let secret = "the very value".to_owned();
    let lines = Lines::of(|| {
        for (kind, cache, _server) in every_kind_with(|settings| settings.observer(Tracing)) {
            cache.set("key", secret.clone()).expect("the store answers");
            cache.get_or_compute("key", String::new);
            assert_eq!(cache.get_or_compute("key", || 7), 7, "{kind}: another type is unreadable");
        }
    });
    assert!(lines.iter().any(|line| line.starts_with("WARN unreadable")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("TRACE hit")), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains(&secret)), "{lines:#?}");
}

#[test]
fn the_feature_alone_tells_nothing() {
    let lines = Lines::of(|| {
        Cache::memory().get_or_compute("key", || 7);
        let silent = Cache::builder().compressor(Compressor::none()).build();
        silent.expect("the settings are right").get_or_compute("key", || 7);
    });
    assert_eq!(lines, [""; 0]);
}
