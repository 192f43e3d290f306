//! Which entries there are.

use crate::entry::{Entry, State};
use crate::names::{function_of, is_named, unescaped};
use crate::outcome::Failure;
use crate::scan::go_through;
use crate::store::Opened;
use crate::table::Table;
use cache_memoize::{Explained, Key};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

/// Which entries are to be listed, and in what order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) function: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) sort: Option<Sort>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Key,
    Age,
    Size,
    Left,
}

impl FromStr for Sort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "key" => Ok(Self::Key),
            "age" => Ok(Self::Age),
            "size" => Ok(Self::Size),
            "left" => Ok(Self::Left),
            _ => Err(()),
        }
    }
}

/// The entries that were found.
#[derive(Serialize)]
pub(crate) struct Listed {
    command: &'static str,
    store: String,
    prefix: Option<String>,
    /// Whether there are, or may be, more than were asked for.
    more: bool,
    entries: Vec<Entry>,
}

pub(crate) fn list(store: &Opened, wanted: &Wanted) -> Result<Listed, Failure> {
    let mut shelf = Shelf::new(wanted);
    let has_prefix = store.prefix.is_some();
    let is_of_function = |key: &Key| {
        let is_it = |name: &str| {
            function_of(key.as_str(), has_prefix).is_some_and(|function| is_named(function, name))
        };
        wanted.function.as_deref().is_none_or(is_it)
    };
    let names = store.cache.server_counts().ok();
    let names = names.map(|servers| servers.iter().map(|server| server.entries).sum());
    go_through(store, beginning(wanted, has_prefix), names, is_of_function, |explained| {
        if !has_tag(&explained, wanted.tag.as_deref()) {
            return ControlFlow::Continue(());
        }
        shelf.put(Entry::new(explained, store))
    })?;
    let (entries, more) = shelf.clear();
    let (store, prefix) = (store.shown.clone(), store.prefix.clone());
    Ok(Listed { command: "list", store, prefix, more, entries })
}

/// What stands behind the prefix that is known. Where none is, any may stand before the function.
fn beginning(wanted: &Wanted, has_prefix: bool) -> &str {
    let function = wanted.function.as_deref().unwrap_or_default();
    if has_prefix || function.contains('|') { function } else { "" }
}

fn has_tag(explained: &Explained, tag: Option<&str>) -> bool {
    tag.is_none_or(|tag| explained.tags.iter().any(|it| unescaped(it) == tag))
}

/// The entries that are to be listed, as far as the store was gone through: never many more than that.
struct Shelf {
    limit: Option<usize>,
    sort: Option<Sort>,
    entries: Vec<Entry>,
    /// Their keys: a store may name one twice.
    keys: HashSet<String>,
    more: bool,
}

impl Shelf {
    fn new(wanted: &Wanted) -> Self {
        let Wanted { limit, sort, .. } = *wanted;
        Self { limit, sort, entries: Vec::new(), keys: HashSet::new(), more: false }
    }

    /// Without an order, the first ones will do.
    fn put(&mut self, entry: Entry) -> ControlFlow<()> {
        if self.keys.contains(&entry.key) {
            return ControlFlow::Continue(());
        }
        if self.sort.is_none() && self.limit.is_some_and(|limit| self.entries.len() >= limit) {
            self.more = true;
            return ControlFlow::Break(());
        }
        self.keys.insert(entry.key.clone());
        self.entries.push(entry);
        if self.limit.is_some_and(|limit| self.entries.len() >= limit * 2) {
            self.tidy();
        }
        ControlFlow::Continue(())
    }

    /// Puts them in order, and lets go of those that are too many.
    fn tidy(&mut self) {
        match self.sort {
            None => return,
            Some(Sort::Key) => self.entries.sort_by(|a, b| a.key.cmp(&b.key)),
            Some(Sort::Age) => self.sort_by(|entry| Reverse(entry.age_ms)),
            Some(Sort::Size) => self.sort_by(|entry| Reverse(entry.stored_bytes)),
            Some(Sort::Left) => self.sort_by(Entry::end),
        }
        let Some(limit) = self.limit else { return };
        for entry in self.entries.drain(limit.min(self.entries.len())..) {
            self.more = true;
            self.keys.remove(&entry.key);
        }
    }

    fn sort_by<K: Ord>(&mut self, rank: impl Fn(&Entry) -> K) {
        self.entries.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key)));
    }

    fn clear(mut self) -> (Vec<Entry>, bool) {
        self.tidy();
        (self.entries, self.more)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.entries.is_empty() {
            let mut table = Table::new(&Entry::COLUMNS, Entry::WORDS);
            self.entries.iter().for_each(|entry| table.row(entry.cells()));
            write!(f, "{table}\n\n")?;
        }
        let more = if self.more { ", and there are more: see --limit" } else { "" };
        match self.entries.len() {
            0 => write!(f, "no entries")?,
            1 => write!(f, "1 entry{more}")?,
            count => write!(f, "{count} entries{more}")?,
        }
        let is_unreadable = |entry: &Entry| entry.state == State::Unreadable;
        if self.entries.iter().any(is_unreadable) { write!(f, "\n{UNREADABLE}") } else { Ok(()) }
    }
}

const UNREADABLE: &str = "what is unreadable counts as absent: most was invalidated, and stays in the store until its \
                          time is over; `explain` tells why";
