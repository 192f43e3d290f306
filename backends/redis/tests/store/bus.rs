//! What is told of changes, and to whom.

use crate::support::{PATIENCE, get, key, patient, put, wait_until};
use cache_memoize_core::{Bus, KeyRef, LeaseMode, Listener, PutMode, Store, Subscription, Ttl};
use cache_memoize_testkit::servers::{RedisCluster, RedisSentinel, RedisServer};
use std::fs;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Remembers what it was told.
#[derive(Default)]
struct Ear {
    heard: Mutex<Vec<String>>,
}

const LOST: &str = " lost ";

impl Listener for Ear {
    fn changed(&self, key: KeyRef<'_>) {
        self.heard.lock().unwrap().push(key.to_string());
    }

    fn lost(&self) {
        self.heard.lock().unwrap().push(LOST.to_owned());
    }
}

impl Ear {
    /// Listens, and waits until the store tells.
    fn on(bus: &impl Bus, prefix: &str) -> (Arc<Self>, Subscription) {
        let ear = Arc::new(Self::default());
        let subscription = bus.subscribe(prefix, ear.clone());
        ear.wait_for(LOST);
        ear.forget();
        (ear, subscription)
    }

    fn has(&self, what: &str) -> bool {
        self.heard.lock().unwrap().iter().any(|heard| heard == what)
    }

    #[track_caller]
    fn wait_for(&self, what: &str) {
        wait_until(&format!("to hear of {what}"), || self.has(what));
    }

    fn forget(&self) {
        self.heard.lock().unwrap().clear();
    }

    /// Everything up to the key `end`, in the order of the alphabet.
    #[track_caller]
    fn until(&self, end: &str) -> Vec<String> {
        self.wait_for(end);
        let mut heard = self.heard.lock().unwrap().clone();
        heard.sort();
        heard.dedup();
        heard
    }
}

#[test]
fn every_change_is_told_to_everybody_whoever_makes_it() {
    let server = RedisServer::start();
    let (writer, one) = (patient(&server.tcp_url()), patient(&server.unix_url()));
    let other = patient(&format!("{}?protocol=3", server.tcp_url()));
    let (one_ear, _one) = Ear::on(&one, "");
    let (other_ear, _other) = Ear::on(&other, "");
    put(&writer, "written", "1").unwrap();
    Store::put(&writer, key("added"), "1".into(), Ttl::Forever, PutMode::IfAbsent).unwrap();
    let token =
        Store::lease(&writer, key("filled"), Ttl::Forever, LeaseMode::Join).unwrap().0.token;
    let filled = PutMode::IfLease(token);
    assert!(Store::put(&writer, key("filled"), "1".into(), Ttl::Forever, filled).unwrap());
    Store::increment(&writer, key("counted"), 1, 1, Ttl::Forever).unwrap();
    Store::remove(&writer, &[key("written")]).unwrap();
    server.command(&["SET", "foreign", "1"]);
    put(&writer, "ra}re", "1").unwrap();
    put(&one, "{tag}", "1").unwrap();
    put(&writer, "~end", "1").unwrap();
    for ear in [one_ear, other_ear] {
        let all = ["added", "counted", "filled", "foreign", "ra}re", "written", "{tag}", "~end"];
        assert_eq!(ear.until("~end"), all, "and no lease");
    }
}

#[test]
fn only_what_begins_with_the_prefix_is_told() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (app, _app) = Ear::on(&redis, "app:");
    let (brace, _brace) = Ear::on(&redis, "{");
    for name in ["app:1", "app:}rare", "application", "other", "{app:}", "{", "{app:{"] {
        put(&redis, name, "1").unwrap();
        let _lease = Store::lease(&redis, key(name), Ttl::Forever, LeaseMode::Join).unwrap();
    }
    server.command(&["SET", "app: not ours", "1"]);
    server.command(&["SET", "{ }app:plain", "1"]);
    put(&redis, "app:~end", "1").unwrap();
    put(&redis, "{~end", "1").unwrap();
    assert_eq!(app.until("app:~end"), ["app:1", "app:}rare", "app:~end"]);
    assert_eq!(brace.until("{~end"), ["{", "{app:{", "{app:}", "{~end"]);
}

#[test]
fn what_expires_or_is_evicted_is_told() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (ear, _subscription) = Ear::on(&redis, "key:");
    let life = Ttl::new(Duration::from_millis(50)).unwrap();
    Store::put(&redis, key("key:1"), "1".into(), life, PutMode::Always).unwrap();
    ear.wait_for("key:1");
    ear.forget();
    ear.wait_for("key:1");
    server.command(&["SET", "key:2", "1"]);
    ear.wait_for("key:2");
    ear.forget();
    server.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-random"]);
    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    wait_until("it is evicted", || {
        let _ = server.command(&["SET", "another", "1"]);
        ear.has("key:2")
    });
}

#[test]
fn a_flush_is_a_loss() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (ear, _subscription) = Ear::on(&redis, "app:");
    Store::clear(&redis).unwrap();
    ear.wait_for(LOST);
    put(&redis, "app:1", "1").unwrap();
    ear.wait_for("app:1");
}

#[test]
fn a_store_begins_to_tell_when_its_server_is_there() {
    let mut server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    server.kill();
    let ear = Arc::new(Ear::default());
    let _subscription = redis.subscribe("", ear.clone());
    server.restart();
    ear.wait_for(LOST);
    put(&redis, "key", "1").unwrap();
    ear.wait_for("key");
}

#[test]
fn a_restart_is_a_loss_and_the_telling_goes_on() {
    let mut server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (ear, _subscription) = Ear::on(&redis, "");
    for round in 0..3 {
        server.restart();
        ear.wait_for(LOST);
        ear.forget();
        wait_until("what changes is told again", || {
            put(&redis, &format!("key-{round}"), "1").unwrap();
            ear.has(&format!("key-{round}"))
        });
    }
}

#[test]
fn a_connection_that_somebody_cut_is_a_loss() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (ear, _subscription) = Ear::on(&redis, "");
    server.command(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    ear.wait_for(LOST);
}

/// The connection stands, and nothing comes over it. Silence alone is no loss.
#[test]
fn a_server_that_stands_still_is_noticed_and_one_that_is_silent_is_not() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (ear, _subscription) = Ear::on(&redis, "");
    let pings = server.calls("ping");
    wait_until("it is asked for signs of life", || server.calls("ping") > pings + 1);
    assert!(!ear.has(LOST), "silence was taken for a loss");
    server.pause();
    ear.wait_for(LOST);
    server.resume();
    ear.forget();
    wait_until("what changes is told again", || {
        put(&redis, "key", "1").unwrap();
        ear.has("key")
    });
}

#[test]
fn a_dropped_subscription_hears_nothing_and_ends_its_thread() {
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let (ear, subscription) = Ear::on(&redis, "");
    assert_eq!(threads(), 1);
    let dropped = Instant::now();
    drop(subscription);
    wait_until("the thread ends", || threads() == 0);
    assert!(dropped.elapsed() < PATIENCE / 2, "it waited for something");
    ear.forget();
    put(&redis, "key", "1").unwrap();
    assert_eq!(get(&redis, "key").unwrap().as_deref(), Some(&b"1"[..]));
    assert_eq!(*ear.heard.lock().unwrap(), Vec::<String>::new());
}

/// Whoever listens would rely on copies that nobody keeps up to date.
#[test]
fn a_server_that_refuses_to_tell_is_not_taken_for_one_that_tells() {
    let server =
        RedisServer::builder().directive("user", "deaf on >word ~* &* +@all -client").start();
    let redis = patient(&format!("redis://deaf:word@{}", server.address()));
    let ear = Arc::new(Ear::default());
    let _subscription = redis.subscribe("", ear.clone());
    let refusals = || server.info("total_error_replies");
    wait_until("it is asked again and again", || refusals() > 2);
    assert!(!ear.has(LOST), "nobody tells");
}

#[test]
fn a_server_that_is_gone_is_looked_for_without_longer_and_longer_pauses() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let redis = patient(&format!("redis://{}", gone.local_addr().unwrap()));
    let began = Instant::now();
    let _subscription = redis.subscribe("", Arc::new(Ear::default()));
    (0..13).for_each(|_| drop(gone.accept().unwrap()));
    assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
}

#[test]
fn a_subscription_without_a_server_ends_too() {
    let mut server = RedisServer::start();
    server.kill();
    let redis = patient(&server.tcp_url());
    let subscription = redis.subscribe("", Arc::new(Ear::default()));
    wait_until("the thread begins", || threads() == 1);
    drop(subscription);
    wait_until("the thread ends", || threads() == 0);
}

#[test]
fn a_listener_that_panics_is_told_further() {
    struct Clumsy(Ear);
    impl Listener for Clumsy {
        fn changed(&self, key: KeyRef<'_>) {
            self.0.changed(key);
            panic!("a listener that does not want to hear of {key}");
        }

        fn lost(&self) {
            self.0.lost();
        }
    }
    let server = RedisServer::start();
    let redis = patient(&server.tcp_url());
    let clumsy = Arc::new(Clumsy(Ear::default()));
    let _subscription = redis.subscribe("", clumsy.clone());
    clumsy.0.wait_for(LOST);
    for name in ["one", "two", "three"] {
        put(&redis, name, "1").unwrap();
        clumsy.0.wait_for(name);
    }
}

#[test]
fn every_master_of_a_cluster_tells() {
    let mut cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    let (ear, subscription) = Ear::on(&redis, "");
    wait_until("all three masters tell", || {
        let names: Vec<String> = (0..30).map(|number| format!("key-{number}")).collect();
        names.iter().for_each(|name| assert!(put(&redis, name, "1").unwrap()));
        std::thread::sleep(Duration::from_millis(20));
        names.iter().all(|name| ear.has(name))
    });
    ear.forget();
    cluster.nodes_mut()[2].kill();
    ear.wait_for(LOST);
    ear.forget();
    assert_eq!(threads(), 4, "one for each master, and one that looks after them");
    cluster.bury(2, 1);
    wait_until("the dead master is given up", || threads() == 3);
    ear.wait_for(LOST);
    drop(subscription);
    wait_until("the threads end", || threads() == 0);
}

#[test]
fn a_new_master_tells_after_a_failover() {
    let sentinel = RedisSentinel::start();
    let redis = patient(&sentinel.url());
    let (ear, _subscription) = Ear::on(&redis, "");
    sentinel.failover();
    ear.wait_for(LOST);
    wait_until("the new master tells", || {
        let _ = sentinel.master().command(&["SET", "key", "1"]);
        ear.has("key")
    });
}

/// How many threads of a bus this process has. Each test is a process of its own.
fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| "cache-memoize-redis-bus".starts_with(name.trim_end())).count()
}
