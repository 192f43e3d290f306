//! Groups of entries that are invalidated at once: those of a cache, of a function, of a tag.
//!
//! A group has a *generation*, a number that is another one after every invalidation. An entry carries those of its
//! groups from before it was computed, and is served only while they are still the present ones. A store of bytes keeps
//! the numbers under keys of their own, once in each of its shards, so that they are read together with the entry. To
//! invalidate a group is to remove them: whoever finds none draws a new one at random, which no entry has. Values that are kept as they are hold the
//! generations themselves.

mod by_hand;
mod invalidation;
mod membership;
mod numbers;
mod places;

pub(crate) use invalidation::Invalidation;
pub(crate) use membership::{Members, Membership};
pub(crate) use numbers::{Numbered, Numbers, lifetime_of, new_number, number_in};
pub(crate) use places::{Places, found};

use crate::key::{Escape, KeyText};
use cache_memoize_core::{Backend, Key, KeyRef};
use std::fmt::Write as _;

/// End the name of a function in a key.
const PATH_ENDS: [char; 2] = ['(', '|'];
/// Ends the name of a cache's or a function's group. No key of a function has it there.
const ALL: &str = "|all";
/// Stands before the name of a tag.
const TAG: &str = "|tag:";
/// Stands before the number that tells the generations of one group in several shards apart.
const SHARD: char = '.';
/// How many keys are tried for one that is in a shard. That none of them is in it does not happen where keys are
/// spread evenly; elsewhere a generation may lie on another server.
const TRIES_PER_SHARD: usize = 64;
/// How much of a key may be the name of its function's group.
const LONGEST_FUNCTION: usize = 200;
/// How long the name of a group is at most: the rest of a key is for the shard.
const LONGEST: usize = Key::MAX_LEN - 8;

/// The name of a group, as text that a key can begin with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Group(Key);

impl Group {
    /// All that a cache with this prefix has stored.
    pub(crate) fn of_cache(prefix: &str) -> Self {
        Self::named(prefix, ALL, "")
    }

    /// All that the function has stored of which this is a key, or the beginning of its keys; `None` for a key of no
    /// function.
    ///
    /// The text alone decides, so that whoever has a key knows the group.
    pub(crate) fn of_function(key: &str, prefix: &str) -> Option<Self> {
        Self::function_in(key, prefix).map(|function| Self::named(function, ALL, ""))
    }

    /// The part of a key that is the name of its function, with the prefix; `None` for a key of no function.
    fn function_in<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
        let path = key.strip_prefix(prefix)?;
        let path = &path[..path.find(PATH_ENDS)?];
        let is_path = !path.is_empty() && !path.starts_with('"') && !path.contains('#');
        let length = prefix.len() + path.len();
        (is_path && length <= LONGEST_FUNCTION).then(|| &key[..length])
    }

    /// Whether this is the group of the function of which this is a key, as [`of_function`](Self::of_function) tells.
    fn is_function_of(&self, key: &str) -> bool {
        let function = self.0.as_str().strip_suffix(ALL);
        let rest = function.and_then(|function| key.strip_prefix(function));
        rest.is_some_and(|rest| rest.starts_with(PATH_ENDS))
    }

    /// All that was stored with this tag by caches with this prefix.
    pub(crate) fn of_tag(prefix: &str, tag: &str) -> Self {
        Self::named(prefix, TAG, tag)
    }

    /// The group whose generation lies under `key`, if it may be one.
    pub(crate) fn of_number(key: KeyRef<'_>) -> Option<Self> {
        let (group, shard) = key.as_str().rsplit_once(SHARD)?;
        let is_number = !shard.is_empty() && shard.bytes().all(|byte| byte.is_ascii_digit());
        let is_group = group.ends_with(ALL) || group.contains(TAG);
        (is_number && is_group).then(|| KeyRef::new(group).ok().map(|name| Self(name.to_key())))?
    }

    fn named(before: &str, kind: &str, name: &str) -> Self {
        let mut text = KeyText::new();
        text.push_str(before);
        text.push_str(kind);
        text.push_escaped(name, Escape::Tag);
        text.finish_within(LONGEST);
        Self(text.key().to_key())
    }

    pub(crate) fn name(&self) -> KeyRef<'_> {
        self.0.as_ref()
    }

    /// What the tag is called, as far as that can be read; `None` for another group.
    pub(crate) fn tag(name: &str) -> Option<&str> {
        let (_, tag) = name.split_once(TAG)?;
        Some(tag.rsplit_once(SHARD).map_or(tag, |(tag, _)| tag))
    }

    /// Whether the entry under `key` is in this group by its key alone.
    pub(crate) fn has(&self, key: &Key, prefix: &str) -> bool {
        *self == Self::of_cache(prefix)
            || Self::of_function(key.as_str(), prefix).is_some_and(|function| function == *self)
    }

    /// The key of the generation in this shard: the first one, counting, that is in it.
    pub(crate) fn in_shard(&self, shard: usize, backend: &Backend) -> Key {
        let tries = TRIES_PER_SHARD * backend.shards();
        let mut text = format!("{}{SHARD}", self.0);
        let length = text.len();
        let place = (0..tries).find_map(|number| {
            text.truncate(length);
            write!(text, "{number}").ok()?;
            let key = KeyRef::new(&text).ok()?;
            (backend.shard(key) == shard).then(|| key.to_key())
        });
        place.unwrap_or_else(|| self.0.clone())
    }

    /// The keys of all of its generations.
    pub(crate) fn everywhere(&self, backend: &Backend) -> Vec<Key> {
        (0..backend.shards()).map(|shard| self.in_shard(shard, backend)).collect()
    }
}
