//! LZ4, as a bare block. In a plain entry its length stands in front, as `lz4.block` of Python has it.

use super::context::{Kept, with_context};
use super::room::room_for;
use cache_memoize_core::BoxError;
use lz4_flex::block::{
    CompressTable, compress_into_with_table, decompress_into, get_maximum_output_size,
};

/// A block cannot expand further: a byte of length stands for 255.
const MAX_RATIO: usize = 255;

thread_local! {
    static TABLE: Kept<CompressTable> = const { Kept::new(None) };
}

pub(super) fn compress(bytes: &[u8]) -> Result<Vec<u8>, BoxError> {
    let mut compressed = vec![0; get_maximum_output_size(bytes.len())];
    let length = with_context(&TABLE, CompressTable::default, |table| {
        compress_into_with_table(bytes, &mut compressed, table)
    })?;
    compressed.truncate(length);
    Ok(compressed)
}

pub(super) fn decompress(payload: &[u8], length: usize) -> Option<Vec<u8>> {
    if length > payload.len().saturating_mul(MAX_RATIO) {
        return None;
    }
    let mut bytes = room_for(length)?;
    bytes.resize(length, 0);
    let written = decompress_into(payload, &mut bytes).ok()?;
    (written == length).then_some(bytes)
}

pub(super) fn pack(bytes: &[u8]) -> Result<Vec<u8>, BoxError> {
    let length = u32::try_from(bytes.len())?.to_le_bytes();
    Ok([&length[..], &compress(bytes)?].concat())
}

/// The same where only the entry knows the length, for up to `limit` bytes.
pub(super) fn unpack(payload: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (length, block) = payload.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if length > limit {
        return None;
    }
    decompress(block, length)
}
