//! What is the async face's own: futures that are dropped, and runtimes that come and go.

use crate::support::on_tokio::runtime;
use crate::support::{Fake, key, open, wait_until};
use cache_memoize_core::{AsyncStore, Bytes, PutMode, Ttl};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::future::poll_fn;
use std::io::{Read, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::Builder;

async fn read(store: &Memcached, text: &str) -> Option<Bytes> {
    AsyncStore::get(store, &[key(text)]).await.unwrap().remove(0)
}

async fn write(store: &Memcached, text: &str, value: &str) {
    let value = value.to_owned().into();
    AsyncStore::put(store, key(text), value, Ttl::Forever, PutMode::Always).await.unwrap();
}

/// Asked, and dropped while the server has the question and not yet answered.
#[test]
fn a_dropped_future_leaves_no_connection_in_the_middle() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    runtime().block_on(async {
        write(&store, "wrong", "wrong").await;
        write(&store, "right", "right").await;
        let connections = server.stat("total_connections");
        for round in 1..=5 {
            server.pause();
            let asked =
                tokio::time::timeout(Duration::from_millis(20), read(&store, "wrong")).await;
            assert!(asked.is_err(), "a server that stands still does not answer");
            server.resume();
            assert_eq!(read(&store, "right").await.unwrap(), "right", "round {round}");
        }
        let made = server.stat("total_connections") - connections - 1;
        assert_eq!(made, 0, "the answers are read, and thrown away");
    });
}

/// The answer is cut in the middle of the value, and the future dropped there. The rest of it comes with the next answer,
/// or the connection breaks.
#[test]
fn a_future_dropped_in_the_middle_of_an_answer_poisons_nothing() {
    for rest in [&b"another's value!\r\nVA 5 f0 O2\r\nwhole\r\n"[..], b""] {
        let (half_sent, is_half) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
        let sent = half_sent.clone();
        let fake = Fake::new(move |mut stream, number| {
            let _ = stream.read(&mut [0; 4096]);
            if number == 0 {
                let _ = stream.write_all(b"VA 20 f0 O1\r\nhalf");
                sent.store(true, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(rest);
                if rest.is_empty() {
                    return;
                }
            } else {
                let _ = stream.write_all(b"VA 5 f0 O1\r\nwhole\r\n");
            }
            let _ = stream.read(&mut [0; 1]);
        });
        let store = open(&fake.url());
        runtime().block_on(async {
            {
                let mut first = pin!(read(&store, "key"));
                while !is_half.load(Ordering::SeqCst) {
                    poll_fn(|context| {
                        assert!(first.as_mut().poll(context).is_pending());
                        Poll::Ready(())
                    })
                    .await;
                    is_half.store(half_sent.load(Ordering::SeqCst), Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            assert_eq!(read(&store, "key").await.unwrap(), "whole");
        });
    }
}

/// Each test, and many a program, has a runtime of its own after another.
#[test]
fn runtimes_that_come_and_go_share_a_store() {
    let server = MemcachedServer::start();
    let store = open(&format!("{}?pool=2", server.url()));
    for round in 0..10 {
        let runtime = runtime();
        runtime.block_on(async {
            let value = round.to_string();
            write(&store, "key", &value).await;
            assert_eq!(read(&store, "key").await.unwrap(), value);
        });
    }
    let connections = server.stat("curr_connections");
    assert!(connections <= 2 + 3, "{connections}: those of runtimes that are gone make room");
}

/// A runtime that is there and does not run wakes nobody.
#[test]
fn a_runtime_that_stands_still_hinders_no_other() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    let idle = runtime();
    idle.block_on(write(&store, "key", "value"));
    assert_eq!(runtime().block_on(read(&store, "key")).unwrap(), "value");
    assert_eq!(idle.block_on(read(&store, "key")).unwrap(), "value");
}

#[test]
fn callers_on_two_runtimes_at_a_time_get_their_own_answers() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                runtime().block_on(async {
                    for round in 0..200 {
                        let name = format!("key-{thread}-{round}");
                        write(store, &name, &name).await;
                        assert_eq!(read(store, &name).await.unwrap(), name);
                    }
                });
            });
        }
    });
}

#[test]
fn many_tasks_share_a_few_connections() {
    let server = MemcachedServer::start();
    let store = open(&format!("{}?pool=4", server.url()));
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..64)
            .map(|task| {
                let store = store.clone();
                tokio::spawn(async move {
                    for round in 0..20 {
                        let name = format!("key-{task}-{round}");
                        write(&store, &name, &name).await;
                        assert_eq!(read(&store, &name).await.unwrap(), name);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert!(server.stat("total_connections") <= 4 + 40, "a few for the questions of the test");
    assert!(server.stat("curr_connections") <= 4 + 3);
}

/// One thread serves the others while a server does not answer.
#[test]
fn no_thread_is_blocked() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    let (tell, told) = mpsc::channel();
    runtime().block_on(async {
        AsyncStore::ping(&store).await.unwrap();
        server.pause();
        let mut asked = pin!(AsyncStore::ping(&store));
        let ticks = async {
            for tick in 0..5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                tell.send(tick).unwrap();
            }
        };
        tokio::select! {
            _ = &mut asked => panic!("a server that stands still does not answer"),
            () = ticks => {}
        }
        assert_eq!(told.try_iter().count(), 5);
        server.resume();
        asked.await.unwrap();
    });
    wait_until("the server goes on", || server.stat("curr_connections") > 0);
}
