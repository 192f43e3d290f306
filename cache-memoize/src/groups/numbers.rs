use super::Group;
use crate::codec::{GroupInside, GroupsInside};
use cache_memoize_core::{Bytes, Key, KeyRef, Ttl};
use std::num::NonZeroU64;
use std::sync::Arc;

/// A generation, and the key under which the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) key: Key,
    pub(crate) number: u64,
}

/// The generations that a call goes by, as far as it has read them.
#[derive(Clone, Default)]
pub(crate) struct Numbers {
    /// The keys of those that an entry of this call has; the first is that of the cache.
    keys: Arc<[Key]>,
    /// As many, as soon as they were read.
    numbers: Vec<Option<u64>>,
    /// Others, which an entry has that was written by another function or by hand.
    others: Vec<(Key, Option<u64>)>,
}

impl Numbers {
    /// Those under these keys, that of the cache first.
    pub(crate) fn under(keys: Arc<[Key]>) -> Self {
        Self { keys, ..Self::default() }
    }

    /// The keys to read together with the entry.
    pub(crate) fn keys(&self) -> &Arc<[Key]> {
        &self.keys
    }

    /// Whether they were read.
    pub(crate) fn are_read(&self) -> bool {
        self.numbers.len() == self.keys.len()
    }

    /// What the store answered, in the order of the keys.
    pub(crate) fn learn(&mut self, answers: &[Option<Bytes>]) {
        self.numbers.clear();
        self.numbers.extend(answers.iter().map(|answer| answer.as_deref().and_then(number_in)));
        self.numbers.resize(self.keys.len(), None);
    }

    /// Those of an entry's generations that were not read along with it.
    pub(crate) fn unread_of(&self, entry: GroupsInside<'_>) -> Vec<Key> {
        if self.are_those_of(entry) {
            return Vec::new();
        }
        let is_own = |it: &GroupInside<'_>| self.keys.iter().any(|key| it.lies_under(key));
        entry.iter().filter(|it| !is_own(it)).filter_map(|it| it.key()).collect()
    }

    /// What the store answered about such keys.
    pub(crate) fn learn_others(&mut self, keys: Vec<Key>, answers: &[Option<Bytes>]) {
        let numbers = answers.iter().map(|answer| answer.as_deref().and_then(number_in));
        self.others = keys.into_iter().zip(numbers).collect();
    }

    /// Whether none of an entry's groups was invalidated since before it was computed, and it has the groups of
    /// this call.
    ///
    /// The group of the cache may be that of another one, which shares the store and wrote the entry by hand.
    pub(crate) fn vouch_for(&self, entry: GroupsInside<'_>) -> bool {
        if self.are_those_of(entry) {
            return true;
        }
        let is_in_mine = |key: &Key| entry.iter().any(|it| it.lies_under(key));
        let is_whole = self.keys.is_empty() || !entry.is_empty();
        let stands =
            |it: GroupInside<'_>| self.number_where(|key| it.lies_under(key)) == Some(it.number);
        is_whole && self.keys.iter().skip(1).all(is_in_mine) && entry.iter().all(stands)
    }

    /// Whether the entry has these generations and no others, as most have.
    fn are_those_of(&self, entry: GroupsInside<'_>) -> bool {
        let mut pairs = entry.iter().zip(self.keys.iter().zip(&self.numbers));
        self.are_read()
            && entry.len() == self.keys.len()
            && pairs.all(|(it, (key, number))| *number == Some(it.number) && it.lies_under(key))
    }

    /// Whether the entry has groups that are not those of this call.
    pub(crate) fn are_of_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether none of an entry's groups was invalidated since before it was computed.
    pub(crate) fn confirm_all(&self, entry: &[Numbered]) -> bool {
        entry.iter().all(|it| self.number_where(|key| *key == it.key) == Some(it.number))
    }

    /// The number under the key that is such, if it is known.
    fn number_where(&self, is_such: impl Fn(&Key) -> bool) -> Option<u64> {
        let own = self.keys.iter().zip(&self.numbers);
        let others = self.others.iter().map(|(key, number)| (key, number));
        own.chain(others).find_map(|(key, number)| number.filter(|_| is_such(key)))
    }

    /// Those that the store does not have.
    pub(crate) fn absent(&self) -> Vec<Key> {
        let number = |at: usize| self.numbers.get(at).copied().flatten();
        let absent = self.keys.iter().enumerate().filter(|(at, _)| number(*at).is_none());
        absent.map(|(_, key)| key.clone()).collect()
    }

    /// What the store has under `key` by now.
    pub(crate) fn began(&mut self, key: &Key, number: u64) {
        self.numbers.resize(self.keys.len(), None);
        let known = self.keys.iter().zip(&mut self.numbers).filter(|(known, _)| *known == key);
        known.for_each(|(_, known)| *known = Some(number));
    }

    /// All of them, for an entry to carry; `None` if some are not known.
    pub(crate) fn complete(&self) -> Option<Vec<Numbered>> {
        let numbered = |(key, number): (&Key, &Option<u64>)| {
            number.map(|number| Numbered { key: key.clone(), number })
        };
        let known = self.keys.iter().zip(&self.numbers).map(numbered);
        self.are_read().then(|| known.collect()).flatten()
    }

    /// Whether they are what they were, going by a new answer of the store.
    pub(crate) fn still_are(&self, answers: &[Option<Bytes>]) -> bool {
        let numbers = answers.iter().map(|answer| answer.as_deref().and_then(number_in));
        numbers.eq(self.numbers.iter().copied())
    }
}

/// The number of a counter.
pub(crate) fn number_in(value: &[u8]) -> Option<u64> {
    /// No number of so many digits is too large.
    const SAFE: usize = 19;
    let digit = |digit: u8| digit.is_ascii_digit().then(|| u64::from(digit - b'0'));
    let (begin, end) = value.split_at(value.len().min(SAFE));
    let mut number = 0;
    for byte in begin {
        number = number * 10 + digit(*byte)?;
    }
    for byte in end {
        number = u64::checked_add(number.checked_mul(10)?, digit(*byte)?)?;
    }
    (!value.is_empty()).then_some(number)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_an_entry_of_no_group_only_a_call_of_none_vouches() {
        let none = GroupsInside::default();
        let mut numbers = Numbers::under(Arc::new([Key::new("|all").unwrap()]));
        assert!(!numbers.vouch_for(none), "nothing was read");
        numbers.learn(&[Some(Bytes::from_static(b"7"))]);
        assert!(!numbers.vouch_for(none));
        assert!(Numbers::default().vouch_for(none));
    }
}
