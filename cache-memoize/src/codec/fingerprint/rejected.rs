use serde::de::{Error, Expected, Unexpected};
use std::cell::RefCell;
use std::fmt;

/// The error of the tracer's format.
///
/// It carries nothing. What `Deserialize` said is noted beside it, since an untagged enum drops the
/// errors of the variants that did not fit, and they are what shows its shape.
#[derive(Debug)]
pub(super) struct Rejected;

/// What `Deserialize` said when it refused a dummy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// What was given is no `expected`.
    Unfit { given: Given, expected: String },
    /// A field is missing.
    MissingField(&'static str),
    /// The fields that there are.
    Fields(&'static [&'static str]),
    /// The variants that there are, and what was given is none of them.
    Variants { given: Given, names: &'static [&'static str] },
}

/// A dummy, as far as it can be recognised in what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Text(usize),
    Integer(u64),
    Float(u64),
    Bool,
    Unit,
    Map,
    Seq,
    Unknown,
}

impl Given {
    fn text(text: &str) -> Self {
        dummy::number_of(text).map_or(Self::Unknown, Self::Text)
    }
}

impl From<Unexpected<'_>> for Given {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "dummies are small"
    )]
    fn from(unexpected: Unexpected<'_>) -> Self {
        match unexpected {
            Unexpected::Str(text) => Self::text(text),
            Unexpected::Unsigned(integer) => Self::Integer(integer),
            Unexpected::Float(float) => Self::Float(float as u64),
            Unexpected::Bool(_) => Self::Bool,
            Unexpected::Unit => Self::Unit,
            Unexpected::Map => Self::Map,
            Unexpected::Seq => Self::Seq,
            _ => Self::Unknown,
        }
    }
}

/// Dummies that can be told apart in what is said of them.
pub(super) mod dummy {
    pub(in super::super) fn text(number: usize) -> String {
        format!("?{number}")
    }

    /// Small enough for every type of number.
    pub(in super::super) fn integer(number: usize) -> u64 {
        number as u64 % 100
    }

    #[expect(clippy::cast_precision_loss, reason = "it is below 100")]
    pub(in super::super) fn float(number: usize) -> f64 {
        integer(number) as f64 + 0.5
    }

    pub(super) fn number_of(text: &str) -> Option<usize> {
        text.strip_prefix('?')?.parse().ok()
    }
}

/// A type can keep the tracer busy for long; what it says after so much is no longer written down.
const MAX_NOTES: usize = 1000;

thread_local! {
    static NOTES: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
}

fn take_note(note: Note) -> Rejected {
    with_notes(|notes| {
        if notes.len() < MAX_NOTES {
            notes.push(note);
        }
    });
    Rejected
}

/// Begins a new page.
pub(super) fn forget_notes() {
    with_notes(Vec::clear);
}

pub(super) fn count_notes() -> usize {
    with_notes(|notes| notes.len())
}

/// The notes from `start` on.
pub(super) fn notes_since(start: usize) -> Vec<Note> {
    with_notes(|notes| notes.get(start..).unwrap_or_default().to_vec())
}

/// A thread that is ending has no notes left, which is no reason to panic.
fn with_notes<R: Default>(work: impl FnOnce(&mut Vec<Note>) -> R) -> R {
    NOTES.try_with(|notes| work(&mut notes.borrow_mut())).unwrap_or_default()
}

impl Error for Rejected {
    /// The words are free and may differ from one version of a crate to the next.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        take_note(Note::Unfit { given: unexpected.into(), expected: expected.to_string() })
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        take_note(Note::Unfit { given: Given::Unknown, expected: expected.to_string() })
    }

    fn missing_field(field: &'static str) -> Self {
        take_note(Note::MissingField(field))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        take_note(Note::Fields(expected))
    }

    fn unknown_variant(variant: &str, names: &'static [&'static str]) -> Self {
        take_note(Note::Variants { given: Given::text(variant), names })
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dummy was refused")
    }
}

impl std::error::Error for Rejected {}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit { expected, .. } => write!(f, "expected {expected}"),
            Self::MissingField(name) => write!(f, "missing {name}"),
            Self::Fields(names) => write!(f, "fields {}", names.join(",")),
            Self::Variants { names, .. } => write!(f, "variants {}", names.join(",")),
        }
    }
}
