//! Entries without an envelope, for other languages to read and write.

use super::envelope;
use super::error::Obstacle;
use super::presence::{Innermost, Presence};
use super::{Codec, CodecError, Decoded, GroupsInside, Stamps, Unreadable};
use cache_memoize_core::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::type_name;
use std::borrow::Cow;

impl Codec {
    /// A codec whose entries are exactly `compressor(serializer(value))`.
    ///
    /// # Errors
    /// [`CodecError::NotPlain`] if the serializer or the compressor needs what an envelope says.
    pub(crate) fn plain(self) -> Result<Self, CodecError> {
        self.serializer.check_plain()?;
        self.compressor.check_plain()?;
        Ok(Self { is_plain: true, ..self })
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    pub(super) fn encode_plain<T>(&self, value: &T) -> Result<Bytes, CodecError>
    where
        T: Serialize + DeserializeOwned + 'static,
    {
        let writing = self.writing::<T>();
        let (_, serialized) = writing.present(Presence::UNPEELED, value)?;
        self.within_limit(serialized.len())?;
        let entry = self.compressor.pack(serialized)?;
        if envelope::begins(&entry) {
            return Err(CodecError::Lossy {
                serializer: self.serializer.name(),
                type_name: type_name::<T>(),
                obstacle: Obstacle::LikeAnEnvelope,
            });
        }
        Ok(Bytes::from(entry))
    }

    pub(super) fn decode_plain<T>(&self, entry: &[u8]) -> Result<Decoded<'static, T>, Unreadable>
    where
        T: DeserializeOwned + 'static,
    {
        let serialized = self.unpack_plain(entry)?;
        let value = self.serializer.deserialize(Presence::UNPEELED, &serialized);
        let malformed = || Unreadable::Malformed { serializer: self.serializer.name() };
        let value = value.ok_or_else(malformed)?;
        Ok(Decoded { value, stamps: Stamps::NONE, groups: GroupsInside::default() })
    }

    /// What begins as an envelope is none of ours, even where it would read as a value.
    pub(super) fn unpack_plain<'a>(&self, entry: &'a [u8]) -> Result<Cow<'a, [u8]>, Unreadable> {
        if envelope::begins(entry) {
            return Err(Unreadable::Enveloped);
        }
        self.compressor
            .unpack(entry, self.limit)
            .ok_or_else(|| Unreadable::Decompression { compressor: self.compressor.name() })
    }
}
