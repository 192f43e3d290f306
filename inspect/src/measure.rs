//! What all entries take, by function.

use crate::entry::{Entry, State};
use crate::outcome::Failure;
use crate::scan::go_through;
use crate::store::Opened;
use crate::table::Table;
use crate::units::{bytes, millis, percent, share, time};
use cache_memoize::ServerCounts;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

/// What was measured.
#[derive(Serialize)]
pub(crate) struct Measured {
    command: &'static str,
    store: String,
    prefix: Option<String>,
    /// What the servers have counted themselves, before they were asked for entries.
    servers: Vec<Server>,
    hit_ratio: Option<f64>,
    total: Totals,
    functions: Vec<Function>,
    /// Keys that were listed, and under which there was nothing any more.
    gone: u64,
}

#[derive(Serialize)]
struct Server {
    place: String,
    hits: u64,
    misses: u64,
    hit_ratio: Option<f64>,
    entries: u64,
    uptime_ms: u64,
}

#[derive(Serialize)]
struct Function {
    /// `null` for what is kept by hand.
    function: Option<String>,
    #[serde(flatten)]
    totals: Totals,
}

/// Sums over entries.
#[derive(Default, Serialize)]
struct Totals {
    entries: u64,
    stale: u64,
    stale_share: Option<f64>,
    unreadable: u64,
    /// The size before compression, of those of which it is known.
    bytes: u64,
    stored_bytes: u64,
    /// How much smaller those are in the store, as a part of their size.
    gain: Option<f64>,
    #[serde(skip)]
    stored_of_known: u64,
    oldest: Option<Oldest>,
    largest: Option<Largest>,
}

#[derive(Clone, Serialize)]
struct Oldest {
    key: String,
    age_ms: u64,
}

#[derive(Clone, Serialize)]
struct Largest {
    key: String,
    stored_bytes: u64,
}

pub(crate) fn measure(store: &Opened) -> Result<Measured, Failure> {
    let servers: Vec<Server> = store.cache.server_counts()?.into_iter().map(Server::from).collect();
    let names = (!servers.is_empty()).then(|| servers.iter().map(|server| server.entries).sum());
    let mut functions = BTreeMap::<Option<String>, Totals>::new();
    let mut total = Totals::default();
    let gone = go_through(
        store,
        "",
        names,
        |_| true,
        |explained| {
            let entry = Entry::new(explained, store);
            total.add(&entry);
            functions.entry(entry.function.clone()).or_default().add(&entry);
            ControlFlow::Continue(())
        },
    )?;
    let mut functions: Vec<Function> =
        functions.into_iter().map(|(function, totals)| Function { function, totals }).collect();
    functions.sort_by_key(|it| std::cmp::Reverse(it.totals.stored_bytes));
    let (hits, misses) =
        servers.iter().fold((0, 0), |(hits, misses), it| (hits + it.hits, misses + it.misses));
    Ok(Measured {
        command: "measure",
        store: store.shown.clone(),
        prefix: store.prefix.clone(),
        servers,
        hit_ratio: share(hits, hits + misses),
        total,
        functions,
        gone,
    })
}

impl From<ServerCounts> for Server {
    fn from(counts: ServerCounts) -> Self {
        let ServerCounts { place, hits, misses, entries, uptime } = counts;
        let hit_ratio = share(hits, hits + misses);
        Self { place, hits, misses, hit_ratio, entries, uptime_ms: millis(uptime) }
    }
}

impl Totals {
    fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        self.stale += u64::from(entry.state == State::Stale);
        self.stale_share = share(self.stale, self.entries);
        self.unreadable += u64::from(entry.state == State::Unreadable);
        let stored = entry.stored_bytes.unwrap_or(0) as u64;
        self.stored_bytes += stored;
        if let Some(size) = entry.bytes {
            self.bytes += size as u64;
            self.stored_of_known += stored;
            self.gain = share(self.stored_of_known, self.bytes).map(|kept| 1.0 - kept);
        }
        self.note_age(entry);
        self.note_size(entry);
    }

    fn note_age(&mut self, entry: &Entry) {
        let Some(age_ms) = entry.age_ms else { return };
        if self.oldest.as_ref().is_none_or(|oldest| oldest.age_ms < age_ms) {
            self.oldest = Some(Oldest { key: entry.key.clone(), age_ms });
        }
    }

    fn note_size(&mut self, entry: &Entry) {
        let Some(stored_bytes) = entry.stored_bytes.map(|size| size as u64) else { return };
        if self.largest.as_ref().is_none_or(|largest| largest.stored_bytes < stored_bytes) {
            self.largest = Some(Largest { key: entry.key.clone(), stored_bytes });
        }
    }

    fn cells(&self, name: &str) -> Vec<String> {
        let unknown = || "-".to_owned();
        let size = |count, is_known: bool| if is_known { bytes(count) } else { unknown() };
        vec![
            name.to_owned(),
            self.entries.to_string(),
            self.stale_share.map_or_else(unknown, percent),
            self.unreadable.to_string(),
            size(self.bytes, self.gain.is_some()),
            size(self.stored_bytes, self.largest.is_some()),
            self.gain.map_or_else(unknown, percent),
            self.oldest.as_ref().map_or_else(unknown, |oldest| time(oldest.age_ms)),
            self.largest.as_ref().map_or_else(unknown, |largest| bytes(largest.stored_bytes)),
        ]
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.servers.is_empty() {
            write!(f, "{}\n{COUNTED_BY}\n\n", self.servers())?;
        }
        write!(f, "{}", self.functions())?;
        if let Some(oldest) = &self.total.oldest {
            write!(f, "\n\noldest   {} ({})", oldest.key, time(oldest.age_ms))?;
        }
        if let Some(largest) = &self.total.largest {
            write!(f, "\nlargest  {} ({})", largest.key, bytes(largest.stored_bytes))?;
        }
        Ok(())
    }
}

const COUNTED_BY: &str =
    "as the servers count it, for all who use them, since they started or were told to count anew";

impl Measured {
    fn servers(&self) -> Table {
        let mut table = Table::new(&["server", "hits", "misses", "ratio", "keys", "up"], &[0]);
        for server in &self.servers {
            table.row(vec![
                server.place.clone(),
                server.hits.to_string(),
                server.misses.to_string(),
                server.hit_ratio.map_or_else(|| "-".to_owned(), percent),
                server.entries.to_string(),
                time(server.uptime_ms),
            ]);
        }
        table
    }

    fn functions(&self) -> Table {
        let heads = [
            "function",
            "entries",
            "stale",
            "unreadable",
            "size",
            "stored",
            "gain",
            "oldest",
            "largest",
        ];
        let mut table = Table::new(&heads, &[0]);
        for Function { function, totals } in &self.functions {
            table.row(totals.cells(function.as_deref().unwrap_or("(by hand)")));
        }
        table.row(self.total.cells("total"));
        table
    }
}
