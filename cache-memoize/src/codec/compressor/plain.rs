//! Compression for plain entries: always applied, since a reader cannot know otherwise, and read without
//! anybody saying how long the value was.

use super::super::error::CodecError;
use super::{Compressor, Method};
use std::borrow::Cow;

#[cfg(feature = "zlib")]
use super::deflate;
#[cfg(feature = "lz4")]
use super::lz4;
#[cfg(feature = "lzma")]
use super::lzma;
#[cfg(feature = "zstd")]
use super::zstandard;

impl Compressor {
    /// # Errors
    /// [`CodecError::NotPlain`] if this compressor cannot read what it made without being told the length.
    pub(in crate::codec) fn check_plain(&self) -> Result<(), CodecError> {
        match &self.method {
            Method::Custom(custom) if custom.needs_length() => Err(CodecError::NotPlain {
                role: "compressor",
                name: self.name(),
                why: "it has to be told the length of a value, and nothing in a plain entry says it; \
                      choose another one, or have it find the end by itself and say so in `needs_length`",
            }),
            _ => Ok(()),
        }
    }

    /// `bytes` compressed, whether they become smaller or not.
    pub(in crate::codec) fn pack(&self, bytes: Vec<u8>) -> Result<Vec<u8>, CodecError> {
        match &self.method {
            Method::None => Ok(bytes),
            #[cfg(feature = "lz4")]
            Method::Lz4 => lz4::pack(&bytes).map_err(|source| self.failure(source)),
            _ => {
                let packed = self.run(&bytes, longest(bytes.len()))?;
                packed.ok_or_else(|| self.failure("it became longer than it may".into()))
            }
        }
    }

    /// What was packed, unless it is more than `limit` bytes, or there is more than that in `payload`.
    pub(in crate::codec) fn unpack<'a>(
        &self,
        payload: &'a [u8],
        limit: usize,
    ) -> Option<Cow<'a, [u8]>> {
        let bytes = match &self.method {
            Method::None => return (payload.len() <= limit).then_some(Cow::Borrowed(payload)),
            #[cfg(feature = "zlib")]
            Method::Zlib => deflate::unpack(deflate::Wrapper::Zlib, payload, limit),
            #[cfg(feature = "zlib")]
            Method::Gzip => deflate::unpack(deflate::Wrapper::Gzip, payload, limit),
            #[cfg(feature = "zstd")]
            Method::Zstd => zstandard::unpack(payload, limit),
            #[cfg(feature = "lz4")]
            Method::Lz4 => lz4::unpack(payload, limit),
            #[cfg(feature = "lzma")]
            Method::Lzma => lzma::unpack(payload, limit),
            Method::Custom(custom) => custom.decompress(payload, limit).ok(),
        };
        // Each of them stops near the limit; here it is exact.
        bytes.filter(|bytes| bytes.len() <= limit).map(Cow::Owned)
    }
}

/// No format makes `length` bytes longer than this: the worst, fixed codes for noise, takes nine bits a byte.
fn longest(length: usize) -> usize {
    length + length / 8 + 256
}
