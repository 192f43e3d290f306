//! Which dummy is given at which place, as far as earlier passes taught it.

use std::cell::Cell;
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
    /// How many places were looked at, to find the one to change.
    effort: Cell<usize>,
}

#[derive(Default)]
struct Guess {
    index: usize,
    /// For a place that takes anything: what was given there, and what some type behind it asked for.
    tried: Set,
    wanted: Set,
    asked: BTreeSet<String>,
    /// What was accepted there before others were tried.
    good: Option<usize>,
    /// Its own visitor refused others before, so that a complaint from further out is not about it.
    settled: bool,
}

impl Guess {
    fn next_wanted(&self) -> Option<usize> {
        let seen = |index| index == self.index || self.tried.has(index);
        (0..ANY.len()).find(|index| self.wanted.has(*index) && !seen(*index))
    }

    fn has_more(&self) -> bool {
        self.next_wanted().is_some()
    }
}

struct Tag {
    names: &'static [&'static str],
    first: usize,
    steps: usize,
    /// Whether it is inside another tag with the same variants: the type is recursive, and what there is
    /// to see is seen further out.
    nested: bool,
}

impl Tag {
    fn index(&self) -> usize {
        (self.first + self.steps) % self.names.len()
    }

    fn has_more(&self) -> bool {
        self.steps + 1 < self.names.len()
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
    pub(super) fn effort(&self) -> usize {
        self.effort.get()
    }

    pub(super) fn spend(&self, places: usize) {
        self.effort.set(self.effort.get() + places);
    }

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
        let guess = self.dummies.entry(path.to_owned()).or_default();
        if let Some(index) = any_for(expected) {
            guess.wanted.add(index);
        }
        if !guess.asked.contains(expected) {
            guess.asked.insert(expected.to_owned());
        }
    }

    /// Remembers that what is given at this place now is good enough.
    pub(super) fn approve(&mut self, path: &str) {
        let guess = self.dummies.entry(path.to_owned()).or_default();
        guess.good = Some(guess.index);
    }

    /// Whether below `path` there is more to see than was seen.
    pub(super) fn has_more(&self, path: &str) -> bool {
        self.unseen_any(path).is_some() || self.unseen_tag(path).is_some()
    }

    /// Turns to what was not seen below `path`: something else that was asked for, or another variant of
    /// a tag. Tells whether there is any.
    pub(super) fn explore(&mut self, path: &str) -> bool {
        if let Some(place) = self.unseen_any(path) {
            self.turn_any(&place);
        } else if let Some(place) = self.unseen_tag(path) {
            self.turn_tag(&place);
        } else {
            return false;
        }
        true
    }

    /// The same after a failure, when any other variant of a tag is welcome.
    pub(super) fn retry(&mut self, path: &str) -> bool {
        self.spend(self.tags.len());
        let tags =
            self.tags.iter().filter(|(place, tag)| place.starts_with(path) && tag.has_more());
        match tags.map(|(place, _)| place).max_by_key(|place| depth_of(place)).cloned() {
            Some(place) => self.turn_tag(&place),
            None => return self.explore(path),
        }
        true
    }

    fn unseen_any(&self, path: &str) -> Option<String> {
        self.spend(self.dummies.len());
        let unseen = self.dummies.iter().filter(|(place, guess)| {
            place.starts_with(path) && guess.has_more() && !self.asks_as_before(place, guess)
        });
        unseen.map(|(place, _)| place).max_by_key(|place| depth_of(place)).cloned()
    }

    fn unseen_tag(&self, path: &str) -> Option<String> {
        self.spend(self.tags.len());
        let unseen = self
            .tags
            .iter()
            .filter(|(place, tag)| place.starts_with(path) && tag.has_more() && !tag.nested);
        unseen.map(|(place, _)| place).max_by_key(|place| depth_of(place)).cloned()
    }

    /// Whether the same was asked for at a place around this one: the type is recursive.
    fn asks_as_before(&self, place: &str, guess: &Guess) -> bool {
        let around = place.match_indices('/').map(|(end, _)| &place[..end]);
        let mut around = around.filter_map(|outer| self.dummies.get(outer));
        around.any(|outer| outer.asked == guess.asked)
    }

    fn turn_any(&mut self, place: &str) {
        if let Some(guess) = self.dummies.get_mut(place) {
            guess.tried.add(guess.index);
            guess.index = guess.next_wanted().unwrap_or(guess.index);
        }
    }

    /// Forgets what was guessed for the content of the variant before.
    fn turn_tag(&mut self, place: &str) {
        if let Some(tag) = self.tags.get_mut(place) {
            tag.steps += 1;
        }
        self.forget_beside(place);
    }

    pub(super) fn settle(&mut self, path: &str) {
        self.dummies.entry(path.to_owned()).or_default().settled = true;
    }

    pub(super) fn is_settled(&self, path: &str) -> bool {
        self.dummies.get(path).is_some_and(|guess| guess.settled)
    }

    /// The name of a variant for the tag at this place, once the variants are known.
    pub(super) fn tag_at(&self, path: &str) -> Option<&'static str> {
        self.tags.get(path).map(|tag| tag.names[tag.index()])
    }

    /// Takes the place for a tag with these variants. Tells whether that is news.
    pub(super) fn learn_tag(&mut self, path: &str, names: &'static [&'static str]) -> bool {
        if names.is_empty() || self.tags.contains_key(path) {
            return false;
        }
        let around: Vec<usize> = self.tags_around(path, names).map(Tag::index).collect();
        let first = (0..names.len()).find(|index| !around.contains(index)).unwrap_or_default();
        let tag = Tag { names, first, steps: 0, nested: !around.is_empty() };
        self.tags.insert(path.to_owned(), tag);
        true
    }

    /// The tags with the same variants that this place is in the content of.
    fn tags_around(&self, path: &str, names: &[&str]) -> impl Iterator<Item = &Tag> {
        let around = self.tags.iter().filter(move |(place, tag)| {
            let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
            let inside = path.strip_prefix(parent).is_some_and(|rest| depth_of(rest) > 1);
            tag.names == names && inside
        });
        around.map(|(_, tag)| tag)
    }

    fn forget_beside(&mut self, tag: &str) {
        self.spend(self.dummies.len() + self.tags.len() + self.keys.len());
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
