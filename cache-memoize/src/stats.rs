use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thread_local::ThreadLocal;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Hit,
    Coalesced,
    Miss,
    Stored,
    FencedOff,
    Invalidated,
    Fault,
    Stale,
    Refreshed,
}

const COUNTERS: usize = 9;

/// The counters of one function in one cache. Every thread has its own, so that counting a hit touches no
/// memory that another thread writes.
#[derive(Default)]
pub(crate) struct Tally {
    threads: ThreadLocal<Arc<Row>>,
}

/// The counters of one thread, which alone counts with them.
#[derive(Default)]
pub(crate) struct Row([AtomicU64; COUNTERS]);

impl Row {
    #[inline]
    pub(crate) fn count(&self, what: Counted) {
        let counter = &self.0[what as usize];
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

impl Tally {
    #[inline]
    pub(crate) fn count(&self, what: Counted) {
        self.row().count(what);
    }

    /// The counters of this thread.
    #[inline]
    pub(crate) fn row(&self) -> &Arc<Row> {
        self.threads.get_or_default()
    }

    pub(crate) fn stats(&self, name: &str) -> FunctionStats {
        let sum = |what: Counted| {
            self.threads.iter().map(|row| row.0[what as usize].load(Ordering::Relaxed)).sum()
        };
        FunctionStats {
            function: name.to_owned(),
            hits: sum(Counted::Hit),
            coalesced: sum(Counted::Coalesced),
            misses: sum(Counted::Miss),
            stored: sum(Counted::Stored),
            fenced_off: sum(Counted::FencedOff),
            invalidated: sum(Counted::Invalidated),
            faults: sum(Counted::Fault),
            stale: sum(Counted::Stale),
            refreshed: sum(Counted::Refreshed),
        }
    }
}

/// Makes what a thread keeps for its counters, so that it outlives whatever the thread makes from now on.
pub(crate) fn prepare_thread() {
    ThreadLocal::new().get_or(|| ());
}

/// What a cache counted since it was built, by function. Displays as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The functions that used the cache, by name; what was done by hand is under `"(by hand)"`.
    pub functions: Vec<FunctionStats>,
}

/// What a cache counted for one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionStats {
    /// The path of the function.
    pub function: String,
    /// Calls answered from the store, and calls of a guarded function that were held back.
    pub hits: u64,
    /// Calls answered with the value that another caller computed meanwhile.
    pub coalesced: u64,
    /// Calls that found nothing to serve, and computed. One that was then answered with an old value, by
    /// `stale_if_error` or `soft_timeout`, is among the `stale` too. To look without computing, by a `peek_` companion,
    /// `get` or `get_many`, is neither a hit nor a miss.
    pub misses: u64,
    /// Calls answered with an old value, by `stale_while_revalidate`, `stale_if_error`, `early_refresh` or
    /// `soft_timeout`.
    pub stale: u64,
    /// Values computed anew though there was one to serve: by these options, and by `refresh_` companions. Such a call
    /// is neither a hit nor a miss.
    pub refreshed: u64,
    /// Values stored: by calls, refreshes and primes.
    pub stored: u64,
    /// Values not stored, since they were overtaken by an invalidation, a refresh or a plain write.
    pub fenced_off: u64,
    /// Invalidations, whether or not there was an entry.
    pub invalidated: u64,
    /// Failures of the store, entries that could not be read, and values that could not be stored.
    pub faults: u64,
}

impl FunctionStats {
    /// Hits, coalesced and stale calls, divided by these and the misses: between 0 and 1, and `None` while there are
    /// none of them. Those that were `refreshed` are not in it. A miss that was answered with an old value is in it
    /// twice, as a miss and as stale.
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        let answered = self.hits + self.coalesced + self.stale;
        let calls = answered + self.misses;
        #[expect(clippy::cast_precision_loss, reason = "a ratio need not be exact")]
        (calls > 0).then(|| answered as f64 / calls as f64)
    }

    /// In the order of the columns of a table.
    fn figures(&self, ratio: String) -> [String; 10] {
        let figures = [self.hits, self.coalesced, self.stale, self.misses];
        let [hits, coalesced, stale, misses] = figures.map(|figure| figure.to_string());
        let figures = [self.refreshed, self.stored, self.fenced_off, self.invalidated, self.faults];
        let [refreshed, stored, fenced_off, invalidated, faults] =
            figures.map(|figure| figure.to_string());
        [hits, coalesced, stale, misses, ratio, refreshed, stored, fenced_off, invalidated, faults]
    }

    fn add(&mut self, other: &Self) {
        self.hits += other.hits;
        self.coalesced += other.coalesced;
        self.misses += other.misses;
        self.stored += other.stored;
        self.fenced_off += other.fenced_off;
        self.invalidated += other.invalidated;
        self.faults += other.faults;
        self.stale += other.stale;
        self.refreshed += other.refreshed;
    }
}

impl Stats {
    /// The sums over all functions.
    #[must_use]
    pub fn total(&self) -> FunctionStats {
        let mut total = FunctionStats { function: "total".to_owned(), ..FunctionStats::default() };
        self.functions.iter().for_each(|function| total.add(function));
        total
    }

    /// The figures of the function whose path ends in `name`.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&FunctionStats> {
        self.functions.iter().find(|stats| {
            let rest = stats.function.strip_suffix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
        })
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let rows: Vec<_> = self.functions.iter().chain([&total]).collect();
        let width = rows.iter().map(|row| row.function.chars().count()).max().unwrap_or(0).max(8);
        let heads = [
            "hits",
            "coalesced",
            "stale",
            "misses",
            "ratio",
            "refreshed",
            "stored",
            "fenced off",
            "invalidated",
            "faults",
        ];
        write!(f, "{:width$}", "function")?;
        heads.iter().try_for_each(|head| write!(f, "  {head:>8}"))?;
        for row in rows {
            let ratio =
                row.hit_ratio().map_or("-".to_owned(), |ratio| format!("{:.1}%", ratio * 100.0));
            write!(f, "\n{:width$}", row.function)?;
            for (head, figure) in heads.iter().zip(row.figures(ratio)) {
                write!(f, "  {figure:>0$}", head.len().max(8))?;
            }
        }
        Ok(())
    }
}
