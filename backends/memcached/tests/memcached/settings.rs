//! What a URL and a builder may say, and what they are told where they say something wrong.

use crate::support::{Ask, faces, open, timed};
use cache_memoize_core::{Backend, Store, StoreErrorKind};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::net::{Ipv6Addr, TcpListener};
use std::time::Duration;

fn complaint(url: &str) -> String {
    let error = Memcached::open(url).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Configuration, "{url}");
    error.to_string()
}

#[test]
fn a_wrong_url_says_what_would_be_right() {
    for (url, word) in [
        ("memcached://", "at least one server"),
        ("memcached:", "at least one server"),
        ("redis://localhost", "no scheme of memcached"),
        ("memcached://localhost/3", "no databases"),
        ("memcached://localhost/run/a.sock", "memcached+unix:///run/a.sock"),
        ("memcached+unix://", "no path"),
        ("memcached+unix://run/a.sock", "three slashes"),
        ("memcached://a,b,A:11211", "a:11211 is there twice"),
        ("memcached://a?poll=3", "`poll`; it may have `pool`, `timeout`"),
        ("memcached://a?pool=many", "a number of connections"),
        ("memcached://a?timeout=fast", "`250ms`"),
        ("memcached://a?timeout=250", "`250ms`"),
        ("memcached://a?timeout=0s", "no time"),
        ("memcached://a?timeout=1e999s", "`250ms`"),
        ("memcached://a:70000", "a number up to 65535"),
        ("memcached://a:21211, b:21212", "a comma between them"),
        ("memcached://a:21211;b:21212", "a comma between them"),
    ] {
        let complaint = complaint(url);
        assert!(complaint.contains(word), "{url}: {complaint}");
    }
}

#[test]
fn no_message_shows_a_password() {
    for url in ["memcached://me:hunter2@localhost", "memcached://:hunter2@localhost?x=hunter2"] {
        let error = Memcached::open(url).unwrap_err();
        assert!(error.to_string().contains("without user and password"));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[test]
fn where_nobody_listens_the_reason_is_said_with_the_advice_that_fits() {
    for (url, reason, advice) in [
        ("memcached://127.0.0.1:1", "refused", "listens there"),
        ("memcached+unix:///nowhere/m.sock", "No such file", "the path of the socket"),
    ] {
        for face in faces(&open(url)) {
            let error = face.ping().unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unavailable);
            let text = error.to_string();
            assert!(text.contains(reason) && text.contains(advice), "{text}");
            let place = url.split("//").nth(1).unwrap();
            assert!(text.contains(&format!("memcached at {place}: ")), "{text}");
        }
    }
}

#[test]
fn a_right_url_is_taken() {
    for url in [
        "memcached://localhost",
        "memcached://localhost/",
        "memcached://a,b:1,[::1]:2?pool=0&timeout=1.5s",
        "memcached+unix:///run/memcached.sock?timeout=2m",
    ] {
        open(url);
    }
    let store = open("memcached://Cache-1,b:1,[::1]");
    assert_eq!(
        format!("{store:?}"),
        r#"Memcached { servers: ["cache-1:11211", "b:1", "[::1]:11211"], .. }"#
    );
}

#[test]
fn a_builder_and_a_name_lead_to_the_server() {
    let server = MemcachedServer::start();
    let port = server.address().rsplit_once(':').unwrap().1.parse().unwrap();
    let store = Memcached::builder().server("localhost", port).pool(2).build().unwrap();
    store.limit_time(Duration::from_secs(20));
    assert!(store.write("key", "value").unwrap());
    assert_eq!(open(&server.url()).read("key").unwrap().unwrap(), "value");

    let socket = MemcachedServer::start_unix();
    let store = Memcached::builder().socket(socket.address()).build().unwrap();
    store.limit_time(Duration::from_secs(20));
    store.ping().unwrap();
    assert!(Memcached::builder().build().is_err());
}

#[test]
fn ipv6_is_spoken() {
    let has_ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if has_ipv6 {
        let server = MemcachedServer::builder().argument("-l").argument("::1").start();
        let port = server.address().rsplit_once(':').unwrap().1.to_owned();
        open(&format!("memcached://[::1]:{port}")).ping().unwrap();
    }
}

#[test]
fn a_name_that_stands_for_nothing_is_an_error_in_time() {
    let store = open("memcached://no-such-host.invalid?timeout=2s");
    let (answer, took) = timed(|| store.read("key"));
    let error = answer.unwrap_err();
    assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
    assert!(took < Duration::from_secs(4));
}

#[test]
fn the_backend_has_a_name_and_its_faces() {
    let backend = Backend::from(open("memcached://b,A:7"));
    assert_eq!(backend.place(), Some("b:11211,a:7"));
    let backend = Backend::from(open("memcached://localhost"));
    assert_eq!(backend.name(), "memcached");
    assert!(backend.store().is_some() && backend.objects().is_none() && backend.bus().is_none());
    assert_eq!(backend.async_store().is_some(), cfg!(feature = "tokio"));
}
