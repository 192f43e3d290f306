//! Which dummy is given at which place, as far as earlier passes taught it.

use std::collections::{BTreeMap, BTreeSet};

/// Texts for types that check what they read: identifiers, numbers, moments, addresses.
pub(super) const TEXTS: [&str; 24] = [
    "",
    "a",
    "0",
    "00000000-0000-0000-0000-000000000000",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00",
    "1970-01-01",
    "00:00:00",
    "1970-01-01 00:00:00.0 +00:00:00",
    "http://a.b",
    "127.0.0.1",
    "::1",
    "127.0.0.1:80",
    "[::1]:80",
    "127.0.0.0/8",
    "a@b.cc",
    "en-US",
    "UTC",
    "+00:00",
    "0.0.0",
    "/",
    "PT1S",
    "#000000",
    "00",
];

/// Lengths of the byte strings to try: those of nothing, of numbers, of addresses, keys and hashes.
pub(super) const BYTE_LENGTHS: [usize; 9] = [0, 16, 4, 8, 1, 2, 12, 20, 32];

/// What is given to whoever takes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Any {
    Text,
    Integer,
    Float,
    Bool,
    Unit,
    Map,
    Seq,
    /// One of [`TEXTS`].
    Known(usize),
}

const ANY: [Any; 7] =
    [Any::Text, Any::Integer, Any::Float, Any::Bool, Any::Unit, Any::Map, Any::Seq];
pub(super) const ANY_COUNT: usize = ANY.len() + TEXTS.len();

#[derive(Default)]
pub(super) struct Guesses {
    dummies: BTreeMap<String, Guess>,
    tags: BTreeMap<String, Tag>,
    keys: BTreeMap<String, Vec<&'static str>>,
    given_up: BTreeSet<String>,
    refused: BTreeSet<String>,
    positional: BTreeSet<String>,
}

#[derive(Default)]
struct Guess {
    index: usize,
    /// For a place that takes anything: what was given there, and what some type behind it asked for.
    tried: Set,
    wanted: Set,
    /// What was accepted there before others were tried.
    good: Option<usize>,
    /// Its own visitor refused others before, so that a complaint from further out is not about it.
    settled: bool,
}

impl Guess {
    fn next_wanted(&self) -> Option<usize> {
        (0..ANY.len()).find(|index| self.wanted.has(*index) && !self.tried.has(*index))
    }

    fn has_more(&self) -> bool {
        self.next_wanted().is_some_and(|next| next != self.index)
    }
}

struct Tag {
    names: &'static [&'static str],
    index: usize,
}

impl Tag {
    fn has_more(&self) -> bool {
        self.index + 1 < self.names.len()
    }
}

/// A set of small numbers.
#[derive(Clone, Copy, Default)]
struct Set(u64);

impl Set {
    fn add(&mut self, number: usize) {
        self.0 |= 1 << number;
    }

    fn has(self, number: usize) -> bool {
        self.0 & (1 << number) != 0
    }
}

const _: () = assert!(ANY_COUNT <= 64, "a set is the bits of one number");

/// How deep a place lies.
pub(super) fn depth_of(path: &str) -> usize {
    path.matches('/').count()
}

impl Guesses {
    pub(super) fn index_at(&self, path: &str) -> usize {
        self.dummies.get(path).map_or(0, |guess| guess.index)
    }

    pub(super) fn any_at(&self, path: &str) -> Any {
        let index = self.index_at(path);
        ANY.get(index).copied().unwrap_or_else(|| Any::Known(index - ANY.len()))
    }

    /// Turns to the next of `count` dummies, if there is one.
    pub(super) fn advance(&mut self, path: &str, count: usize) -> bool {
        let guess = self.dummies.entry(path.to_owned()).or_default();
        let more = guess.index + 1 < count;
        guess.index += usize::from(more);
        more
    }

    /// Turns to the dummy that fits what was expected, or else to one that was not tried, or back to the
    /// one that was good enough.
    pub(super) fn advance_any(&mut self, path: &str, expected: Option<&str>) -> bool {
        let guess = self.dummies.entry(path.to_owned()).or_default();
        guess.tried.add(guess.index);
        let fitting = expected.and_then(any_for).filter(|index| !guess.tried.has(*index));
        let next = fitting
            .or_else(|| (0..ANY_COUNT).find(|index| !guess.tried.has(*index)))
            .or_else(|| guess.good.take());
        guess.index = next.unwrap_or(guess.index);
        next.is_some()
    }

    /// Remembers what was asked for at this place.
    pub(super) fn want(&mut self, path: &str, expected: &str) {
        if let Some(index) = any_for(expected) {
            self.dummies.entry(path.to_owned()).or_default().wanted.add(index);
        }
    }

    /// Remembers that what is given at this place now is good enough.
    pub(super) fn approve(&mut self, path: &str) {
        let guess = self.dummies.entry(path.to_owned()).or_default();
        guess.good = Some(guess.index);
    }

    /// Whether below `path` there is more to see than was seen.
    pub(super) fn has_more(&self, path: &str) -> bool {
        self.tags.iter().any(|(place, tag)| place.starts_with(path) && tag.has_more())
            || self.dummies.iter().any(|(place, guess)| place.starts_with(path) && guess.has_more())
    }

    /// Turns to what was not seen below `path`: another variant of a tag, or something else that was
    /// asked for. Tells whether there is any.
    pub(super) fn explore(&mut self, path: &str) -> bool {
        self.explore_any(path) || self.advance_tag(path)
    }

    fn explore_any(&mut self, path: &str) -> bool {
        let guesses = self.dummies.iter_mut();
        let unseen = guesses.filter(|(place, guess)| place.starts_with(path) && guess.has_more());
        let Some((_, guess)) = unseen.max_by_key(|(place, _)| depth_of(place)) else {
            return false;
        };
        guess.tried.add(guess.index);
        guess.index = guess.next_wanted().unwrap_or(guess.index);
        true
    }

    pub(super) fn settle(&mut self, path: &str) {
        self.dummies.entry(path.to_owned()).or_default().settled = true;
    }

    pub(super) fn is_settled(&self, path: &str) -> bool {
        self.dummies.get(path).is_some_and(|guess| guess.settled)
    }

    /// The name of a variant for the tag at this place, once the variants are known.
    pub(super) fn tag_at(&self, path: &str) -> Option<&'static str> {
        self.tags.get(path).and_then(|tag| tag.names.get(tag.index)).copied()
    }

    /// Takes the place for a tag with these variants. Tells whether that is news.
    pub(super) fn learn_tag(&mut self, path: &str, names: &'static [&'static str]) -> bool {
        let news = !names.is_empty() && !self.tags.contains_key(path);
        if news {
            self.tags.insert(path.to_owned(), Tag { names, index: 0 });
        }
        news
    }

    /// Turns the innermost tag whose place begins with `path` to its next variant, and forgets what was
    /// guessed for the content of the one before.
    fn advance_tag(&mut self, path: &str) -> bool {
        let tags = self.tags.iter_mut();
        let unfinished = tags.filter(|(place, tag)| place.starts_with(path) && tag.has_more());
        let innermost = unfinished.max_by_key(|(place, _)| depth_of(place));
        let Some((place, tag)) = innermost else { return false };
        tag.index += 1;
        let place = place.clone();
        self.forget_beside(&place);
        true
    }

    fn forget_beside(&mut self, tag: &str) {
        let (parent, name) = tag.rsplit_once('/').unwrap_or(("", tag));
        let beside = format!("{parent}/");
        let keep = |place: &str| place == tag || !place.starts_with(&beside);
        self.dummies.retain(|place, _| keep(place));
        self.tags.retain(|place, _| keep(place));
        self.keys.retain(|place, _| keep(place));
        self.given_up.retain(|place| keep(place));
        if let Some(keys) = self.keys.get_mut(parent) {
            keys.retain(|key| *key == name);
        }
    }

    /// The keys of a map that stands for a struct; `None` for any other map.
    pub(super) fn keys_at(&self, path: &str) -> Option<&[&'static str]> {
        self.keys.get(path).map(Vec::as_slice)
    }

    pub(super) fn expect_keys(&mut self, path: &str) {
        self.keys.entry(path.to_owned()).or_default();
    }

    /// Adds a key to the map at this place. Tells whether that is news.
    pub(super) fn learn_key(&mut self, path: &str, key: &'static str) -> bool {
        let keys = self.keys.entry(path.to_owned()).or_default();
        let news = !keys.contains(&key);
        if news {
            keys.push(key);
        }
        news
    }

    pub(super) fn give_up(&mut self, path: &str) {
        self.given_up.insert(path.to_owned());
    }

    pub(super) fn is_given_up(&self, path: &str) -> bool {
        self.given_up.contains(path)
    }

    /// Leaves out a key that the struct does not want: another name for a field it has already.
    pub(super) fn refuse(&mut self, path: &str) {
        self.refused.insert(path.to_owned());
    }

    pub(super) fn is_refused(&self, path: &str) -> bool {
        self.refused.contains(path)
    }

    /// Reads the struct at this place by position.
    pub(super) fn read_by_position(&mut self, path: &str) {
        self.positional.insert(path.to_owned());
    }

    pub(super) fn is_positional(&self, path: &str) -> bool {
        self.positional.contains(path)
    }
}

/// The dummy that serde's own words ask for.
fn any_for(expected: &str) -> Option<usize> {
    let starts = |words: &[&str]| words.iter().any(|word| expected.starts_with(word));
    let any = if starts(&["a string", "string", "a character", "str"]) && !starts(&["struct"]) {
        Any::Text
    } else if starts(&["struct", "a map", "map", "internally tagged", "adjacently tagged"]) {
        Any::Map
    } else if starts(&["a seq", "seq", "a tuple", "tuple", "an array", "array", "fewer", "bytes"]) {
        Any::Seq
    } else if starts(&["a bool", "bool"]) {
        Any::Bool
    } else if starts(&["unit", "()"]) {
        Any::Unit
    } else if starts(&["f32", "f64", "float"]) {
        Any::Float
    } else if starts(&["u8", "u16", "u32", "u64", "u128", "usize"])
        || starts(&["i8", "i16", "i32", "i64", "i128", "isize", "integer", "a nonzero"])
    {
        Any::Integer
    } else {
        return None;
    };
    ANY.iter().position(|candidate| *candidate == any)
}
