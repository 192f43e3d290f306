//! Async callers who share a connection: nobody gets another's answer, and nobody depends on another's future.

use crate::support::on_tokio::runtime;
use crate::support::{Fake, LIMIT, SLACK, key, kind, open, wait_until, while_still};
use cache_memoize_core::{AsyncStore, Bytes, PutMode, Result, Store, StoreErrorKind, Ttl};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::collections::HashMap;
use std::future::poll_fn;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

const CROWD: usize = 64;

fn runtimes() -> [Runtime; 2] {
    [runtime(), Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()]
}

async fn read(store: &Memcached, text: &str) -> Result<Option<Bytes>> {
    AsyncStore::get(store, &[key(text)]).await.map(|mut values| values.remove(0))
}

async fn write(store: &Memcached, text: &str, value: &str) -> Result<bool> {
    let value = value.to_owned().into();
    AsyncStore::put(store, key(text), value, Ttl::Forever, PutMode::Always).await
}

/// What `future` gives, if it is ready after so many polls; it is dropped otherwise.
async fn within_polls<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Begins `future`, which waits then, and is not polled any more.
fn begin<F: Future>(future: std::pin::Pin<&mut F>) {
    let polled = future.poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "it waits for the server");
}

/// A server that answers the read of a key with the key, as long as `step` says so, which is given the number of the
/// connection and the key.
fn echo(step: impl Fn(usize, &str) -> Step + Send + Sync + 'static) -> Fake {
    Fake::new(move |stream, number| {
        let mut writer = stream.try_clone().unwrap();
        for (name, opaque) in questions(&stream) {
            match step(number, &name) {
                Step::Answer => {
                    let answer = format!("VA {} f0 {opaque}\r\n{name}\r\n", name.len());
                    if writer.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
                Step::Stop => break,
            }
        }
        // Until the other side closes it.
        let _ = std::io::copy(&mut &stream, &mut std::io::sink());
    })
}

enum Step {
    Answer,
    /// Nothing is answered any more.
    Stop,
}

/// The keys that are asked for, and the numbers of the questions.
fn questions(stream: &TcpStream) -> impl Iterator<Item = (String, String)> {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(|line| line.ok());
    lines.map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        (words[1].to_owned(), words[4].to_owned())
    })
}

/// Callers that are dropped at any moment, and others that check what they read: the key's own value, and none older than
/// the last one whose writing was confirmed.
#[test]
fn under_many_callers_and_cancels_each_has_its_own_answer() {
    for (index, runtime) in runtimes().into_iter().enumerate() {
        let server =
            if index == 0 { MemcachedServer::start_unix() } else { MemcachedServer::start() };
        let store = open(&server.url());
        let connections = server.stat("total_connections");
        runtime.block_on(async {
            AsyncStore::ping(&store).await.unwrap();
            let mut callers = JoinSet::new();
            for caller in 0..CROWD {
                let store = store.clone();
                callers.spawn(async move { write_and_check(&store, caller).await });
            }
            for caller in 0..CROWD {
                let store = store.clone();
                callers.spawn(async move { ask_and_drop(&store, caller).await });
            }
            while let Some(ended) = callers.join_next().await {
                ended.unwrap();
            }
        });
        let others = server.stat("total_connections") - connections - 1;
        assert_eq!(others, 1, "whoever is dropped, the connection is the same");
    }
}

async fn write_and_check(store: &Memcached, caller: usize) {
    let name = format!("key-{caller}");
    for version in 0..60 {
        assert!(write(store, &name, &format!("{name}={version}")).await.unwrap());
        let value = read(store, &name).await.unwrap().unwrap();
        assert_eq!(value, format!("{name}={version}"), "another's value, or an older one");
    }
}

/// What is read in the short time must be the key's own as well.
async fn ask_and_drop(store: &Memcached, caller: usize) {
    for round in 0..120 {
        let name = format!("key-{}", (caller + round) % CROWD);
        let Some(answer) = within_polls(fastrand::usize(..3), read(store, &name)).await else {
            tokio::task::yield_now().await;
            continue;
        };
        if let Some(value) = answer.unwrap() {
            assert!(value.starts_with(format!("{name}=").as_bytes()), "another's value: {value:?}");
        }
    }
}

/// A future that has begun, and that nobody polls any more, such as the losing branch of a `select!` that is kept.
#[test]
fn a_future_that_is_not_polled_hinders_nobody() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    runtime().block_on(async {
        write(&store, "key", "value").await.unwrap();
        let mut unpolled = pin!(read(&store, "key"));
        begin(unpolled.as_mut());
        for _ in 0..10 {
            let others = tokio::time::timeout(SLACK, read(&store, "key"));
            assert_eq!(others.await.expect("it is answered").unwrap().unwrap(), "value");
        }
        assert_eq!(unpolled.await.unwrap().unwrap(), "value");
    });
}

#[test]
fn one_caller_s_limit_is_its_own_and_the_others_begin_anew() {
    let fake =
        echo(|number, name| if (number, name) == (0, "stall") { Step::Stop } else { Step::Answer });
    let store = open(&fake.url());
    runtime().block_on(async {
        read(&store, "first").await.unwrap();
        store.limit_time(LIMIT);
        let late = async { (read(&store, "stall").await, Instant::now()) };
        let mut late = pin!(late);
        begin(late.as_mut());
        let start = Instant::now();
        store.limit_time(Duration::from_secs(20));
        let mut others = JoinSet::new();
        for caller in 0..8 {
            let store = store.clone();
            others.spawn(async move {
                let name = format!("key-{caller}");
                assert_eq!(read(&store, &name).await.unwrap().unwrap(), name);
            });
        }
        let (answer, end) = late.await;
        assert_eq!(kind(answer), StoreErrorKind::Timeout);
        assert!(end - start < LIMIT + SLACK);
        while let Some(ended) = others.join_next().await {
            ended.unwrap();
        }
        assert!(start.elapsed() < LIMIT + SLACK, "they do not wait for their own limit");
        assert_eq!(
            read(&store, "stall").await.unwrap().unwrap(),
            "stall",
            "over another connection"
        );
    });
}

/// Callers give up before the limit, each time: none of them finds out that the connection is dead, and yet it is.
#[test]
fn a_dead_connection_is_replaced_though_every_caller_gives_up_early() {
    let fake = echo(|number, _| if number == 0 { Step::Stop } else { Step::Answer });
    let store = open(&format!("{}?timeout=100ms", fake.url()));
    runtime().block_on(async {
        let start = Instant::now();
        loop {
            let asked = tokio::time::timeout(Duration::from_millis(30), read(&store, "key")).await;
            match asked {
                Ok(answer) => break assert_eq!(answer.unwrap().unwrap(), "key"),
                Err(_) => assert!(start.elapsed() < SLACK, "it is asked for ever"),
            }
        }
    });
    assert!(fake.connections() >= 2);
}

#[test]
fn a_server_that_stands_still_costs_a_crowd_the_limit_and_no_later_call() {
    for runtime in runtimes() {
        let server = MemcachedServer::start();
        let store = open(&server.url());
        runtime.block_on(async {
            write(&store, "key", "value").await.unwrap();
        });
        while_still(&server, &store, || {
            runtime.block_on(async {
                let mut callers = JoinSet::new();
                for _ in 0..CROWD {
                    let store = store.clone();
                    callers.spawn(async move {
                        let start = Instant::now();
                        (kind(read(&store, "key").await), start.elapsed())
                    });
                }
                while let Some(ended) = callers.join_next().await {
                    let (kind, took) = ended.unwrap();
                    assert_eq!(kind, StoreErrorKind::Timeout);
                    assert!((LIMIT..LIMIT + SLACK).contains(&took), "{took:?}");
                }
            });
        });
        assert_eq!(runtime.block_on(read(&store, "key")).unwrap().unwrap(), "value");
    }
}

/// The answers come in another order than the questions, and those of the first connection alone.
#[test]
fn answers_out_of_step_reach_nobody() {
    let is_first = Arc::new(AtomicBool::new(true));
    let fake = Fake::new(move |stream, _| {
        let mut writer = stream.try_clone().unwrap();
        let mut answers = Vec::new();
        let is_wrong = is_first.swap(false, Ordering::SeqCst);
        for (name, opaque) in questions(&stream) {
            answers.push(format!("VA {} f0 {opaque}\r\n{name}\r\n", name.len()));
            let is_warm_up = name == "warm-up";
            if is_wrong && !is_warm_up && answers.len() < 2 {
                continue;
            }
            answers.reverse();
            let _ = writer.write_all(answers.concat().as_bytes());
            answers.clear();
        }
    });
    let store = open(&fake.url());
    runtime().block_on(async {
        assert_eq!(read(&store, "warm-up").await.unwrap().unwrap(), "warm-up");
        let mut callers = JoinSet::new();
        for caller in 0..8 {
            let store = store.clone();
            callers.spawn(async move {
                let name = format!("key-{caller}");
                (read(&store, &name).await, name)
            });
        }
        let mut wrong = 0;
        while let Some(ended) = callers.join_next().await {
            match ended.unwrap() {
                (Ok(value), name) => assert_eq!(value.unwrap(), name),
                (answer, _) => {
                    assert_eq!(kind(answer), StoreErrorKind::Protocol);
                    wrong += 1;
                }
            }
        }
        assert_eq!(wrong, 1, "the one whose answer it should have been; the others begin anew");
    });
}

#[test]
fn a_server_killed_and_restarted_under_a_crowd_serves_again_and_right() {
    for runtime in runtimes() {
        let mut server = MemcachedServer::start();
        let store = open(&server.url());
        let (is_over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut callers = JoinSet::new();
        for caller in 0..CROWD {
            let (store, is_over, answered) = (store.clone(), is_over.clone(), answered.clone());
            callers.spawn_on(
                async move {
                    let name = format!("key-{caller}");
                    while !is_over.load(Ordering::SeqCst) {
                        let _ = write(&store, &name, &name).await;
                        match read(&store, &name).await {
                            Ok(Some(value)) => {
                                assert_eq!(value, name, "another's value");
                                answered.fetch_add(1, Ordering::SeqCst);
                            }
                            Ok(None) => {}
                            Err(error) => {
                                assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}")
                            }
                        }
                        tokio::task::yield_now().await;
                    }
                },
                runtime.handle(),
            );
        }
        thread::scope(|scope| {
            let (server, is_over, answered) = (&mut server, &is_over, &answered);
            scope.spawn(move || {
                for _ in 0..4 {
                    let before = answered.load(Ordering::SeqCst);
                    let goes_on = || answered.load(Ordering::SeqCst) > before + 2 * CROWD;
                    wait_until("it serves", goes_on);
                    server.kill();
                    server.restart();
                }
                is_over.store(true, Ordering::SeqCst);
            });
            runtime.block_on(async {
                while let Some(ended) = callers.join_next().await {
                    ended.unwrap();
                }
            });
        });
        runtime.block_on(async {
            AsyncStore::ping(&store).await.unwrap();
            let connections = server.stat("total_connections");
            let mut callers = JoinSet::new();
            for _ in 0..CROWD {
                let store = store.clone();
                callers.spawn(async move { read(&store, "key").await.unwrap() });
            }
            callers.join_all().await;
            assert_eq!(server.stat("total_connections"), connections + 1, "they share again");
        });
    }
}

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

/// Callers who are left over when their runtime ends harm no other one.
#[test]
fn a_runtime_that_ends_with_callers_on_their_way_takes_its_connection_along() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    let before = server.stat("curr_connections");
    let ending = runtime();
    ending.block_on(async {
        write(&store, "key", "value").await.unwrap();
        for _ in 0..8 {
            let store = store.clone();
            tokio::spawn(async move { while read(&store, "key").await.is_ok() {} });
        }
        tokio::task::yield_now().await;
    });
    drop(ending);
    wait_until("it is closed", || server.stat("curr_connections") <= before);
    assert_eq!(runtime().block_on(read(&store, "key")).unwrap().unwrap(), "value");
}
