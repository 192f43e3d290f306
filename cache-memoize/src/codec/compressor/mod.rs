mod context;
#[cfg(feature = "zlib")]
mod deflate;
#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "lzma")]
mod lzma;
mod plain;
#[cfg(any(feature = "zlib", feature = "zstd", feature = "lz4", feature = "lzma"))]
mod room;
#[cfg(feature = "zstd")]
mod zstandard;

use super::envelope::NO_COMPRESSOR;
use super::error::CodecError;
use super::serializer::FIRST_CUSTOM_ID;
use cache_memoize_core::BoxError;
use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Below this, compressing costs more time than the bytes it saves are worth: they fit one packet.
const DEFAULT_THRESHOLD: usize = 1024;

/// How serialized values are compressed: not at all by default.
///
/// That is the default whatever features are enabled, since a feature that some other part of a
/// program switches on must not change what this one writes. Entries that were compressed are read in
/// any case: each says by what, and only the feature must be enabled.
///
/// ```ignore
/// Compressor::zlib().level(6).above(4096)
/// ```
///
/// A value that does not become smaller is stored as it was, except in
/// [`plain`](crate::CacheBuilder::plain) mode.
#[derive(Clone)]
pub struct Compressor {
    method: Method,
    level: Option<i32>,
    threshold: usize,
}

#[derive(Clone)]
enum Method {
    None,
    #[cfg(feature = "zlib")]
    Zlib,
    #[cfg(feature = "zlib")]
    Gzip,
    #[cfg(feature = "zstd")]
    Zstd,
    #[cfg(feature = "lz4")]
    Lz4,
    #[cfg(feature = "lzma")]
    Lzma,
    Custom(Arc<dyn CustomCompressor>),
}

/// A compressor of your own.
pub trait CustomCompressor: Send + Sync {
    /// The number that marks what this compressor made, 128 to 255. It is in every entry that was ever
    /// written: never give it to another format.
    fn id(&self) -> u8;

    /// The name, for messages.
    fn name(&self) -> &str;

    /// Compresses `bytes`.
    ///
    /// # Errors
    /// Whatever hinders it; the value is not stored then.
    fn compress(&self, bytes: &[u8]) -> Result<Vec<u8>, BoxError>;

    /// Gives back what was compressed, which has `length` bytes. An implementation stops, with an error,
    /// when there are more.
    ///
    /// # Errors
    /// Whatever hinders it; the entry counts as a miss then.
    fn decompress(&self, compressed: &[u8], length: usize) -> Result<Vec<u8>, BoxError>;

    /// Whether [`decompress`](Self::decompress) has to be told the exact length. Default: yes, and then it
    /// is no compressor for [`plain`](crate::CacheBuilder::plain) mode, where nobody knows the length.
    ///
    /// One that answers no finds the end by itself, and refuses what is left over. In plain mode `length`
    /// is the most that the cache takes, half a gigabyte: an implementation does not make room for it at
    /// once.
    fn needs_length(&self) -> bool {
        true
    }
}

/// What became of a payload.
pub(super) enum Decompression<'a> {
    /// It had not been compressed.
    Same(&'a [u8]),
    /// It had, and has the length that was told.
    Expanded(Vec<u8>),
    Malformed,
}

impl Compressor {
    /// Stores values as they are.
    #[must_use]
    pub fn none() -> Self {
        Self::with(Method::None)
    }

    /// zlib (RFC 1950): any language reads it. Level 1 unless told otherwise, which takes a quarter of
    /// the time of level 6 and leaves half as much again.
    #[cfg(feature = "zlib")]
    #[must_use]
    pub fn zlib() -> Self {
        Self::with(Method::Zlib)
    }

    /// gzip (RFC 1952): as [`zlib`](Self::zlib), for readers that want it so.
    #[cfg(feature = "zlib")]
    #[must_use]
    pub fn gzip() -> Self {
        Self::with(Method::Gzip)
    }

    /// Zstandard: as fast as zlib, and smaller. Level 1 unless told otherwise.
    #[cfg(feature = "zstd")]
    #[must_use]
    pub fn zstd() -> Self {
        Self::with(Method::Zstd)
    }

    /// LZ4, as a bare block: the fastest, and larger. It has no levels. In
    /// [`plain`](crate::CacheBuilder::plain) mode the block has its length in front.
    #[cfg(feature = "lz4")]
    #[must_use]
    pub fn lz4() -> Self {
        Self::with(Method::Lz4)
    }

    /// LZMA, in the xz format: small, and a hundred times slower. Level 6 unless told otherwise.
    #[cfg(feature = "lzma")]
    #[must_use]
    pub fn lzma() -> Self {
        Self::with(Method::Lzma)
    }

    /// A compressor of your own. It has no levels.
    #[must_use]
    pub fn custom(compressor: Arc<dyn CustomCompressor>) -> Self {
        Self::with(Method::Custom(compressor))
    }

    /// The compressor of this name, as a URL has it: `none`, `zlib`, `gzip`, `zstd`, `lz4` or `lzma`.
    /// `None` for a name that there is not, or whose feature is not enabled.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::none()),
            #[cfg(feature = "zlib")]
            "zlib" => Some(Self::zlib()),
            #[cfg(feature = "zlib")]
            "gzip" => Some(Self::gzip()),
            #[cfg(feature = "zstd")]
            "zstd" => Some(Self::zstd()),
            #[cfg(feature = "lz4")]
            "lz4" => Some(Self::lz4()),
            #[cfg(feature = "lzma")]
            "lzma" => Some(Self::lzma()),
            _ => None,
        }
    }

    /// Takes this much trouble. A level that the method does not have is an error when the cache is
    /// built.
    #[must_use]
    pub fn level(mut self, level: i32) -> Self {
        self.level = Some(level);
        self
    }

    /// Leaves values of up to this many bytes alone. 1024 unless told otherwise. In
    /// [`plain`](crate::CacheBuilder::plain) mode there is no such bound.
    #[must_use]
    pub fn above(mut self, bytes: usize) -> Self {
        self.threshold = bytes;
        self
    }

    fn with(method: Method) -> Self {
        Self { method, level: None, threshold: DEFAULT_THRESHOLD }
    }

    pub(super) fn id(&self) -> u8 {
        match &self.method {
            Method::None => NO_COMPRESSOR,
            #[cfg(feature = "zlib")]
            Method::Zlib => 1,
            #[cfg(feature = "zlib")]
            Method::Gzip => 2,
            #[cfg(feature = "zstd")]
            Method::Zstd => 3,
            #[cfg(feature = "lz4")]
            Method::Lz4 => 4,
            #[cfg(feature = "lzma")]
            Method::Lzma => 5,
            Method::Custom(custom) => custom.id(),
        }
    }

    /// The compressor that made a payload with this number: built in, or this one.
    pub(super) fn with_id(&self, id: u8) -> Option<Self> {
        match id {
            NO_COMPRESSOR => Some(Self::none()),
            #[cfg(feature = "zlib")]
            1 => Some(Self::zlib()),
            #[cfg(feature = "zlib")]
            2 => Some(Self::gzip()),
            #[cfg(feature = "zstd")]
            3 => Some(Self::zstd()),
            #[cfg(feature = "lz4")]
            4 => Some(Self::lz4()),
            #[cfg(feature = "lzma")]
            5 => Some(Self::lzma()),
            _ => (self.id() == id).then(|| self.clone()),
        }
    }

    pub(super) fn name(&self) -> Cow<'static, str> {
        match &self.method {
            Method::None => "none".into(),
            #[cfg(feature = "zlib")]
            Method::Zlib => "zlib".into(),
            #[cfg(feature = "zlib")]
            Method::Gzip => "gzip".into(),
            #[cfg(feature = "zstd")]
            Method::Zstd => "zstd".into(),
            #[cfg(feature = "lz4")]
            Method::Lz4 => "lz4".into(),
            #[cfg(feature = "lzma")]
            Method::Lzma => "lzma".into(),
            Method::Custom(custom) => custom.name().to_owned().into(),
        }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        if let Method::Custom(custom) = &self.method
            && custom.id() < FIRST_CUSTOM_ID
        {
            let (name, id) = (custom.name().to_owned(), custom.id());
            return Err(CodecError::ReservedId { role: "compressor", name, id });
        }
        match (self.level, self.levels()) {
            (Some(level), Some(levels)) if !levels.contains(&level) => {
                let allowed = format!("choose one from {} to {}", levels.start(), levels.end());
                Err(CodecError::Level { compressor: self.name(), level, allowed })
            }
            (Some(level), None) => {
                let allowed = "it has no levels at all, leave the level out".to_owned();
                Err(CodecError::Level { compressor: self.name(), level, allowed })
            }
            _ => Ok(()),
        }
    }

    fn levels(&self) -> Option<RangeInclusive<i32>> {
        match &self.method {
            #[cfg(feature = "zlib")]
            Method::Zlib | Method::Gzip => Some(deflate::LEVELS),
            #[cfg(feature = "zstd")]
            Method::Zstd => Some(zstandard::levels()),
            #[cfg(feature = "lzma")]
            Method::Lzma => Some(lzma::LEVELS),
            _ => None,
        }
    }

    /// What `bytes` become; `None` if they are better stored as they are.
    pub(super) fn compress(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>, CodecError> {
        if bytes.len() <= self.threshold {
            return Ok(None);
        }
        let compressed = self.run(bytes, bytes.len())?;
        Ok(compressed.filter(|compressed| compressed.len() < bytes.len()))
    }

    /// What the method makes of `bytes`; `None` if there is none, or `room` is too little for it. Only some
    /// give up for want of room.
    fn run(&self, bytes: &[u8], room: usize) -> Result<Option<Vec<u8>>, CodecError> {
        self.attempt(bytes, room).map_err(|source| self.failure(source))
    }

    fn failure(&self, source: BoxError) -> CodecError {
        CodecError::Compression { compressor: self.name(), source }
    }

    #[cfg_attr(
        not(any(feature = "zlib", feature = "lzma")),
        expect(unused_variables, reason = "only these give up for want of room")
    )]
    fn attempt(&self, bytes: &[u8], room: usize) -> Result<Option<Vec<u8>>, BoxError> {
        let level = self.level;
        match &self.method {
            Method::None => Ok(None),
            #[cfg(feature = "zlib")]
            Method::Zlib => deflate::compress(deflate::Wrapper::Zlib, level, bytes, room),
            #[cfg(feature = "zlib")]
            Method::Gzip => deflate::compress(deflate::Wrapper::Gzip, level, bytes, room),
            #[cfg(feature = "zstd")]
            Method::Zstd => zstandard::compress(level, bytes).map(Some),
            #[cfg(feature = "lz4")]
            Method::Lz4 => lz4::compress(bytes).map(Some),
            #[cfg(feature = "lzma")]
            Method::Lzma => lzma::compress(level, bytes, room),
            Method::Custom(custom) => custom.compress(bytes).map(Some),
        }
    }

    /// Gives back what was compressed. Never makes room for more than `length` bytes.
    pub(super) fn decompress<'a>(&self, payload: &'a [u8], length: usize) -> Decompression<'a> {
        let expanded = match &self.method {
            Method::None if payload.len() == length => return Decompression::Same(payload),
            Method::None => None,
            #[cfg(feature = "zlib")]
            Method::Zlib => deflate::decompress(deflate::Wrapper::Zlib, payload, length),
            #[cfg(feature = "zlib")]
            Method::Gzip => deflate::decompress(deflate::Wrapper::Gzip, payload, length),
            #[cfg(feature = "zstd")]
            Method::Zstd => zstandard::decompress(payload, length),
            #[cfg(feature = "lz4")]
            Method::Lz4 => lz4::decompress(payload, length),
            #[cfg(feature = "lzma")]
            Method::Lzma => lzma::decompress(payload, length),
            Method::Custom(custom) => custom.decompress(payload, length).ok(),
        };
        match expanded {
            Some(bytes) if bytes.len() == length => Decompression::Expanded(bytes),
            _ => Decompression::Malformed,
        }
    }
}

impl Default for Compressor {
    fn default() -> Self {
        Self::none()
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor")
            .field("method", &self.name())
            .field("level", &self.level)
            .field("above", &self.threshold)
            .finish()
    }
}
