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
//!
//! A `Deserialize` that panics at a dummy refuses it so. Its message is printed all the same: the panic
//! hook belongs to the whole process, and is not ours to exchange for the while. A type that panicked and
//! took no dummy at all is told from others by its Rust name too.

mod access;
mod catalogue;
mod guesses;
mod rejected;
mod repair;
mod search;
mod tracer;
mod work;

use super::structs::Structs;
use search::Search;
use serde::de::DeserializeOwned;
use std::any::{TypeId, type_name};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};
use tracer::Tracer;
use work::Work;
use xxhash_rust::xxh3::xxh3_64;

/// No type needs as many: a bound for those whose `Deserialize` keeps asking.
const MAX_PASSES: usize = 1000;

/// What is known of a type's shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    fingerprint: u64,
    needs_self_describing: bool,
    structs_in_binary: Structs,
    structs_in_readable: Structs,
}

impl Shape {
    /// Whether the type cannot be read from a format that does not say what comes next.
    pub(super) fn needs_self_describing(&self) -> bool {
        self.needs_self_describing
    }

    /// The structs that are read from a format of this sort.
    pub(super) fn structs(&self, human_readable: bool) -> &Structs {
        if human_readable { &self.structs_in_readable } else { &self.structs_in_binary }
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

type Near = HashMap<TypeId, Arc<Shape>>;
type Shared = HashMap<TypeId, Arc<OnceLock<Arc<Shape>>>>;

/// Threads keep what they asked for, so that a hit meets no lock and no shared counter.
fn with_shape<T, R>(look: impl Fn(&Arc<Shape>) -> R) -> R
where
    T: DeserializeOwned + 'static,
{
    thread_local! {
        static NEAR: RefCell<Near> = RefCell::default();
    }
    let id = TypeId::of::<T>();
    let known = NEAR.try_with(|near| near.borrow().get(&id).map(&look));
    if let Ok(Some(seen)) = known {
        return seen;
    }
    let Some(shape) = shared_shape::<T>(id) else {
        return look(&Arc::new(unseen::<T>()));
    };
    let _ = NEAR.try_with(|near| near.borrow_mut().insert(id, Arc::clone(&shape)));
    look(&shape)
}

/// Each type is traced once; whoever asks meanwhile waits. Tracing runs code of the type, which may ask
/// for shapes itself: it never waits for another thread, which could be waiting for this one, and is
/// told nothing of a type that this thread is at.
fn shared_shape<T: DeserializeOwned + 'static>(id: TypeId) -> Option<Arc<Shape>> {
    let slot = slot_of(id);
    if let Some(shape) = slot.get() {
        return Some(Arc::clone(shape));
    }
    match Work::begin(id) {
        Work::First(_work) => Some(Arc::clone(slot.get_or_init(|| Arc::new(trace::<T>())))),
        Work::Inner(_work) => Some(Arc::new(trace::<T>())),
        Work::Endless => None,
    }
}

fn slot_of(id: TypeId) -> Arc<OnceLock<Arc<Shape>>> {
    static SHARED: LazyLock<RwLock<Shared>> = LazyLock::new(RwLock::default);
    if let Some(slot) = SHARED.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Arc::clone(slot);
    }
    let mut shared = SHARED.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(shared.entry(id).or_default())
}

/// What stands for the shape of a type whose own `Deserialize` asks for it: good for an entry that is
/// read by no one else.
fn unseen<T>() -> Shape {
    Shape { fingerprint: xxh3_64(type_name::<T>().as_bytes()), ..Shape::default() }
}

/// Types read themselves differently from binary and from readable formats. The fingerprint is of
/// both, so that it does not depend on the format.
fn trace<T: DeserializeOwned>() -> Shape {
    let binary = explore::<T>(false);
    let readable = explore::<T>(true);
    let mut text = text_of(&binary, &readable);
    if binary.was_thwarted() || readable.was_thwarted() {
        text.push_str(type_name::<T>());
    }
    Shape {
        fingerprint: xxh3_64(text.as_bytes()),
        needs_self_describing: binary.asked_for_any(),
        structs_in_binary: binary.structs,
        structs_in_readable: readable.structs,
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
        let read = search.attempt(|search| T::deserialize(Tracer::new(search)));
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

/// The effort that the search for a shape takes, and the bound on it.
#[cfg(test)]
pub(super) fn trace_effort_of<T: DeserializeOwned>() -> (usize, usize) {
    (explore::<T>(false).guesses.effort(), search::MAX_EFFORT)
}
