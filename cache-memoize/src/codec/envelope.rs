//! The bytes around a payload. `docs/entry-format.md` describes them for other languages.

use super::error::Unreadable;
use super::groups::GroupsInside;
use super::presence::Presence;
use crate::groups::Numbered;
use cache_memoize_core::{Bytes, KeyRef, Timestamp};
use std::time::Duration;

/// The first bytes of every envelope. No text begins so, neither does the value of a counter, and no plain
/// entry is allowed to.
const MAGIC: [u8; 3] = [0xC5, b'c', b'm'];
const VERSION: u8 = 1;
const NO_FLAGS: u8 = 0;
/// The number that stands where no compressor was used.
pub(super) const NO_COMPRESSOR: u8 = 0;

const FIXED_LEN: usize = 50;
/// A group without its text.
pub(super) const GROUP_LEN: usize = 10;
const CHECKSUM_LEN: usize = 4;

/// When an entry was computed, until when it is fresh, and how long computing it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamps {
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    /// Kept in whole microseconds.
    pub(crate) cost: Duration,
}

impl Stamps {
    /// Those of an entry that has none: fresh as long as its store keeps it, and older than anything that
    /// is known to have happened.
    pub(super) const NONE: Self = Self {
        created: Timestamp::from_millis(0),
        expires: Timestamp::NEVER,
        cost: Duration::ZERO,
    };

    /// When the computation of the value began.
    pub(crate) fn began(&self) -> Timestamp {
        let cost = u64::try_from(self.cost.as_millis()).unwrap_or(u64::MAX);
        Timestamp::from_millis(self.created.as_millis().saturating_sub(cost))
    }
}

/// All that an envelope says, but for the groups and what follows from the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) serializer: u8,
    pub(super) compressor: u8,
    pub(super) presence: Presence,
    pub(super) fingerprint: u64,
    pub(super) stamps: Stamps,
    /// The length of the payload before compression.
    pub(super) length: u32,
}

/// What is in an envelope.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    pub(super) header: Header,
    /// The generations of the groups that the entry is in.
    pub(super) groups: GroupsInside<'a>,
    pub(super) payload: &'a [u8],
}

/// Puts `payload` into an envelope for `key`.
pub(super) fn seal(key: KeyRef<'_>, header: &Header, groups: &[Numbered], payload: &[u8]) -> Bytes {
    let mut entry = Vec::with_capacity(FIXED_LEN + CHECKSUM_LEN + payload.len());
    write_header(&mut entry, header, groups.len(), payload.len());
    write_groups(&mut entry, key, groups);
    let checksum = checksum(key, &entry, payload);
    entry.extend_from_slice(&checksum.to_le_bytes());
    entry.extend_from_slice(payload);
    Bytes::from(entry)
}

/// Takes the payload out of an envelope, if it is whole, unharmed and for `key`.
pub(super) fn open<'a>(key: KeyRef<'a>, entry: &'a [u8]) -> Result<Opened<'a>, Unreadable> {
    let parts = split(entry)?;
    if checksum(key, parts.header, parts.payload) != parts.checksum {
        return Err(Unreadable::Checksum);
    }
    let groups = read_groups(parts.header, key).ok_or(Unreadable::UnknownPart)?;
    Ok(Opened { header: read_header(parts.header)?, groups, payload: parts.payload })
}

/// The groups that the envelope tells of, taken at its word: no checksum.
pub(super) fn groups_told_of<'a>(key: KeyRef<'a>, entry: &'a [u8]) -> Option<GroupsInside<'a>> {
    read_groups(split(entry).ok()?.header, key)
}

/// Whether `entry` begins as every envelope does, of whatever version, and whether whole or not.
pub(super) fn begins(entry: &[u8]) -> bool {
    entry.starts_with(&MAGIC)
}

/// What the envelope says, taken at its word: no key, no checksum.
#[cfg(test)]
pub(super) fn parse(entry: &[u8]) -> Result<(Header, &[u8]), Unreadable> {
    let parts = split(entry)?;
    Ok((read_header(parts.header)?, parts.payload))
}

fn write_header(entry: &mut Vec<u8>, header: &Header, groups: usize, stored: usize) {
    let stored = u32::try_from(stored).expect("a compressed payload is no longer than the value");
    let cost = u64::try_from(header.stamps.cost.as_micros()).unwrap_or(u64::MAX);
    entry.extend_from_slice(&MAGIC);
    entry.push(VERSION);
    entry.push(header.serializer);
    entry.push(header.compressor);
    entry.push(NO_FLAGS);
    entry.push(header.presence.to_byte());
    entry.extend_from_slice(&header.fingerprint.to_le_bytes());
    entry.extend_from_slice(&header.stamps.created.as_millis().to_le_bytes());
    entry.extend_from_slice(&header.stamps.expires.as_millis().to_le_bytes());
    entry.extend_from_slice(&cost.to_le_bytes());
    entry.extend_from_slice(&header.length.to_le_bytes());
    entry.extend_from_slice(&stored.to_le_bytes());
    let groups = u16::try_from(groups).expect("nobody writes so many tags");
    entry.extend_from_slice(&groups.to_le_bytes());
}

/// The keys of the generations, as far as they begin like that of the entry, are not repeated.
fn write_groups(entry: &mut Vec<u8>, key: KeyRef<'_>, groups: &[Numbered]) {
    for group in groups {
        let text = group.key.as_str();
        let shared = text.bytes().zip(key.as_str().bytes()).take_while(|(a, b)| a == b).count();
        let rest = &text.as_bytes()[shared..];
        entry.extend_from_slice(&group.number.to_le_bytes());
        entry.extend([shared, rest.len()].map(|length| length as u8));
        entry.extend_from_slice(rest);
    }
}

struct Parts<'a> {
    header: &'a [u8],
    checksum: u32,
    payload: &'a [u8],
}

fn split(entry: &[u8]) -> Result<Parts<'_>, Unreadable> {
    let Some((magic, rest)) = entry.split_first_chunk() else { return Err(Unreadable::Foreign) };
    if *magic != MAGIC {
        return Err(Unreadable::Foreign);
    }
    match rest.first() {
        Some(&VERSION) => {}
        Some(&version) => return Err(Unreadable::Version { version }),
        None => return Err(too_short(entry)),
    }
    let fixed = entry.get(..FIXED_LEN).ok_or_else(|| too_short(entry))?;
    let groups = group_count(fixed);
    let header_len = (0..groups).try_fold(FIXED_LEN, |at, _| end_of_group(entry, at));
    let header_len = header_len.ok_or_else(|| too_short(entry))?;
    let expected = header_len + CHECKSUM_LEN + stored_length(fixed) as usize;
    if entry.len() != expected {
        return Err(Unreadable::Length { found: entry.len(), expected });
    }
    let (header, rest) = entry.split_at(header_len);
    let (checksum, payload) = rest.split_at(CHECKSUM_LEN);
    Ok(Parts { header, checksum: u32::from_le_bytes(array(checksum)), payload })
}

fn too_short(entry: &[u8]) -> Unreadable {
    Unreadable::Length { found: entry.len(), expected: FIXED_LEN + CHECKSUM_LEN }
}

fn read_header(header: &[u8]) -> Result<Header, Unreadable> {
    if header[6] != NO_FLAGS {
        return Err(Unreadable::UnknownPart);
    }
    Ok(Header {
        serializer: header[4],
        compressor: header[5],
        presence: Presence::from_byte(header[7]),
        fingerprint: u64::from_le_bytes(array(&header[8..16])),
        stamps: Stamps {
            created: Timestamp::from_millis(u64::from_le_bytes(array(&header[16..24]))),
            expires: Timestamp::from_millis(u64::from_le_bytes(array(&header[24..32]))),
            cost: Duration::from_micros(u64::from_le_bytes(array(&header[32..40]))),
        },
        length: u32::from_le_bytes(array(&header[40..44])),
    })
}

fn read_groups<'a>(header: &'a [u8], key: KeyRef<'a>) -> Option<GroupsInside<'a>> {
    GroupsInside::read(key, usize::from(group_count(header)), &header[FIXED_LEN..])
}

/// Where the group ends that begins there; `None` beyond the end of the entry.
pub(super) fn end_of_group(entry: &[u8], at: usize) -> Option<usize> {
    let length = *entry.get(at + GROUP_LEN - 1)?;
    let end = at + GROUP_LEN + usize::from(length);
    (end <= entry.len()).then_some(end)
}

fn stored_length(fixed: &[u8]) -> u32 {
    u32::from_le_bytes(array(&fixed[44..48]))
}

fn group_count(fixed: &[u8]) -> u16 {
    u16::from_le_bytes(array(&fixed[48..50]))
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice has the length of the field")
}

fn checksum(key: KeyRef<'_>, header: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key.as_str().as_bytes());
    hasher.update(header);
    hasher.update(payload);
    hasher.finalize()
}
