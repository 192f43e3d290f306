//! LZMA, in the xz format.

use super::room::{grown, room_for};
use cache_memoize_core::BoxError;
use liblzma::stream::{Action, Check, Status, Stream};
use std::ops::RangeInclusive;

pub(super) const LEVELS: RangeInclusive<i32> = 0..=9;
const DEFAULT_LEVEL: i32 = 6;
/// What level 9 needs is 65 MiB. A forged entry may ask for gigabytes.
const MEMORY_LIMIT: u64 = 128 << 20;
const NO_FLAGS: u32 = 0;

/// The crate offers no way to use a state again, so each value has its own. There are `room` bytes for
/// the result and no more, so that a value that does not become smaller is given up.
pub(super) fn compress(
    level: Option<i32>,
    bytes: &[u8],
    room: usize,
) -> Result<Option<Vec<u8>>, BoxError> {
    let level = level.unwrap_or(DEFAULT_LEVEL).unsigned_abs();
    let mut stream = Stream::new_easy_encoder(level, Check::Crc32)?;
    let mut compressed = Vec::with_capacity(room);
    let status = stream.process_vec(bytes, &mut compressed, Action::Finish)?;
    Ok((status == Status::StreamEnd).then_some(compressed))
}

pub(super) fn decompress(payload: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut bytes = room_for(length)?;
    let mut stream = Stream::new_stream_decoder(MEMORY_LIMIT, NO_FLAGS).ok()?;
    let status = stream.process_vec(payload, &mut bytes, Action::Finish).ok()?;
    let all_read = stream.total_in() == payload.len() as u64;
    (status == Status::StreamEnd && all_read).then_some(bytes)
}

/// The same where nobody knows the length, for up to `limit` bytes.
pub(super) fn unpack(payload: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut stream = Stream::new_stream_decoder(MEMORY_LIMIT, NO_FLAGS).ok()?;
    grown(payload, limit, |rest, bytes| {
        let before = stream.total_in();
        let status = stream.process_vec(rest, bytes, Action::Run).ok()?;
        *rest = &rest[usize::try_from(stream.total_in() - before).ok()?..];
        Some(status == Status::StreamEnd)
    })
}
