//! How many connections there are, and which of them are used again.

use crate::support::{Ask, Fake, LIMIT, SLACK, faces, kind, open, timed, wait_until, while_still};
use cache_memoize_core::{Store, StoreErrorKind};
use cache_memoize_testkit::servers::MemcachedServer;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

#[test]
fn one_caller_has_one_connection() {
    let server = MemcachedServer::start();
    for face in faces(&open(&server.url())) {
        face.ping().unwrap();
        let connections = server.stat("total_connections");
        for index in 0..100 {
            face.write(&format!("key-{index}"), "value").unwrap();
            face.read("key").unwrap();
        }
        assert_eq!(server.stat("total_connections"), connections + 1, "the question is the one");
    }
}

#[test]
fn there_are_never_more_than_told() {
    let server = MemcachedServer::start();
    for face in faces(&open(&format!("{}?pool=3", server.url()))) {
        let before = server.stat("total_connections");
        let start = Barrier::new(16);
        thread::scope(|scope| {
            for index in 0..16 {
                let (face, start) = (&face, &start);
                scope.spawn(move || {
                    start.wait();
                    for round in 0..50 {
                        let name = format!("key-{index}-{round}");
                        face.write(&name, &name).unwrap();
                        assert_eq!(face.read(&name).unwrap().unwrap(), name);
                    }
                });
            }
        });
        let made = server.stat("total_connections") - before - 1;
        assert!((1..=3).contains(&made), "{made} connections");
    }
}

#[test]
fn who_finds_no_connection_free_waits_no_longer_than_the_limit() {
    let server = MemcachedServer::start();
    for face in faces(&open(&format!("{}?pool=1", server.url()))) {
        face.ping().unwrap();
        while_still(&server, &*face, || {
            thread::scope(|scope| {
                let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| timed(|| face.ping()))).collect();
                for call in calls {
                    let (answer, took) = call.join().unwrap();
                    assert_eq!(kind(answer), StoreErrorKind::Timeout);
                    assert!(took < LIMIT + SLACK);
                }
            });
        });
        face.ping().unwrap();
    }
}

#[test]
fn a_server_that_takes_no_more_callers_is_an_error_in_time() {
    let server = MemcachedServer::builder().connections(20).start();
    for face in faces(&open(&server.url())) {
        let crowd = fill_up(&server);
        face.limit_time(LIMIT);
        let (answer, took) = timed(|| face.ping());
        let kind = kind(answer);
        let expected = [StoreErrorKind::Unavailable, StoreErrorKind::Timeout];
        assert!(expected.contains(&kind), "{kind:?}");
        assert!(took < LIMIT + SLACK);
        drop(crowd);
        wait_until("there is room again", || face.write("key", "value").is_ok());
    }
}

/// Connections until the server takes no more: the last one is turned away, or not answered.
fn fill_up(server: &MemcachedServer) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    let mut answer = *b"MN";
    while answer == *b"MN" {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let asked = stream.write_all(b"mn\r\n").and_then(|()| stream.read_exact(&mut answer));
        answer = if asked.is_ok() { answer } else { [0; 2] };
        crowd.push(stream);
    }
    crowd
}

#[test]
fn a_store_that_is_dropped_closes_its_connections() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    faces(&store).iter().for_each(|face| face.ping().unwrap());
    let another = store.clone();
    drop(store);
    another.ping().unwrap();
    let open = server.stat("curr_connections");
    drop(another);
    wait_until("they are closed", || server.stat("curr_connections") < open);
}

/// The server ends four idle connections at once; the first call that finds out closes them all.
#[test]
fn one_broken_connection_closes_the_other_idle_ones() {
    let (asked, closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (count, gone) = (asked.clone(), closed.clone());
    let fake = Fake::new(move |mut stream, number| {
        let _ = stream.read(&mut [0; 64]);
        count.fetch_add(1, Ordering::SeqCst);
        wait_until("all four ask at the same time", || count.load(Ordering::SeqCst) >= 4);
        let _ = stream.write_all(b"MN\r\n");
        if number < 4 {
            stream.shutdown(Shutdown::Write).unwrap();
            while stream.read(&mut [0; 64]).is_ok_and(|length| length > 0) {}
            gone.fetch_add(1, Ordering::SeqCst);
        }
    });
    let store = open(&fake.url());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::ping(&store).unwrap());
        }
    });
    Store::ping(&store).unwrap();
    wait_until("they are closed", || closed.load(Ordering::SeqCst) == 4);
    assert_eq!(fake.connections(), 5);
}

/// Only a connection that was idle may have been broken before.
#[test]
fn a_server_that_hangs_up_is_not_asked_again_and_again() {
    let fake = Fake::new(|mut stream, _| drop(stream.read(&mut [0; 64])));
    for face in faces(&open(&fake.url())) {
        let before = fake.connections();
        assert_eq!(kind(face.read("key")), StoreErrorKind::Unavailable);
        assert_eq!(fake.connections(), before + 1);
    }
}
