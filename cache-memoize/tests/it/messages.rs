//! What an error says where a store fails: once, and in the words of the caller.

use crate::support::block_on;
use cache_memoize::Cache;
use std::error::Error as _;

#[test]
fn an_error_says_once_what_failed_and_calls_it_as_the_caller_does() {
    let cache = Cache::from_url("redis://127.0.0.1:1").expect("the URL is right");
    let errors = [
        ("ping", cache.ping().expect_err("nobody listens")),
        ("get", cache.get::<u8>("key").expect_err("nobody listens")),
        ("get", block_on(cache.get_async::<u8>("key")).expect_err("nobody listens")),
    ];
    for (operation, error) in errors {
        let text = error.to_string();
        let beginning = format!("{operation}: the redis store failed (store unavailable): ");
        assert!(text.starts_with(&beginning), "{text}");
        assert_eq!(text.matches("failed").count(), 1, "{text}");
        assert!(text.contains("127.0.0.1:1") && text.contains("refused"), "{text}");
        assert!(error.source().is_some(), "what the store said is there");
    }
}

#[test]
fn storing_by_hand_is_called_as_it_is() {
    let cache = Cache::from_url("memcached://127.0.0.1:1").expect("the URL is right");
    let error = cache.set("key", 7).expect_err("nobody listens");
    assert!(error.to_string().starts_with("set: the memcached store failed"), "{error}");
    let error = cache.set_for("key", 7, std::time::Duration::ZERO).expect_err("no time at all");
    assert_eq!(error.operation(), "set");
    let error = block_on(cache.set_async("key", 7)).expect_err("nobody listens");
    assert_eq!(error.operation(), "set");
}
