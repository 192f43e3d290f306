//! What an entry says of itself, for people.

use super::envelope::{self, Header, Opened, Stamps};
use super::{Codec, GroupsInside, Unreadable};
use crate::groups::Numbered;
use cache_memoize_core::KeyRef;
use std::borrow::Cow;

/// What is known of an entry, whatever type its value has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryInfo {
    /// The name of the serializer; its number, where this program does not have it.
    pub(crate) serializer: Cow<'static, str>,
    /// The name of the compressor, likewise; `none` where the value is stored as it is.
    pub(crate) compressor: Cow<'static, str>,
    /// The size of the serialized value.
    pub(crate) size_before: usize,
    /// The size of the same, compressed. The envelope is not counted.
    pub(crate) size_after: usize,
    /// None of a plain entry.
    pub(crate) stamps: Option<Stamps>,
    /// The generations of its groups.
    pub(crate) groups: Vec<Numbered>,
    /// Why it is no use all the same.
    pub(crate) obstacle: Option<Unreadable>,
}

impl Codec {
    /// What the `entry` that was read under `key` says of itself.
    ///
    /// # Errors
    /// [`Unreadable`] if it says nothing that could be believed.
    pub(crate) fn inspect(&self, key: KeyRef<'_>, entry: &[u8]) -> Result<EntryInfo, Unreadable> {
        if self.is_plain() { self.inspect_plain(entry) } else { self.inspect_envelope(key, entry) }
    }

    /// The generations of the groups of an entry, if it can be read and has some.
    pub(crate) fn groups_in<'a>(
        &self,
        key: KeyRef<'a>,
        entry: &'a [u8],
    ) -> Option<GroupsInside<'a>> {
        if self.is_plain() { None } else { Some(envelope::open(key, entry).ok()?.groups) }
    }

    /// The same, taken at the word of an entry that may be harmed.
    pub(crate) fn groups_told_of<'a>(
        &self,
        key: KeyRef<'a>,
        entry: &'a [u8],
    ) -> Option<GroupsInside<'a>> {
        if self.is_plain() { None } else { envelope::groups_told_of(key, entry) }
    }

    fn inspect_envelope(&self, key: KeyRef<'_>, entry: &[u8]) -> Result<EntryInfo, Unreadable> {
        let Opened { header, groups, payload } = envelope::open(key, entry)?;
        let serializer = self.serializer.with_id(header.serializer).map(|found| found.name());
        let compressor = self.compressor.with_id(header.compressor).map(|found| found.name());
        Ok(EntryInfo {
            serializer: serializer.unwrap_or_else(|| header.serializer.to_string().into()),
            compressor: compressor.unwrap_or_else(|| header.compressor.to_string().into()),
            size_before: header.length as usize,
            size_after: payload.len(),
            stamps: Some(header.stamps),
            obstacle: self.obstacle(&header),
            groups: groups.to_vec(),
        })
    }

    fn obstacle(&self, header: &Header) -> Option<Unreadable> {
        let Header { serializer, compressor, length, .. } = *header;
        if self.serializer.with_id(serializer).is_none() {
            return Some(Unreadable::UnknownSerializer { id: serializer });
        }
        if self.compressor.with_id(compressor).is_none() {
            return Some(Unreadable::UnknownCompressor { id: compressor });
        }
        let size = length as usize;
        (size > self.limit).then_some(Unreadable::TooLarge { size, limit: self.limit })
    }

    /// Of a plain entry nothing is known but what the cache is set to.
    fn inspect_plain(&self, entry: &[u8]) -> Result<EntryInfo, Unreadable> {
        Ok(EntryInfo {
            serializer: self.serializer.name(),
            compressor: self.compressor.name(),
            size_before: self.unpack_plain(entry)?.len(),
            size_after: entry.len(),
            stamps: None,
            groups: Vec::new(),
            obstacle: None,
        })
    }
}
