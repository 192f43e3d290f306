use super::structs::StructName;
use cache_memoize_core::BoxError;
use std::borrow::Cow;

/// Why a value was not stored. The function's caller has it all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodecError {
    #[error(
        "a value of type `{type_name}` could not be serialized with {serializer}{}; \
         choose another serializer for the cache, or correct the type's `Serialize`",
        .reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default()
    )]
    Serialization {
        serializer: Cow<'static, str>,
        type_name: &'static str,
        /// What the serializer says, where its words cannot contain the value.
        reason: Option<String>,
    },

    #[error(
        "a value of type `{type_name}` would not come back from {serializer} as it is: it {obstacle}"
    )]
    Lossy { serializer: Cow<'static, str>, type_name: &'static str, obstacle: Obstacle },

    #[error("a value of {size} bytes is larger than the cache takes, which is {limit}")]
    TooLarge { size: usize, limit: usize },

    #[error("a value could not be compressed with {compressor}")]
    Compression { compressor: Cow<'static, str>, source: BoxError },

    #[error(
        "the custom {role} `{name}` has the number {id}; numbers below 128 belong to the library, \
         give it one from 128 to 255"
    )]
    ReservedId { role: &'static str, name: String, id: u8 },

    #[error("the {role} {name} cannot be used in `plain` mode: {why}")]
    NotPlain { role: &'static str, name: Cow<'static, str>, why: &'static str },

    #[error("the compressor {compressor} has no level {level}: {allowed}")]
    Level { compressor: Cow<'static, str>, level: i32, allowed: String },
}

/// What a format cannot give back exactly, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Obstacle {
    #[error(
        "holds a `Some` around nothing, such as `Some(None)` or `Some(())`, which reads as `None`; \
         use an enum of your own in its place, or Postcard"
    )]
    NestedNothing,
    #[error("holds an infinite number or NaN; use MessagePack or Postcard")]
    NonFinite,
    #[error("is nested deeper than {limit} levels; use a flatter type, such as a list for a chain")]
    Depth { limit: usize },
    #[error("leaves out fields (`skip_serializing_if`); use MessagePack or Json")]
    SkippedField,
    #[error(
        "writes other fields than it reads in the struct `{name}` (`skip_serializing`, \
         `skip_deserializing`, a `rename` in one direction only); have both directions use the same \
         fields and names, or, if two structs have this name, give one of them another \
         (`#[serde(rename = \"...\")]`)"
    )]
    UnlikeStruct { name: StructName },
    #[error(
        "writes and reads different numbers of fields in the struct `{name}` (`tag` on a struct); use \
         MessagePack or Json"
    )]
    UnevenStruct { name: StructName },
    #[error(
        "can only be read from a format that describes itself (`flatten`, `untagged`, an internally \
         tagged enum, a value of any type); use MessagePack or Json"
    )]
    SelfDescribing,
    #[error(
        "happens to begin as an envelope does, which no entry in `plain` mode may; use zlib, gzip, zstd or \
         lzma"
    )]
    LikeAnEnvelope,
}

/// Why an entry is no use, and counts as a miss.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(
        "the entry was not written by this library, or in `plain` mode, which this cache is not in"
    )]
    Foreign,
    #[error("the entry is in an envelope, and this cache is in `plain` mode, which knows none")]
    Enveloped,
    #[error("the entry is in version {version} of the format, which this program does not know")]
    Version { version: u8 },
    #[error("the entry has {found} bytes and should have {expected}")]
    Length { found: usize, expected: usize },
    #[error("the entry is damaged, or belongs to another key")]
    Checksum,
    #[error("the entry uses a part of the format that this program does not know")]
    UnknownPart,
    #[error(
        "the entry is older than an outage in which more was invalidated than this process remembers, and may \
         have been invalidated too"
    )]
    Tainted,
    #[error(
        "the entry is in a group that was invalidated since, or whose generation the store has lost"
    )]
    Invalidated,
    #[error("the entry holds a value of another type, or of another shape of the same type")]
    OtherType,
    #[error(
        "the entry was written with serializer {id}, which this program does not have; enable its \
         feature, or give the cache the same custom serializer"
    )]
    UnknownSerializer { id: u8 },
    #[error(
        "the entry was compressed with compressor {id}, which this program does not have; enable its \
         feature, or give the cache the same custom compressor"
    )]
    UnknownCompressor { id: u8 },
    #[error("the entry says it holds {size} bytes, and the cache takes {limit}")]
    TooLarge { size: usize, limit: usize },
    #[error("the entry could not be decompressed with {compressor}")]
    Decompression { compressor: Cow<'static, str> },
    #[error("the entry does not hold what its type needs, read with {serializer}")]
    Malformed { serializer: Cow<'static, str> },
}
