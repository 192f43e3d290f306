//! What those want to know who ask together.

use super::Wanted;
use cache_memoize_core::{Bytes, Key};
use std::ops::Range;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// What is asked for, each key once.
#[derive(Default)]
pub(super) struct Questions {
    pub(super) keys: Vec<Key>,
    /// The hashes of the keys of entries, with their places among the keys.
    entries: Vec<(u64, usize)>,
    /// Generations, with the place of the first among the keys.
    numbers: Vec<(Arc<[Key]>, usize)>,
}

/// Where among the answers those are that one caller wants.
pub(super) struct Places {
    entry: usize,
    numbers: Range<usize>,
}

impl Questions {
    /// Adds what one caller wants.
    pub(super) fn add(&mut self, wanted: Wanted<'_>) -> Places {
        let entry = self.place_of(wanted.entry);
        let first = self.place_of_first(wanted.numbers);
        Places { entry, numbers: first..first + wanted.numbers.len() }
    }

    fn place_of(&mut self, entry: &Key) -> usize {
        let hash = xxh3_64(entry.as_str().as_bytes());
        let is_same =
            |(known, place): &&(u64, usize)| *known == hash && self.keys[*place] == *entry;
        if let Some((_, place)) = self.entries.iter().find(is_same) {
            return *place;
        }
        self.keys.push(entry.clone());
        self.entries.push((hash, self.keys.len() - 1));
        self.keys.len() - 1
    }

    /// Callers of one function have the same keys, not only equal ones, but for those of tags.
    fn place_of_first(&mut self, numbers: &Arc<[Key]>) -> usize {
        let known = self.numbers.iter().find(|(known, _)| Arc::ptr_eq(known, numbers));
        if let Some((_, first)) = known {
            return *first;
        }
        let first = self.keys.len();
        self.keys.extend(numbers.iter().cloned());
        self.numbers.push((numbers.clone(), first));
        first
    }
}

impl Places {
    /// What there is of it.
    pub(super) fn pick(&self, answers: &[Option<Bytes>]) -> Vec<Option<Bytes>> {
        let entry = std::iter::once(&answers[self.entry]);
        entry.chain(&answers[self.numbers.clone()]).cloned().collect()
    }
}
