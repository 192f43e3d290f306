//! Which keys there are, and what the servers have counted.

use crate::support::{Ask, Fake, faces, key, kind, open, seconds, wait_until};
use cache_memoize_core::{Listing, Page, PutMode, Result, Store, StoreErrorKind};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::collections::BTreeSet;
use std::io::{Read, Write};

fn listed(store: &Memcached, prefix: &str) -> Result<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    for page in store.list(prefix) {
        keys.extend(page?.keys.iter().map(|key| key.as_str().to_owned()));
    }
    Ok(keys)
}

fn write_many(store: &Memcached, count: usize) -> BTreeSet<String> {
    let names: BTreeSet<String> = (0..count).map(|number| format!("app|f({number})")).collect();
    names.iter().for_each(|name| assert!(store.write(name, "value").unwrap()));
    names
}

#[test]
fn names_that_the_server_writes_otherwise_are_read_as_they_are() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    let longest = "%".repeat(250);
    let names = ["%", "%25", "a+b", "\"a b\"%20", "app|f(\"x\",[1,2])", "key=a", "END", &longest];
    let names = names.map(|name| name.replace(' ', "_"));
    names.iter().for_each(|name| assert!(store.write(name, "value").unwrap()));
    assert_eq!(listed(&store, "").unwrap(), BTreeSet::from(names));
}

#[test]
fn what_others_keep_there_is_listed_as_far_as_it_is_a_key() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    server.command("set other 7 0 1\r\nx\r\n");
    server.command("ms YSBi 1 b\r\nx\r\n");
    server.command("set caf\u{e9} 0 0 1\r\nx\r\n");
    assert_eq!(listed(&store, "").unwrap(), BTreeSet::from(["other".to_owned()]));
}

#[test]
fn an_item_whose_value_is_over_holds_none() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    store.write("fresh", "value").unwrap();
    let token = store.join("fresh").token;
    store.put(key("old"), "value".into(), seconds(2), PutMode::Always).unwrap();
    let _ = store.join("old");
    let _ = store.join("alone");
    let fresh = BTreeSet::from(["fresh".to_owned()]);
    wait_until("the old value is over", || listed(&store, "").unwrap() == fresh);
    assert!(store.fill("fresh", token, "filled").unwrap(), "the lease stands");
}

/// A read leaves a key with the server's LRU maintainer for a while, and the crawler passes over it until then.
#[test]
fn keys_that_were_just_read_are_listed() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    let names = write_many(&store, 50);
    for round in 0..20 {
        for name in names.iter().chain(&names) {
            assert!(store.read(name).unwrap().is_some());
        }
        let found = listed(&store, "app|").unwrap();
        assert!(found == names, "round {round}: {} of {}", found.len(), names.len());
    }
}

/// What is over counts as an item until the server finds it, so names seem to be missing.
#[test]
fn a_server_without_a_maintainer_is_listed_all_the_same() {
    let server = MemcachedServer::builder().argument("-o").argument("no_lru_maintainer").start();
    let store = open(&server.url());
    let names = write_many(&store, 50);
    server.command("set over 0 -1 1\r\nx\r\n");
    assert!(listed(&store, "").unwrap() == names);
}

#[test]
fn every_server_is_asked() {
    let mut servers: Vec<_> = (0..3).map(|_| MemcachedServer::start()).collect();
    let addresses: Vec<String> = servers.iter().map(MemcachedServer::address).collect();
    let store = open(&format!("memcached://{}", addresses.join(",")));
    let names = write_many(&store, 300);
    assert!(listed(&store, "app|").unwrap() == names);
    let counts = store.servers().unwrap();
    assert_eq!(
        counts.iter().map(|counts| &counts.place).collect::<Vec<_>>(),
        addresses.iter().collect::<Vec<_>>()
    );
    assert!(counts.iter().all(|counts| counts.entries > 0));
    assert_eq!(counts.iter().map(|counts| counts.entries).sum::<u64>(), 300);
    servers[1].kill();
    let mut pages = store.list("app|");
    assert!(pages.next().unwrap().is_ok());
    let error = pages.find_map(Result::err).expect("one server is down");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains(&addresses[1]), "{error}");
    assert!(pages.next().is_none(), "an error ends a listing");
    assert_eq!(kind(store.servers()), StoreErrorKind::Unavailable);
}

#[test]
fn a_server_that_tells_no_keys_says_why() {
    for (argument, expected, words) in [
        (&["-o", "no_lru_crawler"][..], StoreErrorKind::Unsupported, "lru_crawler enable"),
        (&["-X"], StoreErrorKind::Denied, "-X"),
    ] {
        let server =
            argument.iter().fold(MemcachedServer::builder(), |it, word| it.argument(*word));
        let server = server.start();
        let store = open(&server.url());
        store.write("key", "value").unwrap();
        let error = listed(&store, "").unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(store.servers().unwrap()[0].entries, 1, "it counts all the same");
    }
}

#[test]
fn a_crawler_that_is_busy_is_waited_for_until_the_limit() {
    const BUSY: &[u8] = b"BUSY currently processing crawler request\r\n";
    let fake = Fake::answering(BUSY);
    let store = open(&format!("{}?timeout=100ms", fake.url()));
    // A machine that stalls for longer than the limit proves nothing.
    wait_until("it gives up because of the crawler", || {
        let error = listed(&store, "").unwrap_err();
        let is_busy = error.kind() == StoreErrorKind::Unavailable;
        assert!(is_busy || error.kind() == StoreErrorKind::Timeout, "{error}");
        assert_eq!(is_busy, error.to_string().contains("at work for somebody else"), "{error}");
        is_busy
    });

    const COUNTED: &[u8] = b"STAT curr_items 1\r\nEND\r\n";
    let fake = Fake::new(|mut stream, _| {
        for answer in [BUSY, BUSY, BUSY, b"key=alone exp=-1\nEND\r\n", COUNTED] {
            let _ = stream.read(&mut [0; 100]);
            let _ = stream.write_all(answer);
        }
    });
    let mut pages = open(&fake.url()).list("other");
    assert_eq!(pages.next().unwrap().unwrap(), Page { keys: Vec::new(), seen: 1 });
    assert!(pages.next().is_none());
    assert_eq!(fake.connections(), 1, "it is asked again where it was asked before");
}

#[test]
fn a_server_that_stalls_is_waited_for_until_the_limit() {
    let server = MemcachedServer::start();
    let store = open(&format!("{}?timeout=100ms", server.url()));
    server.pause();
    assert_eq!(kind(listed(&store, "")), StoreErrorKind::Timeout);
    assert_eq!(kind(store.servers()), StoreErrorKind::Timeout);
    server.resume();
}

#[test]
fn garbage_is_neither_a_key_nor_a_count() {
    let garbage: [&[u8]; 5] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"+PONG\r\n",
        b"\r\n",
        b"\xff\xff\n",
        b"STAT pid\r\n",
    ];
    for bytes in garbage {
        let fake = Fake::answering(bytes);
        let store = open(&fake.url());
        assert_eq!(kind(listed(&store, "")), StoreErrorKind::Protocol, "{bytes:?}");
        assert_eq!(kind(store.servers()), StoreErrorKind::Protocol, "{bytes:?}");
    }
    let fake = Fake::answering(b"END\r\n");
    let store = open(&fake.url());
    assert_eq!(listed(&store, "").unwrap(), BTreeSet::new());
    assert_eq!(
        kind(store.servers()),
        StoreErrorKind::Protocol,
        "a memcached has counted something"
    );
}

#[test]
fn hits_and_misses_are_those_of_the_server() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    store.write("key", "value").unwrap();
    let before = store.servers().unwrap().remove(0);
    for face in faces(&store) {
        face.get(&[key("key"), key("other"), key("third")]).unwrap();
    }
    let after = store.servers().unwrap().remove(0);
    let faces = faces(&store).len() as u64;
    assert_eq!((after.hits - before.hits, after.misses - before.misses), (faces, 2 * faces));
    assert!(after.uptime >= before.uptime && after.entries == 1);
}
