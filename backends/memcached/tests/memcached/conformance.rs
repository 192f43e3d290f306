//! The storage contract, clause by clause.
//!
//! The server's clock counts seconds, and a third of the clauses wait for it, for up to twenty. So the
//! clauses of a face run beside each other in one test, each against servers of its own, instead of one
//! after another in a test each. A clause that fails says its name.

use cache_memoize_core::Backend;
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::conformance::{Clause, check_faces, clauses};
use cache_memoize_testkit::servers::MemcachedServer;
use cache_memoize_testkit::{Counts, Face, Faults, Fixture};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

#[test]
fn the_blocking_face_keeps_the_contract_on_tcp() {
    keeps_the_contract(Face::Blocking, on_tcp, &OF_THREE_ACTORS);
}

#[test]
fn the_blocking_face_keeps_the_contract_on_a_socket() {
    keeps_the_contract(Face::Blocking, on_a_socket, &[]);
}

#[test]
fn the_blocking_face_keeps_the_contract_on_three_servers() {
    keeps_the_contract(Face::Blocking, on_three_servers, &OF_THREE_ACTORS);
}

#[cfg(feature = "tokio")]
#[test]
fn the_async_face_keeps_the_contract_on_tcp() {
    keeps_the_contract(Face::Async, on_tcp, &OF_THREE_ACTORS);
}

#[cfg(feature = "tokio")]
#[test]
fn the_async_face_keeps_the_contract_on_a_socket() {
    keeps_the_contract(Face::Async, on_a_socket, &[]);
}

#[cfg(feature = "tokio")]
#[test]
fn the_async_face_keeps_the_contract_on_three_servers() {
    keeps_the_contract(Face::Async, on_three_servers, &OF_THREE_ACTORS);
}

#[test]
fn the_blocking_face_keeps_the_contract_behind_wrappers() {
    keeps_the_contract(Face::Blocking, behind_wrappers, &OF_THREE_ACTORS);
}

#[cfg(feature = "tokio")]
#[test]
fn the_async_face_keeps_the_contract_behind_wrappers() {
    keeps_the_contract(Face::Async, behind_wrappers, &OF_THREE_ACTORS);
}

#[test]
fn the_listing_keeps_the_contract_on_one_server_and_on_three() {
    keeps_the_contract(Face::Listing, on_a_socket, &[]);
    keeps_the_contract(Face::Listing, on_three_servers, &[]);
}

#[test]
fn both_faces_look_into_the_same_store() {
    let faces: &[Face] = if cfg!(feature = "tokio") {
        &[Face::Blocking, Face::Async, Face::Listing]
    } else {
        &[Face::Blocking, Face::Listing]
    };
    check_faces(faces, on_a_socket());
}

fn on_tcp() -> Fixture {
    fixture(vec![MemcachedServer::start()])
}

fn on_a_socket() -> Fixture {
    fixture(vec![MemcachedServer::start_unix()])
}

/// Calls are counted, and may fail, but none is told to.
fn behind_wrappers() -> Fixture {
    let servers = vec![MemcachedServer::start_unix()];
    let store = patient(&servers[0].url());
    of_servers(Counts::new().wrap(&Faults::new().wrap(&store)), servers)
}

fn on_three_servers() -> Fixture {
    fixture((0..3).map(|_| MemcachedServer::start()).collect())
}

fn fixture(servers: Vec<MemcachedServer>) -> Fixture {
    let addresses: Vec<String> = servers.iter().map(MemcachedServer::address).collect();
    let url = match addresses[0].starts_with('/') {
        true => servers[0].url(),
        false => format!("memcached://{}", addresses.join(",")),
    };
    of_servers(patient(&url), servers)
}

/// A machine that is busy with all clauses at once is no slow server.
fn patient(url: &str) -> Backend {
    Memcached::open(&format!("{url}?timeout=30s")).unwrap().into()
}

fn of_servers(store: Backend, servers: Vec<MemcachedServer>) -> Fixture {
    let fixture = Fixture::new(store).resolution(RESOLUTION).largest_value(1_000_000).keep(servers);
    with_runner(fixture)
}

/// The server's second, and what its ticks come late by on a busy machine. The lives that the suite makes of it end
/// half a second after a whole one, as far as can be from both bounds.
const RESOLUTION: Duration = Duration::from_millis(1375);

#[cfg(feature = "tokio")]
fn with_runner(fixture: Fixture) -> Fixture {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.unwrap();
    fixture.runner(move |future| runtime.block_on(future))
}

#[cfg(not(feature = "tokio"))]
fn with_runner(fixture: Fixture) -> Fixture {
    fixture
}

/// The orders in which three actors come to one key are a matter of the commands, not of the way they travel, and
/// take half a minute: once for each face is enough.
const OF_THREE_ACTORS: [&str; 2] =
    ["interleavings::of_three_actors_on_nothing", "interleavings::of_three_actors_on_a_value"];

/// How many clauses run at a time: nearly all of them wait.
const BESIDE: usize = 32;

fn keeps_the_contract(face: Face, fixture: fn() -> Fixture, left_out: &[&str]) {
    let bound = clauses()
        .into_iter()
        .filter(|clause| clause.faces().contains(&face) && !left_out.contains(&clause.name()));
    let (waiting, busy): (Vec<Clause>, Vec<Clause>) = bound.partition(waits);
    // Taken from the end: those that wait come first.
    let left = Mutex::new([busy, waiting].concat());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..BESIDE {
            scope.spawn(|| {
                while let Some(clause) = { left.lock().unwrap().pop() } {
                    let named = thread::Builder::new().name(format!("{} ({face})", clause.name()));
                    let checked = named.spawn(move || clause.check(face, fixture())).unwrap();
                    if checked.join().is_err() {
                        failed.lock().unwrap().push(clause.name());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "broken, each with its reason above: {failed:#?}");
}

fn waits(clause: &Clause) -> bool {
    const WORDS: [&str; 8] =
        ["ttl::", "live", "life", "ends", "expired", "ever", "prolongs", "shortens"];
    WORDS.iter().any(|word| clause.name().contains(word))
}
