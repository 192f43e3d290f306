use super::Group;
use cache_memoize_core::{Backend, Bytes, Key, KeyRef, Ttl};
use std::num::NonZeroU64;

/// A generation, and the key under which the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) key: Key,
    pub(crate) number: u64,
}

/// The generations that a call goes by, as far as it has read them.
#[derive(Clone, Default)]
pub(crate) struct Numbers {
    /// Those that an entry of this call has; the first is that of the cache.
    own: Vec<Known>,
    /// Others, which an entry has that was written by another function or by hand.
    others: Vec<Known>,
    is_read: bool,
}

#[derive(Clone)]
struct Known {
    key: Key,
    number: Option<u64>,
}

impl Numbers {
    /// Those of an entry in these groups, the group of the cache first.
    pub(crate) fn of(groups: &[Group], entry: KeyRef<'_>, backend: &Backend) -> Self {
        let shard = backend.shard(entry);
        let known = |group: &Group| Known { key: group.in_shard(shard, backend), number: None };
        Self { own: groups.iter().map(known).collect(), others: Vec::new(), is_read: false }
    }

    /// The keys to read together with the entry.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.own.iter().map(|known| &known.key)
    }

    /// Whether they were read.
    pub(crate) fn are_read(&self) -> bool {
        self.is_read || self.own.is_empty()
    }

    /// What the store answered, in the order of the keys.
    pub(crate) fn learn(&mut self, answers: &[Option<Bytes>]) {
        self.is_read = true;
        for (known, answer) in self.own.iter_mut().zip(answers) {
            known.number = answer.as_deref().and_then(number_in);
        }
    }

    /// Those of an entry's generations that were not read along with it.
    pub(crate) fn unread_of(&self, entry: &[Numbered]) -> Vec<Key> {
        let own = |key: &Key| self.own.iter().any(|known| known.key == *key);
        entry.iter().map(|it| &it.key).filter(|key| !own(key)).cloned().collect()
    }

    /// What the store answered about such keys.
    pub(crate) fn learn_others(&mut self, keys: Vec<Key>, answers: &[Option<Bytes>]) {
        let numbers = answers.iter().map(|answer| answer.as_deref().and_then(number_in));
        self.others = keys.into_iter().zip(numbers).map(Known::from).collect();
    }

    /// Whether none of an entry's groups was invalidated since before it was computed, and it has the groups of
    /// this call.
    ///
    /// The group of the cache may be that of another one, which shares the store and wrote the entry by hand.
    pub(crate) fn vouch_for(&self, entry: &[Numbered]) -> bool {
        let is_in_mine = |known: &Known| entry.iter().any(|it| it.key == known.key);
        let is_whole = self.own.is_empty() || !entry.is_empty();
        is_whole && self.own.iter().skip(1).all(is_in_mine) && self.confirm_all(entry)
    }

    /// Whether the entry has groups that are not those of this call.
    pub(crate) fn are_of_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether none of an entry's groups was invalidated since before it was computed.
    pub(crate) fn confirm_all(&self, entry: &[Numbered]) -> bool {
        entry.iter().all(|it| self.confirm(it))
    }

    fn confirm(&self, numbered: &Numbered) -> bool {
        let mut known = self.own.iter().chain(&self.others);
        known.any(|known| known.key == numbered.key && known.number == Some(numbered.number))
    }

    /// Those that the store does not have.
    pub(crate) fn absent(&self) -> Vec<Key> {
        let absent = self.own.iter().filter(|known| known.number.is_none());
        absent.map(|known| known.key.clone()).collect()
    }

    /// What the store has under `key` by now.
    pub(crate) fn began(&mut self, key: &Key, number: u64) {
        let known = self.own.iter_mut().filter(|known| known.key == *key);
        known.for_each(|known| known.number = Some(number));
    }

    /// All of them, for an entry to carry; `None` if some are not known.
    pub(crate) fn complete(&self) -> Option<Vec<Numbered>> {
        let numbered =
            |known: &Known| known.number.map(|number| Numbered { key: known.key.clone(), number });
        self.own.iter().map(numbered).collect()
    }

    /// Whether they are what they were, going by a new answer of the store.
    pub(crate) fn still_are(&self, answers: &[Option<Bytes>]) -> bool {
        let numbers = answers.iter().map(|answer| answer.as_deref().and_then(number_in));
        self.own.iter().map(|known| known.number).eq(numbers)
    }
}

impl From<(Key, Option<u64>)> for Known {
    fn from((key, number): (Key, Option<u64>)) -> Self {
        Self { key, number }
    }
}

/// The number of a counter.
pub(crate) fn number_in(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// A number that no entry has.
pub(crate) fn new_number() -> u64 {
    fastrand::u64(..)
}

/// How long a store keeps the generation of a group. That of a tag ends, since there is no end of tags; what has it is
/// then computed anew.
pub(crate) fn lifetime_of(key: KeyRef<'_>) -> Ttl {
    const THIRTY_DAYS: Ttl = Ttl::Millis(NonZeroU64::new(30 * 24 * 3600 * 1000).unwrap());
    if Group::tag(key.as_str()).is_some() { THIRTY_DAYS } else { Ttl::Forever }
}
