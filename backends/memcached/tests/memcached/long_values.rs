//! Async callers with long values, and others who do not wait for these.

use crate::support::on_tokio::{read, runtime, runtimes, write};
use crate::support::{Fake, SLACK, key, open, questions, wait_until};
use cache_memoize_core::{AsyncStore, Bytes, PutMode, Store, Ttl};
use cache_memoize_testkit::servers::MemcachedServer;
use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The value begins, and does not go on until a small one is asked for and answered.
#[test]
fn a_large_answer_does_not_keep_small_ones_waiting() {
    const LENGTH: usize = 1 << 20;
    let (small, has_begun) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (small_served, begun) = (small.clone(), has_begun.clone());
    let fake = Fake::new(move |stream, _| {
        let mut writer = stream.try_clone().unwrap();
        for (name, opaque) in questions(&stream) {
            if name == "large" {
                let half = [format!("VA {LENGTH} f0 {opaque}\r\n").as_bytes(), &[b'x'; LENGTH / 2]]
                    .concat();
                let _ = writer.write_all(&half);
                begun.store(true, Ordering::SeqCst);
                wait_until("the small one is served", || small_served.load(Ordering::SeqCst));
                let _ = writer.write_all(&[&[b'x'; LENGTH / 2][..], b"\r\n"].concat());
            } else {
                let _ = writer.write_all(format!("VA 5 f0 {opaque}\r\nsmall\r\n").as_bytes());
            }
        }
    });
    let store = open(&fake.url());
    runtime().block_on(async {
        let large = tokio::spawn({
            let store = store.clone();
            async move { read(&store, "large").await.unwrap().unwrap() }
        });
        while !has_begun.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut answered = None;
        let start = Instant::now();
        while answered.is_none() && start.elapsed() < SLACK {
            answered =
                tokio::time::timeout(Duration::from_millis(50), read(&store, "small")).await.ok();
        }
        assert_eq!(answered.expect("it does not wait").unwrap().unwrap(), "small");
        small.store(true, Ordering::SeqCst);
        assert_eq!(large.await.unwrap().len(), LENGTH);
    });
}

/// What is long to write has a connection of its own.
#[test]
fn large_and_small_values_come_back_as_they_were() {
    for runtime in runtimes() {
        let server = MemcachedServer::start();
        let store = open(&server.url());
        let values = Arc::new(Mutex::new(HashMap::new()));
        runtime.block_on(async {
            let mut callers = JoinSet::new();
            for caller in 0..16_usize {
                let (store, values) = (store.clone(), values.clone());
                callers.spawn(async move {
                    let name = format!("key-{caller}");
                    let length = [10, 1000, 20_000, 900_000][caller % 4];
                    let value = Bytes::from(vec![b'a' + caller as u8; length]);
                    for _ in 0..5 {
                        let put = AsyncStore::put(
                            &store,
                            key(&name),
                            value.clone(),
                            Ttl::Forever,
                            PutMode::Always,
                        );
                        assert!(put.await.unwrap());
                        assert_eq!(read(&store, &name).await.unwrap().unwrap(), value);
                    }
                    values.lock().unwrap().insert(name, value);
                });
            }
            while let Some(ended) = callers.join_next().await {
                ended.unwrap();
            }
            for (name, value) in values.lock().unwrap().iter() {
                assert_eq!(Store::get(&store, &[key(name)]).unwrap()[0].as_ref().unwrap(), value);
            }
        });
    }
}

#[test]
fn what_is_long_to_write_has_a_connection_of_its_own() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    runtime().block_on(async {
        write(&store, "key", "value").await.unwrap();
        for (length, made) in [(16 * 1024, 0), (16 * 1024 + 1, 1)] {
            let connections = server.stat("total_connections");
            write(&store, "key", &"x".repeat(length)).await.unwrap();
            assert_eq!(server.stat("total_connections") - connections - 1, made, "{length} bytes");
        }
    });
}

/// The server does not read for a while: the socket is full in the middle of a question, and others ask behind it.
#[test]
fn what_finds_no_room_is_sent_when_there_is_room() {
    let server = MemcachedServer::start_unix();
    let store = open(&server.url());
    runtime().block_on(async {
        AsyncStore::ping(&store).await.unwrap();
        server.pause();
        let mut callers = JoinSet::new();
        for caller in 0..40 {
            let store = store.clone();
            callers.spawn(async move {
                let (name, value) = (format!("key-{caller}"), format!("{caller}").repeat(7000));
                assert!(write(&store, &name, &value).await.unwrap());
                assert_eq!(read(&store, &name).await.unwrap().unwrap(), value);
            });
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
        }
        server.resume();
        while let Some(ended) = callers.join_next().await {
            ended.unwrap();
        }
    });
}
