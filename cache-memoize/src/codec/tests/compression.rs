use super::{STAMPS, compressors, decode, encode, key, noise, serializers};
use crate::codec::compressor::Decompression;
use crate::codec::{Codec, Compressor, Serializer};

fn codec_with(serializer: &Serializer, compressor: Compressor) -> Codec {
    Codec::new(serializer.clone(), compressor).unwrap()
}

#[test]
fn what_becomes_smaller_is_compressed_and_says_so() {
    for (_, serializer) in serializers() {
        for (name, compressor) in compressors() {
            let codec = codec_with(&serializer, compressor);
            let text = "abc".repeat(2000);
            let info = codec.inspect(key(), &encode(&codec, &text)).unwrap();
            assert_eq!(info.compressor, name);
            assert_eq!(info.size_after < info.size_before, name != "none", "{info:?}");
            assert_eq!(info.stamps, Some(STAMPS));
        }
    }
}

#[test]
fn what_does_not_become_smaller_is_stored_as_it_is() {
    let Some((_, serializer)) = serializers().into_iter().find(|(name, _)| *name != "json") else {
        return;
    };
    for (name, compressor) in compressors() {
        let noise: String =
            noise(3000).into_iter().map(|byte| char::from(byte % 96 + 32)).collect();
        for text in [String::new(), "abcdefgh".to_owned(), noise] {
            let codec = codec_with(&serializer, compressor.clone());
            let entry = encode(&codec, &text);
            let info = codec.inspect(key(), &entry).unwrap();
            assert!(info.size_after <= info.size_before, "{name}: {info:?}");
            assert_eq!(info.size_after < info.size_before, info.compressor != "none");
            assert_eq!(decode::<String>(&codec, &entry), Ok(text));
        }
    }
}

#[test]
fn noise_is_left_alone() {
    for (name, compressor) in compressors() {
        for length in [1, 2, 100, 5000] {
            let compressed = compressor.compress(&noise(length)).unwrap();
            assert_eq!(compressed, None, "{name}, {length}");
        }
    }
}

#[test]
fn the_threshold_is_the_last_size_that_is_left_alone() {
    for (name, compressor) in compressors() {
        let compressor = compressor.above(500);
        assert_eq!(compressor.compress(&[7; 500]).unwrap(), None, "{name}");
        let compressed = compressor.compress(&[7; 501]).unwrap();
        assert_eq!(compressed.is_some(), name != "none", "{name}");
    }
}

#[test]
fn every_level_gives_back_what_it_took() {
    let bytes = [b"all work and no play ".repeat(300), noise(500)].concat();
    for (name, compressor) in compressors() {
        let levels = match name {
            "zlib" | "gzip" | "lzma" => 1..=9,
            "zstd" => -5..=19,
            _ => continue,
        };
        for level in levels {
            let compressor = compressor.clone().level(level);
            compressor.check().unwrap();
            let compressed = compressor.compress(&bytes).unwrap().expect("it becomes smaller");
            let back = compressor.decompress(&compressed, bytes.len());
            assert!(
                matches!(back, Decompression::Expanded(back) if back == bytes),
                "{name} {level}"
            );
        }
    }
}

/// The state that a thread keeps must carry nothing from one value, level or wrapper to the next.
#[test]
fn compressors_do_not_depend_on_what_came_before() {
    let values: Vec<Vec<u8>> =
        vec![b"abc".repeat(500), noise(5000), b"abcd".repeat(30_000), b"xyz".repeat(100)];
    for (name, compressor) in compressors() {
        let fresh = |value: Vec<u8>, compressor: Compressor| {
            std::thread::spawn(move || compressor.compress(&value).unwrap()).join().unwrap()
        };
        for value in values.iter().chain(values.iter().rev()) {
            let expected = fresh(value.clone(), compressor.clone());
            assert_eq!(compressor.compress(value).unwrap(), expected, "{name}");
            for (_, other) in compressors() {
                other.compress(&values[0]).unwrap();
            }
        }
    }
}

#[test]
fn a_failed_reading_spoils_nothing_for_the_next() {
    let bytes = b"all work and no play ".repeat(300);
    for (name, compressor) in compressors() {
        let Some(compressed) = compressor.compress(&bytes).unwrap() else { continue };
        for harmed in [&compressed[..compressed.len() / 2], &[0xFF; 50], &[]] {
            let read = compressor.decompress(harmed, bytes.len());
            assert!(matches!(read, Decompression::Malformed), "{name}");
            let read = compressor.decompress(&compressed, bytes.len());
            assert!(matches!(read, Decompression::Expanded(back) if back == bytes), "{name}");
        }
    }
}

/// A megabyte of nothing, said to be a thousand bytes.
#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = vec![0; 1 << 20];
    for (name, compressor) in compressors() {
        let Some(compressed) = compressor.compress(&bomb).unwrap() else { continue };
        for length in [0, 1, 1000, bomb.len() - 1, bomb.len() + 1] {
            let read = compressor.decompress(&compressed, length);
            assert!(matches!(read, Decompression::Malformed), "{name}, {length}");
        }
    }
}

#[test]
fn neither_a_bomb_nor_a_forged_length_takes_room() {
    const ROOM: u64 = 256 << 10;
    let bomb = vec![0; 1 << 20];
    for compressor in [Compressor::zlib(), Compressor::gzip(), Compressor::lz4()] {
        let compressed = compressor.compress(&bomb).unwrap().unwrap();
        for length in [1000, 512 << 20] {
            let read = || drop(compressor.decompress(&compressed, length));
            let taken = allocation_counter::measure(read).bytes_max;
            assert!(taken < ROOM, "{}, {length}: {taken} bytes", compressor.name());
        }
    }
}

/// Of a dictionary of 256 MiB, which no level has.
#[test]
fn an_entry_that_asks_for_a_dictionary_beyond_reason_is_refused() {
    const DICTIONARY: usize = 16;
    let text = [7; 1000];
    let mut compressed = Compressor::lzma().above(0).compress(&text).unwrap().unwrap();
    assert_eq!(compressed[DICTIONARY - 2..DICTIONARY], [0x21, 1], "the filter is LZMA2");
    compressed[DICTIONARY] = 32;
    let checksum = crc32fast::hash(&compressed[12..20]).to_le_bytes();
    compressed[20..24].copy_from_slice(&checksum);
    let read = Compressor::lzma().decompress(&compressed, text.len());
    assert!(matches!(read, Decompression::Malformed));
}

#[test]
fn a_level_that_there_is_not_is_an_error() {
    for (name, compressor) in compressors() {
        let error = compressor.clone().level(1000).check().unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("1000"), "{error}");
        compressor.check().unwrap();
    }
}

#[test]
fn an_entry_is_read_whatever_the_settings_are_now() {
    let text = "abc".repeat(2000);
    for (_, wrote_with) in serializers() {
        for (_, compressed_with) in compressors() {
            let entry = encode(&codec_with(&wrote_with, compressed_with), &text);
            for (_, serializer) in serializers() {
                for (_, compressor) in compressors() {
                    let codec = codec_with(&serializer, compressor);
                    assert_eq!(decode::<String>(&codec, &entry).as_ref(), Ok(&text));
                }
            }
        }
    }
}

#[test]
fn no_feature_changes_what_is_written_by_default() {
    for (_, serializer) in serializers() {
        let codec = codec_with(&serializer, Compressor::default());
        let entry = codec.encode(key(), &"abc".repeat(2000), &STAMPS, Vec::new()).unwrap();
        assert_eq!(codec.inspect(key(), &entry).unwrap().compressor, "none");
    }
}
