//! Async callers who share a connection: nobody gets another's answer, and nobody depends on another's future.

use crate::support::on_tokio::{read, runtime, runtimes, write};
use crate::support::{Fake, LIMIT, SLACK, key, kind, open, questions, wait_until, while_still};
use cache_memoize_core::{AsyncStore, Store, StoreErrorKind, Ttl};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::future::poll_fn;
use std::io::{Read, Write};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::timeout;

const CROWD: usize = 64;

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

/// The task that moves the bytes is woken on the thread of whoever asks, and stays there while that thread is blocked.
#[test]
fn a_thread_that_is_blocked_hinders_nobody_for_long() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    store.limit_time(Duration::from_millis(500));
    let [_, runtime] = runtimes();
    let ((begun, has_begun), (free, is_freed)) = (channel(), channel::<()>());
    runtime.block_on(write(&store, "key", "value")).unwrap();
    let blocking = store.clone();
    let blocked = runtime.spawn(async move {
        let (mut one, mut other) = (pin!(read(&blocking, "key")), pin!(read(&blocking, "key")));
        for caller in [one.as_mut(), other.as_mut()] {
            let _ = caller.poll(&mut Context::from_waker(Waker::noop()));
        }
        begun.send(()).unwrap();
        let _ = is_freed.recv();
    });
    has_begun.recv().unwrap();
    runtime.block_on(async {
        let end = Instant::now() + SLACK;
        while timeout(Duration::from_millis(100), read(&store, "key")).await.is_err() {
            assert!(Instant::now() < end, "all wait for the blocked thread");
        }
        free.send(()).unwrap();
        blocked.await.unwrap();
        assert_eq!(read(&store, "key").await.unwrap().unwrap(), "value");
    });
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
            let others = timeout(SLACK, read(&store, "key"));
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
            let asked = timeout(Duration::from_millis(30), read(&store, "key")).await;
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

/// The one that async callers share is broken, and the one that a count had for itself is closed with it.
#[test]
fn a_shared_connection_that_is_broken_closes_those_of_single_callers() {
    let (breaks, closed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (broken, gone) = (breaks.clone(), closed.clone());
    let fake = Fake::new(move |mut stream, number| {
        let _ = stream.read(&mut [0; 64]);
        let answer = if number == 1 { &b"VA 1 O1\r\n1\r\nHD s1 O2\r\n"[..] } else { b"MN\r\n" };
        let _ = stream.write_all(answer);
        if number == 0 {
            wait_until("it is to break", || broken.load(Ordering::SeqCst));
        } else {
            while stream.read(&mut [0; 64]).is_ok_and(|length| length > 0) {}
            gone.fetch_add(1, Ordering::SeqCst);
        }
    });
    let (store, runtime) = (open(&fake.url()), runtime());
    runtime.block_on(async {
        AsyncStore::ping(&store).await.unwrap();
        let counted = AsyncStore::increment(&store, key("key"), 1, 1, Ttl::Forever).await;
        assert_eq!(counted.unwrap(), 1);
        breaks.store(true, Ordering::SeqCst);
        AsyncStore::ping(&store).await.unwrap();
    });
    wait_until("it is closed", || closed.load(Ordering::SeqCst) == 1);
    assert_eq!(fake.connections(), 3);
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
