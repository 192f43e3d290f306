//! Zstandard.

use super::context::{Kept, with_context};
use super::room_for;
use cache_memoize_core::BoxError;
use std::io;
use std::ops::RangeInclusive;
use zstd::bulk::{Compressor, Decompressor};

const DEFAULT_LEVEL: i32 = 1;

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
