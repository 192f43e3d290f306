//! Values with something of everything.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sample {
    pub(super) flag: bool,
    pub(super) small: i8,
    pub(super) large: u64,
    pub(super) huge: i128,
    pub(super) ratio: f64,
    pub(super) single: f32,
    pub(super) letter: char,
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
    pub(super) maybe: Option<i32>,
    pub(super) inner: Option<Inner>,
    pub(super) list: Vec<Inner>,
    pub(super) by_name: BTreeMap<String, u32>,
    pub(super) by_number: BTreeMap<i32, String>,
    pub(super) choices: Vec<Choice>,
    pub(super) pair: (u8, String),
    pub(super) nothing: (),
    pub(super) time: Duration,
    pub(super) address: IpAddr,
    pub(super) count: NonZeroU32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Inner {
    pub(super) id: u32,
    pub(super) names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Choice {
    Nothing,
    One(u32),
    Two(i64, Option<String>),
    Named { yes: bool, inner: Inner },
}

/// What only formats that describe themselves can hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Buffered {
    pub(super) single: f32,
    #[serde(flatten)]
    pub(super) inner: BufferedInner,
    pub(super) shape: Shape,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
    pub(super) last: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BufferedInner {
    pub(super) flat: f32,
    pub(super) flat_wide: f64,
    pub(super) flat_list: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub(super) enum Shape {
    Circle { radius: f32 },
    Square { side: u64, label: Option<String> },
    Point,
}

/// The value in the golden files. Compressible, so that every compressor has its say.
pub(super) fn golden() -> Sample {
    Sample {
        flag: true,
        small: -3,
        large: u64::MAX,
        huge: i128::MIN,
        ratio: 0.1,
        single: 7.038_531e-26,
        letter: 'ß',
        text: "all work and no play makes Jack a dull boy; ".repeat(8),
        bytes: vec![0, 1, 127, 128, 255],
        maybe: None,
        inner: Some(Inner { id: 7, names: vec![] }),
        list: vec![Inner { id: 1, names: vec!["a".into(), "b".into()] }],
        by_name: BTreeMap::from([("one".into(), 1), ("two".into(), 2)]),
        by_number: BTreeMap::from([(-1, "minus".into()), (0, String::new())]),
        choices: vec![
            Choice::Nothing,
            Choice::One(1),
            Choice::Two(-2, Some("x".into())),
            Choice::Named { yes: false, inner: Inner { id: 0, names: vec![] } },
        ],
        pair: (9, "nine".into()),
        nothing: (),
        time: Duration::new(5, 17),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        count: NonZeroU32::MIN,
    }
}

pub(super) fn samples() -> impl Strategy<Value = Sample> {
    let scalars =
        (any::<bool>(), any::<i8>(), any::<u64>(), any::<i128>(), finite(), finite_single());
    let texts = (any::<char>(), ".*", vec(any::<u8>(), 0..50), any::<Option<i32>>());
    let nested = (
        proptest::option::of(inners()),
        vec(inners(), 0..5),
        btree_map(".*", any::<u32>(), 0..5),
        btree_map(any::<i32>(), ".*", 0..5),
        vec(choices(), 0..5),
    );
    let rest = (
        (any::<u8>(), ".*"),
        any::<Duration>(),
        any::<IpAddr>(),
        (1..=u32::MAX).prop_map(|number| NonZeroU32::new(number).unwrap()),
    );
    (scalars, texts, nested, rest).prop_map(|(scalars, texts, nested, rest)| {
        let (flag, small, large, huge, ratio, single) = scalars;
        let (letter, text, bytes, maybe) = texts;
        let (inner, list, by_name, by_number, choices) = nested;
        let (pair, time, address, count) = rest;
        Sample {
            flag,
            small,
            large,
            huge,
            ratio,
            single,
            letter,
            text,
            bytes,
            maybe,
            inner,
            list,
            by_name,
            by_number,
            choices,
            pair,
            nothing: (),
            time,
            address,
            count,
        }
    })
}

pub(super) fn buffered() -> impl Strategy<Value = Buffered> {
    let inner = (finite_single(), finite(), vec(any::<i64>(), 0..5))
        .prop_map(|(flat, flat_wide, flat_list)| BufferedInner { flat, flat_wide, flat_list });
    let shape = prop_oneof![
        finite_single().prop_map(|radius| Shape::Circle { radius }),
        (any::<u64>(), any::<Option<String>>())
            .prop_map(|(side, label)| Shape::Square { side, label }),
        Just(Shape::Point),
    ];
    (finite_single(), inner, shape, any::<Option<String>>(), any::<u8>()).prop_map(
        |(single, inner, shape, note, last)| Buffered { single, inner, shape, note, last },
    )
}

fn inners() -> impl Strategy<Value = Inner> {
    (any::<u32>(), vec(".*", 0..4)).prop_map(|(id, names)| Inner { id, names })
}

fn choices() -> impl Strategy<Value = Choice> {
    prop_oneof![
        Just(Choice::Nothing),
        any::<u32>().prop_map(Choice::One),
        (any::<i64>(), any::<Option<String>>()).prop_map(|(a, b)| Choice::Two(a, b)),
        (any::<bool>(), inners()).prop_map(|(yes, inner)| Choice::Named { yes, inner }),
    ]
}

fn finite() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    NORMAL | SUBNORMAL | ZERO | POSITIVE | NEGATIVE
}

fn finite_single() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    NORMAL | SUBNORMAL | ZERO | POSITIVE | NEGATIVE
}
