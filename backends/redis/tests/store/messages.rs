//! What an error says to the person who must act: which server, what happened, and what to do.

use crate::support::{assert_kind, faces, open, patient, put};
use cache_memoize_core::{Store, StoreErrorKind};
use cache_memoize_redis::Redis;
use cache_memoize_testkit::servers::RedisServer;

/// What both faces say to `act`, which fails.
fn said(
    redis: &Redis,
    kind: StoreErrorKind,
    act: impl Fn(&dyn Store) -> cache_memoize_core::Result<()>,
) -> [String; 2] {
    faces(redis).map(|(_, store)| assert_kind(act(&*store), kind))
}

#[test]
fn every_refusal_names_the_server() {
    let server = RedisServer::builder().password("word").start();
    let at = server.address();
    let no_password = patient(&format!("redis://{at}"));
    let wrong_password = patient(&format!("redis://:hunter2@{at}"));
    for redis in [no_password, wrong_password] {
        for message in said(&redis, StoreErrorKind::Denied, |store| store.ping()) {
            let named = format!("redis at {at}: it says `");
            assert_eq!(message.matches(&named).count(), 1, "{message}");
            assert_eq!(message.matches(&at.to_string()).count(), 1, "{message}");
        }
    }
    let server = RedisServer::start();
    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    let redis = patient(&server.tcp_url());
    let store_it = |store: &dyn Store| put(store, "key", "value").map(drop);
    for message in said(&redis, StoreErrorKind::TooLarge, store_it) {
        assert!(message.contains(&format!("redis at {}: it says `OOM", server.address())));
    }
}

#[test]
fn a_cluster_or_a_sentinel_that_is_none_says_which_url_would_be_right() {
    let server = RedisServer::start();
    let at = server.address();
    for (url, what) in [
        (format!("redis+cluster://{at}"), "cluster support disabled"),
        (format!("redis+sentinel://{at}/name"), "is no sentinel"),
    ] {
        let redis = patient(&url);
        for message in said(&redis, StoreErrorKind::Configuration, |store| store.ping()) {
            assert!(message.contains(what) && message.contains("`redis://`"), "{message}");
            assert!(message.contains(&format!("redis at {at}: ")), "{message}");
        }
    }
}

#[test]
fn what_the_system_says_is_said_with_the_advice_that_fits() {
    for (url, reason, advice) in [
        ("redis://127.0.0.1:1", "refused", "does it listen there"),
        ("redis+unix:///nowhere/redis.sock", "No such file", "the path of the socket"),
        ("redis://nowhere.invalid", "no address of nowhere.invalid", "the name of the host"),
    ] {
        let redis = patient(url);
        for message in said(&redis, StoreErrorKind::Unavailable, |store| store.ping()) {
            assert!(message.contains(reason) && message.contains(advice), "{url}: {message}");
        }
    }
}

#[test]
fn a_slow_server_is_named_and_the_setting_too() {
    let server = RedisServer::start();
    let redis = open(&format!("{}?timeout=20ms", server.tcp_url()));
    server.pause();
    for message in said(&redis, StoreErrorKind::Timeout, |store| store.ping()) {
        assert!(message.contains(&server.address().to_string()), "{message}");
        assert!(message.contains("raise `timeout`"), "{message}");
    }
    server.resume();
}
