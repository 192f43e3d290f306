//! What a format could not give back exactly is not written.

use super::sample::Buffered;
use super::{STAMPS, codec, decode, key, serializers};
use crate::codec::error::Obstacle;
use crate::codec::structs::StructName;
use crate::codec::{CodecError, Serializer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapper<T>(T);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
struct Uneven {
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
pub(super) fn obstacle<T>(name: &str, value: &T) -> Option<Obstacle>
where
    T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug + 'static,
{
    let codec = codec(Serializer::from_name(name).unwrap());
    match codec.encode(key(), value, &STAMPS, Vec::new()) {
        Ok(entry) => {
            assert_eq!(&decode::<T>(&codec, &entry).unwrap(), value, "{name}");
            None
        }
        Err(CodecError::Lossy { obstacle, .. }) => Some(obstacle),
        Err(error) => panic!("{name}: {error}"),
    }
}

pub(super) fn names() -> Vec<&'static str> {
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
        let uneven = vec![Uneven { second: 2 }];
        let name_of_struct = StructName { name: "Uneven", variant: None };
        let refused = postcard.then_some(Obstacle::UnevenStruct { name: name_of_struct });
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
    let refused = codec(postcard).encode(key(), &value, &STAMPS, Vec::new()).unwrap_err();
    assert!(matches!(refused, CodecError::Lossy { obstacle: Obstacle::SelfDescribing, .. }));
}

/// Just as deep as a thread with a small stack can read, and not one level more.
#[test]
fn depth() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Nested(Vec<Nested>);
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Tree {
        Leaf,
        Newtype(Box<Tree>),
        Fields { next: Box<Tree> },
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Chain {
        next: Option<Box<Chain>>,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Newtypes(Box<Tree>);

    let nested = |depth| (1..depth).fold(Nested(vec![]), |inner, _| Nested(vec![inner]));
    let newtypes = |depth| (0..depth).fold(Tree::Leaf, |next, _| Tree::Newtype(Box::new(next)));
    let fields =
        |depth| (0..depth).fold(Tree::Leaf, |next, _| Tree::Fields { next: Box::new(next) });
    let chain = |links| {
        (0..links).fold(Chain { next: None }, |next, _| Chain { next: Some(Box::new(next)) })
    };
    let newtype = |depth| Newtypes(Box::new(newtypes(depth)));
    for name in names() {
        let limit = if name == "json" { 127 } else { 128 };
        let refused = Some(Obstacle::Depth { limit });
        assert_eq!(obstacle(name, &nested(limit)), None, "{name}");
        assert_eq!(obstacle(name, &nested(limit + 1)), refused, "{name}");
        assert_eq!(obstacle(name, &newtypes(limit)), None, "{name}");
        assert_eq!(obstacle(name, &newtypes(limit + 1)), refused, "{name}");
        assert_eq!(obstacle(name, &fields(limit / 2)), None, "{name}");
        assert_eq!(obstacle(name, &newtype(limit - 1)), None, "{name}");
        assert_eq!(obstacle(name, &newtype(limit)), refused, "{name}");
        assert_eq!(obstacle(name, &chain(63)), None, "{name}");
        assert_eq!(obstacle(name, &chain(64)), Some(Obstacle::Depth { limit: 128 }), "{name}");
    }
}

/// A value without a bottom, which no stack has room for.
#[test]
fn what_is_too_deep_is_refused_without_walking_down() {
    struct Pit(u32);
    impl Serialize for Pit {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            assert!(self.0 < 1000, "the walk should have ended before");
            serializer.serialize_some(&Self(self.0 + 1))
        }
    }
    impl<'de> Deserialize<'de> for Pit {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            u32::deserialize(deserializer).map(Self)
        }
    }

    for (name, serializer) in serializers() {
        let refused =
            codec(serializer).encode(key(), &vec![Pit(0)], &STAMPS, Vec::new()).unwrap_err();
        assert!(
            matches!(refused, CodecError::Lossy { obstacle: Obstacle::Depth { .. }, .. }),
            "{name}: {refused}"
        );
    }
    assert!(crate::codec::weight_of(&Pit(0)) >= 128);
}

#[test]
fn the_message_says_what_to_do_and_never_the_value() {
    for (_, serializer) in serializers() {
        let codec = codec(serializer);
        let secret = Stubborn("hunter2".into());
        let error = codec.encode(key(), &secret, &STAMPS, Vec::new()).unwrap_err();
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
    let error = codec(json).encode(key(), &value, &STAMPS, Vec::new()).unwrap_err().to_string();
    assert!(error.contains("key must be a string"), "{error}");
}
