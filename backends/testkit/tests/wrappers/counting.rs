use super::{Polled, key};
use crate::backend;
use cache_memoize_core::{Bytes, LeaseMode, PutMode, Token, Ttl};
use cache_memoize_testkit::{Counts, FakeClock};
use std::task::Poll;

const OPERATIONS: [&str; 9] =
    ["get", "put", "lease", "release", "remove", "increment", "touch", "clear", "ping"];

#[test]
fn every_blocking_call_counts_once() {
    let counts = Counts::new();
    let backend = counts.wrap(&backend(FakeClock::new()));
    let store = backend.store().unwrap();
    store.get(&[key(), key()]).unwrap();
    store.put(key(), Bytes::from("1"), Ttl::Forever, PutMode::Always).unwrap();
    let _ = store.lease(key(), Ttl::Forever, LeaseMode::Join).unwrap();
    store.release(key(), Token::new(1)).unwrap();
    store.increment(key(), 1, 1, Ttl::Forever).unwrap();
    store.touch(key(), Ttl::Forever).unwrap();
    store.remove(&[key()]).unwrap();
    store.clear().unwrap();
    store.ping().unwrap();
    assert_each_counted_once(&counts);
}

#[test]
fn every_async_call_counts_once() {
    let counts = Counts::new();
    let backend = counts.wrap(&backend(FakeClock::new()));
    let store = backend.async_store().unwrap();
    let calls = async move {
        store.get(&[key(), key()]).await?;
        store.put(key(), Bytes::from("1"), Ttl::Forever, PutMode::Always).await?;
        let _ = store.lease(key(), Ttl::Forever, LeaseMode::Join).await?;
        store.release(key(), Token::new(1)).await?;
        store.increment(key(), 1, 1, Ttl::Forever).await?;
        store.touch(key(), Ttl::Forever).await?;
        store.remove(&[key()]).await?;
        store.clear().await?;
        store.ping().await
    };
    assert!(matches!(Polled::new(calls).poll(), Poll::Ready(Ok(()))));
    assert_each_counted_once(&counts);
}

fn assert_each_counted_once(counts: &Counts) {
    for operation in OPERATIONS {
        assert_eq!(counts.of(operation), 1, "{operation}");
    }
    assert_eq!(counts.total(), 9);
    counts.clone().reset();
    assert_eq!(counts.total(), 0);
}

#[test]
fn the_numbers_are_shown_by_their_names() {
    let counts = Counts::new();
    counts.wrap(&backend(FakeClock::new())).store().unwrap().ping().unwrap();
    let shown = format!("{counts:?}");
    assert!(shown.contains(r#""get": 0"#) && shown.contains(r#""ping": 1"#), "{shown}");
}

#[test]
#[should_panic(expected = "a store has no operation `gets`")]
fn an_operation_that_is_none_is_not_counted() {
    let _ = Counts::new().of("gets");
}
