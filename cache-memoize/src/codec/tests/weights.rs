use crate::codec::{weight_of, weight_within};
use serde::{Deserialize, Serialize, Serializer};
use std::cell::Cell;

#[derive(Serialize, Deserialize)]
struct Pair {
    number: u64,
    text: String,
}

/// Fails halfway through.
struct Halfway;

impl Serialize for Halfway {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error, SerializeSeq};
        let mut seq = serializer.serialize_seq(Some(2))?;
        seq.serialize_element(&"a".repeat(1000))?;
        Err(S::Error::custom("enough"))
    }
}

#[test]
fn a_value_weighs_what_its_content_does() {
    assert_eq!(weight_of(&7_u64), 8);
    assert_eq!(weight_of("four"), 24 + 4);
    assert_eq!(weight_of(&vec![0_u8; 1000]), 24 + 1000);
    assert_eq!(weight_of(&Pair { number: 1, text: "ab".into() }), 8 + 24 + 2);
    assert_eq!(weight_of(&Some(1_u16)), 1 + 2);
    assert_eq!(weight_of(&None::<u64>), 1);
}

#[test]
fn no_value_weighs_nothing() {
    assert!(weight_of(&()) > 0);
    assert!(weight_of(&None::<Vec<u8>>) > 0);
    assert!(weight_of(&Vec::<u8>::new()) > 0);
}

#[test]
fn a_value_that_cannot_be_walked_to_its_end_weighs_what_was_seen() {
    assert!(weight_of(&Halfway) >= 1000);
}

#[test]
fn within_a_limit_only_what_is_walked_to_its_end_has_a_weight() {
    let weight = 24 + 100;
    assert_eq!(weight_within(&vec![0_u8; 100], weight), Some(weight));
    assert_eq!(weight_within(&vec![0_u8; 100], weight - 1), None);
    assert_eq!(weight_within(&Halfway, usize::MAX), None, "it does not show all of itself");
    let deep = (0..200).fold(Layer(None), |inner, _| Layer(Some(Box::new(inner))));
    assert_eq!(weight_within(&deep, usize::MAX), None, "it is deeper than it is walked into");
}

#[derive(Serialize)]
struct Layer(Option<Box<Layer>>);

/// Tells of each element that it is walked over.
struct Counted<'a>(&'a Cell<usize>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.set(self.0.get() + 1);
        serializer.serialize_u64(7)
    }
}

#[test]
fn a_walk_ends_beyond_its_limit() {
    let walked = Cell::new(0);
    let many: Vec<_> = (0..10_000).map(|_| Counted(&walked)).collect();
    assert_eq!(weight_within(&many, 800), None);
    assert!(walked.get() <= 100, "{} elements of eight bytes", walked.get());
}

/// Text of one's own making is counted, not built.
#[test]
fn what_is_written_by_display_is_weighed() {
    let address = std::net::Ipv4Addr::LOCALHOST;
    struct Shown(std::net::Ipv4Addr);
    impl Serialize for Shown {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&self.0)
        }
    }
    assert_eq!(weight_of(&Shown(address)), 24 + "127.0.0.1".len());
}
