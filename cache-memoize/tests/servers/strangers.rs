//! Servers that answer something else than was asked: what they say is not taken for the answer to the next
//! question.

use crate::support::{backend, block_on, built, patient};
use cache_memoize::core::{Bytes, ErasedAsyncStore, KeyRef, LeaseMode, Store, StoreErrorKind, Ttl};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A Redis that says `answer` whenever it is asked, and counts its connections.
fn always(answer: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
    let address = listener.local_addr().expect("the listener has an address");
    let connections = Arc::new(AtomicUsize::new(0));
    let counting = connections.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            counting.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || {
                let mut request = [0; 4096];
                while stream.read(&mut request).is_ok_and(|count| count > 0) {
                    if stream.write_all(answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (format!("redis://{address}?timeout=30s"), connections)
}

fn key() -> KeyRef<'static> {
    KeyRef::new("key").expect("the word is a key")
}

/// The two faces of a store.
fn faces(url: &str) -> (Arc<dyn Store>, Arc<dyn ErasedAsyncStore>) {
    let backend = backend(url);
    let store = backend.store().expect("there is a blocking face").clone();
    (store, backend.async_store().expect("there is an async face").clone())
}

#[test]
fn a_connection_that_answers_something_else_is_not_used_again() {
    const LISTS: &[u8] = b"*1\r\n$5\r\nhello\r\n*1\r\n$5\r\nhello\r\n";
    let (url, connections) = always(LISTS);
    let (store, async_store) = faces(&url);
    for asked in 1..4 {
        let answer = store.lease(key(), Ttl::Forever, LeaseMode::Join);
        assert_eq!(answer.expect_err("no lease").kind(), StoreErrorKind::Protocol);
        assert_eq!(connections.load(Ordering::SeqCst), asked, "blocking");
    }
    let before = connections.load(Ordering::SeqCst);
    block_on(&built(patient()), async {
        for asked in 1..4 {
            let answer = async_store.lease(key(), Ttl::Forever, LeaseMode::Join).await;
            assert_eq!(answer.expect_err("no lease").kind(), StoreErrorKind::Protocol);
            assert_eq!(connections.load(Ordering::SeqCst), before + asked, "async");
        }
    });
}

#[test]
fn what_is_said_beyond_the_answer_is_not_the_next_answer() {
    let right = [Some(Bytes::from_static(b"right"))];
    let (url, _) = always(b"$5\r\nright\r\n$5\r\nwrong\r\n");
    let (store, _) = faces(&url);
    for _ in 0..20 {
        assert_eq!(store.get(&[key()]).expect("it is answered"), right);
    }
    let (url, _) = always(b"$5\r\nright\r\n$5\r\nwr");
    let (store, _) = faces(&url);
    for _ in 0..20 {
        // What is left over of a reply makes nonsense of the next one, which is an error.
        assert!(store.get(&[key()]).map_or(true, |found| found == right));
    }
}
