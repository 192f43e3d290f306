mod compression;
mod customs;
mod damage;
mod golden;
mod lossless;
mod plain;
mod presence;
mod round_trip;
mod sample;
mod shapes;
mod structs;
mod tracing;
mod weights;

use super::{Codec, Compressor, Decoded, Serializer, Stamps, Unreadable};
use cache_memoize_core::{Bytes, KeyRef, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

const STAMPS: Stamps = Stamps {
    created: Timestamp::from_millis(1_700_000_000_000),
    expires: Timestamp::from_millis(1_700_000_300_000),
    cost: Duration::from_micros(1234),
};

fn key() -> KeyRef<'static> {
    KeyRef::new("app:golden:1").unwrap()
}

/// Every serializer that is built in, with the name its feature has.
fn serializers() -> Vec<(&'static str, Serializer)> {
    let names = ["msgpack", "json", "postcard"];
    names.into_iter().filter_map(|name| Some((name, Serializer::from_name(name)?))).collect()
}

/// Every compressor that is built in, set so that it compresses whatever becomes smaller.
fn compressors() -> Vec<(&'static str, Compressor)> {
    let names = ["none", "zlib", "gzip", "zstd", "lz4", "lzma"];
    let found = names.into_iter().filter_map(|name| Some((name, Compressor::from_name(name)?)));
    found.map(|(name, compressor)| (name, compressor.above(0))).collect()
}

/// Every pair of the two, with a name for messages and files.
fn codecs() -> Vec<(String, Codec)> {
    let pairs = serializers().into_iter().flat_map(|(serializer_name, serializer)| {
        compressors().into_iter().map(move |(compressor_name, compressor)| {
            let codec = Codec::new(serializer.clone(), compressor).unwrap();
            (format!("{serializer_name}-{compressor_name}"), codec)
        })
    });
    pairs.collect()
}

fn codec(serializer: Serializer) -> Codec {
    Codec::new(serializer, Compressor::none()).unwrap()
}

fn encode<T: Serialize + DeserializeOwned + 'static>(codec: &Codec, value: &T) -> Bytes {
    codec.encode(key(), value, &STAMPS, Vec::new()).unwrap()
}

fn decode<T: DeserializeOwned + 'static>(codec: &Codec, entry: &[u8]) -> Result<T, Unreadable> {
    let Decoded { value, stamps, .. } = codec.decode(key(), entry)?;
    assert_eq!(stamps, STAMPS);
    Ok(value)
}

/// Bytes that no compressor makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}
