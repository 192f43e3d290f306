use super::error::{CodecError, Obstacle};
use super::fingerprint::Shape;
use super::presence::{self, Presence};
use super::survey::{MAX_DEPTH, NestedNothing, Survey};
use cache_memoize_core::BoxError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The numbers from here on are for custom serializers and compressors.
pub(super) const FIRST_CUSTOM_ID: u8 = 128;

/// How a value becomes bytes.
///
/// What was written with one serializer is read with the same one, whatever the cache writes with
/// now: each entry says which it was, and only the feature must be enabled.
#[derive(Clone)]
#[cfg_attr(feature = "msgpack", derive(Default))]
#[non_exhaustive]
pub enum Serializer {
    /// [MessagePack](https://msgpack.org) with the names of the fields. Compact, fast, takes every type,
    /// and any language reads it.
    #[cfg(feature = "msgpack")]
    #[cfg_attr(feature = "msgpack", default)]
    MessagePack,
    /// JSON: readable, larger, and without infinite numbers or NaN.
    #[cfg(feature = "json")]
    Json,
    /// [Postcard](https://postcard.jamesmunns.com): the smallest and the fastest. It takes no type that
    /// leaves out fields or needs a format that describes itself (`flatten`, `untagged`, `tag`).
    #[cfg(feature = "postcard")]
    Postcard,
    /// A serializer of your own.
    Custom(Arc<dyn CustomSerializer>),
}

/// A serializer of your own, over [`erased_serde`].
///
/// ```ignore
/// impl CustomSerializer for Cbor {
///     fn id(&self) -> u8 { 128 }
///     fn name(&self) -> &str { "cbor" }
///     fn serialize(&self, value: &dyn erased_serde::Serialize) -> Result<Vec<u8>, BoxError> {
///         let mut bytes = Vec::new();
///         ciborium::into_writer(value, &mut bytes)?;
///         Ok(bytes)
///     }
///     fn deserialize<'de>(
///         &self,
///         bytes: &'de [u8],
///         read: &mut dyn FnMut(&mut dyn erased_serde::Deserializer<'de>) -> Result<(), BoxError>,
///     ) -> Result<(), BoxError> {
///         let mut deserializer = ciborium::Deserializer::from_reader(bytes);
///         read(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut deserializer))
///     }
/// }
/// ```
pub trait CustomSerializer: Send + Sync {
    /// The number that marks this serializer's entries, 128 to 255. It is in every entry that was ever
    /// written: never give it to another format.
    fn id(&self) -> u8;

    /// The name, for messages.
    fn name(&self) -> &str;

    /// Whether types choose their readable form, such as text for an address.
    fn is_human_readable(&self) -> bool {
        false
    }

    /// Writes `value`.
    ///
    /// # Errors
    /// Whatever hinders it; the value is not stored then.
    fn serialize(&self, value: &dyn erased_serde::Serialize) -> Result<Vec<u8>, BoxError>;

    /// Makes a deserializer for `bytes` and gives it to `read`, once. An implementation that can tell
    /// checks afterwards that all bytes were read.
    ///
    /// # Errors
    /// Whatever hinders it, and what `read` says; the entry counts as a miss then.
    fn deserialize<'de>(
        &self,
        bytes: &'de [u8],
        read: &mut dyn FnMut(&mut dyn erased_serde::Deserializer<'de>) -> Result<(), BoxError>,
    ) -> Result<(), BoxError>;
}

impl Serializer {
    /// The serializer of this name, as a URL has it: `msgpack`, `json` or `postcard`. `None` for a name
    /// that there is not, or whose feature is not enabled.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            #[cfg(feature = "msgpack")]
            "msgpack" => Some(Self::MessagePack),
            #[cfg(feature = "json")]
            "json" => Some(Self::Json),
            #[cfg(feature = "postcard")]
            "postcard" => Some(Self::Postcard),
            _ => None,
        }
    }

    pub(super) fn id(&self) -> u8 {
        match self {
            #[cfg(feature = "msgpack")]
            Self::MessagePack => 1,
            #[cfg(feature = "json")]
            Self::Json => 2,
            #[cfg(feature = "postcard")]
            Self::Postcard => 3,
            Self::Custom(custom) => custom.id(),
        }
    }

    /// The serializer that wrote an entry with this number: built in, or this one.
    pub(super) fn with_id(&self, id: u8) -> Option<Self> {
        match id {
            #[cfg(feature = "msgpack")]
            1 => Some(Self::MessagePack),
            #[cfg(feature = "json")]
            2 => Some(Self::Json),
            #[cfg(feature = "postcard")]
            3 => Some(Self::Postcard),
            _ => (self.id() == id).then(|| self.clone()),
        }
    }

    pub(super) fn name(&self) -> Cow<'static, str> {
        match self {
            #[cfg(feature = "msgpack")]
            Self::MessagePack => "MessagePack".into(),
            #[cfg(feature = "json")]
            Self::Json => "JSON".into(),
            #[cfg(feature = "postcard")]
            Self::Postcard => "Postcard".into(),
            Self::Custom(custom) => custom.name().to_owned().into(),
        }
    }

    pub(super) fn is_human_readable(&self) -> bool {
        match self {
            #[cfg(feature = "msgpack")]
            Self::MessagePack => false,
            #[cfg(feature = "json")]
            Self::Json => true,
            #[cfg(feature = "postcard")]
            Self::Postcard => false,
            Self::Custom(custom) => custom.is_human_readable(),
        }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        match self {
            Self::Custom(custom) if custom.id() < FIRST_CUSTOM_ID => Err(CodecError::ReservedId {
                role: "serializer",
                name: custom.name().to_owned(),
                id: custom.id(),
            }),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`CodecError::NotPlain`] if only an envelope keeps this format from reading one type as another.
    pub(super) fn check_plain(&self) -> Result<(), CodecError> {
        match self {
            #[cfg(feature = "postcard")]
            Self::Postcard => Err(CodecError::NotPlain {
                role: "serializer",
                name: self.name(),
                why: "it writes neither names nor types, so that a changed type would be read as a wrong \
                      value; use MessagePack or Json",
            }),
            _ => Ok(()),
        }
    }

    /// Why a value would not come back from this format as it is.
    pub(super) fn obstacle(&self, survey: &Survey, shape: &Shape) -> Option<Obstacle> {
        obstacle_anywhere(survey).or_else(|| self.obstacle_here(survey, shape))
    }

    /// The same for what lies in the format. A custom one answers for itself.
    fn obstacle_here(&self, survey: &Survey, shape: &Shape) -> Option<Obstacle> {
        match self {
            #[cfg(feature = "msgpack")]
            Self::MessagePack => msgpack::obstacle(survey),
            #[cfg(feature = "json")]
            Self::Json => json::obstacle(survey),
            #[cfg(feature = "postcard")]
            Self::Postcard => postcard_format::obstacle(survey, shape),
            Self::Custom(_) => None,
        }
    }

    pub(super) fn serialize<T: Serialize + ?Sized>(
        &self,
        value: &T,
        size_hint: usize,
        type_name: &'static str,
    ) -> Result<Vec<u8>, CodecError> {
        let written = match self {
            #[cfg(feature = "msgpack")]
            Self::MessagePack => msgpack::serialize(value, size_hint),
            #[cfg(feature = "json")]
            Self::Json => json::serialize(value, size_hint),
            #[cfg(feature = "postcard")]
            Self::Postcard => postcard_format::serialize(value, size_hint),
            Self::Custom(custom) => custom.serialize(&value).map_err(|_| None),
        };
        written.map_err(|reason| CodecError::Serialization {
            serializer: self.name(),
            type_name,
            reason,
        })
    }

    /// The value in `bytes`, if it is there and nothing else is. What exactly is wrong with it is not
    /// told: the words of a deserializer may quote the value.
    pub(super) fn deserialize<T: DeserializeOwned>(
        &self,
        presence: Presence,
        bytes: &[u8],
    ) -> Option<T> {
        match self {
            #[cfg(feature = "msgpack")]
            Self::MessagePack => msgpack::deserialize(presence, bytes),
            #[cfg(feature = "json")]
            Self::Json => json::deserialize(presence, bytes),
            #[cfg(feature = "postcard")]
            Self::Postcard => postcard_format::deserialize(presence, bytes),
            Self::Custom(custom) => {
                let mut value = None;
                let read = &mut |deserializer: &mut dyn erased_serde::Deserializer<'_>| {
                    value = Some(presence::read(presence, deserializer)?);
                    Ok(())
                };
                custom.deserialize(bytes, read).ok()?;
                value
            }
        }
    }
}

impl fmt::Debug for Serializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// What a format says when it cannot write a value; nothing where its words could quote the value.
type Reason = Option<String>;

/// What no format gives back.
fn obstacle_anywhere(survey: &Survey) -> Option<Obstacle> {
    let unlike = survey.unlike_struct.map(|name| Obstacle::UnlikeStruct { name });
    too_deep(survey, MAX_DEPTH).or(unlike)
}

fn too_deep(survey: &Survey, limit: usize) -> Option<Obstacle> {
    (survey.depth > limit).then_some(Obstacle::Depth { limit })
}

#[cfg(feature = "msgpack")]
mod msgpack {
    use super::*;
    use rmp_serde::decode::Error as DecodeError;
    use rmp_serde::encode::Error;
    use serde::de::{Deserialize, Deserializer};

    pub(super) fn obstacle(survey: &Survey) -> Option<Obstacle> {
        (survey.nested_nothing == NestedNothing::Nil).then_some(Obstacle::NestedNothing)
    }

    pub(super) fn serialize<T: Serialize + ?Sized>(
        value: &T,
        size_hint: usize,
    ) -> Result<Vec<u8>, Reason> {
        let mut bytes = Vec::with_capacity(size_hint);
        match rmp_serde::encode::write_named(&mut bytes, value) {
            Ok(()) => Ok(bytes),
            Err(Error::Syntax(_)) => Err(None),
            Err(error) => Err(Some(error.to_string())),
        }
    }

    pub(super) fn deserialize<T: DeserializeOwned>(presence: Presence, bytes: &[u8]) -> Option<T> {
        let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
        // The level that it would refuse.
        deserializer.set_max_depth(MAX_DEPTH + 1);
        let value = presence::read(presence, &mut deserializer).ok()?;
        is_at_end(&mut deserializer).then_some(value)
    }

    /// The deserializer does not tell how far it read; only at the end does it find no marker at all. A
    /// `bool` is asked for because that reads one marker and never another inside it.
    fn is_at_end<'de>(deserializer: impl Deserializer<'de, Error = DecodeError>) -> bool {
        matches!(bool::deserialize(deserializer), Err(DecodeError::InvalidMarkerRead(_)))
    }
}

#[cfg(feature = "json")]
mod json {
    use super::*;
    use serde_json::error::Category;
    use serde_json::ser::{CompactFormatter, Formatter};
    use std::io;

    /// One less than what the deserializer starts with.
    const MAX_DEPTH: usize = 127;

    pub(super) fn obstacle(survey: &Survey) -> Option<Obstacle> {
        if survey.nested_nothing != NestedNothing::No {
            return Some(Obstacle::NestedNothing);
        }
        if survey.non_finite {
            return Some(Obstacle::NonFinite);
        }
        too_deep(survey, MAX_DEPTH)
    }

    pub(super) fn serialize<T: Serialize + ?Sized>(
        value: &T,
        size_hint: usize,
    ) -> Result<Vec<u8>, Reason> {
        let mut bytes = Vec::with_capacity(size_hint);
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, ExactFloats);
        match value.serialize(&mut serializer) {
            Ok(()) => Ok(bytes),
            Err(error) if error.classify() == Category::Data => Err(None),
            Err(error) => Err(Some(error.to_string())),
        }
    }

    pub(super) fn deserialize<T: DeserializeOwned>(presence: Presence, bytes: &[u8]) -> Option<T> {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = presence::read(presence, &mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(value)
    }

    /// Compact JSON whose `f32` survive a reader that takes every number for an `f64` first, as serde
    /// does inside `flatten` and tagged enums. The shortest text of a few of them does not.
    struct ExactFloats;

    impl Formatter for ExactFloats {
        fn write_f32<W: io::Write + ?Sized>(
            &mut self,
            writer: &mut W,
            value: f32,
        ) -> io::Result<()> {
            let mut shortest = Vec::new();
            CompactFormatter.write_f32(&mut shortest, value)?;
            match survives_f64(&shortest, value) {
                true => writer.write_all(&shortest),
                false => CompactFormatter.write_f64(writer, f64::from(value)),
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "this is the rounding in question")]
    fn survives_f64(text: &[u8], value: f32) -> bool {
        let read = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
        read.is_some_and(|read| read as f32 == value)
    }
}

#[cfg(feature = "postcard")]
mod postcard_format {
    use super::*;

    pub(super) fn obstacle(survey: &Survey, shape: &Shape) -> Option<Obstacle> {
        if shape.needs_self_describing() {
            return Some(Obstacle::SelfDescribing);
        }
        if survey.skipped_field {
            return Some(Obstacle::SkippedField);
        }
        survey.uneven_struct.map(|name| Obstacle::UnevenStruct { name })
    }

    pub(super) fn serialize<T: Serialize + ?Sized>(
        value: &T,
        size_hint: usize,
    ) -> Result<Vec<u8>, Reason> {
        postcard::to_extend(value, Vec::with_capacity(size_hint))
            .map_err(|error| Some(error.to_string()))
    }

    pub(super) fn deserialize<T: DeserializeOwned>(presence: Presence, bytes: &[u8]) -> Option<T> {
        let mut deserializer = postcard::Deserializer::from_bytes(bytes);
        let value = presence::read(presence, &mut deserializer).ok()?;
        deserializer.finalize().ok()?.is_empty().then_some(value)
    }
}
