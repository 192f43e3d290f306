//! zlib and gzip.

use super::context::{Kept, with_context};
use super::room::{grown, room_for};
use cache_memoize_core::BoxError;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::ops::RangeInclusive;

pub(super) const LEVELS: RangeInclusive<i32> = 0..=9;
const DEFAULT_LEVEL: i32 = 1;
const WINDOW_BITS: u8 = 15;
/// Deflate cannot expand further: a match of 258 bytes takes two bits.
const MAX_RATIO: usize = 1032;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    Zlib,
    Gzip,
}

/// A compressor with what it was made for; the next use may want another.
struct Deflater {
    wrapper: Wrapper,
    level: i32,
    state: Compress,
}

impl Deflater {
    fn new(wrapper: Wrapper, level: i32) -> Self {
        let compression = Compression::new(level.unsigned_abs());
        let state = match wrapper {
            Wrapper::Zlib => Compress::new(compression, true),
            Wrapper::Gzip => Compress::new_gzip(compression, WINDOW_BITS),
        };
        Self { wrapper, level, state }
    }

    fn adapt(&mut self, wrapper: Wrapper, level: i32) {
        if self.wrapper == wrapper && self.level == level {
            self.state.reset();
        } else {
            *self = Self::new(wrapper, level);
        }
    }
}

thread_local! {
    static DEFLATER: Kept<Deflater> = const { Kept::new(None) };
    static ZLIB_INFLATER: Kept<Decompress> = const { Kept::new(None) };
}

/// There are `room` bytes for the result and no more, so that a value that does not become smaller is
/// given up early.
pub(super) fn compress(
    wrapper: Wrapper,
    level: Option<i32>,
    bytes: &[u8],
    room: usize,
) -> Result<Option<Vec<u8>>, BoxError> {
    let level = level.unwrap_or(DEFAULT_LEVEL);
    let mut compressed = Vec::with_capacity(room);
    let fresh = || Deflater::new(wrapper, level);
    let status = with_context(&DEFLATER, fresh, |deflater| {
        deflater.adapt(wrapper, level);
        deflater.state.compress_vec(bytes, &mut compressed, FlushCompress::Finish)
    })?;
    Ok((status == Status::StreamEnd).then_some(compressed))
}

pub(super) fn decompress(wrapper: Wrapper, payload: &[u8], length: usize) -> Option<Vec<u8>> {
    if length > payload.len().saturating_mul(MAX_RATIO) {
        return None;
    }
    with_inflater(wrapper, |inflater| {
        let mut bytes = room_for(length)?;
        let status = inflater.decompress_vec(payload, &mut bytes, FlushDecompress::Finish).ok()?;
        let all_read = inflater.total_in() == payload.len() as u64;
        (status == Status::StreamEnd && all_read).then_some(bytes)
    })
}

/// The same where nobody knows the length, for up to `limit` bytes.
pub(super) fn unpack(wrapper: Wrapper, payload: &[u8], limit: usize) -> Option<Vec<u8>> {
    with_inflater(wrapper, |inflater| {
        grown(payload, limit, |rest, bytes| {
            let before = inflater.total_in();
            let status = inflater.decompress_vec(rest, bytes, FlushDecompress::None).ok()?;
            *rest = &rest[usize::try_from(inflater.total_in() - before).ok()?..];
            Some(status == Status::StreamEnd)
        })
    })
}

fn with_inflater<R>(wrapper: Wrapper, work: impl FnOnce(&mut Decompress) -> R) -> R {
    match wrapper {
        Wrapper::Zlib => with_context(
            &ZLIB_INFLATER,
            || Decompress::new(true),
            |inflater| {
                inflater.reset(true);
                work(inflater)
            },
        ),
        // A state for gzip is set up anew by `reset` itself, so that there is nothing to keep.
        Wrapper::Gzip => work(&mut Decompress::new_gzip(WINDOW_BITS)),
    }
}
