//! What a format could not give back exactly is not written.

use super::sample::Buffered;
use super::{STAMPS, codec, decode, key, serializers};
use crate::codec::error::Obstacle;
use crate::codec::{CodecError, Serializer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapper<T>(T);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Uneven {
    #[serde(skip_serializing, default)]
    first: u8,
    second: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Even {
    #[serde(skip)]
    first: u8,
    #[serde(alias = "another")]
    second: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sparse {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<u8>,
    second: u8,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Stubborn(String);

impl Serialize for Stubborn {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom(format!("cannot write {}", self.0)))
    }
}

/// What each serializer makes of a value: `None` if it comes back as it is.
fn obstacle<T>(name: &str, value: &T) -> Option<Obstacle>
where
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug + 'static,
{
    let codec = codec(Serializer::from_name(name).unwrap());
    match codec.encode(key(), value, &STAMPS) {
        Ok(entry) => {
            assert_eq!(&decode::<T>(&codec, &entry).unwrap(), value, "{name}");
            None
        }
        Err(CodecError::Lossy { obstacle, .. }) => Some(obstacle),
        Err(error) => panic!("{name}: {error}"),
    }
}

fn names() -> Vec<&'static str> {
    serializers().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn some_of_nothing_inside_a_value() {
    for name in names() {
        let refused = (name != "postcard").then_some(Obstacle::NestedNothing);
        assert_eq!(obstacle(name, &vec![Some(None::<u8>)]), refused, "{name}");
        assert_eq!(obstacle(name, &(1, Some(()))), refused, "{name}");
        assert_eq!(obstacle(name, &vec![Some(Wrapper(None::<u8>))]), refused, "{name}");
        assert_eq!(obstacle(name, &BTreeMap::from([(1, Some(Some(())))])), refused, "{name}");
        let refused = (name == "json").then_some(Obstacle::NestedNothing);
        assert_eq!(obstacle(name, &vec![Some(Unit)]), refused, "{name}");
        assert_eq!(obstacle(name, &vec![Some(Some(1)), None]), None, "{name}");
        assert_eq!(obstacle(name, &Wrapper(Wrapper(None::<u8>))), None, "{name}");
    }
}

#[test]
fn numbers_that_json_does_not_have() {
    for name in names() {
        for value in [f64::INFINITY, f64::NEG_INFINITY] {
            let refused = (name == "json").then_some(Obstacle::NonFinite);
            assert_eq!(obstacle(name, &vec![1.0, value]), refused, "{name}");
            assert_eq!(obstacle(name, &Some(f32::INFINITY)), refused, "{name}");
        }
        assert_eq!(obstacle(name, &(f64::MAX, f64::MIN_POSITIVE)), None, "{name}");
    }
}

#[test]
fn structs_that_need_names() {
    for name in names() {
        let postcard = name == "postcard";
        let sparse = Sparse { first: None, second: 2 };
        assert_eq!(obstacle(name, &sparse), postcard.then_some(Obstacle::SkippedField), "{name}");
        assert_eq!(obstacle(name, &Sparse { first: Some(1), second: 2 }), None, "{name}");
        let uneven = vec![Uneven { first: 0, second: 2 }];
        let refused = postcard.then_some(Obstacle::UnevenStruct { name: "Uneven" });
        assert_eq!(obstacle(name, &uneven), refused, "{name}");
        assert_eq!(obstacle(name, &vec![Even { first: 0, second: 2 }]), None, "{name}");
    }
}

#[test]
fn types_that_need_a_format_that_describes_itself() {
    let Some(postcard) = Serializer::from_name("postcard") else { return };
    let inner = super::sample::BufferedInner { flat: 1.0, flat_wide: 2.0, flat_list: vec![] };
    let shape = super::sample::Shape::Point;
    let value = Buffered { single: 1.0, inner, shape, note: Some("n".into()), last: 0 };
    let refused = codec(postcard).encode(key(), &value, &STAMPS).unwrap_err();
    assert!(matches!(refused, CodecError::Lossy { obstacle: Obstacle::SelfDescribing, .. }));
}

/// Just as deep as the reader goes, and not one level more.
#[test]
fn depth() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Nested(Vec<Nested>);
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Tree {
        Leaf,
        Newtype(Box<Tree>),
        Fields { next: Box<Tree> },
    }

    let nested = |depth| (1..depth).fold(Nested(vec![]), |inner, _| Nested(vec![inner]));
    let newtypes = |depth| (0..depth).fold(Tree::Leaf, |next, _| Tree::Newtype(Box::new(next)));
    let fields =
        |depth| (0..depth).fold(Tree::Leaf, |next, _| Tree::Fields { next: Box::new(next) });
    for name in names() {
        let limit = match name {
            "json" => 127,
            "msgpack" => 1023,
            _ => continue,
        };
        let refused = Some(Obstacle::Depth { limit });
        // The frames of a debug build are too large for the stack of a test's thread.
        let with_room = std::thread::Builder::new().stack_size(256 << 20).spawn(move || {
            assert_eq!(obstacle(name, &nested(limit)), None, "{name}");
            assert_eq!(obstacle(name, &nested(limit + 1)), refused, "{name}");
            assert_eq!(obstacle(name, &newtypes(limit)), None, "{name}");
            assert_eq!(obstacle(name, &newtypes(limit + 1)), refused, "{name}");
            assert_eq!(obstacle(name, &fields(limit / 2)), None, "{name}");
            assert_eq!(obstacle(name, &fields(limit / 2 + 1)), refused, "{name}");
        });
        with_room.unwrap().join().unwrap();
    }
}

#[test]
fn the_message_says_what_to_do_and_never_the_value() {
    for (_, serializer) in serializers() {
        let codec = codec(serializer);
        let secret = Stubborn("hunter2".into());
        let error = codec.encode(key(), &secret, &STAMPS).unwrap_err();
        let message = format!("{error} {error:?}");
        assert!(message.contains("Stubborn"), "{message}");
        assert!(message.contains("choose another serializer"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn what_a_format_refuses_by_itself_is_told_in_its_words() {
    let Some(json) = Serializer::from_name("json") else { return };
    let value = BTreeMap::from([((1, 2), 3)]);
    let error = codec(json).encode(key(), &value, &STAMPS).unwrap_err().to_string();
    assert!(error.contains("key must be a string"), "{error}");
}
