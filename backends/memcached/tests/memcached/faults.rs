//! Servers that are not there, go, come back, stand still, or take no more callers.

use crate::support::{
    Ask, Fake, LIMIT, SLACK, faces, key, kind, open, timed, wait_until, while_still,
};
use cache_memoize_core::{Bytes, PutMode, StoreErrorKind, Ttl};
use cache_memoize_testkit::servers::MemcachedServer;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn a_program_starts_before_its_server() {
    for mut server in [MemcachedServer::start(), MemcachedServer::start_unix()] {
        server.kill();
        for face in faces(&open(&server.url())) {
            let (answer, took) = timed(|| face.read("key"));
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
            assert!(error.to_string().contains(&server.address()), "{error}");
            assert!(took < LIMIT + SLACK);
            server.restart();
            assert!(face.write("key", "value").unwrap());
            server.kill();
        }
    }
}

/// However many connections were idle, one restart costs no call.
#[test]
fn a_restart_is_not_noticed_by_who_may_ask_again() {
    let mut server = MemcachedServer::start();
    for face in faces(&open(&server.url())) {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..50).for_each(|_| face.ping().unwrap()));
            }
        });
        server.restart();
        for index in 0..20 {
            assert_eq!(face.read("key").unwrap(), None, "call {index}");
        }
        assert!(face.write("key", "value").unwrap());
        server.restart();
        assert!(face.write("key", "value").unwrap());
        server.restart();
        assert!(!face.forget("key").unwrap());
        server.restart();
        assert!(!face.touch(key("key"), Ttl::Forever).unwrap());
    }
}

/// The end of an idle connection is noticed before it is used for what must not be done twice.
#[test]
fn a_restart_is_not_noticed_by_who_may_not_ask_again() {
    for mut server in [MemcachedServer::start(), MemcachedServer::start_unix()] {
        for face in faces(&open(&server.url())) {
            for _ in 0..3 {
                let add = face.put(key("added"), Bytes::new(), Ttl::Forever, PutMode::IfAbsent);
                assert!(add.unwrap());
                server.restart();
                assert_eq!(face.increment(key("key"), 1, 1, Ttl::Forever).unwrap(), 1);
                server.restart();
            }
        }
    }
}

/// The connection breaks when it has the question: it may have been counted, or added, without an answer.
#[test]
fn what_must_not_be_done_twice_is_not_asked_twice() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let fake = Fake::new(move |mut stream, _| {
        let mut request = [0; 4096];
        while stream.read(&mut request).is_ok_and(|length| length > 0) {
            if !request.starts_with(b"mn") {
                count.fetch_add(1, Ordering::SeqCst);
                break;
            }
            let _ = stream.write_all(b"MN\r\n");
        }
    });
    for face in faces(&open(&fake.url())) {
        let count = || face.increment(key("key"), 1, 1, Ttl::Forever).map(drop);
        let add = || face.put(key("key"), Bytes::new(), Ttl::Forever, PutMode::IfAbsent).map(drop);
        for (ask, times) in
            [(&count as &dyn Fn() -> _, 1), (&add, 1), (&|| face.forget("key").map(drop), 2)]
        {
            face.ping().unwrap();
            asked.store(0, Ordering::SeqCst);
            assert_eq!(kind(ask()), StoreErrorKind::Unavailable);
            assert_eq!(asked.load(Ordering::SeqCst), times);
        }
    }
}

#[test]
fn a_server_killed_and_restarted_under_load_serves_again_and_right() {
    let mut server = MemcachedServer::start();
    for face in faces(&open(&server.url())) {
        face.limit_time(LIMIT);
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for index in 0..4 {
                let (face, is_over) = (&face, &is_over);
                scope.spawn(move || {
                    let name = format!("key-{index}");
                    while !is_over.load(Ordering::SeqCst) {
                        let (read, took) = timed(|| face.read(&name));
                        assert!(took < LIMIT + SLACK);
                        if let Ok(Some(value)) = read {
                            assert_eq!(value, name, "another one's value");
                        }
                        let _ = face.write(&name, &name);
                    }
                });
            }
            for _ in 0..5 {
                server.restart();
                wait_until("it serves again", || face.write("probe", "value").is_ok());
                server.kill();
                wait_until("it is noticed", || face.ping().is_err());
            }
            is_over.store(true, Ordering::SeqCst);
        });
        server.restart();
        wait_until("it serves again", || face.write("key", "value").is_ok());
    }
}

#[test]
fn a_server_that_stands_still_costs_the_limit_and_no_later_call() {
    for server in [MemcachedServer::start(), MemcachedServer::start_unix()] {
        for face in faces(&open(&server.url())) {
            face.write("key", "value").unwrap();
            while_still(&server, &*face, || {
                for _ in 0..3 {
                    let (answer, took) = timed(|| face.read("key"));
                    let error = answer.unwrap_err();
                    assert_eq!(error.kind(), StoreErrorKind::Timeout, "{error}");
                    assert!(error.to_string().contains(&server.address()), "{error}");
                    assert!((LIMIT..LIMIT + SLACK).contains(&took), "{took:?}");
                }
            });
            for index in 0..10 {
                let name = format!("key-{index}");
                face.write(&name, &name).unwrap();
                assert_eq!(
                    face.read(&name).unwrap().unwrap(),
                    name,
                    "an answer to the call before"
                );
            }
        }
    }
}

#[test]
fn the_limit_can_be_changed() {
    let server = MemcachedServer::start();
    for face in faces(&open(&format!("{}?timeout=60s", server.url()))) {
        face.ping().unwrap();
        face.limit_time(Duration::from_millis(30));
        server.pause();
        let (answer, took) = timed(|| face.ping());
        assert_eq!(kind(answer), StoreErrorKind::Timeout);
        assert!(took < Duration::from_millis(30) + SLACK);
        server.resume();
        face.limit_time(Duration::MAX);
        face.ping().unwrap();
    }
}

/// What a stopped server has no room for is not waited for either.
#[test]
fn a_large_value_for_a_server_that_stands_still_ends_in_time() {
    let server = MemcachedServer::start_unix();
    for face in faces(&open(&server.url())) {
        face.ping().unwrap();
        while_still(&server, &*face, || {
            let value = Bytes::from(vec![b'x'; 900_000]);
            let put = || face.put(key("key"), value, Ttl::Forever, PutMode::Always);
            let (answer, took) = timed(put);
            assert_eq!(kind(answer), StoreErrorKind::Timeout);
            assert!(took < LIMIT + SLACK);
        });
        face.ping().unwrap();
    }
}

/// A socket lets callers wait for whom its server has no room in the queue, and without end.
#[test]
fn a_queue_before_a_socket_is_not_waited_for_without_end() {
    let server = MemcachedServer::builder().argument("-b").argument("1").start_unix();
    for face in faces(&open(&server.url())) {
        let queued = AtomicUsize::new(0);
        thread::scope(|scope| {
            while_still(&server, &*face, || {
                for _ in 0..4 {
                    scope.spawn(|| {
                        let _ = UnixStream::connect(server.address());
                        queued.fetch_add(1, Ordering::SeqCst);
                    });
                }
                wait_until("the queue is full", || queued.load(Ordering::SeqCst) >= 2);
                let (answer, took) = timed(|| face.ping());
                assert_eq!(kind(answer), StoreErrorKind::Timeout);
                assert!(took < LIMIT + SLACK, "{took:?}");
            });
        });
        wait_until("it answers again", || face.ping().is_ok());
    }
}

#[test]
fn a_dead_server_costs_its_own_keys_and_comes_back_by_itself() {
    let mut servers: Vec<_> = (0..3).map(|_| MemcachedServer::start()).collect();
    let addresses: Vec<_> = servers.iter().map(MemcachedServer::address).collect();
    let url = format!("memcached://{}", addresses.join(","));
    let names: Vec<String> = (0..60).map(|index| format!("key-{index}")).collect();
    for face in faces(&open(&url)) {
        for name in &names {
            face.write(name, name).unwrap();
        }
        let dead = servers[1].command("stats items\r\n");
        assert!(!dead.is_empty(), "it has its share");
        servers[1].kill();
        let lost = names.iter().filter(|name| match face.read(name) {
            Ok(value) => {
                assert_eq!(value.unwrap(), **name);
                false
            }
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Unavailable);
                assert!(error.to_string().contains(&addresses[1]), "{error}");
                true
            }
        });
        let lost = lost.count();
        assert!((1..60).contains(&lost), "{lost} of 60");

        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        assert_eq!(kind(face.remove(&keys)), StoreErrorKind::Unavailable);
        let left = names.iter().filter(|name| face.read(name).is_ok_and(|it| it.is_some())).count();
        assert_eq!(left, 0, "the servers that are there removed their keys all the same");
        assert_eq!(kind(face.ping()), StoreErrorKind::Unavailable);

        servers[1].restart();
        for name in &names {
            assert!(face.write(name, name).unwrap());
        }
        assert_eq!(face.get(&keys).unwrap().iter().flatten().count(), names.len());
    }
}

#[test]
fn the_order_of_the_servers_says_nothing() {
    let servers: Vec<_> = (0..3).map(|_| MemcachedServer::start()).collect();
    let mut addresses: Vec<_> = servers.iter().map(MemcachedServer::address).collect();
    let store = open(&format!("memcached://{}", addresses.join(",")));
    addresses.reverse();
    let other = open(&format!("memcached://{}", addresses.join(",")));
    for index in 0..50 {
        let name = format!("key-{index}");
        store.write(&name, &name).unwrap();
        assert_eq!(other.read(&name).unwrap().unwrap(), name);
    }
    for server in &servers {
        assert!(server.stat("curr_items") > 5);
    }
}

#[test]
fn a_server_that_is_down_delays_the_others_keys_by_nothing() {
    let servers: Vec<_> = (0..2).map(|_| MemcachedServer::start()).collect();
    let addresses: Vec<_> = servers.iter().map(MemcachedServer::address).collect();
    let names: Vec<String> = (0..40).map(|index| format!("key-{index}")).collect();
    for face in faces(&open(&format!("memcached://{}", addresses.join(",")))) {
        for name in &names {
            face.write(name, name).unwrap();
        }
        while_still(&servers[0], &*face, || {
            let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
            assert_eq!(kind(face.remove(&keys)), StoreErrorKind::Timeout);
        });
        assert_eq!(
            servers[1].stat("curr_items"),
            0,
            "it was asked before the other was waited for"
        );
    }
}
