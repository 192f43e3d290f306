//! What a URL may say, and what is said of a wrong one.

use crate::certificates::Certificates;
use crate::support::{PATIENCE, assert_kind, faces, get, open, patient, put, value};
use cache_memoize_core::{Backend, StoreErrorKind, StoreUrl};
use cache_memoize_redis::{Protocol, Redis};
use cache_memoize_testkit::servers::RedisServer;
use std::time::Duration;

#[test]
fn a_wrong_url_says_what_is_wrong_and_what_would_be_right() {
    let mistakes = [
        ("localhost:6379", "`redis`"),
        ("redis://", "names no server"),
        ("redis://a,b", "`redis+cluster://`"),
        ("redis://a/b", "number of a database"),
        ("redis://a/1?db=2", "two databases"),
        ("redis://a?db=-1", "`db` takes the number of a database"),
        ("redis://a?timeout=5", "`250ms`"),
        ("redis://a?timeout=0s", "no time for an answer"),
        ("redis://a?connect_timeout=0ms", "no time for an answer"),
        ("redis://a?pool=0", "at least 1"),
        ("redis://a?pool=many", "number of connections"),
        ("redis://a?protocol=4", "`2` or `3`"),
        ("redis://a?tiemout=1s", "no parameter `tiemout`"),
        ("redis://a?ca=/x", "`rediss://`"),
        ("redis://user@a", "needs a password"),
        ("redis://a?tls=true", "no parameter `tls`"),
        ("rediss://a?ca=/nowhere.pem", "`ca=/nowhere.pem` cannot be read"),
        ("rediss://a?cert=/nowhere.pem", "belong together"),
        ("redis+unix://host/path", "absolute path"),
        ("redis+unix:relative", "absolute path"),
        ("redis+cluster://", "names no server"),
        ("redis+cluster://a/1", "no path"),
        ("redis+cluster://a?db=1", "database 0 alone"),
        ("redis+cluster://a?tls=true&ca=/nowhere.pem", "`ca=/nowhere.pem` cannot be read"),
        ("redis+sentinel://a", "name that the sentinels have"),
        ("redis+sentinel:///name", "names no server"),
        ("redis+sentinel://a/name?tls=maybe", "`true` or `false`"),
        ("memcached://a", "`memcached` is no scheme of Redis"),
    ];
    for (url, part) in mistakes {
        let message = assert_kind(Redis::open(url), StoreErrorKind::Configuration);
        assert!(message.contains(part), "{url}: {message}");
    }
}

#[test]
fn everything_that_a_url_may_say_is_taken() {
    for url in [
        "redis://a",
        "redis://user:word@a:1/15?timeout=1s&connect_timeout=20ms&pool=3&protocol=3",
        "redis://:word@[::1]:6379",
        "rediss://a:6380/1",
        "redis+unix:///run/redis.sock?db=1",
        "redis+unix:/run/redis.sock",
        "redis+cluster://a,b:7,c?tls=true",
        "redis+sentinel://me:word@a,b:1/name?db=2&sentinel_user=x&sentinel_password=y&tls=false",
    ] {
        open(url);
    }
}

#[test]
fn the_backend_says_where_it_is_and_who_it_is_to_nobody() {
    for (url, place) in [
        ("redis://me:hunter2@cache-1/3", "cache-1:6379"),
        ("redis+unix://:hunter2@/run/redis.sock", "/run/redis.sock"),
        ("redis+sentinel://:hunter2@a,b:1/name", "`name` of the sentinels a:26379,b:1"),
    ] {
        let backend = Backend::from(open(url));
        assert_eq!(backend.place(), Some(place));
        assert!(!format!("{backend:?}").contains("hunter2"));
    }
}

#[test]
fn a_url_goes_on_from_where_another_reader_stopped() {
    let server = RedisServer::start();
    let mut url = StoreUrl::parse(&format!("{}?prefix=app&pool=2", server.tcp_url())).unwrap();
    assert_eq!(url.take("prefix").as_deref(), Some("app"));
    let backend = Backend::from(Redis::from_url(url).unwrap());
    assert_eq!(backend.name(), "redis");
    assert!(
        backend.store().is_some() && backend.async_store().is_some() && backend.bus().is_some()
    );
}

#[test]
fn no_text_of_a_store_shows_a_password() {
    let url = "redis+sentinel://somebody:hunter2@a/name?sentinel_password=hunter2";
    let shown = format!("{:?}", open(url));
    assert!(shown.contains("`name` of the sentinels a:26379"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("somebody"), "{shown}");
    let builder = Redis::builder().url("redis://:hunter2@a").password("hunter2").user("me");
    assert!(!format!("{builder:?}").contains("hunter2"));
    for wrong in
        ["redis://me:hunter2@a?x=1", "redis://me:hunter2@a/x", "redis://me:hunter2@a?pool=0"]
    {
        let error = Redis::open(wrong).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn the_builder_goes_before_the_url() {
    let server = RedisServer::builder().password("correct").start();
    let redis = Redis::builder()
        .url(format!("redis://:wrong@{}/1?pool=1&timeout=1ms", server.address()))
        .user("default")
        .password("correct")
        .database(2)
        .protocol(Protocol::Resp3)
        .pool(2)
        .timeout(Duration::from_secs(60))
        .connect_timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    for (_, store) in faces(&redis) {
        put(&*store, "key", "value").unwrap();
        assert_eq!(get(&*store, "key").unwrap(), value("value"));
    }
    let other = patient(&format!("{}?db=2", server.tcp_url()));
    assert_eq!(get(&other, "key").unwrap(), value("value"));
    let message = assert_kind(Redis::builder().pool(0).build(), StoreErrorKind::Configuration);
    assert!(message.contains("at least 1"), "{message}");
    let without_tls = Redis::builder().ca_pem("x").build();
    let message = assert_kind(without_tls, StoreErrorKind::Configuration);
    assert!(message.contains("`rediss://`"), "{message}");
}

#[test]
fn who_we_are_and_how_we_speak_is_what_was_said() {
    let server = RedisServer::builder()
        .password("another")
        .directive("user", "worker on >secret ~* &* +@all")
        .start();
    let at = server.address();
    let mut stores: Vec<Redis> = ["2", "3"]
        .map(|protocol| patient(&format!("redis://worker:secret@{at}?protocol={protocol}")))
        .into();
    let builder = Redis::builder().url(format!("redis://nobody:wrong@{at}")).timeout(PATIENCE);
    stores.push(builder.user("worker").password("secret").build().unwrap());
    let greetings: Vec<u64> = stores
        .iter()
        .map(|redis| {
            let before = server.calls("hello");
            faces(redis).into_iter().for_each(|(_, store)| store.ping().unwrap());
            server.calls("hello") - before
        })
        .collect();
    assert_eq!(greetings, [0, 2, 0], "RESP3 begins with a greeting");
}

#[test]
fn certificates_come_from_files_or_from_memory() {
    let certificates = Certificates::new();
    let [server_pem, server_key, ca] =
        ["server.pem", "server.key", "ca.pem"].map(|name| certificates.path(name));
    let server = RedisServer::builder().tls(&server_pem, &server_key, &ca, true).start();
    let [ca, cert, key] =
        ["ca.pem", "client.pem", "client.key"].map(|name| certificates.text(name));
    let redis = Redis::builder()
        .url(server.tls_url())
        .timeout(Duration::from_secs(60))
        .ca_pem(ca.clone())
        .client_pem(cert.clone(), key)
        .build()
        .unwrap();
    for (_, store) in faces(&redis) {
        put(&*store, "key", "value").unwrap();
        assert_eq!(get(&*store, "key").unwrap(), value("value"));
    }
    let anonymous =
        Redis::builder().url(server.tls_url()).timeout(Duration::from_secs(60)).ca_pem(ca);
    let strange = Redis::builder()
        .url(server.tls_url())
        .timeout(Duration::from_secs(60))
        .ca_pem(Certificates::new().text("ca.pem"));
    for builder in [anonymous, strange] {
        for (face, store) in faces(&builder.build().unwrap()) {
            let message = assert_kind(store.ping(), StoreErrorKind::Denied);
            assert!(message.contains("`ca`"), "{face}: {message}");
        }
    }
    let without_tls = open(&format!("rediss://{}?timeout=100ms", server.address()));
    for (face, store) in faces(&without_tls) {
        assert!(store.ping().is_err(), "{face}");
    }
    let broken = Redis::builder().url("rediss://a").client_pem(cert, "no key");
    let message = assert_kind(broken.build(), StoreErrorKind::Configuration);
    assert!(message.contains("`key`"), "{message}");
}
