//! From a value to the bytes of an entry and back: serializer, compressor, envelope.
//!
//! Reading goes by what the entry says of itself, never by the present settings, so that a change of
//! settings orphans nothing. Only plain entries say nothing of themselves. Whatever is wrong with an entry makes it [`Unreadable`], which the engine
//! takes for a miss; whatever could not be read back exactly is refused when it is written.

// The formats share what they are built from; with all of them on, nothing may be left over.
#![cfg_attr(
    not(all(
        feature = "msgpack",
        feature = "json",
        feature = "postcard",
        any(feature = "zlib", feature = "zstd")
    )),
    allow(dead_code, unused_imports, unused_variables)
)]

mod compressor;
mod envelope;
mod error;
mod fingerprint;
mod groups;
mod inspection;
mod plain;
mod presence;
mod serializer;
mod structs;
mod survey;
#[cfg(test)]
mod tests;

pub use compressor::{Compressor, CustomCompressor};
pub(crate) use envelope::Stamps;
pub(crate) use error::{CodecError, Unreadable};
pub(crate) use fingerprint::fingerprint_of;
pub(crate) use groups::{GroupInside, GroupsInside};
pub(crate) use inspection::EntryInfo;
pub use serializer::{CustomSerializer, Serializer};
pub(crate) use survey::{weight_of, weight_within};

use crate::groups::Numbered;
use cache_memoize_core::{Bytes, KeyRef};
use compressor::Decompression;
use envelope::{Header, NO_COMPRESSOR, Opened};
use fingerprint::Shape;
use presence::{Innermost, Presence};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::borrow::Cow;
use std::sync::Arc;
use survey::Survey;

/// The largest value, in bytes before compression, unless a cache is told otherwise: larger than
/// anything a store takes by default, and small enough that a forged length harms no one.
pub(crate) const DEFAULT_LIMIT: usize = 512 << 20;

/// How the values of one cache become entries.
#[derive(Clone, Debug)]
pub(crate) struct Codec {
    serializer: Serializer,
    compressor: Compressor,
    limit: usize,
    is_plain: bool,
}

/// What was in an entry.
#[derive(Debug, PartialEq)]
pub(crate) struct Decoded<'a, T> {
    pub(crate) value: T,
    pub(crate) stamps: Stamps,
    /// The generations of its groups from before it was computed.
    pub(crate) groups: GroupsInside<'a>,
}

impl Codec {
    /// A codec that writes with these settings.
    ///
    /// # Errors
    /// [`CodecError`] if a custom serializer or compressor has a number that is not its own to take, or
    /// the compressor does not know the level.
    pub(crate) fn new(serializer: Serializer, compressor: Compressor) -> Result<Self, CodecError> {
        serializer.check()?;
        compressor.check()?;
        Ok(Self { serializer, compressor, limit: DEFAULT_LIMIT, is_plain: false })
    }

    /// Takes no value larger than `limit` bytes before compression, neither writing nor reading.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn with_limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// The entry for `value` under `key`.
    ///
    /// # Errors
    /// [`CodecError`] if the value cannot be serialized, would not come back as it is, or is too large.
    pub(crate) fn encode<T>(
        &self,
        key: KeyRef<'_>,
        value: &T,
        stamps: &Stamps,
        groups: Vec<Numbered>,
    ) -> Result<Bytes, CodecError>
    where
        T: Serialize + DeserializeOwned + 'static,
    {
        if self.is_plain {
            return self.encode_plain(value);
        }
        let human_readable = self.serializer.is_human_readable();
        let (presence, serialized) = presence::peel(value, human_readable, self.writing::<T>())?;
        let length = self.within_limit(serialized.len())?;
        let compressed = self.compressor.compress(&serialized)?;
        let header = Header {
            serializer: self.serializer.id(),
            compressor: compressed.as_ref().map_or(NO_COMPRESSOR, |_| self.compressor.id()),
            presence,
            fingerprint: fingerprint_of::<T>(),
            stamps: *stamps,
            length,
        };
        Ok(envelope::seal(key, &header, &groups, compressed.as_ref().unwrap_or(&serialized)))
    }

    /// The value in an entry that was read under `key`.
    ///
    /// # Errors
    /// [`Unreadable`] if the entry is anything but a whole, unharmed one of this key and this type.
    pub(crate) fn decode<'a, T>(
        &self,
        key: KeyRef<'a>,
        entry: &'a [u8],
    ) -> Result<Decoded<'a, T>, Unreadable>
    where
        T: DeserializeOwned + 'static,
    {
        if self.is_plain {
            return self.decode_plain(entry);
        }
        let Opened { header, groups, payload } = envelope::open(key, entry)?;
        if header.fingerprint != fingerprint_of::<T>() {
            return Err(Unreadable::OtherType);
        }
        let serialized = self.decompress(&header, payload)?;
        let serializer = self
            .serializer
            .with_id(header.serializer)
            .ok_or(Unreadable::UnknownSerializer { id: header.serializer })?;
        let value = match header.presence.is_absent() {
            true if serialized.is_empty() => {
                presence::absent(header.presence, serializer.is_human_readable())
            }
            true => None,
            false => serializer.deserialize(header.presence, &serialized),
        };
        let value = value.ok_or_else(|| Unreadable::Malformed { serializer: serializer.name() })?;
        Ok(Decoded { value, stamps: header.stamps, groups })
    }

    fn writing<T: DeserializeOwned + 'static>(&self) -> Writing<'_> {
        let shape = fingerprint::shape_of::<T>();
        Writing { serializer: &self.serializer, shape, type_name: type_name::<T>() }
    }

    fn within_limit(&self, size: usize) -> Result<u32, CodecError> {
        u32::try_from(size)
            .ok()
            .filter(|_| size <= self.limit)
            .ok_or(CodecError::TooLarge { size, limit: self.limit })
    }

    fn decompress<'a>(
        &self,
        header: &Header,
        payload: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, Unreadable> {
        let length = header.length as usize;
        if length > self.limit {
            return Err(Unreadable::TooLarge { size: length, limit: self.limit });
        }
        let compressor = self
            .compressor
            .with_id(header.compressor)
            .ok_or(Unreadable::UnknownCompressor { id: header.compressor })?;
        match compressor.decompress(payload, length) {
            Decompression::Same(bytes) => Ok(Cow::Borrowed(bytes)),
            Decompression::Expanded(bytes) => Ok(Cow::Owned(bytes)),
            Decompression::Malformed => {
                Err(Unreadable::Decompression { compressor: compressor.name() })
            }
        }
    }
}

/// What is left to do once the layers of `Option` are off: survey the value, and write it.
struct Writing<'a> {
    serializer: &'a Serializer,
    shape: Arc<Shape>,
    type_name: &'static str,
}

impl Innermost for Writing<'_> {
    type Output = Result<(Presence, Vec<u8>), CodecError>;

    fn present<T: Serialize + ?Sized>(self, presence: Presence, value: &T) -> Self::Output {
        let Self { serializer, shape, type_name } = self;
        let human_readable = serializer.is_human_readable();
        let survey = Survey::of(value, human_readable, shape.structs(human_readable));
        match serializer.obstacle(&survey, &shape) {
            Some(obstacle) => {
                Err(CodecError::Lossy { serializer: serializer.name(), type_name, obstacle })
            }
            None => Ok((presence, serializer.serialize(value, survey.size, type_name)?)),
        }
    }

    fn absent(self, presence: Presence) -> Self::Output {
        Ok((presence, Vec::new()))
    }
}
