//! An entry that is not whole, not unharmed, not ours or not for this key is never read.

use super::sample::{Sample, golden};
use super::{STAMPS, codec, codecs, decode, encode, key, serializers};
use crate::codec::envelope::{self, Header};
use crate::codec::{Codec, Serializer, Unreadable};
use crate::groups::Numbered;
use cache_memoize_core::{Bytes, Key, KeyRef};

#[test]
fn every_truncation_is_noticed() {
    for (name, codec) in codecs() {
        let entry = encode(&codec, &golden());
        for length in 0..entry.len() {
            let read = decode::<Sample>(&codec, &entry[..length]);
            let expected = if length < 3 {
                matches!(read, Err(Unreadable::Foreign))
            } else {
                matches!(read, Err(Unreadable::Length { found, .. }) if found == length)
            };
            assert!(expected, "{name}, {length} bytes: {read:?}");
        }
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    for (name, codec) in codecs() {
        let entry = encode(&codec, &golden());
        for bit in 0..entry.len() * 8 {
            let mut damaged = entry.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let read = decode::<Sample>(&codec, &damaged);
            assert!(read.is_err(), "{name}, bit {bit} of {}", entry.len() * 8);
        }
    }
}

#[test]
fn every_byte_too_many_is_noticed() {
    for (name, codec) in codecs() {
        let entry = encode(&codec, &golden());
        for extra in 0..=u8::MAX {
            let longer = [&entry[..], &[extra]].concat();
            let read = decode::<Sample>(&codec, &longer);
            assert!(matches!(read, Err(Unreadable::Length { .. })), "{name}, {extra}: {read:?}");
        }
    }
}

#[test]
fn the_entry_of_another_key_is_noticed() {
    for (name, codec) in codecs() {
        let entry = encode(&codec, &golden());
        for other in ["app:golden:2", "app:golden:", "app:golden:11", "pp:golden:1", "x"] {
            let read = codec.decode::<Sample>(KeyRef::new(other).unwrap(), &entry);
            assert_eq!(read, Err(Unreadable::Checksum), "{name}, {other}");
        }
    }
}

#[test]
fn what_others_wrote_is_noticed() {
    for (_, codec) in codecs() {
        for foreign in
            [&b""[..], b"1", b"18446744073709551615", b"{\"a\":1}", &[0xC5, 0x63], &[0; 99]]
        {
            assert_eq!(decode::<u8>(&codec, foreign), Err(Unreadable::Foreign), "{foreign:?}");
        }
        let mut newer = encode(&codec, &1_u8).to_vec();
        newer[3] = 2;
        assert_eq!(decode::<u8>(&codec, &newer), Err(Unreadable::Version { version: 2 }));
    }
}

/// A forger, or a faulty writer in another language, gets the checksum right.
#[test]
fn bytes_behind_the_payload_are_noticed_under_a_right_checksum() {
    for (name, codec) in codecs() {
        for extra in [&b"\0"[..], b"\xC0", b"\xC1", b"\x81", b"null", b"1", &[0xDF; 40]] {
            let entry = forge(&encode(&codec, &golden()), |header, payload| {
                payload.extend_from_slice(extra);
                if header.compressor == 0 {
                    header.length += extra.len() as u32;
                }
            });
            let read = decode::<Sample>(&codec, &entry);
            assert!(read.is_err(), "{name}, {extra:?}");
        }
    }
}

#[test]
fn a_payload_cut_short_is_noticed_under_a_right_checksum() {
    for (name, codec) in codecs() {
        let whole = encode(&codec, &golden());
        let (_, payload) = envelope::parse(&whole).unwrap();
        for length in 0..payload.len() {
            let entry = forge(&whole, |header, payload| {
                payload.truncate(length);
                if header.compressor == 0 {
                    header.length = length as u32;
                }
            });
            assert!(decode::<Sample>(&codec, &entry).is_err(), "{name}, {length}");
        }
    }
}

#[test]
fn nothing_panics_on_a_harmed_payload_under_a_right_checksum() {
    for (_, codec) in codecs() {
        let whole = encode(&codec, &golden());
        let (_, payload) = envelope::parse(&whole).unwrap();
        for bit in 0..payload.len() * 8 {
            let entry = forge(&whole, |_, payload| payload[bit / 8] ^= 1 << (bit % 8));
            let read = decode::<Sample>(&codec, &entry);
            assert!(
                matches!(
                    read,
                    Ok(_) | Err(Unreadable::Decompression { .. } | Unreadable::Malformed { .. })
                ),
                "{read:?}"
            );
        }
    }
}

#[test]
fn a_wrong_length_is_noticed_under_a_right_checksum() {
    for (name, codec) in codecs() {
        let whole = encode(&codec, &golden());
        let (header, _) = envelope::parse(&whole).unwrap();
        for length in [0, 1, header.length - 1, header.length + 1, header.length * 2, 1 << 28] {
            let entry = forge(&whole, |header, _| header.length = length);
            let read = decode::<Sample>(&codec, &entry);
            assert!(
                matches!(read, Err(Unreadable::Decompression { .. })),
                "{name}, {length}: {read:?}"
            );
        }
    }
}

#[test]
fn an_absent_value_with_a_payload_is_noticed() {
    for (_, serializer) in serializers() {
        let codec = codec(serializer);
        let entry = forge(&encode(&codec, &None::<u8>), |header, payload| {
            payload.push(0);
            header.length = 1;
        });
        let read = decode::<Option<u8>>(&codec, &entry);
        assert!(matches!(read, Err(Unreadable::Malformed { .. })), "{read:?}");
    }
}

#[test]
fn unknown_serializers_and_compressors_are_named() {
    for (_, serializer) in serializers() {
        let codec = codec(serializer);
        let whole = encode(&codec, &1_u8);
        let read = |change: fn(&mut Header)| {
            decode::<u8>(&codec, &forge(&whole, |header, _| change(header))).unwrap_err()
        };
        let unknown = Unreadable::UnknownSerializer { id: 200 };
        assert_eq!(read(|header| header.serializer = 200), unknown);
        let unknown = Unreadable::UnknownCompressor { id: 99 };
        assert_eq!(read(|header| header.compressor = 99), unknown);
        assert_eq!(read(|header| header.fingerprint ^= 1), Unreadable::OtherType);
    }
}

/// Flags have their place in the format; who does not know what they mean keeps away from such an entry.
#[test]
fn parts_of_a_later_library_are_noticed() {
    for (_, serializer) in serializers() {
        let codec = codec(serializer);
        let whole = encode(&codec, &1_u8);
        let flagged = resum(&whole, 50, |header| header[6] = 1);
        assert_eq!(decode::<u8>(&codec, &flagged), Err(Unreadable::UnknownPart));
    }
}

#[test]
fn groups_that_are_not_whole_are_noticed() {
    let codec = codec(Serializer::Json);
    let numbered = |name| Numbered { key: Key::new(name).unwrap(), number: 7 };
    let groups = vec![numbered("other|all.0"), numbered(key().as_str())];
    let whole = codec.encode(key(), &1_u8, &STAMPS, groups.clone()).unwrap();
    let decoded = codec.decode::<u8>(key(), &whole).unwrap();
    assert_eq!((decoded.value, decoded.groups.to_vec()), (1, groups));
    for end in 0..whole.len() {
        let cut = codec.decode::<u8>(key(), &whole[..end]).map(|decoded| decoded.value);
        assert!(
            matches!(cut, Err(Unreadable::Length { .. } | Unreadable::Foreign)),
            "{end}: {cut:?}"
        );
    }
    let header = whole.len() - 5;
    let end_of_first = 50 + 10 + "other|all.0".len();
    for (at, number) in [(48, 9), (59, 0), (59, 255), (58, 200), (60, 0), (end_of_first + 8, 255)] {
        let forged = resum(&whole, header, |header| header[at] = number);
        let read = codec.decode::<u8>(key(), &forged).map(|decoded| decoded.value);
        assert!(read.is_err(), "{at}: {number}");
    }
}

#[test]
fn a_value_of_another_type_is_never_read() {
    for (_, serializer) in serializers() {
        let codec = codec(serializer);
        let entry = encode(&codec, &vec![1_u8]);
        assert_eq!(decode::<Vec<u16>>(&codec, &entry), Err(Unreadable::OtherType));
        assert_eq!(decode::<Option<Vec<u8>>>(&codec, &entry), Err(Unreadable::OtherType));
        assert_eq!(decode::<Sample>(&codec, &entry), Err(Unreadable::OtherType));
    }
}

#[test]
fn nothing_is_read_above_the_limit() {
    for (_, codec) in codecs() {
        let entry = encode(&codec, &golden());
        let (header, _) = envelope::parse(&entry).unwrap();
        let size = header.length as usize;
        let exact: Codec = codec.clone().with_limit(size);
        assert_eq!(decode::<Sample>(&exact, &entry), Ok(golden()));
        let strict = codec.with_limit(size - 1);
        let too_large = Unreadable::TooLarge { size, limit: size - 1 };
        assert_eq!(decode::<Sample>(&strict, &entry), Err(too_large));
        let refused = strict.encode(key(), &golden(), &STAMPS, Vec::new()).unwrap_err().to_string();
        assert!(refused.contains(&format!("{size} bytes")), "{refused}");
    }
}

/// Changes an entry and gives it the checksum that belongs to it.
fn forge(entry: &[u8], change: impl FnOnce(&mut Header, &mut Vec<u8>)) -> Bytes {
    let (mut header, payload) = envelope::parse(entry).unwrap();
    let mut payload = payload.to_vec();
    change(&mut header, &mut payload);
    envelope::seal(key(), &header, &[], &payload)
}

/// The same on the bytes of the header, which ends up with this length.
fn resum(entry: &[u8], header: usize, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let (mut header, payload) = (entry[..header].to_vec(), &entry[header + 4..]);
    change(&mut header);
    let checksum = crc32fast::hash(&[key().as_str().as_bytes(), &header, payload].concat());
    [&header, &checksum.to_le_bytes()[..], payload].concat()
}
