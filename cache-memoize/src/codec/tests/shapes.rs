//! Law: a type that reads other data, or reads it otherwise, has another fingerprint; one that reads the
//! same has the same.

use crate::codec::fingerprint::trace_text_of;
use crate::codec::fingerprint_of;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, SystemTime};

/// Where a type may be hidden.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Inside<T> {
    before: Vec<u8>,
    holder: Vec<Holder<T>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
enum Holder<T> {
    Empty,
    One(T),
    Many { items: Vec<T>, rest: Option<Box<Holder<T>>> },
}

fn differ<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static>(what: &str) {
    let traces = || format!("{}\n{}", trace_text_of::<A>(), trace_text_of::<B>());
    assert_ne!(fingerprint_of::<A>(), fingerprint_of::<B>(), "{what}\n{}", traces());
}

fn assert_differ<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static>(what: &str) {
    assert_differ_alone::<A, B>(what);
    differ::<(A, A), (A, B)>(what);
    differ::<(A, B), (B, A)>(what);
}

/// What comes behind a value that no dummy satisfies is out of reach in a tuple, so that those do not
/// stand behind one another here.
fn assert_differ_alone<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static>(what: &str) {
    type Deep<T> = Vec<Option<BTreeMap<u8, (bool, Vec<T>)>>>;
    differ::<A, B>(what);
    differ::<Vec<A>, Vec<B>>(what);
    differ::<Option<A>, Option<B>>(what);
    differ::<HashMap<String, A>, HashMap<String, B>>(what);
    differ::<(u8, A, u8), (u8, B, u8)>(what);
    differ::<[A; 2], [B; 2]>(what);
    differ::<Result<u8, A>, Result<u8, B>>(what);
    differ::<Deep<A>, Deep<B>>(what);
    differ::<Inside<A>, Inside<B>>(what);
}

fn assert_alike<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static>() {
    assert_eq!(trace_text_of::<A>(), trace_text_of::<B>());
    assert_eq!(fingerprint_of::<A>(), fingerprint_of::<B>());
    assert_eq!(fingerprint_of::<Inside<A>>(), fingerprint_of::<Inside<B>>());
}

/// Two types of one name, before and after a change.
macro_rules! changes {
    ($check:ident: $($name:ident: { $($before:item)* } => { $($after:item)* })*) => {
        $(#[test]
        fn $name() {
            #[allow(dead_code, unused_imports, unreachable_pub)]
            mod before {
                use super::*;
                $($before)*
            }
            #[allow(dead_code, unused_imports, unreachable_pub)]
            mod after {
                use super::*;
                $($after)*
            }
            $check::<before::T, after::T>(stringify!($name));
        })*
    };
}

changes! {
    assert_differ:
    a_field_added: {
        #[derive(Deserialize)] pub struct T { a: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { a: u8, b: u8 }
    }
    an_optional_field_added: {
        #[derive(Deserialize)] pub struct T { a: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { a: u8, #[serde(default)] b: Option<u8> }
    }
    a_field_renamed: {
        #[derive(Deserialize)] pub struct T { a: u8, b: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { a: u8, c: u8 }
    }
    fields_reordered: {
        #[derive(Deserialize)] pub struct T { a: u8, b: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { b: u8, a: u8 }
    }
    a_number_widened: {
        #[derive(Deserialize)] pub struct T { a: u32 }
    } => {
        #[derive(Deserialize)] pub struct T { a: u64 }
    }
    a_number_signed: {
        #[derive(Deserialize)] pub struct T { a: u32 }
    } => {
        #[derive(Deserialize)] pub struct T { a: i32 }
    }
    a_text_become_number: {
        #[derive(Deserialize)] pub struct T { a: String }
    } => {
        #[derive(Deserialize)] pub struct T { a: u32 }
    }
    elements_widened: {
        #[derive(Deserialize)] pub struct T { a: Vec<u8> }
    } => {
        #[derive(Deserialize)] pub struct T { a: Vec<u16> }
    }
    keys_widened: {
        #[derive(Deserialize)] pub struct T { a: BTreeMap<u8, ()> }
    } => {
        #[derive(Deserialize)] pub struct T { a: BTreeMap<u16, ()> }
    }
    values_widened: {
        #[derive(Deserialize)] pub struct T { a: HashMap<u8, f32> }
    } => {
        #[derive(Deserialize)] pub struct T { a: HashMap<u8, f64> }
    }
    an_option_removed: {
        #[derive(Deserialize)] pub struct T { a: Option<u8> }
    } => {
        #[derive(Deserialize)] pub struct T { a: u8 }
    }
    an_option_doubled: {
        #[derive(Deserialize)] pub struct T { a: Option<u8> }
    } => {
        #[derive(Deserialize)] pub struct T { a: Option<Option<u8>> }
    }
    the_content_of_an_option_changed: {
        #[derive(Deserialize)] pub struct T { a: Option<u8> }
    } => {
        #[derive(Deserialize)] pub struct T { a: Option<i8> }
    }
    a_tuple_lengthened: {
        #[derive(Deserialize)] pub struct T(u8, u8);
    } => {
        #[derive(Deserialize)] pub struct T(u8, u8, u8);
    }
    an_array_lengthened: {
        #[derive(Deserialize)] pub struct T { a: [u8; 3] }
    } => {
        #[derive(Deserialize)] pub struct T { a: [u8; 4] }
    }
    a_struct_renamed: {
        #[derive(Deserialize)] pub struct S { a: u8 }
        pub type T = S;
    } => {
        #[derive(Deserialize)] pub struct R { a: u8 }
        pub type T = R;
    }
    a_newtype_renamed: {
        #[derive(Deserialize)] pub struct Metres(u32);
        pub type T = Metres;
    } => {
        #[derive(Deserialize)] pub struct Feet(u32);
        pub type T = Feet;
    }
    a_unit_struct_renamed: {
        #[derive(Deserialize)] pub struct A;
        pub type T = A;
    } => {
        #[derive(Deserialize)] pub struct B;
        pub type T = B;
    }
    an_enum_renamed: {
        #[derive(Deserialize)] pub enum A { X }
        pub type T = A;
    } => {
        #[derive(Deserialize)] pub enum B { X }
        pub type T = B;
    }
    a_variant_added: {
        #[derive(Deserialize)] pub enum T { X, Y }
    } => {
        #[derive(Deserialize)] pub enum T { X, Y, Z }
    }
    a_variant_renamed: {
        #[derive(Deserialize)] pub enum T { X, Y }
    } => {
        #[derive(Deserialize)] pub enum T { X, Z }
    }
    variants_reordered: {
        #[derive(Deserialize)] pub enum T { X, Y }
    } => {
        #[derive(Deserialize)] pub enum T { Y, X }
    }
    a_variant_given_content: {
        #[derive(Deserialize)] pub enum T { X, Y }
    } => {
        #[derive(Deserialize)] pub enum T { X, Y(u8) }
    }
    the_last_variant_changed: {
        #[derive(Deserialize)] pub enum T { A(u8), B(u8), C(u8), D(u8) }
    } => {
        #[derive(Deserialize)] pub enum T { A(u8), B(u8), C(u8), D(u16) }
    }
    a_variant_lengthened: {
        #[derive(Deserialize)] pub enum T { X, Y(u8, u8) }
    } => {
        #[derive(Deserialize)] pub enum T { X, Y(u8, u8, u8) }
    }
    a_field_of_a_variant_renamed: {
        #[derive(Deserialize)] pub enum T { X, Y { a: u8 } }
    } => {
        #[derive(Deserialize)] pub enum T { X, Y { b: u8 } }
    }
    a_field_of_a_variant_retyped: {
        #[derive(Deserialize)] pub enum T { X, Y { a: u8, b: Vec<u8> } }
    } => {
        #[derive(Deserialize)] pub enum T { X, Y { a: u8, b: Vec<i8> } }
    }
    an_enum_in_an_enum_changed: {
        #[derive(Deserialize)] pub enum I { A, B(u8), C }
        #[derive(Deserialize)] pub enum T { X(I), Y, Z(Option<I>) }
    } => {
        #[derive(Deserialize)] pub enum I { A, B(u8), C(u8) }
        #[derive(Deserialize)] pub enum T { X(I), Y, Z(Option<I>) }
    }
    the_second_of_two_alike_changed: {
        #[derive(Deserialize)] pub enum A { X(u8), Y(u8) }
        #[derive(Deserialize)] #[serde(rename = "A")] pub enum B { X(u8), Y(u8) }
        #[derive(Deserialize)] pub struct T { a: A, b: B }
    } => {
        #[derive(Deserialize)] pub enum A { X(u8), Y(u8) }
        #[derive(Deserialize)] #[serde(rename = "A")] pub enum B { X(u8), Y(u16) }
        #[derive(Deserialize)] pub struct T { a: A, b: B }
    }
    a_recursive_type_changed: {
        #[derive(Deserialize)] pub struct T { next: Option<Box<T>>, all: Vec<T>, a: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { next: Option<Box<T>>, all: Vec<T>, a: u16 }
    }
    a_recursive_enum_changed: {
        #[derive(Deserialize)]
        pub enum T { Add(Box<T>, Box<T>), Call { name: String, with: Vec<T> }, Number(i64) }
    } => {
        #[derive(Deserialize)]
        pub enum T { Add(Box<T>, Box<T>), Call { name: String, with: Vec<T> }, Number(f64) }
    }
    types_that_contain_each_other_changed: {
        #[derive(Deserialize)] pub enum A { B(Box<B>), Leaf, Last(u8) }
        #[derive(Deserialize)] pub enum B { A(Box<A>), Both(Box<A>, Box<B>), Leaf(u8) }
        pub type T = A;
    } => {
        #[derive(Deserialize)] pub enum A { B(Box<B>), Leaf, Last(u8) }
        #[derive(Deserialize)] pub enum B { A(Box<A>), Both(Box<A>, Box<B>), Leaf(i8) }
        pub type T = A;
    }
    a_flattened_struct_changed: {
        #[derive(Deserialize)] pub struct I { b: u8, c: Vec<f32> }
        #[derive(Deserialize)] pub struct T { a: u8, #[serde(flatten)] i: I }
    } => {
        #[derive(Deserialize)] pub struct I { b: u8, c: Vec<u8> }
        #[derive(Deserialize)] pub struct T { a: u8, #[serde(flatten)] i: I }
    }
    a_flattened_map_changed: {
        #[derive(Deserialize)]
        pub struct T { a: u8, #[serde(flatten)] rest: HashMap<String, u8> }
    } => {
        #[derive(Deserialize)]
        pub struct T { a: u8, #[serde(flatten)] rest: HashMap<String, bool> }
    }
    a_field_beside_a_flattened_one_changed: {
        #[derive(Deserialize)]
        pub struct T { #[serde(flatten)] rest: HashMap<String, u8>, a: u8 }
    } => {
        #[derive(Deserialize)]
        pub struct T { #[serde(flatten)] rest: HashMap<String, u8>, a: u16 }
    }
    a_variant_of_a_tagged_enum_added: {
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum T { A { x: u8 }, B }
    } => {
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum T { A { x: u8 }, B, C }
    }
    the_last_variant_of_a_tagged_enum_changed: {
        #[derive(Deserialize)] #[serde(tag = "t")]
        pub enum T { A { x: u8, s: String }, B { y: bool }, C, D { z: Vec<u8>, last: f64 } }
    } => {
        #[derive(Deserialize)] #[serde(tag = "t")]
        pub enum T { A { x: u8, s: String }, B { y: bool }, C, D { z: Vec<u8>, last: f32 } }
    }
    a_tag_renamed: {
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum T { A { x: u8 } }
    } => {
        #[derive(Deserialize)] #[serde(tag = "kind")] pub enum T { A { x: u8 } }
    }
    tagged_enums_in_one_another_changed: {
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum I { A { x: u8 }, B { y: u8 } }
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum T { A { i: I }, B { last: u8 } }
    } => {
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum I { A { x: u8 }, B { y: bool } }
        #[derive(Deserialize)] #[serde(tag = "t")] pub enum T { A { i: I }, B { last: u8 } }
    }
    an_adjacently_tagged_enum_changed: {
        #[derive(Deserialize)] #[serde(tag = "t", content = "c")]
        pub enum T { A { x: u8 }, B(u8), C, D(Vec<u8>) }
    } => {
        #[derive(Deserialize)] #[serde(tag = "t", content = "c")]
        pub enum T { A { x: u8 }, B(u8), C, D(Vec<u16>) }
    }
    a_struct_of_an_adjacently_tagged_enum_changed: {
        #[derive(Deserialize)] #[serde(tag = "t", content = "c")] pub enum T { A(u8), B { x: u8 } }
    } => {
        #[derive(Deserialize)] #[serde(tag = "t", content = "c")] pub enum T { A(u8), B { x: u16 } }
    }
    an_untagged_enum_changed: {
        #[derive(Deserialize)] #[serde(untagged)]
        pub enum T { A { x: u8 }, B { y: Vec<u8> }, C(bool) }
    } => {
        #[derive(Deserialize)] #[serde(untagged)]
        pub enum T { A { x: u8 }, B { y: Vec<i8> }, C(bool) }
    }
    a_struct_behind_a_checked_field_changed: {
        #[derive(Deserialize)] pub struct T { mail: Email, id: Hex, even: Even, a: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { mail: Email, id: Hex, even: Even, a: u16 }
    }
    what_cannot_be_empty_changed: {
        #[derive(Deserialize)] pub struct T { a: NonEmpty<u8>, b: NonEmpty<u8>, c: NonEmpty<i8> }
    } => {
        #[derive(Deserialize)] pub struct T { a: NonEmpty<u8>, b: NonEmpty<i8>, c: NonEmpty<i8> }
    }
    an_aliased_struct_changed: {
        #[derive(Deserialize)] pub struct T { #[serde(alias = "z", alias = "0")] a: u8, b: u8 }
    } => {
        #[derive(Deserialize)] pub struct T { #[serde(alias = "z", alias = "0")] a: u8, b: u16 }
    }
}

changes! {
    assert_differ_alone:
    a_field_after_a_hopeless_one_changed: {
        #[derive(Deserialize)] pub struct T { a: Hopeless, b: (Hopeless, u8), c: Choice, d: u8 }
        #[derive(Deserialize)] pub enum Choice { A(u8), B(u8), C(u8) }
    } => {
        #[derive(Deserialize)] pub struct T { a: Hopeless, b: (Hopeless, u8), c: Choice, d: u8 }
        #[derive(Deserialize)] pub enum Choice { A(u8), B(u8), C(u16) }
    }
    a_variant_after_a_hopeless_one_changed: {
        #[derive(Deserialize)] pub enum T { A(Hopeless), B { x: Vec<Hopeless>, y: u8 } }
    } => {
        #[derive(Deserialize)] pub enum T { A(Hopeless), B { x: Vec<Hopeless>, y: u16 } }
    }
}

/// Checks what it reads, as `TryFrom` does.
#[derive(Deserialize)]
#[serde(try_from = "String")]
#[allow(dead_code)]
struct Email(String);

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.contains('@') { Ok(Self(text)) } else { Err("no address") }
    }
}

/// Checks in its visitor what it reads.
struct Hex;

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl serde::de::Visitor<'_> for Digits {
            type Value = Hex;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("36 digits")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hex, E> {
                if text.len() == 36 { Ok(Hex) } else { Err(E::invalid_length(text.len(), &self)) }
            }
        }
        deserializer.deserialize_str(Digits)
    }
}

/// Checks what it reads of a struct as a whole.
#[derive(Deserialize)]
#[serde(try_from = "Halves")]
#[allow(dead_code)]
struct Even(Halves);

#[derive(Deserialize)]
struct Halves {
    left: NonZeroU8,
    right: u8,
}

impl TryFrom<Halves> for Even {
    type Error = &'static str;

    fn try_from(halves: Halves) -> Result<Self, Self::Error> {
        if halves.left.get() == halves.right { Ok(Self(halves)) } else { Err("not even") }
    }
}

/// Takes nothing that anyone could guess.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Hopeless;

impl TryFrom<String> for Hopeless {
    type Error = &'static str;

    fn try_from(_: String) -> Result<Self, Self::Error> {
        Err("no")
    }
}

#[derive(Deserialize)]
#[serde(try_from = "Vec<T>")]
#[allow(dead_code)]
struct NonEmpty<T>(Vec<T>);

impl<T> TryFrom<Vec<T>> for NonEmpty<T> {
    type Error = &'static str;

    fn try_from(items: Vec<T>) -> Result<Self, Self::Error> {
        if items.is_empty() { Err("empty") } else { Ok(Self(items)) }
    }
}

#[test]
fn types_of_one_shape_share_a_fingerprint_wherever_they_are() {
    macro_rules! shape {
        () => {
            #[derive(serde::Deserialize)]
            #[allow(dead_code, unreachable_pub)]
            pub struct T {
                id: std::num::NonZeroU64,
                all: Vec<T>,
                either: Either,
                #[serde(flatten)]
                rest: std::collections::HashMap<String, u8>,
            }
            #[derive(serde::Deserialize)]
            #[serde(tag = "kind")]
            #[allow(dead_code, unreachable_pub)]
            pub enum Either {
                A { x: u8 },
                B { next: Box<Either> },
            }
        };
    }
    mod here {
        shape!();
    }
    mod elsewhere {
        pub(super) mod deep {
            shape!();
        }
    }
    assert_alike::<here::T, elsewhere::deep::T>();
    assert_alike::<here::Either, elsewhere::deep::Either>();
}

#[test]
fn types_that_read_the_same_data_share_a_fingerprint() {
    assert_alike::<HashMap<String, u8>, BTreeMap<String, u8>>();
    assert_alike::<HashSet<u8>, BTreeSet<u8>>();
    assert_alike::<Box<Option<u8>>, Option<Box<u8>>>();
    assert_alike::<String, Box<str>>();
}

#[test]
fn checked_types_are_seen_through() {
    for (trace, refused) in [
        (trace_text_of::<Vec<IpAddr>>(), false),
        (trace_text_of::<Vec<SocketAddr>>(), false),
        (trace_text_of::<Option<NonZeroU32>>(), false),
        (trace_text_of::<(Email, Hex, Even)>(), false),
        (trace_text_of::<(Duration, SystemTime)>(), false),
        (trace_text_of::<(u8, Hopeless)>(), true),
    ] {
        let last = trace.trim_end().rsplit('\n').next().unwrap();
        assert_eq!(last.contains('#') || last.contains('-'), refused, "{trace}");
    }
}

/// No shape of `Deserialize` makes the search panic or go on for ever.
mod bounds {
    use super::*;
    use serde::de::{SeqAccess, Visitor};
    use std::fmt;
    use std::marker::PhantomData;

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Endless(Box<Endless>);

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct EndlessFields {
        left: Box<EndlessFields>,
        right: Box<EndlessFields>,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum EndlessEnum {
        Left(Box<EndlessEnum>),
        Right(Box<EndlessEnum>, Box<EndlessEnum>),
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum EndlessUntagged {
        Left { a: Box<EndlessUntagged> },
        Right([Box<EndlessUntagged>; 2]),
    }

    #[derive(Deserialize)]
    enum Void {}

    #[test]
    fn of_types_without_an_end() {
        for text in [
            trace_text_of::<Endless>(),
            trace_text_of::<EndlessFields>(),
            trace_text_of::<EndlessEnum>(),
            trace_text_of::<EndlessUntagged>(),
            trace_text_of::<Void>(),
            trace_text_of::<Vec<Void>>(),
            trace_text_of::<Result<Void, u8>>(),
        ] {
            assert!(text.len() < 10_000_000);
        }
        assert_ne!(fingerprint_of::<Result<Void, u8>>(), fingerprint_of::<Result<Void, u16>>());
    }

    #[test]
    fn of_types_that_double() {
        type A<T> = Box<(T, T, T, T, T, T, T, T)>;
        assert_ne!(fingerprint_of::<A<A<A<A<u8>>>>>(), fingerprint_of::<A<A<A<A<u16>>>>>());
        assert!(trace_text_of::<A<A<A<A<A<A<A<u8>>>>>>>>().len() < 10_000_000);
    }

    /// Reads as many elements as it is given, and asks for many.
    struct Greedy<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Greedy<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct All<T>(PhantomData<T>);
            impl<'de, T: Deserialize<'de>> Visitor<'de> for All<T> {
                type Value = Greedy<T>;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("all there is")
                }

                fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                    while seq.next_element::<T>()?.is_some() {}
                    Ok(Greedy(PhantomData))
                }
            }
            deserializer.deserialize_tuple(usize::MAX, All(PhantomData))
        }
    }

    #[test]
    fn of_types_that_never_have_enough() {
        assert_ne!(fingerprint_of::<Greedy<u8>>(), fingerprint_of::<Greedy<u16>>());
        assert_ne!(fingerprint_of::<Greedy<Vec<u8>>>(), fingerprint_of::<Greedy<Vec<u16>>>());
    }

    #[test]
    fn of_types_that_refuse_everything() {
        let refusing = [
            trace_text_of::<Hopeless>(),
            trace_text_of::<Vec<Hopeless>>(),
            trace_text_of::<[Hopeless; 32]>(),
            trace_text_of::<HashMap<String, Option<Hopeless>>>(),
            trace_text_of::<Result<Hopeless, Hopeless>>(),
        ];
        for (index, text) in refusing.iter().enumerate() {
            assert_eq!(refusing.iter().position(|other| other == text), Some(index));
        }
    }

    /// Twelve enums side by side take as many passes as the largest of them, not as their product.
    #[test]
    fn of_many_enums_side_by_side() {
        #[derive(Deserialize)]
        #[allow(dead_code)]
        enum Ten<T> {
            A(T),
            B(T),
            C(T),
            D(T),
            E(T),
            F(T),
            G(T),
            H(T),
            I(T),
            J(T),
        }
        type Twelve = (
            (Ten<u8>, Ten<u16>, Ten<u32>, Ten<u64>),
            (Ten<i8>, Ten<i16>, Ten<i32>, Ten<i64>),
            (Ten<f32>, Ten<f64>, Ten<bool>, Ten<char>),
        );
        let binary = trace_text_of::<Twelve>();
        let passes = binary.lines().take_while(|line| !line.starts_with("readable")).count() - 1;
        assert_eq!(passes, 10);
    }
}

/// These numbers are in the entries of every user. Where one changes, what was stored for types of that
/// sort is computed anew after an upgrade: correct, but never to be done by accident.
#[test]
fn the_fingerprints_of_today_are_those_of_tomorrow() {
    #[derive(Deserialize)]
    #[serde(tag = "kind")]
    #[allow(dead_code)]
    enum Tagged {
        A { x: u8, y: Option<String> },
        B(Halves),
    }
    let found = [
        ("u8", fingerprint_of::<u8>()),
        ("String", fingerprint_of::<String>()),
        ("Vec<u8>", fingerprint_of::<Vec<u8>>()),
        ("Option<u8>", fingerprint_of::<Option<u8>>()),
        ("HashMap", fingerprint_of::<HashMap<String, Vec<f64>>>()),
        ("Result", fingerprint_of::<Result<Duration, IpAddr>>()),
        ("struct", fingerprint_of::<Even>()),
        ("enum", fingerprint_of::<Holder<(u8, char)>>()),
        ("tagged", fingerprint_of::<Tagged>()),
    ];
    let golden = [
        ("u8", 0x9713_27c6_faea_0810),
        ("String", 0xeb17_fead_1850_6f69),
        ("Vec<u8>", 0x570b_7311_0035_ad12),
        ("Option<u8>", 0x45b2_9b21_9f84_f1e5),
        ("HashMap", 0x85d4_54f6_d6c5_e047),
        ("Result", 0xb44e_97ff_4231_5ac8),
        ("struct", 0x2183_9ef6_5ab3_e179),
        ("enum", 0xd1ba_1475_036a_58f2),
        ("tagged", 0xd4e3_8c9a_4461_84d2),
    ];
    assert_eq!(found, golden, "{found:#018x?}");
}
