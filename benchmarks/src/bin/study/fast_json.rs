//! JSON by SIMD, as a serializer of a user's own.

use cache_memoize::CustomSerializer;
use cache_memoize::core::BoxError;

/// What `sonic-rs` writes and reads.
pub(crate) struct FastJson;

impl CustomSerializer for FastJson {
    fn id(&self) -> u8 {
        128
    }

    fn name(&self) -> &'static str {
        "sonic-rs"
    }

    fn is_human_readable(&self) -> bool {
        true
    }

    fn serialize(&self, value: &dyn erased_serde::Serialize) -> Result<Vec<u8>, BoxError> {
        Ok(sonic_rs::to_vec(value)?)
    }

    fn deserialize<'de>(
        &self,
        bytes: &'de [u8],
        read: &mut dyn FnMut(&mut dyn erased_serde::Deserializer<'de>) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        let mut deserializer = sonic_rs::Deserializer::from_slice(bytes);
        read(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut deserializer))?;
        // What does not end where the value ends is not what was written.
        Ok(deserializer.end()?)
    }
}
