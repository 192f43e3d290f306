use super::{codecs, decode, encode};
use serde::{Deserialize, Serialize};

type Twice<T> = Option<Option<T>>;
type Thrice<T> = Option<Twice<T>>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Transparent(Option<Vec<u8>>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(Option<u8>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(Option<u8>),
    Text(String),
}

#[test]
fn the_outer_layers_come_back_one_by_one() {
    for (name, codec) in codecs() {
        let values: [Thrice<u32>; 5] =
            [None, Some(None), Some(Some(None)), Some(Some(Some(0))), Some(Some(Some(7)))];
        for value in values {
            assert_eq!(decode::<Thrice<u32>>(&codec, &encode(&codec, &value)), Ok(value), "{name}");
        }
    }
}

#[test]
fn some_of_nothing_is_not_none() {
    for (name, codec) in codecs() {
        let some_unit = encode(&codec, &Some(()));
        assert_eq!(decode::<Option<()>>(&codec, &some_unit), Ok(Some(())), "{name}");
        let none = encode(&codec, &None::<()>);
        assert_eq!(decode::<Option<()>>(&codec, &none), Ok(None), "{name}");
        let unit = encode(&codec, &());
        assert_eq!(decode::<()>(&codec, &unit), Ok(()), "{name}");
        let some_struct = encode(&codec, &Some(Unit));
        assert_eq!(decode::<Option<Unit>>(&codec, &some_struct), Ok(Some(Unit)), "{name}");
        let boxed = encode(&codec, &Some(Box::new(None::<u8>)));
        assert_eq!(decode::<Option<Box<Option<u8>>>>(&codec, &boxed), Ok(Some(Box::new(None))));
    }
}

#[test]
fn newtypes_with_and_without_a_trace_come_back() {
    for (name, codec) in codecs() {
        for value in [None, Some(Transparent(None)), Some(Transparent(Some(vec![1, 2])))] {
            let entry = encode(&codec, &value);
            assert_eq!(decode::<Option<Transparent>>(&codec, &entry), Ok(value), "{name}");
        }
        for value in [Newtype(None), Newtype(Some(3))] {
            let entry = encode(&codec, &value);
            assert_eq!(decode::<Newtype>(&codec, &entry), Ok(value), "{name}");
        }
    }
}

#[test]
fn an_untagged_enum_sees_through_the_layers() {
    for (name, codec) in codecs() {
        if name.starts_with("postcard") {
            continue;
        }
        for value in [
            Some(Untagged::Number(Some(3))),
            Some(Untagged::Number(None)),
            Some(Untagged::Text("x".into())),
            None,
        ] {
            let entry = encode(&codec, &value);
            assert_eq!(decode::<Option<Untagged>>(&codec, &entry), Ok(value), "{name}");
        }
    }
}

/// A chain of boxes is as long as one likes, and longer than the envelope counts.
#[test]
fn more_layers_than_there_is_room_for_come_back() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Chain(Option<Box<Chain>>);

    let chain = |length| (0..length).fold(Chain(None), |rest, _| Chain(Some(Box::new(rest))));
    for (name, codec) in codecs() {
        for length in [0, 1, 126, 127] {
            let entry = encode(&codec, &chain(length));
            assert_eq!(decode::<Chain>(&codec, &entry), Ok(chain(length)), "{name}, {length}");
        }
        let longer = codec.encode(super::key(), &chain(128), &super::STAMPS, Vec::new());
        match name.starts_with("postcard") {
            true => assert_eq!(decode::<Chain>(&codec, &longer.unwrap()), Ok(chain(128))),
            false => assert!(longer.unwrap_err().to_string().contains("`Some` around nothing")),
        }
    }
}
