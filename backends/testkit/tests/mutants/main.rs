//! The suite itself under test: of every clause it is shown that a store can fail it.

mod breaks;
mod faces;
mod listing;
mod store;

use breaks::{Break, CAUGHT_BY};
use cache_memoize_core::{Backend, NonBlocking};
use cache_memoize_testkit::conformance::{check, check_faces, clauses};
use cache_memoize_testkit::{Face, FakeClock, Fixture};
use faces::{Objects, Wire};
use listing::Listed;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Waker};
use store::Mutant;

fn mutant(broken: Break) -> Fixture {
    let clock = FakeClock::new();
    let store = Arc::new(Mutant::new(broken, clock.clone()));
    let objects = Objects::new(Mutant::new(broken, clock.clone()));
    let backend = Backend::new("mutant")
        .with_store(store.clone())
        .with_async_store(Wire::new(store.clone()))
        .with_listing(Listed::new(store))
        .with_objects(Arc::new(objects))
        .with_clock(Arc::new(clock.clone()));
    Fixture::new(backend).fake_time(clock).largest_value(store::LARGEST)
}

cache_memoize_testkit::conformance! {
    mod nothing_broken;
    faces: [blocking, async, objects, listing],
    store: || mutant(Break::Nothing),
}

fn fails(act: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(act)).is_err()
}

/// The faces on which the mutant shows what is broken, of those that the clause binds.
fn faces_of(name: &str) -> Vec<Face> {
    let clause = clauses().into_iter().find(|clause| clause.name() == name);
    let faces = clause.unwrap_or_else(|| panic!("no clause {name}")).faces().to_vec();
    match faces.contains(&Face::Blocking) {
        true => vec![Face::Blocking, Face::Async],
        false => faces,
    }
}

/// What threads do to each other is left to chance, and a busy machine may not let them meet.
fn tries(name: &str) -> usize {
    if name.starts_with("concurrency::") { 50 } else { 1 }
}

#[test]
fn every_breach_is_noticed_by_the_clauses_made_for_it() {
    let mut unnoticed = Vec::new();
    for (broken, names) in CAUGHT_BY {
        for name in *names {
            for face in faces_of(name) {
                let is_noticed = || fails(|| check(name, face, mutant(*broken)));
                if !(0..tries(name)).any(|_| is_noticed()) {
                    unnoticed.push(format!("{broken:?} by {name} ({face})"));
                }
            }
        }
    }
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:#?}");
}

#[test]
fn every_clause_is_shown_to_fail() {
    let shown: BTreeSet<&str> = CAUGHT_BY.iter().flat_map(|(_, names)| *names).copied().collect();
    let all: BTreeSet<&str> = clauses().iter().map(|clause| clause.name()).collect();
    assert_eq!(shown, all);
}

#[test]
fn a_lease_that_the_objects_do_not_revoke_is_noticed() {
    for name in ["leases::a_removal_revokes", "interleavings::of_two_actors_on_nothing"] {
        assert!(fails(|| check(name, Face::Objects, mutant(Break::RemovalsDoNotRevoke))));
    }
}

#[test]
fn a_face_that_is_not_listed_is_noticed() {
    let all = [Face::Blocking, Face::Async, Face::Objects, Face::Listing];
    check_faces(&all, mutant(Break::Nothing));
    assert!(fails(|| check_faces(&all[..2], mutant(Break::Nothing))));
    assert!(fails(|| check_faces(&all[..3], mutant(Break::Nothing))));
    assert!(fails(|| check("values::what_is_put_is_got", Face::Async, faceless())));
    assert!(fails(|| check_faces(&all, faceless())));
}

fn faceless() -> Fixture {
    Backend::new("faceless").into()
}

#[test]
fn faces_that_share_nothing_are_noticed() {
    let store = || Mutant::new(Break::Nothing, FakeClock::new());
    let backend =
        Backend::new("two stores").with_store(store()).with_async_store(NonBlocking(store()));
    assert!(fails(|| check_faces(&[Face::Blocking, Face::Async], backend.into())));
}

#[test]
fn a_clause_that_is_none_is_refused() {
    assert!(fails(|| check("values::no_such_clause", Face::Blocking, mutant(Break::Nothing))));
}

#[test]
fn the_runner_of_the_fixture_carries_the_futures_out() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let fixture = mutant(Break::Nothing).runner(move |mut future| {
        counted.fetch_add(1, Ordering::SeqCst);
        let mut context = Context::from_waker(Waker::noop());
        while future.as_mut().poll(&mut context).is_pending() {}
    });
    check("upkeep::a_ping_is_answered_and_changes_nothing", Face::Async, fixture);
    assert_eq!(runs.load(Ordering::SeqCst), 6, "two pings, a put, a lease, a get and a fill");
}

#[test]
fn what_a_fixture_keeps_outlives_the_store() {
    struct Server {
        store: Weak<Mutant>,
        was_last: Arc<AtomicBool>,
    }

    impl Drop for Server {
        fn drop(&mut self) {
            self.was_last.store(self.store.strong_count() == 0, Ordering::SeqCst);
        }
    }

    let clock = FakeClock::new();
    let store = Arc::new(Mutant::new(Break::Nothing, clock.clone()));
    let was_last = Arc::new(AtomicBool::new(false));
    let server = Server { store: Arc::downgrade(&store), was_last: was_last.clone() };
    let backend = Backend::new("served").with_store(store);
    let fixture = Fixture::new(backend).fake_time(clock).keep(server);
    check("values::what_is_put_is_got", Face::Blocking, fixture);
    assert!(was_last.load(Ordering::SeqCst));
}
