//! What operations cost, by the server's own counters.

use crate::support::{faces, key, patient, put, value};
use cache_memoize_core::{LeaseMode, PutMode, Store, Token, Ttl};
use cache_memoize_testkit::servers::RedisServer;

/// How often the server read from a socket while `act` ran: each round trip is one reading, and so is the
/// question for the counter.
fn round_trips(server: &RedisServer, act: impl FnOnce()) -> u64 {
    let before = server.info("total_reads_processed");
    act();
    server.info("total_reads_processed") - before - 1
}

#[test]
fn every_operation_is_one_round_trip() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    for (face, store) in faces(&redis) {
        crate::support::OPERATIONS.iter().for_each(|(_, act)| act(&*store).unwrap());
        for (name, act) in crate::support::OPERATIONS {
            let trips = round_trips(&server, || act(&*store).unwrap());
            assert_eq!(trips, 1, "{face} {name}");
        }
        let renew = || {
            let _lease = store.lease(key("key"), Ttl::Forever, LeaseMode::Renew).unwrap();
        };
        assert_eq!(round_trips(&server, renew), 1, "{face} renew");
        let names: Vec<String> = (0..20).map(|number| format!("name-{number}")).collect();
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        assert_eq!(round_trips(&server, || drop(store.get(&keys).unwrap())), 1, "{face} get many");
        let remove = || drop(store.remove(&keys).unwrap());
        assert_eq!(round_trips(&server, remove), 1, "{face} remove many");
        assert_eq!(round_trips(&server, || drop(store.get(&[]).unwrap())), 0, "{face} get none");
        assert_eq!(round_trips(&server, || drop(store.remove(&[]).unwrap())), 0, "{face} none");
    }
}

#[test]
fn a_script_is_sent_as_a_text_once_for_each_server() {
    let server = RedisServer::start();
    for _ in 0..3 {
        for (_, store) in faces(&patient(&server.tcp_url())) {
            (0..10).for_each(|_| assert!(put(&*store, "key", "value").unwrap()));
        }
    }
    assert_eq!(server.calls("eval"), 1);
    assert_eq!(server.calls("evalsha"), 60, "the first one failed");
}

#[test]
fn the_blocking_face_has_a_pool_and_the_async_face_one_connection() {
    let server = RedisServer::start();
    let before = server.info("total_connections_received");
    let redis = patient(&server.tcp_url());
    assert_eq!(server.info("total_connections_received"), before, "nothing is connected yet");
    for (_, store) in faces(&redis) {
        (0..100).for_each(|_| assert!(put(&*store, "key", "value").unwrap()));
    }
    let since = server.info("total_connections_received") - before;
    assert_eq!(since, 2, "one for each face");
}

#[test]
fn others_read_a_value_under_its_key_and_a_lease_beside_it() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    put(&redis, "rates:EUR", "1.09").unwrap();
    assert_eq!(server.command(&["GET", "rates:EUR"]), "1.09");
    server.command(&["SET", "rates:USD", "1"]);
    assert_eq!(crate::support::get(&redis, "rates:USD").unwrap(), value("1"));
    let token =
        Store::lease(&redis, key("rates:EUR"), Ttl::Forever, LeaseMode::Join).unwrap().0.token;
    let written = server.command(&["GET", "{rates:EUR} lease"]);
    assert_eq!(written, format!("{:016x}", token.number()));
    Store::remove(&redis, &[key("rates:EUR")]).unwrap();
    assert_eq!(server.command(&["DBSIZE"]), "1", "neither value nor lease is left");
}

/// The script adds halves of ten digits, and these are the numbers where they carry, borrow and wrap.
#[test]
fn a_counter_is_exact_in_all_64_bits() {
    let server = RedisServer::start();
    let redis = patient(&server.unix_url());
    let half = 10_000_000_000;
    let mut numbers = vec![0, 1, half - 1, half, half + 1, u64::MAX - 1, u64::MAX];
    numbers.extend([u64::MAX - u64::MAX % half, u64::MAX - u64::MAX % half - 1, 1 << 63, 1 << 53]);
    let mut random = fastrand::Rng::with_seed(7);
    numbers.extend((0..20).map(|bits| random.u64(..) >> (bits * 3)));
    for number in &numbers {
        for by in &numbers {
            put(&redis, "key", number.to_string()).unwrap();
            let sum = Store::increment(&redis, key("key"), *by, 0, Ttl::Forever).unwrap();
            assert_eq!(sum, number.wrapping_add(*by), "{number} + {by}");
        }
    }
    put(&redis, "key", "007").unwrap();
    assert_eq!(Store::increment(&redis, key("key"), 1, 0, Ttl::Forever).unwrap(), 8);
    assert_eq!(server.command(&["GET", "key"]), "8");
}

/// As `touch` and `put` tell the server, so that it can give the memory back.
#[test]
fn lifetimes_are_the_servers_own() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let minute = Ttl::new(std::time::Duration::from_secs(60)).unwrap();
    let longest = Ttl::Millis(std::num::NonZeroU64::MAX);
    let left = |name: &str| server.command(&["PTTL", name]).parse::<i64>().unwrap();
    Store::put(&redis, key("key"), "1".into(), minute, PutMode::Always).unwrap();
    assert!((1..=60_000).contains(&left("key")));
    assert_eq!(Store::increment(&redis, key("key"), 1, 1, Ttl::Forever).unwrap(), 2);
    assert!((1..=60_000).contains(&left("key")), "a counter keeps its time");
    assert!(Store::touch(&redis, key("key"), Ttl::Forever).unwrap());
    assert_eq!(left("key"), -1);
    assert!(Store::touch(&redis, key("key"), longest).unwrap());
    assert!(left("key") > 1 << 61);
    for mode in [LeaseMode::Join, LeaseMode::Renew] {
        let _lease = Store::lease(&redis, key("key"), minute, mode).unwrap();
        assert!((1..=60_000).contains(&left("{key} lease")));
    }
    let _lease = Store::lease(&redis, key("key"), longest, LeaseMode::Renew).unwrap();
    assert!(left("{key} lease") > 1 << 61);
    let fill = PutMode::IfLease(Token::new(0));
    assert!(!Store::put(&redis, key("key"), "1".into(), minute, fill).unwrap());
    assert!(left("key") > 1 << 61, "a refused fill changes nothing");
}
