//! The search for a shape runs code of the type, which may do anything.

use super::{codec, decode, encode, serializers};
use crate::codec::fingerprint::{fingerprint_of, trace_effort_of, trace_text_of};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

mod panics {
    use super::*;

    /// Panics at a text without a character.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(from = "String", into = "String")]
    struct Initial(char);

    impl From<String> for Initial {
        fn from(text: String) -> Self {
            Self(text.chars().next().expect("a text is not empty"))
        }
    }

    impl From<Initial> for String {
        fn from(initial: Initial) -> Self {
            initial.0.into()
        }
    }

    impl Clone for Initial {
        fn clone(&self) -> Self {
            Self(self.0)
        }
    }

    /// Panics at all pairs of dummies, which are equal.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(from = "(u32, u32)", into = "(u32, u32)")]
    struct Span(u32, u32);

    impl From<(u32, u32)> for Span {
        fn from((start, end): (u32, u32)) -> Self {
            assert!(start < end, "a span is not empty");
            Self(start, end)
        }
    }

    impl From<Span> for (u32, u32) {
        fn from(span: Span) -> Self {
            (span.0, span.1)
        }
    }

    /// The same shape, and as hard to please.
    #[derive(Deserialize)]
    #[serde(from = "(u32, u32)")]
    #[allow(dead_code)]
    struct Other(u32, u32);

    impl From<(u32, u32)> for Other {
        fn from(pair: (u32, u32)) -> Self {
            let Span(start, end) = pair.into();
            Self(start, end)
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Holder<T> {
        Tuple(Initial, Span),
        Fields { spans: Vec<Span>, initial: Option<Initial> },
        Map(HashMap<Initial2, Span>),
        Last(T),
    }

    #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(from = "String", into = "String")]
    struct Initial2(String);

    impl From<String> for Initial2 {
        fn from(text: String) -> Self {
            assert!(!text.is_empty(), "a text is not empty");
            Self(text)
        }
    }

    impl From<Initial2> for String {
        fn from(initial: Initial2) -> Self {
            initial.0
        }
    }

    #[test]
    fn refuse_a_dummy() {
        let trace = trace_text_of::<Initial>();
        assert!(!trace.trim_end().rsplit('\n').next().unwrap().contains('#'), "{trace}");
        assert_eq!(fingerprint_of::<Initial>(), fingerprint_of::<Box<Initial>>());
    }

    #[test]
    fn hide_nothing_behind_them() {
        assert_ne!(fingerprint_of::<Holder<u8>>(), fingerprint_of::<Holder<u16>>());
    }

    #[test]
    fn at_every_dummy_leave_the_name_of_the_type() {
        assert_eq!(trace_text_of::<Span>(), trace_text_of::<Other>());
        assert_ne!(fingerprint_of::<Span>(), fingerprint_of::<Other>());
    }

    #[test]
    fn keep_no_value_from_being_stored() {
        for (_, serializer) in serializers() {
            let codec = codec(serializer);
            let value = vec![
                Holder::Tuple(Initial('a'), Span(1, 2)),
                Holder::Fields { spans: vec![Span(1, 2)], initial: Some(Initial('b')) },
                Holder::Map(HashMap::from([(Initial2("c".into()), Span(3, 4))])),
                Holder::Last(7_u8),
            ];
            let entry = encode(&codec, &value);
            assert_eq!(decode::<Vec<Holder<u8>>>(&codec, &entry), Ok(value));
            let span = Span(1, 2);
            let entry = encode(&codec, &span);
            assert_eq!(decode::<Span>(&codec, &entry), Ok(span));
        }
    }
}

/// Types that contain each other in every way in which serde reads into a buffer first.
mod knots {
    use super::*;

    #[derive(Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Untagged {
        A { x: u8, next: Box<Untagged> },
        B(Vec<Untagged>),
        C { y: IpAddr },
        D(String),
        E { tagged: Tagged },
    }

    #[derive(Deserialize)]
    #[serde(tag = "t")]
    #[allow(dead_code)]
    enum Tagged {
        A { x: Box<Untagged> },
        B(Flat),
        C { all: Vec<Tagged> },
        D,
        E { next: Option<Box<Tagged>> },
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Flat {
        #[serde(flatten)]
        untagged: Box<Untagged>,
        #[serde(flatten)]
        rest: HashMap<String, IpAddr>,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Wide {
        a: Untagged,
        b: Tagged,
        c: Vec<Flat>,
        d: [Tagged; 4],
    }

    /// The effort is the same on every machine.
    #[test]
    fn are_given_up_before_long() {
        for (effort, limit) in [
            trace_effort_of::<Untagged>(),
            trace_effort_of::<Tagged>(),
            trace_effort_of::<Flat>(),
            trace_effort_of::<Wide>(),
        ] {
            assert!(effort < 2 * limit, "{effort}");
        }
    }
}

mod threads {
    use super::*;

    static TRACES: AtomicUsize = AtomicUsize::new(0);
    const THREADS: usize = 8;

    struct Counted;

    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            TRACES.fetch_add(1, Ordering::SeqCst);
            u8::deserialize(deserializer).map(|_| Self)
        }
    }

    /// One trace, which is one pass for each sort of format.
    #[test]
    fn trace_a_type_once_between_them() {
        let start = Barrier::new(THREADS);
        let found: Vec<u64> = std::thread::scope(|scope| {
            let ask = || {
                start.wait();
                fingerprint_of::<Counted>()
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(TRACES.load(Ordering::SeqCst), 2);
        assert!(found.iter().all(|fingerprint| *fingerprint == found[0]));
    }

    /// Asks for its own fingerprint, and for that of a type that asks for its.
    struct Curious;
    struct Neighbour;

    impl<'de> Deserialize<'de> for Curious {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            fingerprint_of::<Self>();
            fingerprint_of::<Neighbour>();
            u8::deserialize(deserializer).map(|_| Self)
        }
    }

    impl<'de> Deserialize<'de> for Neighbour {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            fingerprint_of::<Curious>();
            u16::deserialize(deserializer).map(|_| Self)
        }
    }

    #[test]
    fn do_not_wait_for_themselves_nor_in_a_circle() {
        let start = Barrier::new(THREADS);
        std::thread::scope(|scope| {
            for number in 0..THREADS {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    match number % 2 {
                        0 => assert_eq!(fingerprint_of::<Curious>(), fingerprint_of::<u8>()),
                        _ => assert_eq!(fingerprint_of::<Neighbour>(), fingerprint_of::<u16>()),
                    }
                });
            }
        });
        assert_eq!(fingerprint_of::<Curious>(), fingerprint_of::<u8>());
        assert_eq!(fingerprint_of::<Neighbour>(), fingerprint_of::<u16>());
    }
}
