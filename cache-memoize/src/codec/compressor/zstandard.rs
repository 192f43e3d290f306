//! Zstandard.

use super::context::{Kept, with_context};
use super::room::room_for;
use cache_memoize_core::BoxError;
use std::io::{self, Read};
use std::ops::RangeInclusive;
use zstd::bulk::{Compressor, Decompressor};
use zstd::stream::read::Decoder;
use zstd::zstd_safe::get_frame_content_size;

const DEFAULT_LEVEL: i32 = 1;
/// A frame cannot expand further: a block of 128 KiB takes four bytes.
const MAX_RATIO: usize = 32 << 10;

pub(super) fn levels() -> RangeInclusive<i32> {
    zstd::compression_level_range()
}

struct Packer {
    level: i32,
    state: Compressor<'static>,
}

thread_local! {
    static PACKER: Kept<io::Result<Packer>> = const { Kept::new(None) };
    static UNPACKER: Kept<io::Result<Decompressor<'static>>> = const { Kept::new(None) };
}

impl Packer {
    fn new(level: i32) -> io::Result<Self> {
        Ok(Self { level, state: Compressor::new(level)? })
    }

    fn adapt(&mut self, level: i32) -> io::Result<()> {
        if self.level != level {
            self.state.set_compression_level(level)?;
            self.level = level;
        }
        Ok(())
    }
}

pub(super) fn compress(level: Option<i32>, bytes: &[u8]) -> Result<Vec<u8>, BoxError> {
    let level = level.unwrap_or(DEFAULT_LEVEL);
    let compressed = with_context(
        &PACKER,
        || Packer::new(level),
        |packer| {
            let packer = usable(packer, || Packer::new(level))?;
            packer.adapt(level)?;
            packer.state.compress(bytes)
        },
    );
    Ok(compressed?)
}

pub(super) fn decompress(payload: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut bytes = room_for(length)?;
    let read = with_context(&UNPACKER, Decompressor::new, |unpacker| {
        usable(unpacker, Decompressor::new)?.decompress_to_buffer(payload, &mut bytes)
    });
    read.ok().map(|_| bytes)
}

/// The same where nobody knows the length, for up to `limit` bytes. Most writers put it into the frame;
/// those that did not know it themselves leave it out.
pub(super) fn unpack(payload: &[u8], limit: usize) -> Option<Vec<u8>> {
    let Some(length) = get_frame_content_size(payload).ok()? else {
        return unpack_stream(payload, limit);
    };
    let length = usize::try_from(length).ok()?;
    if length > limit.min(payload.len().saturating_mul(MAX_RATIO)) {
        return None;
    }
    decompress(payload, length)
}

fn unpack_stream(payload: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut decoder = Decoder::with_buffer(payload).ok()?.single_frame();
    let mut bytes = Vec::new();
    decoder.by_ref().take(limit as u64 + 1).read_to_end(&mut bytes).ok()?;
    decoder.finish().is_empty().then_some(bytes)
}

/// The state that is there, or another attempt at one where setting it up failed before.
fn usable<C>(
    kept: &mut io::Result<C>,
    fresh: impl FnOnce() -> io::Result<C>,
) -> io::Result<&mut C> {
    if kept.is_err() {
        *kept = fresh();
    }
    kept.as_mut().map_err(|error| io::Error::new(error.kind(), error.to_string()))
}
