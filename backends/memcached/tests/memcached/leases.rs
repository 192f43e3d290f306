//! The fence, where a server is started anew, and numbers come again.

use crate::support::{Ask, Turnstile, faces, key, open, wait_until};
use cache_memoize_core::{Bytes, LeaseMode, Token, Ttl};
use cache_memoize_testkit::servers::MemcachedServer;
use std::thread;

/// Counts up the state numbers of a server that was just started: other handles do the same as before.
fn lease_elsewhere(server: &MemcachedServer) -> Token {
    open(&server.url()).join("key").token
}

#[test]
fn a_lease_does_not_outlive_the_server() {
    let mut server = MemcachedServer::start_unix();
    let store = open(&server.url());
    for face in faces(&store) {
        let held = face.join("key").token;
        server.restart();
        assert!(!face.fill("key", held, "stale").unwrap());
        assert_eq!(face.read("key").unwrap(), None);
        face.release(key("key"), held).unwrap();
        assert!(face.join("key").first, "no token stands any more");
    }
}

/// A server that was started anew deals its state numbers out again: the same steps lead to the same ones, and only the
/// token tells the leases apart.
#[test]
fn a_state_number_that_comes_again_opens_nothing() {
    for face_index in 0..2 {
        let mut server = MemcachedServer::start_unix();
        let Some(face) = faces(&open(&server.url())).into_iter().nth(face_index) else { return };
        let state = |server: &MemcachedServer| server.command("mg key c\r\n");
        let held = face.join("key").token;
        let before = state(&server);
        server.restart();
        let standing = lease_elsewhere(&server);
        assert_eq!(state(&server), before, "the test is about a state number that comes again");
        assert!(!face.fill("key", held, "stale").unwrap());
        face.release(key("key"), held).unwrap();
        assert_eq!(face.read("key").unwrap(), None);
        assert_eq!(face.join("key").token, standing, "it stands as before");
    }
}

/// The same, and the value that came meanwhile has the number.
#[test]
fn a_value_with_the_state_number_of_a_lease_is_not_overwritten() {
    for face_index in 0..2 {
        let mut server = MemcachedServer::start_unix();
        let Some(face) = faces(&open(&server.url())).into_iter().nth(face_index) else { return };
        let state = |server: &MemcachedServer| server.command("mg key c\r\n");
        let held = face.join("key").token;
        let before = state(&server);
        server.restart();
        open(&server.url()).write("key", "younger").unwrap();
        assert_eq!(state(&server), before);
        assert!(!face.fill("key", held, "stale").unwrap());
        face.release(key("key"), held).unwrap();
        assert_eq!(face.read("key").unwrap().unwrap(), "younger");
    }
}

/// Every change gives the item a state number of its own; back at the same content, it is not the same.
#[test]
fn a_lease_that_went_and_came_is_another() {
    let server = MemcachedServer::start_unix();
    for face in faces(&open(&server.url())) {
        let first = face.join("key").token;
        face.forget("key").unwrap();
        let second = face.join("key").token;
        assert!(!face.fill("key", first, "stale").unwrap());
        assert!(face.fill("key", second, "value").unwrap());
        face.forget("key").unwrap();
    }
}

#[test]
fn a_token_of_one_process_is_honoured_in_another_until_it_is_revoked() {
    let server = MemcachedServer::start_unix();
    let (one, other) = (open(&server.url()), open(&server.url()));
    for (here, there) in faces(&one).into_iter().zip(faces(&other)) {
        let token = here.join("key").token;
        assert_eq!(there.join("key").token, token);
        assert!(there.fill("key", token, "value").unwrap());
        assert!(!here.fill("key", token, "second").unwrap(), "the token is spent");

        let token = here.join("key").token;
        there.forget("key").unwrap();
        assert!(!here.fill("key", token, "stale").unwrap());
        assert_eq!(here.read("key").unwrap(), None);
    }
}

/// What leaves the lease alone may change the state of its item all the same.
#[test]
fn a_fill_finds_its_lease_in_another_state() {
    let server = MemcachedServer::start_unix();
    for face in faces(&open(&server.url())) {
        let token = face.join("key").token;
        assert_eq!(face.increment(key("key"), 1, 5, Ttl::Forever).unwrap(), 5);
        assert!(face.fill("key", token, "value").unwrap());
        let (lease, handed) = face.lease(key("key"), Ttl::Forever, LeaseMode::Join).unwrap();
        assert_eq!(handed, Some(Bytes::from_static(b"value")));
        assert!(face.touch(key("key"), Ttl::Forever).unwrap());
        assert!(face.fill("key", lease.token, "next").unwrap());
        face.forget("key").unwrap();
    }
}

/// A connection that broke while it was idle: the lease is asked for again over another one, and the first is told so.
#[test]
fn who_asks_again_after_a_restart_is_the_first() {
    let mut server = MemcachedServer::start_unix();
    for face in faces(&open(&server.url())) {
        face.ping().unwrap();
        server.restart();
        let lease = face.join("key");
        assert!(lease.first && face.fill("key", lease.token, "value").unwrap());
        face.forget("key").unwrap();
    }
}

/// The lease was written, and the answer lost: whoever asks again holds it, and nobody else was told to be the first.
#[test]
fn a_lease_whose_answer_was_lost_has_a_first_holder() {
    let server = MemcachedServer::start();
    let turnstile = Turnstile::before(&server.address());
    for face in faces(&open(&turnstile.url())) {
        face.ping().unwrap();
        turnstile.swallow_next_answer();
        let lease = face.join("key");
        assert!(turnstile.has_swallowed() && lease.first);
        assert!(face.fill("key", lease.token, "value").unwrap());
        face.forget("key").unwrap();
    }
}

/// The same, and before the lease is asked for again its token was shared and revoked. Written a second time it would
/// come back to life, and store what was computed before the removal.
#[test]
fn a_lease_that_is_asked_for_again_has_another_token() {
    let server = MemcachedServer::start();
    let turnstile = Turnstile::before(&server.address());
    let other = open(&server.url());
    for face in faces(&open(&turnstile.url())) {
        face.ping().unwrap();
        turnstile.shut(true);
        turnstile.swallow_next_answer();
        thread::scope(|scope| {
            let asked = scope.spawn(|| face.join("key"));
            wait_until("the answer is lost", || turnstile.has_swallowed());
            let shared = other.join("key");
            assert!(!shared.first, "it was written");
            other.forget("key").unwrap();
            turnstile.shut(false);
            let lease = asked.join().unwrap();
            assert!(lease.first);
            assert!(!other.fill("key", shared.token, "stale").unwrap());
            assert!(face.fill("key", lease.token, "value").unwrap());
        });
        face.forget("key").unwrap();
    }
}

/// A fill that was stored without an answer has spent its token: it is refused the second time, and nothing else happens.
#[test]
fn a_fill_whose_answer_was_lost_is_stored_once() {
    let server = MemcachedServer::start();
    let turnstile = Turnstile::before(&server.address());
    for face in faces(&open(&turnstile.url())) {
        let token = face.join("key").token;
        turnstile.swallow_next_answer();
        assert!(!face.fill("key", token, "value").unwrap());
        assert_eq!(face.read("key").unwrap().unwrap(), "value");
        face.forget("key").unwrap();
    }
}
