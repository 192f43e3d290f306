//! An entry as it is told of, without its value.

use crate::names::function_of;
use crate::store::Opened;
use crate::units::{bytes, millis, time};
use cache_memoize::{EntryForm, Explained, Tier, TimeLeft};
use serde::Serialize;
use std::time::Duration;

/// What is known of an entry. What is not known is `null`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) function: Option<String>,
    pub(crate) form: &'static str,
    pub(crate) state: State,
    pub(crate) age_ms: Option<u64>,
    pub(crate) time_left_ms: Option<u64>,
    pub(crate) over_for_ms: Option<u64>,
    pub(crate) cost_us: Option<u64>,
    pub(crate) bytes: Option<usize>,
    pub(crate) stored_bytes: Option<usize>,
    pub(crate) serializer: Option<String>,
    pub(crate) compressor: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) tiers: Vec<&'static str>,
    pub(crate) unreadable: Option<String>,
}

/// What a function would make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Fresh,
    /// Fresh until it is removed or evicted.
    ForEver,
    /// Over, and kept for the options that serve old values.
    Stale,
    /// It counts as absent.
    Unreadable,
    /// It says nothing of itself, and is served as long as the store keeps it.
    Unknown,
}

impl Entry {
    pub(crate) fn new(explained: Explained, store: &Opened) -> Self {
        let key = explained.key.as_str();
        let (time_left, over_for) = match explained.time_left {
            Some(TimeLeft::Fresh(left)) => (Some(left), None),
            Some(TimeLeft::Over(over)) => (None, Some(over)),
            _ => (None, None),
        };
        Self {
            function: function_of(key, store.prefix.is_some()).map(str::to_owned),
            key: key.to_owned(),
            form: form(explained.form),
            state: state(&explained),
            age_ms: explained.age.map(millis),
            time_left_ms: time_left.map(millis),
            over_for_ms: over_for.map(millis),
            cost_us: explained.cost.and_then(|cost| u64::try_from(cost.as_micros()).ok()),
            bytes: explained.size,
            stored_bytes: explained.stored_size,
            serializer: explained.serializer,
            compressor: explained.compressor,
            tags: explained.tags,
            tiers: explained.tiers.into_iter().map(tier).collect(),
            unreadable: explained.unreadable,
        }
    }

    /// The columns of a table, the key last: it may be long.
    pub(crate) fn cells(&self) -> Vec<String> {
        let unknown = || "-".to_owned();
        vec![
            self.age_ms.map_or_else(unknown, time),
            self.left(),
            self.bytes.map_or_else(unknown, |size| bytes(size as u64)),
            self.stored_bytes.map_or_else(unknown, |size| bytes(size as u64)),
            self.serializer.clone().unwrap_or_else(unknown),
            self.compressor.clone().unwrap_or_else(unknown),
            self.key.clone(),
        ]
    }

    pub(crate) const COLUMNS: [&str; 7] =
        ["age", "time left", "size", "stored", "serializer", "compressor", "key"];

    /// Which of them hold words.
    pub(crate) const WORDS: &[usize] = &[4, 5, 6];

    fn left(&self) -> String {
        match (self.state, self.time_left_ms, self.over_for_ms) {
            (State::Unreadable, ..) => "unreadable".to_owned(),
            (State::ForEver, ..) => "for ever".to_owned(),
            (_, Some(left), _) => time(left),
            (_, _, Some(over)) => format!("over for {}", time(over)),
            _ => "-".to_owned(),
        }
    }

    /// When it ends, as a number that is smaller the sooner that is.
    pub(crate) fn end(&self) -> Duration {
        match self.state {
            State::Stale => Duration::ZERO,
            _ => self.time_left_ms.map_or(Duration::MAX, Duration::from_millis),
        }
    }
}

fn state(explained: &Explained) -> State {
    match explained.time_left {
        _ if explained.unreadable.is_some() => State::Unreadable,
        Some(TimeLeft::Fresh(_)) => State::Fresh,
        Some(TimeLeft::Forever) => State::ForEver,
        Some(TimeLeft::Over(_)) => State::Stale,
        _ => State::Unknown,
    }
}

fn form(form: EntryForm) -> &'static str {
    match form {
        EntryForm::Object => "object",
        EntryForm::Envelope => "envelope",
        EntryForm::Plain => "plain",
        _ => "unknown",
    }
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Near => "near",
        _ => "store",
    }
}
