//! Where an annotated function stands, and what else tells it from another of the same path.

use std::any::TypeId;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::Location;

/// Where the sources have a function, and which function they have there: functions that one macro makes
/// all stand where it is called.
#[derive(Clone, Copy)]
pub struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The version of the crate, of which a program may have two.
    pub(crate) version: Option<&'static str>,
    /// A hash of the function as written.
    pub(crate) source: u64,
}

impl Place {
    /// The place of the function that hashes to `source`.
    pub const fn new(
        file: &'static str,
        line: u32,
        column: u32,
        version: Option<&'static str>,
        source: u64,
    ) -> Self {
        Self { file, line, column, version, source }
    }

    /// The place of the caller, for the function that hashes to `source`, the version of its crate included.
    #[track_caller]
    pub(crate) const fn here(source: u64) -> Self {
        let caller = Location::caller();
        Self::new(caller.file(), caller.line(), caller.column(), None, source)
    }
}

/// An item beside the body of a function.
pub struct Neighbour {
    pub(crate) path: &'static str,
    id: TypeId,
}

impl Neighbour {
    /// The item of which `T` is the type.
    pub(crate) fn of<T: 'static>() -> Self {
        Self { path: std::any::type_name::<T>(), id: TypeId::of::<T>() }
    }

    /// The compiler's own number for the item: no other in the program has it, but another build may.
    pub(crate) fn number(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.id.hash(&mut hasher);
        hasher.finish()
    }
}
