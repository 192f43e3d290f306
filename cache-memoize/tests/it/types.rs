//! The type law: what was stored as another type, or as an older shape of the same type, is a miss.

use crate::support::on_every_kind;
use cache_memoize::cache_memoize;
use serde::{Deserialize, Serialize};

macro_rules! shapes {
    ($($name:ident { $($shape:item)* })*) => {$(
        mod $name {
            use super::*;

            $($shape)*

            #[cache_memoize(ttl = 60, prefix = "type_law")]
            pub(super) fn stored(new: bool) -> User {
                if new { User::new() } else { User::default() }
            }
        }
    )*};
}

shapes! {
    original {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct User { pub(super) id: u32, pub(super) name: String, tags: Vec<u8> }
        impl User { fn new() -> Self { Self { id: 7, name: "ada".to_owned(), tags: vec![1] } } }
    }
    added {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub(super) struct User { id: u32, name: String, tags: Vec<u8>, email: Option<String> }
        impl User { fn new() -> Self { Self { id: 8, ..Self::default() } } }
    }
    removed {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct User { id: u32, name: String }
        impl User { fn new() -> Self { Self { id: 8, ..Self::default() } } }
    }
    renamed {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub(super) struct User { id: u32, full_name: String, tags: Vec<u8> }
        impl User { fn new() -> Self { Self { id: 8, ..Self::default() } } }
    }
    reordered {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct User { name: String, id: u32, tags: Vec<u8> }
        impl User { fn new() -> Self { Self { id: 8, ..Self::default() } } }
    }
    retyped {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct User { id: u64, name: String, tags: Vec<u8> }
        impl User { fn new() -> Self { Self { id: 8, ..Self::default() } } }
    }
    retyped_inside {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct User { id: u32, name: String, tags: Vec<u16> }
        impl User { fn new() -> Self { Self { id: 8, ..Self::default() } } }
    }
    another {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct User(String);
        impl User { fn new() -> Self { Self("ada".to_owned()) } }
    }
}

macro_rules! is_a_miss {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            on_every_kind(|kind| {
                original::stored(true);
                assert_eq!($name::peek_stored(true).expect("it works"), None, "{kind}");
                let value = $name::stored(true);
                assert_eq!($name::peek_stored(true).expect("it works"), Some(value), "{kind}");
                assert_eq!(original::peek_stored(true).expect("it works"), None, "{kind}");
            });
        }
    )*};
}

is_a_miss!(added removed renamed reordered retyped retyped_inside another);

#[test]
fn the_same_shape_is_a_hit() {
    on_every_kind(|kind| {
        let user = original::stored(true);
        assert_eq!((user.id, &*user.name), (7, "ada"));
        assert_eq!(original::peek_stored(true).expect("it works"), Some(user), "{kind}");
    });
}

#[cache_memoize(ttl = 60, key = ())]
fn nothing_at_all(value: Option<Option<u32>>) -> Option<Option<u32>> {
    value
}

#[cache_memoize(ttl = 60, key = ())]
fn nothing_within(value: Option<()>) -> Option<()> {
    value
}

/// `None` is a value, and `Some(None)` another.
#[test]
fn nothing_is_a_value() {
    on_every_kind(|kind| {
        for value in [None, Some(None), Some(Some(1))] {
            invalidate_nothing_at_all().expect("it works");
            assert_eq!(nothing_at_all(value), value);
            assert_eq!(peek_nothing_at_all().expect("it works"), Some(value), "{kind}");
        }
        for value in [None, Some(())] {
            invalidate_nothing_within().expect("it works");
            assert_eq!(nothing_within(value), value);
            assert_eq!(peek_nothing_within().expect("it works"), Some(value), "{kind}");
        }
    });
}
