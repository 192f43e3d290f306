//! What those want to know who ask together.

use super::Wanted;
use cache_memoize_core::{Bytes, Key};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// What is asked for, each key once.
#[derive(Default)]
pub(super) struct Questions {
    pub(super) keys: Vec<Key>,
    /// The hash of each of them.
    hashes: Vec<u64>,
    numbers: Vec<AskedFor>,
}

/// Generations that were asked for, and the places of their keys.
struct AskedFor {
    numbers: Arc<[Key]>,
    places: Arc<[usize]>,
}

/// Where among the answers those are that one caller wants.
pub(super) struct Places {
    entry: usize,
    numbers: Arc<[usize]>,
}

impl Questions {
    /// Adds what one caller wants.
    pub(super) fn add(&mut self, wanted: Wanted<'_>) -> Places {
        Places { entry: self.place_of(wanted.entry), numbers: self.places_of(wanted.numbers) }
    }

    fn place_of(&mut self, key: &Key) -> usize {
        let hash = xxh3_64(key.as_str().as_bytes());
        let is_same = |(at, known): (usize, &u64)| *known == hash && self.keys[at] == *key;
        let known = self.hashes.iter().enumerate().position(is_same);
        known.unwrap_or_else(|| {
            self.keys.push(key.clone());
            self.hashes.push(hash);
            self.keys.len() - 1
        })
    }

    /// Callers of one function share their generations, but for those of tags, and need not look at each key.
    fn places_of(&mut self, numbers: &Arc<[Key]>) -> Arc<[usize]> {
        if let Some(known) = self.numbers.iter().find(|it| Arc::ptr_eq(&it.numbers, numbers)) {
            return known.places.clone();
        }
        let places: Arc<[_]> = numbers.iter().map(|key| self.place_of(key)).collect();
        self.numbers.push(AskedFor { numbers: numbers.clone(), places: places.clone() });
        places
    }
}

impl Places {
    /// What there is of it.
    pub(super) fn pick(&self, answers: &[Option<Bytes>]) -> Vec<Option<Bytes>> {
        let places = std::iter::once(&self.entry).chain(&*self.numbers);
        places.map(|at| answers[*at].clone()).collect()
    }
}
