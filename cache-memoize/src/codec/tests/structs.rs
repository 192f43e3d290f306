//! Structs that do not write what they read are refused, and no others are.

use super::lossless::{names, obstacle};
use super::{STAMPS, codec, key, serializers};
use crate::codec::error::Obstacle;
use crate::codec::structs::StructName;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Debug;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Secretive {
    user: String,
    #[serde(skip_serializing, default)]
    secret: String,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all(deserialize = "camelCase"), default)]
struct Renamed {
    user_name: String,
    user_id: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Forgetful {
    user: String,
    #[serde(skip_deserializing)]
    seen: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Empty {
    #[serde(skip_deserializing)]
    seen: u8,
}

/// A field that no dummy fits hides how many there are, but not their names.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Checked {
    password: Password,
    #[serde(rename(deserialize = "Other"), default)]
    other: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Password(String);

impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() > 1000 { Ok(Self(text)) } else { Err("too short") }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Event {
    Login {
        user: String,
        #[serde(skip_serializing, default)]
        secret: String,
    },
    Logout {
        user: String,
    },
}

fn unlike(name: &'static str, variant: Option<&'static str>) -> Option<Obstacle> {
    Some(Obstacle::UnlikeStruct { name: StructName { name, variant } })
}

fn assert_refused<T>(value: &T, refused: Option<Obstacle>)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + 'static,
{
    for name in names() {
        assert_eq!(obstacle(name, value), refused, "{name}");
    }
}

/// Stored as it is, except by a format without names where the value needs them.
fn assert_accepted<T>(value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug + 'static,
{
    for name in names().into_iter().filter(|name| *name != "postcard") {
        assert_eq!(obstacle(name, value), None, "{name}");
    }
}

#[test]
fn a_field_that_is_read_and_not_written() {
    let value = Secretive { user: "u".into(), secret: "hunter2".into() };
    assert_refused(&vec![value], unlike("Secretive", None));
}

#[test]
fn names_that_differ() {
    let value = Renamed { user_name: "u".into(), user_id: 1 };
    assert_refused(&value, unlike("Renamed", None));
    let value = Checked { password: Password("p".repeat(1001)), other: 1 };
    assert_refused(&value, unlike("Checked", None));
}

#[test]
fn a_field_that_is_written_and_not_read() {
    assert_refused(&Forgetful { user: "u".into(), seen: 1 }, unlike("Forgetful", None));
    assert_refused(&Empty { seen: 1 }, unlike("Empty", None));
}

#[test]
fn a_variant_of_an_enum() {
    let value = Event::Login { user: "u".into(), secret: "hunter2".into() };
    assert_refused(&value, unlike("Event", Some("Login")));
    assert_refused(&Event::Logout { user: "u".into() }, None);
}

#[test]
fn the_message_names_the_struct_and_the_remedy_and_never_the_value() {
    for (_, serializer) in serializers() {
        let value = Event::Login { user: "u".into(), secret: "hunter2".into() };
        let error = codec(serializer).encode(key(), &value, &STAMPS, Vec::new()).unwrap_err();
        let message = format!("{error} {error:?}");
        assert!(message.contains("`Event::Login`") && message.contains("same"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

mod one {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct Item {
        pub(super) id: u8,
    }
}

mod two {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct Item {
        pub(super) number: u8,
        pub(super) name: String,
    }
}

#[test]
fn structs_of_one_name() {
    let value = (one::Item { id: 1 }, two::Item { number: 1, name: "n".into() });
    assert_refused(&value, None);
}

#[test]
fn fields_of_several_names() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Aliased {
        #[serde(alias = "a", alias = "z")]
        first: u8,
        #[serde(alias = "b")]
        second: Option<u8>,
        password: Option<Password>,
    }

    assert_refused(&Aliased { first: 1, second: None, password: None }, None);
}

#[test]
fn fields_that_are_left_out_because_of_their_value() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sparse {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        note: Option<u8>,
        #[serde(skip)]
        cached: u8,
        id: u8,
    }

    assert_accepted(&Sparse { note: None, cached: 0, id: 1 });
    assert_refused(&Sparse { note: Some(1), cached: 0, id: 1 }, None);
}

#[test]
fn tags_that_serde_adds() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    struct Tagged {
        id: u8,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Inside {
        Item(one::Item),
        Fields { id: u8 },
        Unit,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type", content = "content")]
    enum Beside {
        Item(one::Item),
        Fields { id: u8 },
        Unit,
    }

    assert_accepted(&Tagged { id: 1 });
    let inside = vec![Inside::Item(one::Item { id: 1 }), Inside::Fields { id: 1 }, Inside::Unit];
    assert_accepted(&(inside, one::Item { id: 1 }));
    let beside = vec![Beside::Item(one::Item { id: 1 }), Beside::Fields { id: 1 }, Beside::Unit];
    assert_accepted(&beside);
}

#[test]
fn flattened_structs() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Flat {
        id: u8,
        #[serde(flatten)]
        item: two::Item,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }

    let item = two::Item { number: 1, name: "n".into() };
    assert_accepted(&Flat { id: 1, item, rest: BTreeMap::from([("more".into(), 1)]) });
}

#[test]
fn structs_of_the_standard_library() {
    use std::time::{Duration, SystemTime};
    let time = SystemTime::UNIX_EPOCH + Duration::new(1, 5);
    assert_refused(&(Duration::new(1, 5), time, 1_u8..3, Ok::<u8, u8>(1)), None);
}
