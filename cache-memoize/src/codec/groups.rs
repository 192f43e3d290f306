//! The generations of an entry's groups, as they stand in its envelope.

use super::envelope::{GROUP_LEN, end_of_group};
use crate::groups::Numbered;
use cache_memoize_core::{Key, KeyRef};

/// Those of one entry. They are compared with what a call knows as they are: a hit makes no text of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GroupsInside<'a> {
    /// The key of the entry.
    key: &'a [u8],
    count: usize,
    bytes: &'a [u8],
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupInside<'a> {
    pub(crate) number: u64,
    /// How its key begins, like that of the entry.
    shared: &'a [u8],
    rest: &'a [u8],
}

impl<'a> GroupsInside<'a> {
    /// So many groups of the entry under `key`; `None` if one of them is none.
    pub(super) fn read(key: KeyRef<'a>, count: usize, bytes: &'a [u8]) -> Option<Self> {
        let this = Self { key: key.as_str().as_bytes(), count, bytes };
        let are_whole = this.iter().filter(GroupInside::is_whole).count() == count;
        are_whole.then_some(this)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.count == 0
    }

    pub(crate) fn len(self) -> usize {
        self.count
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = GroupInside<'a>> {
        let mut at = 0;
        (0..self.count).map_while(move |_| {
            let end = end_of_group(self.bytes, at)?;
            let (number, text) = self.bytes[at..end].split_first_chunk()?;
            at = end;
            Some(GroupInside {
                number: u64::from_le_bytes(*number),
                shared: self.key.get(..usize::from(text[0]))?,
                rest: &text[GROUP_LEN - size_of::<u64>()..],
            })
        })
    }

    /// The same, to be kept.
    pub(crate) fn to_vec(self) -> Vec<Numbered> {
        self.iter().filter_map(|it| Some(Numbered { key: it.key()?, number: it.number })).collect()
    }
}

impl GroupInside<'_> {
    /// Whether its generation lies under `key`.
    pub(crate) fn lies_under(&self, key: &Key) -> bool {
        key.as_str().as_bytes().strip_prefix(self.shared) == Some(self.rest)
    }

    pub(crate) fn key(&self) -> Option<Key> {
        Key::new(std::str::from_utf8(&[self.shared, self.rest].concat()).ok()?).ok()
    }

    /// Whether that is a key.
    fn is_whole(&self) -> bool {
        let length = self.shared.len() + self.rest.len();
        let is_visible = self.rest.iter().all(u8::is_ascii_graphic);
        is_visible && (1..=Key::MAX_LEN).contains(&length)
    }
}
