//! What lies on the server, as other clients see and write it.

use crate::support::{Ask, faces, key, kind, open, seconds};
use cache_memoize_core::{Bytes, LeaseMode, PutMode, Store, StoreErrorKind, Token, Ttl};
use cache_memoize_testkit::servers::MemcachedServer;

fn each_face(act: impl Fn(&dyn Store, &MemcachedServer)) {
    let server = MemcachedServer::start_unix();
    for face in faces(&open(&server.url())) {
        assert_eq!(server.command("flush_all\r\n"), "OK\r\n");
        act(&*face, &server);
    }
}

#[test]
fn a_value_without_a_lease_is_its_bytes_and_nothing_else() {
    each_face(|face, server| {
        face.write("put", "value").unwrap();
        let token = face.join("filled").token;
        face.fill("filled", token, "value").unwrap();
        for key in ["put", "filled"] {
            let answer = server.command(format!("get {key}\r\n"));
            assert_eq!(answer, format!("VALUE {key} 0 5\r\nvalue\r\nEND\r\n"));
        }
    });
}

#[test]
fn what_another_client_wrote_is_a_value_whatever_its_flags() {
    each_face(|face, server| {
        for (client_flags, value) in [(0, "plain"), (1, ""), (u32::MAX, "\u{1F980}")] {
            let length = value.len();
            let answer =
                server.command(format!("set key {client_flags} 0 {length}\r\n{value}\r\n"));
            assert_eq!(answer, "STORED\r\n");
            assert_eq!(face.read("key").unwrap(), Some(Bytes::from(value)));
            let token = face.join("key").token;
            assert_eq!(face.read("key").unwrap(), Some(Bytes::from(value)), "under a lease");
            assert!(face.fill("key", token, "filled").unwrap());
            assert!(face.forget("key").unwrap());
        }
    });
}

/// As `docs/decisions/memcached-leases.md` tells other clients.
#[test]
fn a_value_under_a_lease_stands_behind_a_head() {
    each_face(|face, server| {
        face.write("key", "value").unwrap();
        let token = face.join("key").token.number();
        let answer = server.command("mg key s f t\r\n");
        assert_eq!(answer, "HD s30 f3311627521 t-1\r\n");
        let head = [&[0xC5][..], &token.to_le_bytes(), &[0xFF; 16]].concat();
        let same = [b"ms other 30 F3311627521\r\n", &head[..], b"value\r\n"].concat();
        server.command(same);
        assert_eq!(face.read("other").unwrap().unwrap(), "value");
        assert!(face.fill("other", Token::new(token), "filled").unwrap());
    });
}

#[test]
fn a_damaged_head_holds_nothing_and_is_replaced() {
    each_face(|face, server| {
        for damaged in ["", "short", &"x".repeat(40)] {
            let write = format!("set key 3311627521 0 {}\r\n{damaged}\r\n", damaged.len());
            server.command(&write);
            assert_eq!(face.read("key").unwrap(), None);
            assert!(!face.fill("key", Token::new(0), "forged").unwrap());
            assert!(!face.touch(key("key"), Ttl::Forever).unwrap());
            let lease = face.join("key");
            assert!(lease.first && face.fill("key", lease.token, "value").unwrap());
            server.command(&write);
            assert!(!face.forget("key").unwrap());
            server.command(&write);
            let value = Bytes::from_static(b"added");
            assert!(face.put(key("key"), value, Ttl::Forever, PutMode::IfAbsent).unwrap());
            assert_eq!(face.read("key").unwrap().unwrap(), "added");
        }
    });
}

#[test]
fn a_lifetime_beyond_thirty_days_is_told_as_a_date() {
    const DAY: u64 = 24 * 60 * 60;
    each_face(|face, server| {
        for days in [1, 29, 30, 31, 400] {
            let value = Bytes::from_static(b"value");
            face.put(key("key"), value, seconds(days * DAY), PutMode::Always).unwrap();
            let answer = server.command("mg key t\r\n");
            let rest = answer.trim_end().strip_prefix("HD t").unwrap().parse::<u64>().unwrap();
            assert!((days * DAY..=days * DAY + 2).contains(&rest), "{days} days: {rest} s");
        }
        let lease = face.lease(key("leased"), seconds(31 * DAY), LeaseMode::Join).unwrap().0;
        assert!(face.fill("leased", lease.token, "value").unwrap());
    });
}

#[test]
fn what_is_stored_right_after_a_clearing_stays_and_what_was_before_is_gone() {
    let servers: Vec<_> = (0..3).map(|_| MemcachedServer::start()).collect();
    let addresses: Vec<_> = servers.iter().map(MemcachedServer::address).collect();
    for face in faces(&open(&format!("memcached://{}", addresses.join(",")))) {
        let names: Vec<String> = (0..60).map(|index| format!("key-{index}")).collect();
        for round in 0..20 {
            let (before, after) = names.split_at(30);
            for name in before {
                face.write(name, "before").unwrap();
            }
            face.clear().unwrap();
            for name in after {
                face.write(name, "after").unwrap();
            }
            for name in before {
                assert_eq!(face.read(name).unwrap(), None, "round {round}");
            }
            for name in after {
                assert_eq!(face.read(name).unwrap().unwrap(), "after", "round {round}");
            }
        }
    }
}

#[test]
fn a_value_beyond_the_limit_is_refused_and_the_connection_goes_on() {
    each_face(|face, server| {
        let large = || Bytes::from(vec![b'x'; 3 << 20]);
        let put = |mode| kind(face.put(key("key"), large(), Ttl::Forever, mode));
        assert_eq!(put(PutMode::Always), StoreErrorKind::TooLarge);
        face.write("key", "older").unwrap();
        let connections = server.stat("total_connections");
        assert_eq!(put(PutMode::Always), StoreErrorKind::TooLarge);
        assert_eq!(face.read("key").unwrap(), None);
        assert_eq!(put(PutMode::IfAbsent), StoreErrorKind::TooLarge);
        assert_eq!(put(PutMode::IfLease(face.join("key").token)), StoreErrorKind::TooLarge);
        assert_eq!(face.read("key").unwrap(), None);
        assert_eq!(server.stat("total_connections"), connections + 1, "the question is the one");
    });
}

/// A head makes the value longer: there is a length that has room without it, and none with it.
#[test]
fn a_lease_on_a_value_that_just_has_room_is_taken_without_it() {
    each_face(|face, _| {
        let fits = |length: usize| {
            let value = Bytes::from(vec![b'x'; length]);
            face.put(key("key"), value, Ttl::Forever, PutMode::Always).is_ok()
        };
        let (mut fitting, mut failing) = (1 << 19, 1 << 21);
        while failing - fitting > 1 {
            let middle = (fitting + failing) / 2;
            if fits(middle) { fitting = middle } else { failing = middle }
        }
        assert!(fits(fitting));
        let lease = face.join("key");
        assert!(lease.first);
        assert!(face.fill("key", lease.token, "filled").unwrap());
    });
}

/// memcached fills a number that loses digits up with blanks.
#[test]
fn no_counter_is_left_with_blanks() {
    each_face(|face, _| {
        let count = |by| face.increment(key("counter"), by, 0, seconds(60)).unwrap();
        face.write("counter", "18446744073709551615").unwrap();
        assert_eq!(count(1), 0);
        assert_eq!(face.read("counter").unwrap().unwrap(), "0");
        face.write("counter", "0041").unwrap();
        assert_eq!(count(1), 42);
        assert_eq!(face.read("counter").unwrap().unwrap(), "42");
        face.write("other", "5 ").unwrap();
        assert_eq!(face.read("other").unwrap().unwrap(), "5 ", "no counter, and no blank of ours");
    });
}

#[test]
fn a_counter_under_a_lease_counts_and_keeps_it() {
    each_face(|face, _| {
        let count = || face.increment(key("counter"), 2, 7, seconds(60)).unwrap();
        let token = face.join("counter").token;
        assert_eq!((count(), count()), (7, 9));
        assert_eq!(face.read("counter").unwrap().unwrap(), "9");
        let lease = face.join("counter");
        assert_eq!((lease.token, lease.first), (token, false));
        assert!(face.fill("counter", token, "11").unwrap());
        assert_eq!(count(), 13);
    });
}

#[test]
fn a_touch_leaves_the_lease_and_the_value_to_each_other() {
    each_face(|face, server| {
        face.write("key", "value").unwrap();
        let token = face.join("key").token;
        assert!(face.touch(key("key"), seconds(100)).unwrap());
        assert_eq!(face.join("key").token, token);
        face.release(key("key"), token).unwrap();
        assert_eq!(face.read("key").unwrap().unwrap(), "value");
        let answer = server.command("mg key t\r\n");
        let rest = answer.trim_end().strip_prefix("HD t").unwrap().parse::<u64>().unwrap();
        assert!((98..=102).contains(&rest), "{answer}");
    });
}

/// Rounded to seconds at each turn, a value would outlive its time, or lose it, by failed refreshes alone.
#[test]
fn leases_that_come_and_go_leave_the_end_of_a_value_where_it_is() {
    each_face(|face, server| {
        let value = Bytes::from_static(b"value");
        face.put(key("key"), value, seconds(100), PutMode::Always).unwrap();
        for _ in 0..200 {
            let (lease, handed) = face.lease(key("key"), seconds(3), LeaseMode::Renew).unwrap();
            assert_eq!(handed.unwrap(), "value");
            face.release(key("key"), lease.token).unwrap();
        }
        let answer = server.command("mg key t\r\n");
        let rest = answer.trim_end().strip_prefix("HD t").unwrap().parse::<u64>().unwrap();
        assert!((95..=103).contains(&rest), "{answer}");
    });
}

#[test]
fn a_server_that_forbids_what_is_asked_says_so() {
    let server = MemcachedServer::builder().argument("-F").start_unix();
    for face in faces(&open(&server.url())) {
        let error = face.clear().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Denied);
        assert!(error.to_string().contains("flush_all not allowed"), "{error}");
        face.ping().unwrap();
    }
    let server = MemcachedServer::builder().argument("-C").start_unix();
    for face in faces(&open(&server.url())) {
        face.write("key", "value").unwrap();
        let leased = face.lease(key("key"), Ttl::Forever, LeaseMode::Join);
        let error = leased.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unsupported);
        assert!(error.to_string().contains("`-C`"), "{error}");
    }
}

#[test]
fn a_full_server_evicts_and_goes_on() {
    let server = MemcachedServer::builder().megabytes(2).start_unix();
    for face in faces(&open(&server.url())) {
        let value = "x".repeat(100_000);
        let tokens: Vec<_> =
            (0..10).map(|index| face.join(&format!("leased-{index}")).token).collect();
        for index in 0..200 {
            match face.write(&format!("key-{index}"), &value) {
                Ok(stored) => assert!(stored),
                Err(error) => assert_eq!(error.kind(), StoreErrorKind::TooLarge, "{error}"),
            }
        }
        for (index, token) in tokens.into_iter().enumerate() {
            let name = format!("leased-{index}");
            if face.fill(&name, token, "value").unwrap() {
                assert_eq!(face.read(&name).unwrap().unwrap(), "value");
            }
        }
    }
    assert!(server.stat("evictions") > 0);
}
