//! Connections belong to a runtime, and a program may have many.

use crate::support::{
    PATIENCE, assert_kind, key, one_thread, patient, two_threads, value, wait_until,
};
use cache_memoize_core::{AsyncStore, Bytes, PutMode, Result, Store, StoreErrorKind, Ttl};
use cache_memoize_redis::Redis;
use cache_memoize_testkit::servers::{RedisCluster, RedisServer};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io::Read;
use std::net::TcpListener;
use std::panic::{set_hook, take_hook};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

async fn put(redis: &Redis, text: &str) {
    let value = Bytes::copy_from_slice(text.as_bytes());
    AsyncStore::put(redis, key("key"), value, Ttl::Forever, PutMode::Always).await.unwrap();
}

async fn get(redis: &Redis) -> Option<Bytes> {
    AsyncStore::get(redis, &[key("key")]).await.unwrap().remove(0)
}

#[test]
fn a_runtime_that_ended_is_followed_by_another() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    for round in 0..5 {
        let text = format!("round-{round}");
        let runtime = if round % 2 == 0 { one_thread() } else { two_threads() };
        runtime.block_on(put(&redis, &text));
        assert_eq!(runtime.block_on(get(&redis)), value(&text));
    }
    wait_until("the connections ended with their runtimes", || {
        server.info("connected_clients") == 1
    });
}

/// A runtime of one thread stands still while nobody waits in it, and its connections with it.
#[test]
fn a_runtime_that_stands_still_holds_nobody_up() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (one, other) = (one_thread(), one_thread());
    for round in 0..5 {
        let text = format!("round-{round}");
        one.block_on(put(&redis, &text));
        assert_eq!(other.block_on(get(&redis)), value(&text));
    }
    assert_eq!(server.info("connected_clients"), 3, "one for each runtime, and the one that asks");
}

#[test]
fn a_future_without_a_runtime_is_an_error_that_says_so() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let mut future = pin!(AsyncStore::get(&redis, &[]));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(future.as_mut().poll(&mut context), Poll::Ready(Ok(_))), "no keys, no server");
    let mut future = pin!(AsyncStore::ping(&redis));
    let Poll::Ready(outcome) = future.as_mut().poll(&mut context) else { panic!("it waits") };
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unsupported, "{error}");
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn a_runtime_without_timers_or_sockets_is_an_error_that_says_so_and_panics_once() {
    let server = RedisServer::start();
    let (redis, other) = (patient(&server.tcp_url()), patient(&server.tcp_url()));
    let (mut none, mut timers, mut sockets) = (new_runtime(), new_runtime(), new_runtime());
    for bare in [none.build(), timers.enable_time().build(), sockets.enable_io().build()] {
        let bare = bare.unwrap();
        let panics = panics_of(|| {
            for redis in [&redis, &redis, &other] {
                let error = bare.block_on(AsyncStore::ping(redis)).unwrap_err();
                assert_eq!(error.kind(), StoreErrorKind::Unsupported, "{error}");
                assert!(error.to_string().contains("enable_all"), "{error}");
            }
        });
        assert_eq!(panics, 1, "it is known from then on");
        assert_eq!(panics_of(|| one_thread().block_on(AsyncStore::ping(&redis)).unwrap()), 0);
    }
}

fn new_runtime() -> tokio::runtime::Builder {
    tokio::runtime::Builder::new_current_thread()
}

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// How many panics `body` meets on this thread, caught ones as well.
fn panics_of(body: impl FnOnce()) -> usize {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let former = take_hook();
        set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            former(info);
        }));
    });
    let before = PANICS.get();
    body();
    PANICS.get() - before
}

/// A future is dropped while its runtime waits for a stopped server, and then the server goes on.
#[test]
fn a_dropped_future_leaves_no_connection_in_the_middle() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let runtime = one_thread();
    runtime.block_on(async {
        put(&redis, "value").await;
        for _ in 0..3 {
            server.pause();
            let mut ping = pin!(AsyncStore::ping(&redis));
            assert!(poll_once(ping.as_mut()).await.is_none());
            let mut get_other = pin!(AsyncStore::get(&redis, &[]));
            assert!(poll_once(get_other.as_mut()).await.is_some());
            for _ in 0..5 {
                let other = [key("other")];
                let mut get = pin!(AsyncStore::get(&redis, &other));
                assert!(poll_once(get.as_mut()).await.is_none());
                tokio::task::yield_now().await;
            }
            server.resume();
            for _ in 0..5 {
                assert_eq!(get(&redis).await, value("value"));
            }
        }
    });
}

async fn poll_once<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

#[test]
fn those_who_wait_share_one_attempt_to_connect() {
    let mut server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let runtime = two_threads();
    let ask_many = || {
        runtime.block_on(async {
            let asking: Vec<_> = (0..50)
                .map(|_| {
                    let redis = redis.clone();
                    tokio::spawn(async move { AsyncStore::ping(&redis).await })
                })
                .collect();
            let mut outcomes: Vec<Result<()>> = Vec::new();
            for asking in asking {
                outcomes.push(asking.await.unwrap());
            }
            outcomes
        })
    };
    let before = server.info("total_connections_received");
    assert!(ask_many().iter().all(Result::is_ok));
    assert_eq!(server.info("total_connections_received") - before, 1, "one for all");
    server.kill();
    assert!(
        ask_many().iter().all(|it| {
            it.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::Unavailable)
        })
    );
    server.restart();
    assert!(ask_many().iter().all(Result::is_ok));
}

/// All of them ask before the first attempt comes to its end, which it does without success.
#[test]
fn those_who_wait_share_a_failure_to_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let redis = patient(&format!("redis://:word@{}", listener.local_addr().unwrap()));
    let attempts = Arc::new(AtomicUsize::new(0));
    let counting = attempts.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 100]);
            counting.fetch_add(1, Ordering::SeqCst);
        }
    });
    one_thread().block_on(async {
        let ask = || {
            let redis = redis.clone();
            tokio::spawn(async move { AsyncStore::ping(&redis).await })
        };
        let asking: Vec<_> = (0..50).map(|_| ask()).collect();
        for asking in asking {
            assert_kind(asking.await.unwrap(), StoreErrorKind::Unavailable);
        }
        assert_eq!(attempts.load(Ordering::SeqCst), 1);
        assert_kind(ask().await.unwrap(), StoreErrorKind::Unavailable);
        assert_eq!(attempts.load(Ordering::SeqCst), 2, "who comes later tries again");
    });
}

#[test]
fn a_restarted_server_is_found_again_by_many_at_a_time() {
    let mut server = RedisServer::start();
    let redis = patient(&server.unix_url());
    let runtime = two_threads();
    runtime.block_on(AsyncStore::ping(&redis)).unwrap();
    for _ in 0..3 {
        server.restart();
        runtime.block_on(async {
            let asking: Vec<_> = (0..20)
                .map(|_| {
                    let redis = redis.clone();
                    tokio::spawn(async move { AsyncStore::ping(&redis).await })
                })
                .collect();
            for asking in asking {
                asking.await.unwrap().unwrap();
            }
        });
    }
}

#[test]
fn a_future_that_times_out_leaves_the_timer_to_others() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let runtime = one_thread();
    runtime.block_on(async {
        put(&redis, "value").await;
        server.pause();
        let waiting = {
            let redis = redis.clone();
            tokio::spawn(async move { get(&redis).await })
        };
        tokio::task::yield_now().await;
        redis.limit_time(Duration::from_millis(20));
        let error = AsyncStore::ping(&redis).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Timeout);
        server.resume();
        assert_eq!(waiting.await.unwrap(), value("value"), "who has time goes on waiting");
        redis.limit_time(PATIENCE);
    });
}

#[test]
fn a_cluster_serves_many_runtimes() {
    let cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    for round in 0..3 {
        let (text, runtime) = (format!("round-{round}"), one_thread());
        runtime.block_on(put(&redis, &text));
        assert_eq!(Store::get(&redis, &[key("key")]).unwrap(), [value(&text)]);
    }
}
