use std::fmt;
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
}

const COUNTERS: usize = 7;

/// The counters of one function in one cache. Every thread has its own, so that counting a hit touches no
/// memory that another thread writes.
#[derive(Default)]
pub(crate) struct Tally {
    threads: ThreadLocal<[AtomicU64; COUNTERS]>,
}

impl Tally {
    #[inline]
    pub(crate) fn count(&self, what: Counted) {
        let counter = &self.threads.get_or_default()[what as usize];
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self, name: &str) -> FunctionStats {
        let sum = |what: Counted| {
            self.threads
                .iter()
                .map(|counters| counters[what as usize].load(Ordering::Relaxed))
                .sum()
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
    /// Calls that found nothing, and computed.
    pub misses: u64,
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
    /// The part of the calls that was answered without computing, between 0 and 1; `None` before the
    /// first call.
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        let answered = self.hits + self.coalesced;
        let calls = answered + self.misses;
        #[expect(clippy::cast_precision_loss, reason = "a ratio need not be exact")]
        (calls > 0).then(|| answered as f64 / calls as f64)
    }

    fn add(&mut self, other: &Self) {
        self.hits += other.hits;
        self.coalesced += other.coalesced;
        self.misses += other.misses;
        self.stored += other.stored;
        self.fenced_off += other.fenced_off;
        self.invalidated += other.invalidated;
        self.faults += other.faults;
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
        write!(
            f,
            "{:width$}  {:>8}  {:>9}  {:>8}  {:>7}",
            "function", "hits", "coalesced", "misses", "ratio"
        )?;
        write!(
            f,
            "  {:>8}  {:>10}  {:>11}  {:>6}",
            "stored", "fenced off", "invalidated", "faults"
        )?;
        for row in rows {
            let ratio =
                row.hit_ratio().map_or("-".to_owned(), |ratio| format!("{:.1}%", ratio * 100.0));
            write!(
                f,
                "\n{:width$}  {:>8}  {:>9}  {:>8}  {ratio:>7}",
                row.function, row.hits, row.coalesced, row.misses
            )?;
            write!(
                f,
                "  {:>8}  {:>10}  {:>11}  {:>6}",
                row.stored, row.fenced_off, row.invalidated, row.faults
            )?;
        }
        Ok(())
    }
}
