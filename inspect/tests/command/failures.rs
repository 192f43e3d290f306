use crate::support::{cache, json_and_code, page, price, run, run_with, with};
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};

const PASSWORD: &str = "hunter2";

const COMMANDS: [&[&str]; 7] = [
    &["list"],
    &["list", "--sort", "age", "--function", "f"],
    &["measure"],
    &["invalidate", "--key", "app|price(1)"],
    &["invalidate", "--tag", "user:1"],
    &["invalidate", "--function", "price"],
    &["invalidate", "--all"],
];

/// Every command on this store fails in this way, as text and as JSON, and keeps the password to itself.
#[track_caller]
fn assert_all_fail(url: &str, code: i32, kind: &str, said: &str) {
    for words in COMMANDS {
        let words = [&words[..1], &[url], &words[1..]].concat();
        assert_fails(&words, code, kind, said);
    }
    assert_fails(&["explain", url, "app|price(1)"], code, kind, said);
}

#[track_caller]
fn assert_fails(words: &[&str], code: i32, kind: &str, said: &str) {
    let done = run(words);
    assert_eq!((done.code, &*done.stdout), (code, ""), "{words:?}: {done:?}");
    assert!(done.stderr.starts_with("cache-memoize-inspect: "), "{done:?}");
    assert!(done.stderr.contains(said), "{words:?}: {done:?}");
    let (document, json_code) = json_and_code(words);
    assert_eq!((json_code, &document["error"]["kind"]), (code, &kind.into()), "{words:?}");
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.contains(said), "{words:?}: {message}");
    assert!(!format!("{done:?} {document}").contains(PASSWORD), "{words:?}: {done:?}");
}

#[test]
fn a_server_that_is_down_is_told_of() {
    let (mut redis, mut memcached) = (RedisServer::start(), MemcachedServer::start());
    let [redis_url, memcached_url] = [redis.tcp_url(), memcached.url()];
    redis.kill();
    memcached.kill();
    assert_all_fail(&redis_url, 1, "store", &redis.address());
    assert_all_fail(&memcached_url, 1, "store", &memcached.address());
    let secret = redis_url.replace("redis://", &format!("redis://me:{PASSWORD}@"));
    assert_all_fail(&secret, 1, "store", &redis.address());
}

#[test]
fn a_server_that_stalls_is_waited_for_as_long_as_was_said() {
    let server = RedisServer::start();
    let url = format!("{}?timeout=100ms", server.unix_url());
    server.pause();
    assert_all_fail(&url, 1, "store", "took too long");
    server.resume();
}

#[test]
fn a_password_is_never_shown() {
    let server = RedisServer::builder().password(PASSWORD).start();
    let with_password = |word: &str| format!("redis://:{word}@{}", server.address());
    let right = with_password(PASSWORD);
    with(&cache(&right, "app"), || price(1));
    for words in COMMANDS {
        let words = [&words[..1], &[&*right], &words[1..]].concat();
        let (document, code) = json_and_code(&words);
        let done = run(&words);
        assert_eq!((code, done.code), (0, 0), "{words:?}: {done:?}");
        assert!(!format!("{done:?} {document}").contains(PASSWORD), "{words:?}: {done:?}");
    }
    assert_all_fail(&with_password(&format!("not-{PASSWORD}")), 1, "store", "WRONGPASS");
}

#[test]
fn a_url_is_taken_from_a_variable() {
    let server = RedisServer::start();
    with(&cache(&server.unix_url(), "app"), || price(1));
    let variables = [("THE_STORE", &*server.unix_url())];
    let done = run_with(&["list", "env:THE_STORE", "app"], &variables);
    assert!(done.code == 0 && done.stdout.contains("app|price(1)"), "{done:?}");
    assert_fails(&["list", "env:NO_SUCH_STORE"], 2, "usage", "`NO_SUCH_STORE` holds no URL");
}

#[test]
fn a_wrong_url_is_a_mistake_of_the_caller() {
    for (url, said) in [
        (format!("rediss+odd://me:{PASSWORD}@host"), "there is no store `rediss+odd:`"),
        (format!("redis://me:{PASSWORD}@host?perfix=app"), "no parameter `perfix`"),
        (format!("redis://me:{PASSWORD}@host/not-a-number"), "database"),
        (format!("memcached://me:{PASSWORD}@host"), "without user and password"),
        (format!("me:{PASSWORD}@host"), ""),
        (String::new(), ""),
        ("redis://host?timeout=soon".to_owned(), "`timeout`"),
    ] {
        assert_all_fail(&url, 2, "usage", said);
    }
    assert_fails(&["list", "memory:?prefix=a", "b"], 2, "usage", "`prefix`");
}

#[test]
fn a_wrong_use_is_a_mistake_of_the_caller() {
    let url = format!("redis://me:{PASSWORD}@host");
    assert_fails(&[], 2, "usage", "--help");
    assert_fails(&["lits", &url], 2, "usage", "`list`");
    assert_fails(&[&url, "list"], 2, "usage", "`list`");
    assert_fails(&["list", &url, "app", &url], 2, "usage", "one word more");
    assert_fails(&["list", &url, "--limit", "many"], 2, "usage", "`--limit`");
    assert_fails(&["invalidate", &url], 2, "usage", "--all");
    assert_fails(&["explain", &url], 2, "usage", "which entry?");
    for words in [
        &["explain", &*url, "app|price(1)", "--prefix", "app"][..],
        &["invalidate", &url, "--key", "app|price(1)", "--prefix", "app"],
        &["invalidate", &url, "app", "--key", "app|price(1)"],
    ] {
        assert_fails(words, 2, "usage", "a key has its prefix in itself");
    }
}

#[test]
fn a_memcached_that_tells_no_keys_does_the_rest() {
    let server = MemcachedServer::builder().argument("-o").argument("no_lru_crawler").start();
    let url = server.url();
    with(&cache(&url, "app"), || drop((price(1), page(1, "a"))));
    for command in ["list", "measure"] {
        assert_fails(&[command, &url], 1, "store", "lru_crawler enable");
    }
    assert_eq!(json_and_code(&["explain", &url, "app|price(1)"]).1, 0);
    assert_eq!(json_and_code(&["invalidate", &url, "app", "--function", "price"]).1, 0);
    let (document, _) = json_and_code(&["explain", &url, "app|price(1)"]);
    assert_eq!(document["entry"]["state"], "unreadable");
}

#[test]
fn help_and_version_are_told() {
    for words in [&["--help"][..], &["-h"], &["list", "--help"]] {
        let done = run(words);
        assert!(done.code == 0 && done.stdout.contains("invalidate URL"), "{done:?}");
        assert!(done.stdout.lines().all(|line| line.len() <= 100), "{done:?}");
    }
    assert_eq!(run(&["--version"]).stdout.trim(), env!("CARGO_PKG_VERSION"));
}
