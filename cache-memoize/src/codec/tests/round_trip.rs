use super::sample::{Buffered, BufferedInner, Shape, buffered, samples};
use super::{codecs, decode, encode};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_value_comes_back_through_every_codec(sample in samples()) {
        for (name, codec) in codecs() {
            assert_comes_back(&name, &codec, &sample);
        }
    }

    #[test]
    fn and_so_does_what_is_read_through_a_buffer(sample in buffered()) {
        for (name, codec) in codecs() {
            if !name.starts_with("postcard") {
                assert_comes_back(&name, &codec, &sample);
            }
        }
    }
}

/// The shortest decimal of this number, rounded to an `f64` and then to an `f32`, is its neighbour.
#[test]
fn the_float_that_is_rounded_twice_comes_back() {
    let single = 7.038_531e-26;
    let inner = BufferedInner { flat: single, flat_wide: 0.1, flat_list: vec![] };
    let shape = Shape::Circle { radius: single };
    let sample = Buffered { single, inner, shape, note: None, last: 3 };
    for (name, codec) in codecs() {
        if !name.starts_with("postcard") {
            assert_comes_back(&name, &codec, &sample);
        }
    }
}

#[test]
fn what_is_not_finite_comes_back_where_it_is_taken() {
    for (name, codec) in codecs() {
        if !name.starts_with("json") {
            assert_comes_back(&name, &codec, &vec![f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
        }
    }
}

/// Compared as text, which tells -0.0 from 0.0 and takes one NaN for another.
fn assert_comes_back<T>(name: &str, codec: &crate::codec::Codec, value: &T)
where
    T: Serialize + DeserializeOwned + Debug + 'static,
{
    let back: T = decode(codec, &encode(codec, value)).unwrap();
    assert_eq!(format!("{back:?}"), format!("{value:?}"), "{name}");
}
