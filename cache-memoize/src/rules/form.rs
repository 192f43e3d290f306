//! In which form values are stored.

use crate::cache::Value;
use crate::codec::{Codec, CodecError, Decoded, Stamps, Unreadable, weight_of, weight_within};
use crate::groups::Numbered;
use cache_memoize_core::{Bytes, KeyRef};

/// In which form values are stored.
pub trait Form<S> {
    /// How values become bytes and come back; `None` if they stay in the process.
    fn transcoder() -> Option<Transcoder<S>>;

    /// About how many bytes the value takes in memory.
    fn weight(value: &S) -> usize;

    /// The same, if that is not more than `limit`; `None` for a value that does not say it.
    fn weight_within(value: &S, limit: usize) -> Option<usize>;
}

/// How values of one type become bytes and come back.
pub struct Transcoder<S> {
    pub(crate) encode: Encode<S>,
    pub(crate) decode: Decode<S>,
}

type Encode<S> = fn(&Codec, KeyRef<'_>, &S, &Stamps, Vec<Numbered>) -> Result<Bytes, CodecError>;

type Decode<S> = for<'a> fn(&Codec, KeyRef<'a>, &'a [u8]) -> Result<Decoded<'a, S>, Unreadable>;

/// As bytes where the store is elsewhere, as they are in process.
pub struct Portable;

impl<S: Value> Form<S> for Portable {
    fn transcoder() -> Option<Transcoder<S>> {
        Some(Transcoder { encode: Codec::encode, decode: Codec::decode })
    }

    fn weight(value: &S) -> usize {
        size_of::<S>() + weight_of(value)
    }

    fn weight_within(value: &S, limit: usize) -> Option<usize> {
        Some(size_of::<S>() + weight_within(value, limit)?).filter(|weight| *weight <= limit)
    }
}

/// As they are, in this process only: the option `local`.
pub struct InProcess;

impl<S> Form<S> for InProcess {
    fn transcoder() -> Option<Transcoder<S>> {
        None
    }

    fn weight(_: &S) -> usize {
        size_of::<S>()
    }

    fn weight_within(_: &S, _: usize) -> Option<usize> {
        None
    }
}
