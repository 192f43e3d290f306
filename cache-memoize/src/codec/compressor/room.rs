//! Room for what is decompressed: bounded, and not to be had by a forged length alone.

/// How much longer than its payload a value is taken to be at first.
#[cfg(any(feature = "zlib", feature = "lzma"))]
const FIRST_RATIO: usize = 4;

/// Room for `length` bytes and hardly more; `None` where memory is short, which ends no program.
pub(super) fn room_for(length: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).ok()?;
    Some(bytes)
}

/// All that `step` makes of `payload`, if it is hardly more than `limit` bytes and nothing of the payload
/// is left over. `step` goes on where the last one stopped, for want of room; it takes what it read off the
/// rest of the payload, and says whether it is at the end.
#[cfg(any(feature = "zlib", feature = "lzma"))]
pub(super) fn grown<'p>(
    payload: &'p [u8],
    limit: usize,
    mut step: impl FnMut(&mut &'p [u8], &mut Vec<u8>) -> Option<bool>,
) -> Option<Vec<u8>> {
    // Where there is no room at all, the end of nothing cannot be told from a want of room.
    let most = limit.max(1);
    let mut rest = payload;
    let mut bytes = room_for(payload.len().saturating_mul(FIRST_RATIO).clamp(1, most))?;
    while !step(&mut rest, &mut bytes)? {
        let is_truncated = bytes.len() < bytes.capacity();
        if is_truncated || bytes.len() >= most {
            return None;
        }
        bytes.try_reserve_exact(bytes.len().min(most - bytes.len())).ok()?;
    }
    rest.is_empty().then_some(bytes)
}
