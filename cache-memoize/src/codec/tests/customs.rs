use super::{STAMPS, codec, compressors, decode, encode, key, serializers};
use crate::codec::{Codec, Compressor, CustomCompressor, CustomSerializer, Serializer, Unreadable};
use cache_memoize_core::BoxError;
use std::sync::Arc;

/// The first serializer that is built in, under another name.
struct Borrowed {
    id: u8,
}

impl CustomSerializer for Borrowed {
    fn id(&self) -> u8 {
        self.id
    }

    fn name(&self) -> &str {
        "borrowed"
    }

    #[cfg(feature = "msgpack")]
    fn serialize(&self, value: &dyn erased_serde::Serialize) -> Result<Vec<u8>, BoxError> {
        Ok(rmp_serde::to_vec_named(value)?)
    }

    #[cfg(feature = "msgpack")]
    fn deserialize<'de>(
        &self,
        bytes: &'de [u8],
        read: &mut dyn FnMut(&mut dyn erased_serde::Deserializer<'de>) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
        read(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut deserializer))
    }

    #[cfg(not(feature = "msgpack"))]
    fn serialize(&self, _: &dyn erased_serde::Serialize) -> Result<Vec<u8>, BoxError> {
        Err("nothing to borrow".into())
    }

    #[cfg(not(feature = "msgpack"))]
    fn deserialize<'de>(
        &self,
        _: &'de [u8],
        _: &mut dyn FnMut(&mut dyn erased_serde::Deserializer<'de>) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        Err("nothing to borrow".into())
    }
}

/// Knows only runs of one byte.
struct Runs {
    id: u8,
}

impl CustomCompressor for Runs {
    fn id(&self) -> u8 {
        self.id
    }

    fn name(&self) -> &str {
        "runs"
    }

    fn compress(&self, bytes: &[u8]) -> Result<Vec<u8>, BoxError> {
        let runs = bytes.chunk_by(PartialEq::eq).flat_map(|run| run.chunks(255));
        Ok(runs.flat_map(|run| [run.len() as u8, run[0]]).collect())
    }

    fn decompress(&self, compressed: &[u8], length: usize) -> Result<Vec<u8>, BoxError> {
        let runs = compressed.chunks_exact(2).flat_map(|run| vec![run[1]; usize::from(run[0])]);
        Ok(runs.take(length + 1).collect())
    }
}

fn runs(id: u8) -> Compressor {
    Compressor::custom(Arc::new(Runs { id })).above(0)
}

#[test]
#[cfg(feature = "msgpack")]
fn a_custom_serializer_reads_what_it_wrote() {
    let codec = codec(Serializer::Custom(Arc::new(Borrowed { id: 128 })));
    for value in [None, Some(None), Some(Some(vec!["a".to_owned()]))] {
        let entry = encode(&codec, &value);
        assert_eq!(codec.inspect(key(), &entry).unwrap().serializer, "borrowed");
        assert_eq!(decode::<Option<Option<Vec<String>>>>(&codec, &entry), Ok(value));
    }
    assert_eq!(format!("{codec:?}").matches("borrowed").count(), 1);
}

#[test]
#[cfg(feature = "msgpack")]
fn a_cache_without_it_says_its_number() {
    let entry = encode(&codec(Serializer::Custom(Arc::new(Borrowed { id: 200 }))), &1_u8);
    let without = codec(Serializer::MessagePack);
    let unknown = Unreadable::UnknownSerializer { id: 200 };
    assert_eq!(decode::<u8>(&without, &entry), Err(unknown.clone()));
    let info = without.inspect(key(), &entry).unwrap();
    assert_eq!((&*info.serializer, info.obstacle), ("200", Some(unknown)));
}

#[test]
fn a_custom_compressor_reads_what_it_made() {
    for (_, serializer) in serializers() {
        let codec = Codec::new(serializer.clone(), runs(255)).unwrap();
        let text = "a".repeat(1000);
        let entry = encode(&codec, &text);
        assert_eq!(codec.inspect(key(), &entry).unwrap().compressor, "runs");
        assert_eq!(decode::<String>(&codec, &entry), Ok(text));
        let without = super::codec(serializer);
        let unknown = Unreadable::UnknownCompressor { id: 255 };
        assert_eq!(decode::<String>(&without, &entry), Err(unknown.clone()));
        assert_eq!(without.inspect(key(), &entry).unwrap().obstacle, Some(unknown));
    }
}

#[test]
fn what_it_cannot_make_smaller_is_stored_as_it_is() {
    for (_, serializer) in serializers() {
        let codec = Codec::new(serializer, runs(255)).unwrap();
        let entry = encode(&codec, &"abcdefgh".to_owned());
        assert_eq!(codec.inspect(key(), &entry).unwrap().compressor, "none");
    }
}

/// Ends each entry with a full stop, and so knows where it ends.
struct Stopped;

impl CustomCompressor for Stopped {
    fn id(&self) -> u8 {
        150
    }

    fn name(&self) -> &str {
        "stopped"
    }

    fn compress(&self, bytes: &[u8]) -> Result<Vec<u8>, BoxError> {
        Ok([bytes, b"."].concat())
    }

    fn decompress(&self, compressed: &[u8], _: usize) -> Result<Vec<u8>, BoxError> {
        Ok(compressed.strip_suffix(b".").ok_or("it does not stop")?.to_vec())
    }

    fn needs_length(&self) -> bool {
        false
    }
}

#[test]
fn plain_mode_takes_those_that_need_no_length() {
    for (name, serializer) in serializers() {
        let codec = Codec::new(serializer.clone(), runs(255)).unwrap();
        if name == "postcard" {
            continue;
        }
        let refused = codec.plain().unwrap_err().to_string();
        assert!(refused.contains("runs") && refused.contains("`needs_length`"), "{refused}");

        let stopped = Compressor::custom(Arc::new(Stopped));
        let codec = Codec::new(serializer, stopped).unwrap().plain().unwrap();
        let text = "a".repeat(1000);
        let entry = encode(&codec, &text);
        assert!(entry.ends_with(b"."));
        let read = |codec: &Codec, entry: &[u8]| {
            codec.decode::<String>(key(), entry).map(|decoded| decoded.value)
        };
        assert_eq!(read(&codec, &entry).unwrap(), text);
        assert!(read(&codec, &entry[..entry.len() - 1]).is_err(), "what it refuses");
        assert!(read(&codec.with_limit(1000), &entry).is_err(), "more than it was told of");
    }
}

#[test]
#[cfg(feature = "msgpack")]
fn plain_mode_takes_a_custom_serializer() {
    let borrowed = Serializer::Custom(Arc::new(Borrowed { id: 128 }));
    let codec = codec(borrowed).plain().unwrap();
    let entry = encode(&codec, &vec![1_u8, 2]);
    assert_eq!(*entry, [0x92, 1, 2]);
    assert_eq!(codec.decode::<Vec<u8>>(key(), &entry).unwrap().value, [1, 2]);
}

#[test]
fn the_numbers_of_the_library_are_refused() {
    for id in [0, 1, 127] {
        let serializer = Serializer::Custom(Arc::new(Borrowed { id }));
        let error = Codec::new(serializer, Compressor::none()).unwrap_err().to_string();
        assert!(error.contains("`borrowed`") && error.contains("128 to 255"), "{error}");
        let serializer = Serializer::Custom(Arc::new(Borrowed { id: 128 }));
        let error = Codec::new(serializer, runs(id)).unwrap_err().to_string();
        assert!(error.contains("`runs`") && error.contains("128 to 255"), "{error}");
    }
}

/// A compressor that fails, or gives back more or less than there was.
struct Faulty(fn(usize) -> Option<usize>);

impl CustomCompressor for Faulty {
    fn id(&self) -> u8 {
        222
    }

    fn name(&self) -> &str {
        "faulty"
    }

    fn compress(&self, bytes: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.0(bytes.len()).map(|_| vec![0]).ok_or_else(|| "out of order".into())
    }

    fn decompress(&self, _: &[u8], length: usize) -> Result<Vec<u8>, BoxError> {
        Ok(vec![0; self.0(length).ok_or("out of order")?])
    }
}

#[test]
fn a_faulty_compressor_harms_no_one() {
    for (_, serializer) in serializers() {
        for fault in [|length| Some(length + 1), |length| Some(length - 1)] {
            let compressor = Compressor::custom(Arc::new(Faulty(fault))).above(0);
            let codec = Codec::new(serializer.clone(), compressor).unwrap();
            let entry = encode(&codec, &"a".repeat(100));
            let read = decode::<String>(&codec, &entry);
            assert_eq!(read, Err(Unreadable::Decompression { compressor: "faulty".into() }));
        }
        let compressor = Compressor::custom(Arc::new(Faulty(|_| None))).above(0);
        let codec = Codec::new(serializer, compressor).unwrap();
        let error = codec.encode(key(), &"a".repeat(100), &STAMPS, Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "a value could not be compressed with faulty");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "out of order");
    }
}

#[test]
fn names_are_those_of_the_features() {
    assert!(Serializer::from_name("cbor").is_none());
    assert!(Compressor::from_name("snappy").is_none());
    for (name, compressor) in compressors() {
        assert_eq!(compressor.name(), name);
    }
}
