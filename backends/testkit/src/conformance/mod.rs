//! The clauses of the storage contract, each a test that a backend passes or fails.
//!
//! A clause is written once, against the blocking trait. The async face is led through it by the
//! fixture's runner, and the objects of a backend by storing bytes as objects; what only one of
//! them promises has clauses of its own. [`conformance!`](crate::conformance!) makes a test of
//! every clause and face, [`clauses`] gives them as a table.

mod concurrency;
mod counters;
mod faces;
mod futures;
mod interleavings;
mod leases;
mod listing;
mod many;
mod model;
mod objects;
mod registry;
mod subject;
mod threads;
mod ttl;
mod upkeep;
mod values;

use crate::Fixture;
pub use registry::clauses;
use std::fmt;
use subject::Subject;

/// Makes a test of every clause of the storage contract, for every face of a backend.
///
/// `store` is a closure that gives a [`Fixture`] with a fresh and empty backend; it is called once
/// for each test. A closure that gives a [`Backend`](cache_memoize_core::Backend) alone is tested in
/// real time. `faces` names what the backend offers, blocking and async if left out; a test of its
/// own makes sure that none is missing from the list. Attributes before `mod` go to the module.
///
/// ```no_run
/// # use cache_memoize_core::Backend;
/// # use cache_memoize_testkit::{FakeClock, Fixture};
/// # fn open(_: &FakeClock) -> Backend { unimplemented!() }
/// cache_memoize_testkit::conformance! {
///     mod memory;
///     faces: [blocking, async, objects],
///     store: || {
///         let clock = FakeClock::new();
///         Fixture::new(open(&clock)).fake_time(clock)
///     },
/// }
/// ```
///
/// The tests go by names like `memory::blocking::leases::a_removal_revokes`; those of the async
/// face are below `memory::asynchronous`.
#[macro_export]
macro_rules! conformance {
    (
        $(#[$attribute:meta])*
        mod $module:ident;
        store: $fixture:expr $(,)?
    ) => {
        $crate::conformance! {
            $(#[$attribute])*
            mod $module;
            faces: [blocking, async],
            store: $fixture,
        }
    };
    (
        $(#[$attribute:meta])*
        mod $module:ident;
        faces: [$($face:tt),+ $(,)?],
        store: $fixture:expr $(,)?
    ) => {
        $(#[$attribute])*
        #[cfg(test)]
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            fn fixture() -> $crate::Fixture {
                $crate::Fixture::from(($fixture)())
            }

            #[test]
            fn the_faces_are_those_listed() {
                $crate::conformance::check_faces(&[$($crate::__face!($face)),+], fixture());
            }

            $($crate::__stamp_face! { $face })+
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __face {
    (blocking) => {
        $crate::Face::Blocking
    };
    (async) => {
        $crate::Face::Async
    };
    (objects) => {
        $crate::Face::Objects
    };
    (listing) => {
        $crate::Face::Listing
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __stamp_face {
    (blocking) => {
        mod blocking {
            $crate::__clauses! { every_face byte_faces, [$crate::__stamp_clauses], blocking }
        }
    };
    (async) => {
        mod asynchronous {
            $crate::__clauses! { every_face byte_faces async_face, [$crate::__stamp_clauses], async }
        }
    };
    (objects) => {
        mod objects {
            $crate::__clauses! { every_face object_face, [$crate::__stamp_clauses], objects }
        }
    };
    (listing) => {
        mod listing {
            $crate::__clauses! { listing_face, [$crate::__stamp_clauses], listing }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __stamp_clauses {
    ($face:tt, $($group:ident { $($clause:ident)+ })+) => {
        $(mod $group {
            $(#[test]
            fn $clause() {
                $crate::conformance::check(
                    concat!(stringify!($group), "::", stringify!($clause)),
                    $crate::__face!($face),
                    super::super::fixture(),
                );
            })+
        })+
    };
}

/// A side of a backend that the suite tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// [`Store`](cache_memoize_core::Store).
    Blocking,
    /// [`AsyncStore`](cache_memoize_core::AsyncStore).
    Async,
    /// [`ObjectStore`](cache_memoize_core::ObjectStore).
    Objects,
    /// [`Listing`](cache_memoize_core::Listing), of what is written through another face.
    Listing,
}

impl fmt::Display for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocking => "blocking",
            Self::Async => "async",
            Self::Objects => "objects",
            Self::Listing => "listing",
        })
    }
}

/// A clause of the contract, and the function that checks it.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    name: &'static str,
    faces: &'static [Face],
    check: fn(&Subject),
}

impl Clause {
    /// Its group and its own name: `leases::a_removal_revokes`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The faces that it binds.
    #[must_use]
    pub fn faces(&self) -> &'static [Face] {
        self.faces
    }

    /// Checks the clause on one face of a fresh backend.
    ///
    /// # Panics
    /// If the backend breaks the clause, or does not have the face.
    pub fn check(&self, face: Face, fixture: Fixture) {
        // What is kept is dropped last: a server outlives its connections.
        let (subject, _kept) = Subject::new(face, fixture);
        (self.check)(&subject);
        drop(subject);
    }
}

/// Checks the clause that goes by `name`, as the tests of [`conformance!`](crate::conformance!) do.
///
/// # Panics
/// If the backend breaks the clause, or there is none of this name.
pub fn check(name: &str, face: Face, fixture: Fixture) {
    let clause = clauses().into_iter().find(|clause| clause.name == name);
    clause.unwrap_or_else(|| panic!("the contract has no clause `{name}`")).check(face, fixture);
}

/// Checks that `listed` are the faces of the backend, and that its two faces for bytes look into
/// the same store.
///
/// # Panics
/// If they are not, or do not.
pub fn check_faces(listed: &[Face], fixture: Fixture) {
    let offered = faces::offered(&fixture.backend);
    for face in [Face::Blocking, Face::Async, Face::Objects, Face::Listing] {
        assert_eq!(
            listed.contains(&face),
            offered.contains(&face),
            "`faces` must list what the backend offers; look at `{face}`"
        );
    }
    if offered.contains(&Face::Blocking) && offered.contains(&Face::Async) {
        faces::assert_shared(fixture);
    }
}
