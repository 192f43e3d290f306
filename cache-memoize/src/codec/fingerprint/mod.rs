//! A number for the shape of a type, as its `Deserialize` sees it.
//!
//! Two types that read the same data share it, whatever crates and modules they come from; a type that
//! changed does not share it with what it was. The shape is found by playing a format that answers
//! every question of `Deserialize` with a dummy, and writing the questions down: which struct with which
//! fields, which enum with which variants, which number. What `Deserialize` says when it refuses a
//! dummy is written down as well, and tells which dummy to try next; so that types that check what they
//! read, and those that read into a buffer first (`flatten`, tagged and untagged enums), show their
//! shape too. What they never say a word about, such as the optional fields behind a `flatten`, is not
//! seen.

mod access;
mod catalogue;
mod guesses;
mod rejected;
mod repair;
mod search;
mod tracer;

use search::Search;
use serde::de::DeserializeOwned;
use std::any::TypeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use tracer::Tracer;
use xxhash_rust::xxh3::xxh3_64;

/// No type needs as many: a bound for those whose `Deserialize` keeps asking.
const MAX_PASSES: usize = 1000;

/// What is known of a type's shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    fingerprint: u64,
    needs_self_describing: bool,
    structs: Vec<(&'static str, usize)>,
}

impl Shape {
    /// Whether the type cannot be read from a format that does not say what comes next.
    pub(super) fn needs_self_describing(&self) -> bool {
        self.needs_self_describing
    }

    /// Whether structs of this name are read, and none of them with this number of fields.
    pub(super) fn reads_otherwise(&self, name: &str, fields: usize) -> bool {
        let mut named = self.structs.iter().filter(|(known, _)| *known == name).peekable();
        named.peek().is_some() && named.all(|(_, read)| *read != fields)
    }
}

/// The fingerprint of `T`.
pub(crate) fn fingerprint_of<T: DeserializeOwned + 'static>() -> u64 {
    with_shape::<T, _>(|shape| shape.fingerprint)
}

/// The shape of `T`.
pub(super) fn shape_of<T: DeserializeOwned + 'static>() -> Arc<Shape> {
    with_shape::<T, _>(Arc::clone)
}

type Shapes = HashMap<TypeId, Arc<Shape>>;

/// Each type is traced once. Threads keep what they asked for, so that a hit meets no
/// lock and no shared counter.
fn with_shape<T, R>(look: impl Fn(&Arc<Shape>) -> R) -> R
where
    T: DeserializeOwned + 'static,
{
    thread_local! {
        static NEAR: RefCell<Shapes> = RefCell::default();
    }
    let id = TypeId::of::<T>();
    let known = NEAR.try_with(|near| near.borrow().get(&id).map(&look));
    if let Ok(Some(seen)) = known {
        return seen;
    }
    let shape = shared_shape::<T>(id);
    let _ = NEAR.try_with(|near| near.borrow_mut().insert(id, Arc::clone(&shape)));
    look(&shape)
}

/// The lock is not held while tracing, which runs code of the type; two threads may trace it at once,
/// and find the same.
fn shared_shape<T: DeserializeOwned>(id: TypeId) -> Arc<Shape> {
    static SHARED: LazyLock<RwLock<Shapes>> = LazyLock::new(RwLock::default);
    if let Some(shape) = SHARED.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Arc::clone(shape);
    }
    let shape = Arc::new(trace::<T>());
    SHARED.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&shape));
    shape
}

/// Types read themselves differently from binary and from readable formats. The fingerprint is of
/// both, so that it does not depend on the format.
fn trace<T: DeserializeOwned>() -> Shape {
    let binary = explore::<T>(false);
    let readable = explore::<T>(true);
    Shape {
        fingerprint: xxh3_64(text_of(&binary, &readable).as_bytes()),
        needs_self_describing: binary.asked_for_any(),
        structs: binary.structs(),
    }
}

fn text_of(binary: &Search, readable: &Search) -> String {
    let mut text = String::new();
    let _ = write!(text, "binary{}\nreadable{}\n", binary.text(), readable.text());
    text
}

fn explore<T: DeserializeOwned>(human_readable: bool) -> Search {
    let mut search = Search::new(human_readable);
    for _ in 0..MAX_PASSES {
        search.begin_pass();
        let read = T::deserialize(Tracer::new(&mut search));
        if !search.end_pass(read.is_err()) {
            break;
        }
    }
    search
}

#[cfg(test)]
pub(super) fn trace_text_of<T: DeserializeOwned>() -> String {
    text_of(&explore::<T>(false), &explore::<T>(true))
}
