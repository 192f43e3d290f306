//! The key law: two different calls never share a key, equal ones always do.

use cache_memoize::{Cache, CacheKey, Key, KeyWriter, Serialized, cache_memoize, caches};
use proptest::collection::{btree_map, hash_map, hash_set, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

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
        (cache_key_of_any(7_u8), "of_any|<u8>(7)"),
        (cache_key_of_any(1.5), "of_any|<f64>(1.5)"),
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

#[test]
fn what_stands_for_something_else_is_not_taken_for_it() {
    assert_ne!(cache_key_texts("%20", ""), cache_key_texts(" ", ""));
    assert_ne!(cache_key_texts("1\",\"2", "3"), cache_key_texts("1", "2\",\"3"));
}

#[test]
fn elements_without_an_order_do_not_run_together() {
    let [left, right] = [[1, 23], [12, 3]].map(|set| cache_key_of_any(HashSet::from(set)));
    assert_ne!(left, right);
    let [left, right] = [(1, 23), (12, 3)].map(|pair| cache_key_of_any(HashMap::from([pair])));
    assert_ne!(left, right);
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

/// All that the blocks of this macro make stands where it is called.
macro_rules! at_one_place {
    ($($result:literal)*) => {[$({
        #[cache_memoize(ttl = 60)]
        fn inner() -> u32 {
            $result
        }
        (inner(), inner(), cache_key_inner())
    }),*]};
}

#[test]
fn functions_that_a_macro_makes_at_one_place_have_keys_of_their_own() {
    caches::scoped([("default", Cache::memory())], || {
        let [(one, again, key), (two, _, other)] = at_one_place!(1 2);
        assert_eq!((one, again, two), (1, 1, 2), "{key} {other}");
        assert!(key.as_str().starts_with(concat!(module_path!(), "::")), "{key}");
    });
}

/// Even their tokens are the same: the constant around them makes them two.
macro_rules! alike_at_one_place {
    ($($result:literal)*) => {[$({
        const RESULT: u32 = $result;
        #[cache_memoize(ttl = 60)]
        fn inner() -> u32 {
            RESULT
        }
        (inner(), inner())
    }),*]};
}

#[test]
fn functions_of_the_same_tokens_at_one_place_have_keys_of_their_own() {
    caches::scoped([("default", Cache::memory())], || {
        assert_eq!(alike_at_one_place!(1 2), [(1, 1), (2, 2)]);
    });
}

#[test]
fn an_empty_map_is_no_empty_list() {
    let (list, map) = (serde_json::json!([]), serde_json::json!({}));
    assert_ne!(cache_key_of_any(Serialized(&list)), cache_key_of_any(Serialized(&map)));
    let (list, map) = (serde_json::json!({ "tags": [] }), serde_json::json!({ "tags": {} }));
    assert_ne!(cache_key_of_any(Serialized(&list)), cache_key_of_any(Serialized(&map)));
    let (map, sorted) = (HashMap::<u8, u8>::new(), BTreeMap::<u8, u8>::new());
    assert_eq!(arguments(&cache_key_of_any(map)), "([=])");
    assert_eq!(arguments(&cache_key_of_any(sorted)), "([=])");
    assert_eq!(arguments(&cache_key_of_any(HashSet::<u8>::new())), "([])");
}

fn arguments(key: &Key) -> &str {
    key.as_str().find('(').map_or("", |at| &key.as_str()[at..])
}

#[test]
fn every_part_of_an_address_counts() {
    let address = |port, flow, scope| {
        cache_key_of_any(SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, port, flow, scope)))
    };
    let keys = [address(80, 0, 0), address(81, 0, 0), address(80, 1, 0), address(80, 0, 1)];
    assert_eq!(HashSet::from(keys.clone()).len(), keys.len(), "{keys:?}");
    let v4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80);
    assert_eq!(arguments(&cache_key_of_any(SocketAddr::V4(v4))), arguments(&cache_key_of_any(v4)));
}

/// A name that is only known when the program runs.
struct Name(String);

impl CacheKey for Name {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.unit(&self.0);
    }
}

/// The same, with a part.
struct Labelled(String);

impl CacheKey for Labelled {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let mut labelled = key.composite(&self.0);
        labelled.part(&1);
        labelled.end();
    }
}

#[cache_memoize(ttl = 60)]
fn names(left: Name, right: Name) -> u32 {
    let _ = (left, right);
    0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn names_by_hand(left in (text(), text()), right in (text(), text())) {
        assert_law(&left, &right, |(left, right)| cache_key_names(Name(left.clone()), Name(right.clone())));
        let listed = |names: &(String, String)| {
            let labels = [&names.0, &names.1].map(|name| Labelled(name.clone()));
            cache_key_of_any(labels)
        };
        assert_law(&left, &right, listed);
    }
}

#[test]
fn names_cannot_run_into_one_another() {
    let key = |left: &str, right: &str| cache_key_names(Name(left.into()), Name(right.into()));
    assert_ne!(key("a,b", "c"), key("a", "b,c"));
    assert_eq!(arguments(&key("snake_1", "ü=")), "(snake_1,%C3%BC%3D)");
}

#[derive(serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum Renamed {
    #[serde(rename = "A(1),B")]
    Odd,
}

#[test]
fn names_of_serde_cannot_be_taken_for_structure() {
    let key = cache_key_of_any(Serialized(&[Renamed::Odd]));
    assert_eq!(arguments(&key), "((Renamed::A%281%29%2CB))");
}

struct Nothing;

impl CacheKey for Nothing {
    fn cache_key(&self, _: &mut KeyWriter<'_>) {}
}

#[test]
fn what_writes_nothing_is_still_a_value() {
    assert_eq!(arguments(&cache_key_of_any(Nothing)), "(())");
    assert_ne!(cache_key_of_any(vec![Nothing]), cache_key_of_any(Vec::<Nothing>::new()));
    let cache = Cache::memory();
    cache.set(Nothing, 1_u8).expect("it works");
    assert_eq!(cache.get::<u8>(Nothing).expect("it works"), Some(1));
    assert_eq!(cache.get::<u8>(Name(String::new())).expect("it works"), Some(1));
    assert_eq!(cache.get::<u8>(()).expect("it works"), Some(1));
}

#[cfg(feature = "chrono")]
#[test]
fn one_moment_at_two_offsets_is_two_arguments() {
    use chrono::{DateTime, FixedOffset, Local};
    let utc = DateTime::UNIX_EPOCH;
    let zoned = [0, 3_600].map(|offset| {
        utc.with_timezone(&FixedOffset::east_opt(offset).expect("it is less than a day"))
    });
    assert_ne!(cache_key_of_any(zoned[0]), cache_key_of_any(zoned[1]));
    assert_eq!(arguments(&cache_key_of_any(utc)), arguments(&cache_key_of_any(zoned[0])));
    let (local, later) = (utc.with_timezone(&Local), zoned[0] + chrono::TimeDelta::seconds(1));
    assert_ne!(cache_key_of_any(local), cache_key_of_any(later.with_timezone(&Local)));
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
