//! What can go wrong with a server, and what an operation makes of it.

use crate::support::{
    OPERATIONS, assert_kind, faces, get, key, one_thread, open, patient, put, value, wait_until,
};
use cache_memoize_core::{
    AsyncStore, Bytes, LeaseMode, PutMode, Store, StoreErrorKind, Token, Ttl,
};
use cache_memoize_redis::Redis;
use cache_memoize_testkit::servers::RedisServer;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

#[test]
fn a_program_starts_without_its_server() {
    let mut server = RedisServer::start();
    server.kill();
    for url in [server.tcp_url(), server.unix_url()] {
        let redis = patient(&url);
        for (face, store) in faces(&redis) {
            for (name, act) in OPERATIONS {
                let message = assert_kind(act(&*store), StoreErrorKind::Unavailable);
                let place = url.split("//").nth(1).unwrap();
                assert!(message.contains(place), "{face} {name} does not say where: {message}");
            }
        }
        server.restart();
        for (_, store) in faces(&redis) {
            put(&*store, "key", "value").unwrap();
            assert_eq!(get(&*store, "key").unwrap(), value("value"));
        }
        server.kill();
    }
}

/// Several connections are idle when the server goes, and every operation finds a dead one.
#[test]
fn a_restarted_server_costs_no_failed_operation() {
    let mut server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    for (face, store) in faces(&redis) {
        for (name, act) in OPERATIONS {
            fill_the_pool(&store);
            server.restart();
            for _ in 0..5 {
                act(&*store).unwrap_or_else(|error| panic!("{face} {name}: {error}"));
            }
        }
    }
}

/// Lets as many callers in as there may be connections, all at the same time.
fn fill_the_pool(store: &Arc<dyn Store>) {
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).for_each(|_| drop(store.ping())));
        }
    });
}

#[test]
fn a_stopped_server_is_waited_for_until_the_limit_and_no_reply_goes_astray() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    for (face, store) in faces(&redis) {
        for round in 0..3 {
            put(&*store, "one", format!("one-{round}")).unwrap();
            put(&*store, "two", format!("two-{round}")).unwrap();
            server.pause();
            redis.limit_time(Duration::from_millis(50));
            for (name, act) in OPERATIONS.iter().filter(|(name, _)| *name != "clear") {
                let message = assert_kind(act(&*store), StoreErrorKind::Timeout);
                assert!(message.contains(&server.address()), "{face} {name}: {message}");
            }
            assert_kind(get(&*store, "one"), StoreErrorKind::Timeout);
            server.resume();
            redis.limit_time(Duration::from_secs(60));
            for _ in 0..20 {
                assert_eq!(get(&*store, "two").unwrap(), value(&format!("two-{round}")));
                assert_eq!(get(&*store, "one").unwrap(), value(&format!("one-{round}")));
            }
        }
    }
}

/// One connection, which somebody else holds for ever.
#[test]
fn nobody_waits_for_a_connection_beyond_the_limit() {
    let server = RedisServer::start();
    let redis = open(&format!("{}?pool=1&timeout=200ms", server.tcp_url()));
    Store::ping(&redis).unwrap();
    server.pause();
    let messages = thread::scope(|scope| {
        let ask = || assert_kind(Store::ping(&redis), StoreErrorKind::Timeout);
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect::<Vec<String>>()
    });
    server.resume();
    assert!(messages.iter().any(|it| it.contains("raise `pool`")), "{messages:?}");
    redis.limit_time(Duration::from_secs(60));
    Store::ping(&redis).unwrap();
}

#[test]
fn many_threads_share_few_connections() {
    let server = RedisServer::start();
    let redis = patient(&format!("{}?pool=2", server.unix_url()));
    thread::scope(|scope| {
        for number in 0..16 {
            let redis = &redis;
            scope.spawn(move || {
                for round in 0..100 {
                    let name = format!("key-{number}");
                    put(redis, &name, format!("{number}-{round}")).unwrap();
                    let found = get(redis, &name).unwrap();
                    assert_eq!(found, value(&format!("{number}-{round}")));
                }
            });
        }
    });
    assert!(server.info("connected_clients") <= 3, "two, and the one that asks");
}

#[test]
fn a_full_server_is_unavailable_until_it_has_room() {
    let server = RedisServer::builder().directive("maxclients", "2").start();
    let holder = patient(&server.tcp_url());
    let runtime = one_thread();
    Store::ping(&holder).unwrap();
    runtime.block_on(AsyncStore::ping(&holder)).unwrap();
    let redis = patient(&server.tcp_url());
    for (_, store) in faces(&redis) {
        for (_, act) in OPERATIONS {
            assert_kind(act(&*store), StoreErrorKind::Unavailable);
        }
    }
    let message = get(&redis, "key").unwrap_err().to_string();
    assert!(message.contains("maxclients") || message.contains("connection"), "{message}");
    drop((holder, runtime));
    for (face, store) in faces(&redis) {
        wait_until(&format!("{face} gets in"), || store.ping().is_ok());
        put(&*store, "key", "value").unwrap();
    }
}

#[test]
fn a_server_out_of_memory_keeps_no_older_value() {
    let server = RedisServer::builder().directive("maxmemory-policy", "noeviction").start();
    let redis = patient(&server.tcp_url());
    for (face, store) in faces(&redis) {
        put(&*store, "old", "old").unwrap();
        put(&*store, "read", "read").unwrap();
        let token = store.lease(key("leased"), Ttl::Forever, LeaseMode::Join).unwrap().0.token;
        server.command(&["CONFIG", "SET", "maxmemory", "1"]);
        let message = assert_kind(put(&*store, "old", "new"), StoreErrorKind::TooLarge);
        assert!(message.contains("maxmemory"), "{face}: {message}");
        assert_eq!(get(&*store, "old").unwrap(), None, "{face}: the older value is still there");
        assert_eq!(get(&*store, "read").unwrap(), value("read"));
        for (name, mode) in [("read", PutMode::IfLease(token)), ("leased", PutMode::IfAbsent)] {
            let refused = store.put(key(name), "new".into(), Ttl::Forever, mode);
            assert!(matches!(refused, Ok(false) | Err(_)), "{face}");
        }
        let fill = PutMode::IfLease(token);
        let fill = store.put(key("leased"), "new".into(), Ttl::Forever, fill);
        assert_kind(fill, StoreErrorKind::TooLarge);
        let lease = store.lease(key("other"), Ttl::Forever, LeaseMode::Join);
        assert_kind(lease, StoreErrorKind::TooLarge);
        assert!(store.remove(&[key("read")]).unwrap()[0], "{face}: a removal needs no memory");
        server.command(&["CONFIG", "SET", "maxmemory", "0"]);
        let late = store.put(key("leased"), "new".into(), Ttl::Forever, PutMode::IfLease(token));
        assert!(late.unwrap(), "{face}: a refused fill spends no token");
        store.remove(&[key("leased")]).unwrap();
    }
}

/// The server hangs up in the middle of such a value. The async face sees that, and not always what was said
/// before.
#[test]
fn a_value_beyond_the_servers_limit_is_too_large_and_keeps_no_older_value() {
    let server = RedisServer::builder().directive("proto-max-bulk-len", "1mb").start();
    for url in [server.tcp_url(), server.unix_url()] {
        let redis = patient(&url);
        for (face, store) in faces(&redis) {
            put(&*store, "key", "old").unwrap();
            let large = vec![b'x'; 3 << 20];
            let error = put(&*store, "key", large.clone()).unwrap_err();
            if error.kind() == StoreErrorKind::TooLarge {
                assert_eq!(get(&*store, "key").unwrap(), None, "{face}: the older value is there");
            } else {
                assert_eq!((face, error.kind()), ("async", StoreErrorKind::Unavailable), "{error}");
            }
            let token = store.lease(key("key"), Ttl::Forever, LeaseMode::Join).unwrap().0.token;
            let fill = store.put(key("key"), large.into(), Ttl::Forever, PutMode::IfLease(token));
            assert!(fill.is_err(), "{face}");
            put(&*store, "key", vec![b'x'; 1 << 19]).unwrap();
        }
    }
}

#[test]
fn a_server_that_forgot_the_scripts_is_told_them_again() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    for (face, store) in faces(&redis) {
        for (name, act) in OPERATIONS {
            server.command(&["SCRIPT", "FLUSH"]);
            act(&*store).unwrap_or_else(|error| panic!("{face} {name}: {error}"));
        }
        let tokens: Vec<Token> = (0..50)
            .map(|number| {
                let name = format!("key-{number}");
                store.lease(key(&name), Ttl::Forever, LeaseMode::Join).unwrap().0.token
            })
            .collect();
        server.command(&["SCRIPT", "FLUSH"]);
        for (number, token) in tokens.into_iter().enumerate() {
            let (name, mode) = (format!("key-{number}"), PutMode::IfLease(token));
            assert!(store.put(key(&name), Bytes::new(), Ttl::Forever, mode).unwrap());
        }
        let names: Vec<String> = (0..50).map(|number| format!("key-{number}")).collect();
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        server.command(&["SCRIPT", "FLUSH"]);
        assert_eq!(store.remove(&keys).unwrap(), [true; 50]);
        store.clear().unwrap();
        server.command(&["SCRIPT", "FLUSH"]);
        assert_eq!(store.increment(key("counter"), 1, 41, Ttl::Forever).unwrap(), 41);
    }
}

#[test]
fn something_of_another_type_is_no_value_and_a_put_replaces_it() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    for (_, store) in faces(&redis) {
        store.clear().unwrap();
        put(&*store, "value", "value").unwrap();
        server.command(&["RPUSH", "list", "1"]);
        let message = assert_kind(get(&*store, "list"), StoreErrorKind::WrongType);
        assert!(message.contains("prefix of its own"), "{message}");
        let lease = store.lease(key("list"), Ttl::Forever, LeaseMode::Join);
        assert_kind(lease, StoreErrorKind::WrongType);
        let counter = store.increment(key("list"), 1, 1, Ttl::Forever);
        assert_kind(counter, StoreErrorKind::WrongType);
        let many = store.get(&[key("value"), key("list"), key("nothing")]).unwrap();
        assert_eq!(many, [value("value"), None, None], "one key does not spoil the others");
        put(&*store, "list", "value").unwrap();
        assert_eq!(get(&*store, "list").unwrap(), value("value"));
        server.command(&["DEL", "list"]);
        server.command(&["RPUSH", "list", "1"]);
        assert!(store.remove(&[key("list")]).unwrap()[0]);
    }
}

#[test]
fn a_wrong_password_is_a_refusal_and_is_never_shown() {
    let server = RedisServer::builder()
        .password("correct")
        .directive("user", "worker on >correct ~* &* +@all -flushdb")
        .start();
    let at = server.address();
    let wrong = [
        (format!("redis://{at}"), "NOAUTH"),
        (format!("redis://:hunter2@{at}"), "WRONGPASS"),
        (format!("redis://:hunter2@{at}?protocol=3"), "WRONGPASS"),
        (format!("redis://nobody:hunter2@{at}"), "WRONGPASS"),
        (format!("redis://worker:hunter2@{at}?protocol=3"), "WRONGPASS"),
    ];
    for (url, code) in wrong {
        let redis = patient(&url);
        assert!(!format!("{redis:?}").contains("hunter2"));
        for (face, store) in faces(&redis) {
            let error = get(&*store, "key").unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Denied, "{face} {url}: {error}");
            assert!(error.to_string().contains(code), "{error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
    for url in [format!("redis://worker:correct@{at}"), server.tcp_url(), server.unix_url()] {
        for (_, store) in faces(&patient(&url)) {
            put(&*store, "key", "value").unwrap();
            assert_eq!(get(&*store, "key").unwrap(), value("value"));
        }
    }
    let worker = patient(&format!("redis://worker:correct@{at}?protocol=3"));
    for (_, store) in faces(&worker) {
        let message = assert_kind(store.clear(), StoreErrorKind::Denied);
        assert!(message.contains("ACL SETUSER"), "{message}");
    }
}

/// Such a server repeats the command that it does not know, arguments included.
#[test]
fn what_a_server_repeats_of_a_command_is_not_shown() {
    let server = RedisServer::builder()
        .directive("rename-command", "HELLO \"\"")
        .directive("rename-command", "AUTH \"\"")
        .directive("rename-command", "EVALSHA \"\"")
        .directive("rename-command", "MGET \"\"")
        .start();
    let at = server.address();
    for url in [format!("redis://me:hunter2@{at}?protocol=3"), format!("redis://me:hunter2@{at}")] {
        for (_, store) in faces(&patient(&url)) {
            let error = get(&*store, "key").unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unsupported, "{error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
    for (_, store) in faces(&patient(&server.tcp_url())) {
        let error = put(&*store, "key", "hunter2").unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unsupported, "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn a_database_that_is_not_there_is_a_wrong_setting() {
    let server = RedisServer::start();
    for (_, store) in faces(&patient(&format!("{}/16", server.tcp_url()))) {
        let message = assert_kind(store.ping(), StoreErrorKind::Configuration);
        assert!(message.contains("`db`"), "{message}");
    }
    let (one, other) =
        (patient(&server.tcp_url()), patient(&format!("{}?db=3", server.unix_url())));
    put(&one, "key", "zero").unwrap();
    put(&other, "key", "three").unwrap();
    for (_, store) in faces(&other) {
        assert_eq!(get(&*store, "key").unwrap(), value("three"));
    }
    Store::clear(&other).unwrap();
    for (_, store) in faces(&one) {
        assert_eq!(get(&*store, "key").unwrap(), value("zero"));
    }
}

#[test]
fn what_is_over_leaves_no_lease_behind() {
    let server = RedisServer::start();
    for (face, store) in faces(&patient(&server.tcp_url())) {
        store.clear().unwrap();
        let lease = |name| store.lease(key(name), Ttl::Forever, LeaseMode::Join).unwrap().0.token;
        let filled = PutMode::IfLease(lease("filled"));
        assert!(store.put(key("filled"), "value".into(), Ttl::Forever, filled).unwrap());
        store.release(key("returned"), lease("returned")).unwrap();
        lease("removed");
        store.remove(&[key("removed")]).unwrap();
        assert_eq!(server.command(&["DBSIZE"]), "1", "{face}: the value alone");
    }
}

#[test]
fn a_limit_that_is_set_later_counts() {
    let server = RedisServer::start();
    let redis: Redis = open(&server.tcp_url());
    for (_, store) in faces(&redis) {
        redis.limit_time(Duration::from_secs(60));
        store.ping().unwrap();
        server.pause();
        store.limit_time(Duration::from_millis(20));
        assert_kind(store.ping(), StoreErrorKind::Timeout);
        server.resume();
    }
}
