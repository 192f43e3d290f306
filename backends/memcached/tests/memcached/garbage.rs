//! Servers that answer what no memcached answers.

use crate::support::{Ask, Fake, faces, key, kind, open, timed};
use cache_memoize_core::{Bytes, LeaseMode, PutMode, Store, StoreErrorKind, Token, Ttl};
use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

/// Each operation once; none may panic, or take long, or be taken in.
fn ask_everything(face: &dyn Store) -> Vec<Result<(), StoreErrorKind>> {
    let value = || Bytes::from_static(b"value");
    let put = |mode| face.put(key("key"), value(), Ttl::Forever, mode).map(drop);
    let answers = [
        face.get(&[key("key"), key("other")]).map(drop),
        put(PutMode::Always),
        put(PutMode::IfAbsent),
        put(PutMode::IfLease(Token::new(7))),
        face.lease(key("key"), Ttl::Forever, LeaseMode::Join).map(drop),
        face.lease(key("key"), Ttl::Forever, LeaseMode::Renew).map(drop),
        face.release(key("key"), Token::new(7)),
        face.remove(&[key("key")]).map(drop),
        face.increment(key("key"), 1, 1, Ttl::Forever).map(drop),
        face.touch(key("key"), Ttl::Forever).map(drop),
        face.clear(),
        face.ping(),
    ];
    answers.into_iter().map(|answer| answer.map_err(|error| error.kind())).collect()
}

#[test]
fn garbage_is_an_error_of_the_protocol_and_ends_the_connection() {
    let garbage: [&[u8]; 12] = [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        b"+PONG\r\n",
        b"\r\n",
        b"\0\0\0\0\0\0\0\0\r\n",
        b"HD\r\n",
        b"HD O99999\r\n",
        b"VA 99999999999 f0 O1\r\n",
        b"VA -1 O1\r\n",
        b"VA 5 f0 O99\r\nvalue\r\n",
        b"VALUE key 0 5\r\nvalue\r\nEND\r\n",
        b"\xff\xff\xff\xff\n",
        b"OK\r\nOK\r\n",
    ];
    for bytes in garbage {
        let fake = Fake::answering(bytes);
        for face in faces(&open(&fake.url())) {
            let before = fake.connections();
            let answers = ask_everything(&*face);
            let text = String::from_utf8_lossy(bytes);
            for (index, answer) in answers.iter().enumerate() {
                let is_clear = index == 10;
                let is_expected = *answer == Err(StoreErrorKind::Protocol)
                    || is_clear && text.starts_with("OK") && answer.is_ok();
                assert!(is_expected, "operation {index} to {text:?}: {answer:?}");
            }
            assert_eq!(fake.connections() - before, answers.len(), "{text:?}: a connection each");
        }
    }
}

#[test]
fn no_message_shows_what_the_garbage_was() {
    let fake = Fake::answering(b"secret-value\r\n");
    for face in faces(&open(&fake.url())) {
        let error = face.read("key").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[test]
fn an_endless_line_ends_at_once() {
    let fake = Fake::new(|mut stream, _| while stream.write_all(&[b'x'; 4096]).is_ok() {});
    for face in faces(&open(&fake.url())) {
        let (answer, took) = timed(|| face.read("key"));
        assert_eq!(kind(answer), StoreErrorKind::Protocol);
        assert!(took < Duration::from_secs(10));
    }
}

#[test]
fn half_an_answer_is_an_error_when_the_connection_ends() {
    for half in ["V", "VA 5 f0 O1", "VA 5 f0 O1\r\n", "VA 5 f0 O1\r\nval", "VA 5 f0 O1\r\nvalue\r"]
    {
        let fake = Fake::new(move |mut stream, _| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(half.as_bytes());
        });
        for face in faces(&open(&fake.url())) {
            assert_eq!(kind(face.read("key")), StoreErrorKind::Unavailable, "{half:?}");
        }
    }
}

/// Each byte comes within the limit, and all of them do not: the limit is for the whole.
#[test]
fn an_answer_that_trickles_ends_at_the_limit() {
    let fake = Fake::new(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        for byte in b"VA 5000 f0 O1\r\n".iter().chain(&[b'x'; 5000]) {
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    });
    for face in faces(&open(&format!("{}?timeout=200ms", fake.url()))) {
        let (answer, took) = timed(|| face.read("key"));
        assert_eq!(kind(answer), StoreErrorKind::Timeout);
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

/// A huge value is announced and does not come: nothing is set aside for it.
#[test]
fn an_announced_length_is_not_believed() {
    let fake = Fake::answering(b"VA 1073741824 f0 O1\r\nx");
    for face in faces(&open(&format!("{}?timeout=200ms", fake.url()))) {
        assert_eq!(kind(face.read("key")), StoreErrorKind::Timeout);
    }
}

/// The answer to a question comes with something behind it, which must not be read as the answer to the next.
#[test]
fn what_comes_behind_an_answer_is_not_the_next_one() {
    let fake = Fake::new(|mut stream, _| {
        let mut request = [0; 4096];
        for number in 1.. {
            if !stream.read(&mut request).is_ok_and(|length| length > 0) {
                break;
            }
            let next = number + 1;
            let answers = format!("EN O{number}\r\nVA 5 f0 O{next}\r\nwrong\r\n");
            let _ = stream.write_all(answers.as_bytes());
        }
    });
    for face in faces(&open(&fake.url())) {
        for _ in 0..5 {
            assert_eq!(face.read("key").unwrap(), None);
        }
    }
    assert_eq!(fake.connections(), 5 * faces(&open("memcached://localhost")).len());
}

/// Flags that were asked for and are not there say nothing, and nothing is guessed. The connection is not used again.
#[test]
fn an_answer_that_lacks_what_was_asked_for_is_an_error() {
    for answer in ["VA 5 O1\r\nvalue\r\n", "HD f0 O1\r\n", "NF O1\r\n", "MN\r\n"] {
        let fake = Fake::answering(answer.as_bytes());
        for face in faces(&open(&fake.url())) {
            let before = fake.connections();
            assert_eq!(kind(face.read("key")), StoreErrorKind::Protocol, "{answer:?}");
            assert_eq!(kind(face.read("key")), StoreErrorKind::Protocol, "{answer:?}");
            assert_eq!(fake.connections(), before + 2, "{answer:?}");
        }
    }
}
