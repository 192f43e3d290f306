//! Entries without an envelope: exactly what other languages write, and never taken for anything else.

use super::sample::{Sample, golden, samples};
use super::{codecs, compressors, encode, key, noise, serializers};
use crate::codec::error::Obstacle;
use crate::codec::presence::Presence;
use crate::codec::{Codec, CodecError, Compressor, Decoded, Serializer, Stamps, Unreadable};
use cache_memoize_core::Timestamp;
use proptest::prelude::*;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt::Debug;
use std::io::Read;
use std::time::Duration;

/// Those that plain mode takes.
fn describing() -> Vec<(&'static str, Serializer)> {
    serializers().into_iter().filter(|(name, _)| *name != "postcard").collect()
}

fn plain(serializer: &Serializer, compressor: &Compressor) -> Codec {
    Codec::new(serializer.clone(), compressor.clone()).unwrap().plain().unwrap()
}

/// Every pair that plain mode takes, by name.
fn plain_codecs() -> Vec<(String, Codec)> {
    let pairs = describing().into_iter().flat_map(|(serializer_name, serializer)| {
        compressors().into_iter().map(move |(compressor_name, compressor)| {
            (format!("{serializer_name}+{compressor_name}"), plain(&serializer, &compressor))
        })
    });
    pairs.collect()
}

fn decode<T: DeserializeOwned + 'static>(codec: &Codec, entry: &[u8]) -> Result<T, Unreadable> {
    codec.decode(key(), entry).map(|decoded| decoded.value)
}

/// What other implementations make of the bytes, for as long as they are given.
fn by_others(compressor: &str, entry: &[u8]) -> Vec<u8> {
    let read = |mut reader: Box<dyn Read + '_>| {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        bytes
    };
    match compressor {
        "none" => entry.to_vec(),
        #[cfg(feature = "zlib")]
        "zlib" => read(Box::new(flate2::read::ZlibDecoder::new(entry))),
        #[cfg(feature = "zlib")]
        "gzip" => read(Box::new(flate2::read::GzDecoder::new(entry))),
        #[cfg(feature = "zstd")]
        "zstd" => read(Box::new(zstd::Decoder::new(entry).unwrap())),
        #[cfg(feature = "lz4")]
        "lz4" => lz4_flex::block::decompress_size_prepended(entry).unwrap(),
        #[cfg(feature = "lzma")]
        "lzma" => read(Box::new(liblzma::read::XzDecoder::new(entry))),
        other => panic!("who reads {other}?"),
    }
}

#[test]
fn an_entry_is_exactly_the_compressed_serialized_value() {
    // Our JSON writes some numbers of 32 bits longer than others do.
    let value = Sample { single: 0.5, ..golden() };
    for (serializer_name, serializer) in describing() {
        let serialized = match serializer_name {
            #[cfg(feature = "msgpack")]
            "msgpack" => rmp_serde::to_vec_named(&value).unwrap(),
            #[cfg(feature = "json")]
            "json" => serde_json::to_vec(&value).unwrap(),
            other => panic!("who writes {other}?"),
        };
        for (name, compressor) in compressors() {
            let entry = encode(&plain(&serializer, &compressor), &value);
            assert_eq!(by_others(name, &entry), serialized, "{serializer_name}, {name}");
            assert_eq!(entry.len() < serialized.len(), name != "none", "{serializer_name}, {name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_value_comes_back_through_every_plain_codec(sample in samples()) {
        for (name, codec) in plain_codecs() {
            let back: Sample = decode(&codec, &encode(&codec, &sample)).unwrap();
            assert_eq!(format!("{back:?}"), format!("{sample:?}"), "{name}");
        }
    }
}

/// A reader cannot know that something was left alone.
#[test]
fn everything_is_compressed_whatever_the_threshold_and_whether_it_becomes_smaller() {
    for (name, compressor) in compressors() {
        let compressor = compressor.above(usize::MAX);
        for length in (0..300).chain([1023, 1024, 1025, 65_535, 65_536, 300_000]) {
            for bytes in [noise(length), vec![7; length]] {
                let packed = compressor.pack(bytes.clone()).unwrap();
                assert_eq!(by_others(name, &packed), bytes, "{name}, {length}");
                let back = compressor.unpack(&packed, length).map(|back| back.into_owned());
                assert_eq!(back, Some(bytes), "{name}, {length}");
            }
        }
    }
}

#[test]
fn there_is_room_for_what_every_level_makes_of_noise() {
    for (name, compressor) in compressors() {
        let levels = match name {
            "zlib" | "gzip" => 0..=9,
            "lzma" => 0..=1,
            "zstd" => -1..=3,
            _ => continue,
        };
        for level in levels {
            for length in [0, 1, 20, 100, 2000, 40_000, 200_000] {
                let packed = compressor.clone().level(level).pack(noise(length));
                assert!(packed.is_ok(), "{name} {level}, {length}");
            }
        }
    }
}

#[test]
fn every_truncation_is_noticed() {
    for (name, codec) in plain_codecs() {
        let entry = encode(&codec, &golden());
        for length in 0..entry.len() {
            assert!(decode::<Sample>(&codec, &entry[..length]).is_err(), "{name}, {length} bytes");
        }
    }
}

/// But for blanks behind JSON, and an empty sequence at the end of an LZ4 block, neither of which means
/// anything.
#[test]
fn every_byte_too_many_is_noticed() {
    for (name, codec) in plain_codecs() {
        let entry = encode(&codec, &golden());
        for extra in 0..=u8::MAX {
            let means_nothing =
                name == "json+none" && b" \t\r\n".contains(&extra) || name.ends_with("lz4");
            let read = decode::<Sample>(&codec, &[&entry[..], &[extra]].concat());
            match means_nothing {
                true => assert!(read.is_err() || read == Ok(golden()), "{name}, {extra}"),
                false => assert!(read.is_err(), "{name}, {extra}"),
            }
        }
    }
}

#[test]
fn nothing_panics_on_a_harmed_entry_and_checksums_notice_it() {
    for (name, codec) in plain_codecs() {
        let entry = encode(&codec, &golden());
        for bit in 0..entry.len() * 8 {
            let mut harmed = entry.to_vec();
            harmed[bit / 8] ^= 1 << (bit % 8);
            let read = decode::<Sample>(&codec, &harmed);
            if ["zlib", "gzip", "lzma"].iter().any(|summed| name.ends_with(summed)) {
                assert!(read.is_err() || read == Ok(golden()), "{name}, bit {bit}");
            }
        }
    }
}

#[test]
fn an_entry_has_no_stamps() {
    for (name, codec) in plain_codecs() {
        let Decoded { stamps, .. } = codec.decode::<u8>(key(), &encode(&codec, &1_u8)).unwrap();
        let none = Stamps {
            created: Timestamp::from_millis(0),
            expires: Timestamp::NEVER,
            cost: Duration::ZERO,
        };
        assert_eq!(stamps, none, "{name}");
    }
}

/// A value that is read from bytes as they are, as those of `serde_bytes` are.
#[derive(Clone, Debug, PartialEq)]
struct Blob(Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Blob;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.to_vec()))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

/// To MessagePack the first bytes of an envelope are a string of so many bytes.
const LENGTH_OF_MAGIC: usize = 0x636D;

#[test]
#[cfg(feature = "msgpack")]
fn an_envelope_is_not_read_even_where_it_reads_as_a_value() {
    let enveloping = Codec::new(Serializer::MessagePack, Compressor::none()).unwrap();
    let codec = plain(&Serializer::MessagePack, &Compressor::none());
    let header = encode(&enveloping, &Blob(vec![0; 20_000])).len() - 20_000;
    let envelope = encode(&enveloping, &Blob(vec![0; 3 + LENGTH_OF_MAGIC - header]));
    let as_value = Serializer::MessagePack.deserialize::<Blob>(Presence::UNPEELED, &envelope);
    assert_eq!(as_value, Some(Blob(envelope[3..].to_vec())), "it does read as one");
    assert_eq!(decode::<Blob>(&codec, &envelope), Err(Unreadable::Enveloped));
    let damaged = [&envelope[..3], &vec![9; LENGTH_OF_MAGIC]].concat();
    assert_eq!(decode::<Blob>(&codec, &damaged), Err(Unreadable::Enveloped));
}

#[test]
fn envelopes_and_plain_entries_are_not_taken_for_one_another() {
    fn check<T: Serialize + DeserializeOwned + Debug + PartialEq + 'static>(value: &T) {
        for (name, codec) in plain_codecs() {
            let entry = encode(&codec, value);
            for (other_name, enveloping) in codecs() {
                let envelope = encode(&enveloping, value);
                let read = decode::<T>(&codec, &envelope);
                assert_eq!(read, Err(Unreadable::Enveloped), "{name}, {other_name}");
                let read = decode::<T>(&enveloping, &entry);
                assert_eq!(read, Err(Unreadable::Foreign), "{name}, {other_name}");
            }
        }
    }
    check(&golden());
    check(&7_u8);
    check(&None::<u64>);
    check(&vec![0xC5_u8, 0x63, 0x6D, 1]);
    check(&"Åcm".to_owned());
}

#[test]
#[cfg(feature = "msgpack")]
fn a_value_that_begins_as_an_envelope_is_refused() {
    let codec = plain(&Serializer::MessagePack, &Compressor::none());
    let value = Blob(vec![1; LENGTH_OF_MAGIC]);
    let refused = codec.encode(key(), &value, &super::STAMPS, Vec::new()).unwrap_err();
    let obstacle = Obstacle::LikeAnEnvelope;
    assert!(matches!(refused, CodecError::Lossy { obstacle: it, .. } if it == obstacle));
    assert!(refused.to_string().contains("use zlib"), "{refused}");
    for length in [LENGTH_OF_MAGIC - 1, LENGTH_OF_MAGIC + 1] {
        let other = Blob(vec![1; length]);
        assert_eq!(decode::<Blob>(&codec, &encode(&codec, &other)), Ok(other));
    }
    for (name, compressor) in compressors() {
        if name != "none" {
            let codec = plain(&Serializer::MessagePack, &compressor);
            assert_eq!(decode::<Blob>(&codec, &encode(&codec, &value)).as_ref(), Ok(&value));
        }
    }
}

/// The length in front of an LZ4 block may begin so, too.
#[test]
#[cfg(all(feature = "msgpack", feature = "lz4"))]
fn a_block_whose_length_begins_as_an_envelope_is_refused() {
    const LENGTH: usize = u32::from_le_bytes([0xC5, b'c', b'm', 0]) as usize;
    let codec = plain(&Serializer::MessagePack, &Compressor::lz4());
    let of_size = |size: usize| Blob(vec![0; size - 5]);
    let refused = codec.encode(key(), &of_size(LENGTH), &super::STAMPS, Vec::new()).unwrap_err();
    assert!(matches!(refused, CodecError::Lossy { obstacle: Obstacle::LikeAnEnvelope, .. }));
    assert!(codec.encode(key(), &of_size(LENGTH + 1), &super::STAMPS, Vec::new()).is_ok());
}

#[test]
fn what_would_not_come_back_is_refused() {
    fn comes_back<T>(name: &str, codec: &Codec, value: T)
    where
        T: Serialize + DeserializeOwned + Debug + PartialEq + 'static,
    {
        assert_eq!(decode::<T>(codec, &encode(codec, &value)), Ok(value), "{name}");
    }
    fn is_refused<T>(name: &str, codec: &Codec, value: T)
    where
        T: Serialize + DeserializeOwned + 'static,
    {
        let refused = codec.encode(key(), &value, &super::STAMPS, Vec::new()).unwrap_err();
        let expected = Obstacle::NestedNothing;
        let lossy = matches!(refused, CodecError::Lossy { obstacle, .. } if obstacle == expected);
        assert!(lossy, "{name}: {refused}");
    }
    for (name, codec) in plain_codecs() {
        comes_back(&name, &codec, None::<u8>);
        comes_back(&name, &codec, Some(5_u8));
        comes_back(&name, &codec, Some(Some(5_u8)));
        comes_back(&name, &codec, None::<Option<u8>>);
        comes_back(&name, &codec, ());
        is_refused(&name, &codec, Some(None::<u8>));
        is_refused(&name, &codec, Some(()));
        is_refused(&name, &codec, Some(Some(None::<u8>)));
        is_refused(&name, &codec, vec![Some(None::<u8>)]);
    }
}

#[test]
fn nothing_is_written_or_read_above_the_limit() {
    for (name, codec) in plain_codecs() {
        let text = "abc".repeat(1000);
        let entry = encode(&codec, &text);
        let compressor = name.split('+').next_back().unwrap();
        let size = by_others(compressor, &entry).len();
        let exact = codec.clone().with_limit(size);
        assert_eq!(decode::<String>(&exact, &entry).as_ref(), Ok(&text), "{name}");
        let strict = codec.with_limit(size - 1);
        let refused = decode::<String>(&strict, &entry);
        assert!(matches!(refused, Err(Unreadable::Decompression { .. })), "{name}: {refused:?}");
        let refused =
            strict.encode(key(), &text, &super::STAMPS, Vec::new()).unwrap_err().to_string();
        assert!(refused.contains(&format!("{size} bytes")), "{refused}");
    }
}

#[test]
fn neither_a_bomb_nor_a_forged_length_takes_room() {
    const ROOM: u64 = 256 << 10;
    let bomb = vec![0; 8 << 20];
    let assert_modest = |name: &str, compressor: &Compressor, payload: &[u8], limit: usize| {
        let read = || assert_eq!(compressor.unpack(payload, limit), None, "{name}");
        let taken = allocation_counter::measure(read).bytes_max;
        assert!(taken < ROOM, "{name}: {taken} bytes");
    };
    for (name, compressor) in compressors() {
        if name != "none" {
            let packed = compressor.pack(bomb.clone()).unwrap();
            assert_modest(name, &compressor, &packed, 1000);
        }
        let forged: &[u8] = match name {
            // One raw block of no bytes, in a frame that announces 256 MiB.
            "zstd" => &[0x28, 0xB5, 0x2F, 0xFD, 0xA0, 0, 0, 0, 0x10, 1, 0, 0],
            // The same for a block of LZ4.
            "lz4" => &[0, 0, 0, 0x10, 0],
            _ => continue,
        };
        assert_modest(name, &compressor, forged, 512 << 20);
    }
}

/// Who compresses a stream does not know its length beforehand.
#[test]
#[cfg(feature = "zstd")]
fn a_frame_that_does_not_say_its_length_is_read() {
    let bytes = b"all work and no play ".repeat(3000);
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    std::io::Write::write_all(&mut encoder, &bytes).unwrap();
    let frame = encoder.finish().unwrap();
    assert_eq!(zstd::zstd_safe::get_frame_content_size(&frame).ok(), Some(None));
    let read = |payload: &[u8], limit| {
        Compressor::zstd().unpack(payload, limit).map(|back| back.into_owned())
    };
    assert_eq!(read(&frame, bytes.len()), Some(bytes.clone()));
    assert_eq!(read(&frame, bytes.len() - 1), None, "more than the limit");
    assert_eq!(read(&frame[..frame.len() - 1], bytes.len()), None, "cut short");
    assert_eq!(read(&[&frame[..], b"!"].concat(), bytes.len()), None, "a byte too many");
    assert_eq!(read(&frame.repeat(2), 2 * bytes.len()), None, "two frames");
}

#[test]
#[cfg(feature = "zstd")]
fn a_bomb_that_does_not_say_its_length_takes_no_room() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(8 << 20), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    let read = || assert_eq!(Compressor::zstd().unpack(&bomb, 1000), None);
    let taken = allocation_counter::measure(read).bytes_max;
    assert!(taken < 256 << 10, "{taken} bytes");
}

/// One digit of JSON is a small number to MessagePack, and the other way round: nobody can tell.
#[test]
#[cfg(all(feature = "msgpack", feature = "json"))]
fn another_serializer_reads_nothing_but_single_digits() {
    let json = plain(&Serializer::Json, &Compressor::none());
    let msgpack = plain(&Serializer::MessagePack, &Compressor::none());
    assert_eq!(decode::<u8>(&msgpack, &encode(&json, &7_u8)), Ok(55));
    assert_eq!(decode::<u8>(&json, &encode(&msgpack, &55_u8)), Ok(7));

    let anything = |codec: &Codec, entry: &[u8]| decode::<serde_json::Value>(codec, entry);
    for value in [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!(10),
        serde_json::json!(-1),
        serde_json::json!(1.5),
        serde_json::json!(""),
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!({"a": [1, 2, {"b": null}]}),
    ] {
        let entry = encode(&json, &value);
        assert!(anything(&msgpack, &entry).is_err(), "{value} as MessagePack");
        let entry = encode(&msgpack, &value);
        assert!(anything(&json, &entry).is_err(), "{value} as JSON");
    }
}

#[test]
fn another_compressor_reads_nothing() {
    for (_, serializer) in describing() {
        for (name, compressor) in compressors() {
            let entry = encode(&plain(&serializer, &compressor), &golden());
            for (other_name, other) in compressors() {
                let read = decode::<Sample>(&plain(&serializer, &other), &entry);
                assert_eq!(read.is_ok(), name == other_name, "{name} as {other_name}: {read:?}");
            }
        }
    }
}

#[test]
#[cfg(feature = "postcard")]
fn a_serializer_that_relies_on_the_fingerprint_is_refused() {
    for (name, compressor) in compressors() {
        let codec = Codec::new(Serializer::Postcard, compressor).unwrap();
        let refused = codec.plain().unwrap_err().to_string();
        assert!(refused.contains("Postcard") && refused.contains("`plain`"), "{name}: {refused}");
        assert!(refused.contains("use MessagePack or Json"), "{name}: {refused}");
    }
}
