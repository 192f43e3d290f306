//! Entries written once, to be read for ever.
//!
//! A file that cannot be read any more means that every user's cache is lost on the upgrade; one that
//! is written differently means that programs of two versions misread each other. Neither happens by
//! accident: the format's version is raised, and the old files stay readable or are retired on purpose.

use super::sample::{Sample, golden};
use super::{STAMPS, codec, codecs, decode, encode, key, serializers};
use crate::codec::{Codec, envelope};
use std::fs;
use std::path::PathBuf;

type Layers = Option<Option<u8>>;

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/codec/golden");
    folder.join(name).with_extension("entry")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(file(name)).unwrap_or_else(|error| {
        panic!("{name}: {error}; write new files with `-- --ignored write_missing_golden_files`")
    })
}

fn layers() -> [(&'static str, Layers); 3] {
    [("none", None), ("some-none", Some(None)), ("some-some", Some(Some(7)))]
}

/// What is in the files, by name.
fn entries() -> Vec<(String, Vec<u8>)> {
    let samples = codecs().into_iter().map(|(name, codec)| (name, encode(&codec, &golden())));
    let absent = serializers().into_iter().flat_map(|(name, serializer)| {
        let codec = codec(serializer);
        layers().map(|(layer, value)| (format!("{name}-{layer}-layers"), encode(&codec, &value)))
    });
    samples.chain(absent).map(|(name, entry)| (name, entry.to_vec())).collect()
}

#[test]
fn every_golden_entry_is_read() {
    for (name, codec) in codecs() {
        assert_eq!(decode::<Sample>(&codec, &read(&name)), Ok(golden()), "{name}");
    }
    for (name, serializer) in serializers() {
        let codec = codec(serializer);
        for (layer, value) in layers() {
            let entry = read(&format!("{name}-{layer}-layers"));
            assert_eq!(decode::<Layers>(&codec, &entry), Ok(value), "{name}, {layer}");
        }
    }
}

/// A newer compressor may find a shorter form; what it compresses must be the same to the byte.
#[test]
fn every_golden_entry_is_written_again_alike() {
    for (name, entry) in entries() {
        let codec = any_codec();
        let ((header, payload), golden) = (envelope::parse(&entry).unwrap(), read(&name));
        let (golden_header, golden_payload) = envelope::parse(&golden).unwrap();
        assert_eq!(header, golden_header, "{name}");
        let serialized = codec.decompress(&header, payload).unwrap();
        let golden_serialized = codec.decompress(&golden_header, golden_payload).unwrap();
        assert_eq!(serialized, golden_serialized, "{name}");
        if header.compressor == envelope::NO_COMPRESSOR {
            assert_eq!(entry, golden, "{name}");
        }
    }
}

#[test]
fn every_golden_entry_says_what_it_is() {
    for (name, codec) in codecs() {
        let info = codec.inspect(key(), &read(&name)).unwrap();
        assert!(name.ends_with(&*info.compressor), "{name}: {info:?}");
        assert_eq!(info.stamps, Some(STAMPS));
    }
}

fn any_codec() -> Codec {
    codec(serializers().swap_remove(0).1)
}

#[test]
#[ignore = "writes files into the source"]
fn write_missing_golden_files() {
    for (name, entry) in entries() {
        if !file(&name).exists() {
            fs::write(file(&name), entry).unwrap();
        }
    }
}
