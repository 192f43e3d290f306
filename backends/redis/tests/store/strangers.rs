//! Servers that are none, and answer what they like.

use crate::support::{OPERATIONS, assert_kind, faces, get, open, patient, value};
use cache_memoize_core::{Store, StoreErrorKind};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const RUBBISH: &[&[u8]] = &[
    b"",
    b"\r\n",
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x15\x03\x01\x00\x02\x02\x46",
    b"ERROR\r\n",
    b"+\r\n",
    b"+QUEUED\r\n",
    b"-\r\n",
    b"-ERR\r\n",
    b"-MOVED\r\n",
    b"-MOVED 1 somewhere\r\n",
    b"-ASK 1 127.0.0.1:1\r\n",
    b"-NOSCRIPT\r\n",
    b":\r\n",
    b":x\r\n",
    b":2\r\n",
    b":9223372036854775808\r\n",
    b"$-2\r\n",
    b"$x\r\n",
    b"$5\r\nabc\r\n",
    b"$3\r\nabcdefgh",
    b"$9223372036854775807\r\nabc",
    b"$18446744073709551615\r\n",
    b"*-2\r\n",
    b"*x\r\n",
    b"*0\r\n",
    b"*1\r\n*1\r\n*1\r\n+a\r\n",
    b"*9223372036854775807\r\n",
    b"*2000000000\r\n:1\r\n",
    b"%9223372036854775807\r\n",
    b"%-1\r\n",
    b"|-1\r\n",
    b"|9223372036854775807\r\n",
    b"|1\r\n+a\r\n",
    b"~-1\r\n",
    b">0\r\n",
    b">1\r\n:1\r\n",
    b">9223372036854775807\r\n",
    b"=-1\r\n",
    b"=3\r\nabc\r\n",
    b"!-1\r\n",
    b"!3\r\nabc\r\n",
    b"#x\r\n",
    b",x\r\n",
    b"(x\r\n",
    b"_\r\n",
    b"\xff\xfe\xfd",
    b"\x00\x00\x00\x00",
];

#[test]
fn rubbish_is_an_error_and_no_panic() {
    thread::scope(|scope| {
        for rubbish in RUBBISH {
            scope.spawn(|| assert_nothing_is_made_of(rubbish));
        }
    });
}

fn assert_nothing_is_made_of(rubbish: &'static [u8]) {
    let address = listen(move |mut stream| {
        let mut request = [0; 4096];
        while stream.read(&mut request).is_ok_and(|count| count > 0) {
            if rubbish.is_empty() || stream.write_all(rubbish).is_err() {
                return;
            }
        }
    });
    for url in [
        format!("redis://{address}?timeout=50ms"),
        format!("redis://:word@{address}?timeout=50ms&protocol=3"),
        format!("redis+cluster://{address}?timeout=50ms"),
        format!("redis+sentinel://{address}/name?timeout=50ms"),
    ] {
        for (face, store) in faces(&open(&url)) {
            assert_no_answer(face, &*store, &url, rubbish);
        }
    }
}

/// What each way of saying nothing is may be taken for nothing.
fn assert_no_answer(face: &str, store: &dyn Store, url: &str, rubbish: &[u8]) {
    const NOTHING: [&[u8]; 5] = [b"_\r\n", b"*0\r\n", b"$-2\r\n", b"*-2\r\n", b"~-1\r\n"];
    const READING: [&str; 5] = ["get", "get many", "lease", "add", "increment"];
    for (name, act) in OPERATIONS.iter().filter(|(name, _)| READING.contains(name)) {
        let text = String::from_utf8_lossy(rubbish);
        let is_nothing = NOTHING.contains(&rubbish);
        let outcome = act(store);
        assert!(
            outcome.is_err() || is_nothing,
            "{face} {name} of {url} made something of {text:?}"
        );
    }
}

/// A second addition would find the first, and say that somebody else was quicker. A second lease would bring a
/// token back to life that others may have shared, and seen revoked.
const NOT_REPEATED: &[&str] = &["add", "increment", "lease"];

/// The server hangs up where a reply should come, on a connection that had served before.
#[test]
fn what_is_not_safe_to_repeat_is_not_repeated() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = asked.clone();
    let address = listen(move |mut stream| {
        let mut request = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut request) {
            if !request[..count].windows(4).any(|word| word == b"PING") {
                counting.fetch_add(1, Ordering::SeqCst);
                return;
            }
            let _ = stream.write_all(b"+PONG\r\n");
        }
    });
    for (face, store) in faces(&patient(&format!("redis://{address}"))) {
        for (name, act) in OPERATIONS.iter().filter(|(name, _)| *name != "ping") {
            store.ping().unwrap();
            let before = asked.load(Ordering::SeqCst);
            assert_kind(act(&*store), StoreErrorKind::Unavailable);
            let times = asked.load(Ordering::SeqCst) - before;
            let expected = if NOT_REPEATED.contains(name) { 1 } else { 2 };
            assert_eq!(times, expected, "{face} {name} was sent so many times");
        }
    }
}

/// What breaks on a connection that was made for it would break on another one too.
#[test]
fn a_new_connection_that_breaks_is_not_followed_by_another() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = asked.clone();
    let address = listen(move |mut stream| {
        if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
            counting.fetch_add(1, Ordering::SeqCst);
        }
    });
    for (face, store) in faces(&patient(&format!("redis://{address}"))) {
        for (name, act) in OPERATIONS {
            let before = asked.load(Ordering::SeqCst);
            assert_kind(act(&*store), StoreErrorKind::Unavailable);
            let times = asked.load(Ordering::SeqCst) - before;
            assert_eq!(times, 1, "{face} {name} was sent so many times");
        }
    }
}

/// Whose reply that is, nobody knows, and so not of those that come after it.
#[test]
fn a_connection_with_a_reply_of_the_wrong_sort_is_not_used_again() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counting = connections.clone();
    let address = listen(move |mut stream| {
        counting.fetch_add(1, Ordering::SeqCst);
        answer_all(&mut stream, b":5\r\n");
    });
    for (face, store) in faces(&patient(&format!("redis://{address}"))) {
        let before = connections.load(Ordering::SeqCst);
        for _ in 0..3 {
            assert_kind(get(&*store, "key"), StoreErrorKind::Protocol);
        }
        assert_eq!(connections.load(Ordering::SeqCst) - before, 3, "{face}");
    }
}

#[test]
fn replies_too_many_are_not_the_next_answers() {
    let answers = b"$5\r\nright\r\n$5\r\nwrong\r\n$5\r\nwrong\r\n";
    let address = listen(|mut stream| answer_all(&mut stream, answers));
    for (face, store) in faces(&patient(&format!("redis://{address}"))) {
        for _ in 0..5 {
            assert_eq!(get(&*store, "key").unwrap(), value("right"), "{face}");
        }
    }
}

/// A server that is a replica now, or is still loading: the name may stand for another one by then.
#[test]
fn a_server_that_is_not_the_master_is_looked_for_again() {
    for refusal in [&b"-READONLY not now\r\n"[..], b"-LOADING\r\n", b"-MASTERDOWN\r\n"] {
        let connections = Arc::new(AtomicUsize::new(0));
        let counting = connections.clone();
        let address = listen(move |mut stream| {
            counting.fetch_add(1, Ordering::SeqCst);
            answer_all(&mut stream, refusal);
        });
        for (face, store) in faces(&patient(&format!("redis://{address}"))) {
            let before = connections.load(Ordering::SeqCst);
            for _ in 0..3 {
                assert_kind(get(&*store, "key"), StoreErrorKind::Unavailable);
            }
            assert_eq!(connections.load(Ordering::SeqCst) - before, 3, "{face}");
        }
    }
}

fn answer_all(stream: &mut TcpStream, answer: &[u8]) {
    while stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
        if stream.write_all(answer).is_err() {
            return;
        }
    }
}

/// Each byte comes in time, and the reply never.
#[test]
fn an_answer_that_trickles_in_ends_with_the_limit() {
    let address = listen(|mut stream| {
        let mut request = [0; 4096];
        if stream.read(&mut request).is_ok() && stream.write_all(b"$1000000\r\n").is_ok() {
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(5));
            }
        }
    });
    for (face, store) in faces(&open(&format!("redis://{address}?timeout=100ms"))) {
        for (name, act) in OPERATIONS {
            let error = act(&*store).expect_err("nothing was answered");
            assert_eq!(error.kind(), StoreErrorKind::Timeout, "{face} {name}: {error}");
        }
    }
}

/// A server that takes nothing more in, because its buffers are full.
#[test]
fn a_request_that_nobody_reads_ends_with_the_limit() {
    let address = listen(|_stream| thread::sleep(Duration::from_secs(600)));
    for (face, store) in faces(&open(&format!("redis://{address}?timeout=100ms"))) {
        let outcome = crate::support::put(&*store, "key", vec![b'x'; 64 << 20]);
        let error = outcome.expect_err("nothing was answered");
        assert_eq!(error.kind(), StoreErrorKind::Timeout, "{face}: {error}");
    }
}

/// Serves each connection on a thread, until the test is over.
fn listen(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}
