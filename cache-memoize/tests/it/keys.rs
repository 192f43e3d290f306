//! The key law: two different calls never share a key, equal ones always do.

use cache_memoize::{CacheKey, Key, Serialized, cache_memoize};
use proptest::collection::{btree_map, hash_map, hash_set, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

#[cache_memoize(ttl = 60)]
fn texts(left: &str, right: &str) -> u32 {
    let _ = (left, right);
    0
}

#[cache_memoize(ttl = 60)]
fn other_texts(left: &str, right: &str) -> u32 {
    let _ = (left, right);
    0
}

#[cache_memoize(ttl = 60)]
fn mixed(number: i64, list: &[u8], maybe: Option<&str>, flag: bool, letter: char) -> u32 {
    let _ = (number, list, maybe, flag, letter);
    0
}

#[cache_memoize(ttl = 60)]
fn of_any<T: CacheKey>(value: T) -> u32 {
    let _ = value;
    0
}

#[cache_memoize(ttl = 60)]
fn of_impl(value: impl CacheKey) -> u32 {
    let _ = value;
    0
}

#[derive(CacheKey, Clone, Debug, PartialEq)]
enum Shape {
    Empty,
    Circle(u32),
    Box { width: u32, height: u32 },
    Named(String),
}

#[derive(CacheKey, Clone, Debug, PartialEq, serde::Serialize)]
struct Nested {
    names: Vec<String>,
    scores: BTreeMap<String, Option<i32>>,
    pair: (String, String),
}

fn assert_law<T: PartialEq + Debug>(left: &T, right: &T, key: impl Fn(&T) -> Key) {
    let (left_key, right_key) = (key(left), key(right));
    assert_eq!(left == right, left_key == right_key, "{left:?} {right:?}: {left_key} {right_key}");
    for key in [left_key, right_key] {
        assert!(Key::new(key.as_str()).is_ok(), "{key:?} is no key");
    }
}

/// Strings that are likely to be confused with each other, and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab:,()\"'%#|@<>;\\[\\]=+]{0,4}",
        Just("None".to_owned()),
        Just("Some(a)".to_owned()),
        "[0-9.-]{0,3}",
        "\\PC{0,300}",
        any::<String>(),
    ]
}

fn nested() -> impl Strategy<Value = Nested> {
    let scores = btree_map(text(), any::<Option<i32>>(), 0..3);
    (vec(text(), 0..3), scores, (text(), text())).prop_map(|(names, scores, pair)| Nested {
        names,
        scores,
        pair,
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Empty),
        any::<u32>().prop_map(Shape::Circle),
        any::<(u32, u32)>().prop_map(|(width, height)| Shape::Box { width, height }),
        text().prop_map(Shape::Named),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_strings(left in (text(), text()), right in (text(), text())) {
        assert_law(&left, &right, |(left, right)| cache_key_texts(left, right));
    }

    #[test]
    fn a_mixed_list(
        left in (any::<i64>(), vec(any::<u8>(), 0..200), proptest::option::of(text()), any::<bool>(), any::<char>()),
        right in (any::<i64>(), vec(any::<u8>(), 0..200), proptest::option::of(text()), any::<bool>(), any::<char>()),
    ) {
        type Mixed = (i64, Vec<u8>, Option<String>, bool, char);
        let key = |it: &Mixed| cache_key_mixed(it.0, &it.1, it.2.as_deref(), it.3, it.4);
        assert_law(&left, &right, key);
        let mut near = left.clone();
        near.2 = Some(near.2.unwrap_or_default());
        assert_law(&left, &near, key);
    }

    #[test]
    fn derived_types(left in shape(), right in shape()) {
        assert_law(&left, &right, |shape| cache_key_of_any(shape.clone()));
    }

    #[test]
    fn nested_types(left in nested(), right in nested()) {
        assert_law(&left, &right, |nested| cache_key_of_any(nested.clone()));
        assert_law(&left, &right, |nested| cache_key_of_any(Serialized(nested)));
    }

    #[test]
    fn two_functions(left in text(), right in text()) {
        assert_ne!(cache_key_texts(&left, &right), cache_key_other_texts(&left, &right));
    }

    #[test]
    fn unordered_collections(map in hash_map(text(), any::<u8>(), 0..8), set in hash_set(text(), 0..8)) {
        let same_map: HashMap<_, _> = map.iter().map(|(key, value)| (key.clone(), *value)).collect();
        assert_eq!(cache_key_of_any(map.clone()), cache_key_of_any(same_map));
        let same_set: HashSet<_> = set.iter().cloned().collect();
        assert_eq!(cache_key_of_any(set), cache_key_of_any(same_set));
        let mut other = map.clone();
        other.insert("one more".to_owned(), 1);
        assert_eq!(map == other, cache_key_of_any(map) == cache_key_of_any(other));
    }

    #[test]
    fn floats(left in any::<f64>(), right in any::<f64>()) {
        let same = left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan();
        assert_eq!(same, cache_key_of_any(left) == cache_key_of_any(right), "{left:?} {right:?}");
    }
}

#[test]
fn a_readable_call_has_a_readable_key() {
    let head = module_path!();
    let readable = [
        (cache_key_texts("EUR", "USD"), "texts(EUR,USD)"),
        (cache_key_texts("42", ""), "texts(\"42\",\"\")"),
        (cache_key_texts("a b", "ü"), "texts(\"a%20b\",\"%C3%BC\")"),
        (cache_key_mixed(-7, &[1, 2], None, true, 'x'), "mixed(-7,[1,2],None,true,'x')"),
        (
            cache_key_mixed(0, &[], Some("None"), false, ' '),
            "mixed(0,[],Some(\"None\"),false,'%20')",
        ),
        (cache_key_of_any(7_u8), "of_any<u8>(7)"),
        (cache_key_of_any(1.5), "of_any<f64>(1.5)"),
    ];
    for (key, text) in readable {
        assert_eq!(key.as_str(), format!("{head}::{text}"));
    }
}

#[test]
fn what_other_libraries_confuse_is_told_apart() {
    assert_ne!(cache_key_texts("a:b", "c"), cache_key_texts("a", "b:c"));
    assert_ne!(cache_key_of_impl(&[1_u8][..]), cache_key_of_impl("[1]"));
    assert_ne!(cache_key_of_impl(1), cache_key_of_impl("1"));
    assert_ne!(cache_key_of_any(None::<&str>), cache_key_of_any(Some("")));
    assert_ne!(cache_key_of_any(1_u8), cache_key_of_any(1_u16));
    assert_ne!(cache_key_of_any(0.0), cache_key_of_any(-0.0));
    assert_eq!(cache_key_of_any(f64::NAN), cache_key_of_any(-f64::NAN));
    let (number, text) = (serde_json::json!({"a": 1}), serde_json::json!({"a": "1"}));
    assert_ne!(cache_key_of_any(Serialized(&number)), cache_key_of_any(Serialized(&text)));
}

/// Keys are the same in every run and every process: these were written down once.
#[test]
fn keys_do_not_change_between_runs() {
    let long = "x".repeat(1_000);
    let key = cache_key_texts(&long, "end");
    assert_eq!(key.as_str().len(), Key::MAX_LEN);
    assert!(key.as_str().ends_with("#1xsJUyyF83w-k4bBxpIJ54K1VK5Tufhv6Wqp4INJ_Kg"), "{key}");
}

#[test]
fn functions_of_one_name_have_keys_of_their_own() {
    fn left() -> Key {
        #[cache_memoize(ttl = 60)]
        fn inner(value: u32) -> u32 {
            value
        }
        inner(1);
        cache_key_inner(1)
    }
    fn right() -> Key {
        {
            #[cache_memoize(ttl = 60)]
            fn inner(value: u32) -> u32 {
                value + 1
            }
            assert_eq!(inner(1), 2);
        }
        #[cache_memoize(ttl = 60)]
        fn inner(value: u32) -> u32 {
            value + 2
        }
        assert_eq!(inner(1), 3);
        cache_key_inner(1)
    }
    assert_ne!(left(), right());
}

/// A value that refuses to be serialized has no key that another call could have.
#[test]
fn a_value_that_refuses_serialization_never_hits() {
    struct Refusing;
    impl serde::Serialize for Refusing {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    assert_ne!(cache_key_of_any(Serialized(&Refusing)), cache_key_of_any(Serialized(&Refusing)));
}
