//! The storage contract, clause by clause, on every way to a server.
//!
//! On one way each clause is a test of its own. On the others, and behind the testkit's wrappers, they are
//! walked through on one server, and without the two longest, which ask for orders of commands and not for
//! ways to send them.

use crate::certificates::Certificates;
use crate::support::{one_thread, patient, two_threads};
use cache_memoize_core::Backend;
use cache_memoize_testkit::conformance::clauses;
use cache_memoize_testkit::servers::{RedisCluster, RedisSentinel, RedisServer};
use cache_memoize_testkit::{Clause, Counts, Face, Faults, Fixture, conformance};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

conformance! {
    mod tcp;
    faces: [blocking, async, listing],
    store: || {
        let server = RedisServer::start();
        let (redis, runtime) = (patient(&server.tcp_url()), one_thread());
        Fixture::new(redis.into()).runner(move |future| runtime.block_on(future)).keep(server)
    },
}

#[test]
fn the_blocking_face_keeps_the_contract_in_resp3() {
    let server = RedisServer::start();
    walk(Face::Blocking, databases(&server.tcp_url(), "protocol=3"));
}

#[test]
fn the_async_face_keeps_the_contract_in_resp3() {
    let server = RedisServer::start();
    walk(Face::Async, databases(&server.tcp_url(), "protocol=3"));
}

#[test]
fn the_blocking_face_keeps_the_contract_on_a_unix_socket() {
    let server = RedisServer::start();
    walk(Face::Blocking, databases(&server.unix_url(), ""));
}

#[test]
fn the_async_face_keeps_the_contract_on_a_unix_socket() {
    let server = RedisServer::start();
    walk(Face::Async, databases(&server.unix_url(), ""));
}

#[test]
fn the_blocking_face_keeps_the_contract_behind_wrappers() {
    let server = RedisServer::start();
    walk(Face::Blocking, wrapped(databases(&server.unix_url(), "")));
}

#[test]
fn the_async_face_keeps_the_contract_behind_wrappers() {
    let server = RedisServer::start();
    walk(Face::Async, wrapped(databases(&server.unix_url(), "")));
}

#[test]
fn the_blocking_face_keeps_the_contract_over_tls() {
    let (server, certificates) = over_tls();
    walk(Face::Blocking, databases(&server.tls_url(), &certificates.parameters()));
}

#[test]
fn the_async_face_keeps_the_contract_over_tls() {
    let (server, certificates) = over_tls();
    walk(Face::Async, databases(&server.tls_url(), &certificates.parameters()));
}

#[test]
fn the_blocking_face_keeps_the_contract_in_a_cluster() {
    let cluster = RedisCluster::start(3);
    walk(Face::Blocking, vec![patient(&cluster.url()).into()]);
}

#[test]
fn the_async_face_keeps_the_contract_in_a_cluster() {
    let cluster = RedisCluster::start(3);
    walk(Face::Async, vec![patient(&cluster.url()).into()]);
}

#[test]
fn the_blocking_face_keeps_the_contract_behind_a_sentinel() {
    let sentinel = RedisSentinel::start();
    walk(Face::Blocking, databases(&sentinel.url(), ""));
}

#[test]
fn the_async_face_keeps_the_contract_behind_a_sentinel() {
    let sentinel = RedisSentinel::start();
    walk(Face::Async, databases(&sentinel.url(), ""));
}

#[test]
fn the_listing_keeps_the_contract_wherever_the_servers_are() {
    let (server, certificates) = over_tls();
    let (cluster, sentinel) = (RedisCluster::start(3), RedisSentinel::start());
    walk(Face::Listing, databases(&server.unix_url(), "protocol=3"));
    walk(Face::Listing, databases(&server.tls_url(), &certificates.parameters()));
    walk(Face::Listing, vec![patient(&cluster.url()).into()]);
    walk(Face::Listing, databases(&sentinel.url(), ""));
}

fn over_tls() -> (RedisServer, Certificates) {
    let certificates = Certificates::new();
    let [certificate, key, authority] =
        ["server.pem", "server.key", "ca.pem"].map(|name| certificates.path(name));
    let server = RedisServer::builder().tls(&certificate, &key, &authority, true).start();
    (server, certificates)
}

/// A server has sixteen stores that are nothing to each other, and so has time for clauses that wait.
fn databases(url: &str, parameters: &str) -> Vec<Backend> {
    (0..16).map(|number| patient(&format!("{url}?db={number}&{parameters}")).into()).collect()
}

/// Calls are counted, and may fail, but none is told to.
fn wrapped(stores: Vec<Backend>) -> Vec<Backend> {
    let (counts, faults) = (Counts::new(), Faults::new());
    stores.iter().map(|store| counts.wrap(&faults.wrap(store))).collect()
}

/// Checks every clause of the face, each on a store that was emptied before.
fn walk(face: Face, stores: Vec<Backend>) {
    let is_walked = |clause: &Clause| {
        clause.faces().contains(&face) && !clause.name().contains("of_three_actors")
    };
    let left = Mutex::new(clauses().into_iter().filter(is_walked).collect::<Vec<Clause>>());
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for store in &stores {
            scope.spawn(|| {
                let next = || left.lock().unwrap().pop();
                while let Some(clause) = next() {
                    let check = catch_unwind(AssertUnwindSafe(|| check(clause, face, store)));
                    if check.is_err() {
                        broken.lock().unwrap().push(clause.name());
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "these clauses are broken: {broken:?}");
}

fn check(clause: Clause, face: Face, store: &Backend) {
    store.store().unwrap().clear().unwrap();
    let runtime = two_threads();
    let fixture = Fixture::new(store.clone());
    clause.check(face, fixture.runner(move |future| runtime.block_on(future)));
}
