//! A master that changes.

use crate::support::{assert_kind, faces, get, open, patient, put, value, wait_until};
use cache_memoize_core::StoreErrorKind;
use cache_memoize_testkit::servers::RedisSentinel;
use std::time::Duration;

#[test]
fn a_failover_is_followed() {
    let sentinel = RedisSentinel::start();
    let redis = patient(&sentinel.url());
    let faces = faces(&redis);
    for (_, store) in &faces {
        put(&**store, "key", "before").unwrap();
    }
    sentinel.failover();
    for (face, store) in &faces {
        wait_until(&format!("{face} finds the new master"), || put(&**store, "key", *face).is_ok());
        for _ in 0..20 {
            put(&**store, "key", *face).unwrap();
            assert_eq!(get(&**store, "key").unwrap(), value(face));
        }
        assert_eq!(sentinel.master().command(&["GET", "key"]), *face, "it writes to the master");
    }
}

#[test]
fn any_sentinel_that_answers_is_enough() {
    let sentinel = RedisSentinel::start();
    let (at, name) = (sentinel.address(), sentinel.name());
    let redis = patient(&format!("redis+sentinel://127.0.0.1:1,{at},localhost:2/{name}?db=1"));
    for (_, store) in faces(&redis) {
        put(&*store, "key", "value").unwrap();
    }
    assert_eq!(sentinel.master().command(&["GET", "key"]), "(nil)", "it lies in the database 1");
}

#[test]
fn a_name_that_no_sentinel_knows_is_a_wrong_setting() {
    let sentinel = RedisSentinel::start();
    let redis = patient(&format!("redis+sentinel://{}/nobody", sentinel.address()));
    for (_, store) in faces(&redis) {
        let message = assert_kind(store.ping(), StoreErrorKind::Configuration);
        assert!(message.contains("`nobody`"), "{message}");
    }
}

#[test]
fn a_stopped_master_is_waited_for_until_the_limit() {
    let sentinel = RedisSentinel::start();
    let redis = open(&format!("{}?timeout=100ms", sentinel.url()));
    sentinel.master().pause();
    for (_, store) in faces(&redis) {
        assert_kind(store.ping(), StoreErrorKind::Timeout);
    }
    sentinel.master().resume();
    redis_serves_again(&redis);
}

fn redis_serves_again(redis: &cache_memoize_redis::Redis) {
    cache_memoize_core::Store::limit_time(redis, Duration::from_secs(60));
    for (face, store) in faces(redis) {
        wait_until(&format!("{face} is served again"), || put(&*store, "key", "value").is_ok());
    }
}
