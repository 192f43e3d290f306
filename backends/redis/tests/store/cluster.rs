//! Many servers that are one store.

use crate::support::{assert_kind, faces, get, key, patient, put, value, wait_until};
use cache_memoize_core::{LeaseMode, PutMode, Store, StoreErrorKind, Ttl};
use cache_memoize_testkit::servers::{RedisCluster, RedisServer};

/// Keys of which each master has some.
fn names() -> Vec<String> {
    (0..60).map(|number| format!("name-{number}")).collect()
}

/// The second master is never stopped here.
fn slot(cluster: &RedisCluster, name: &str) -> u16 {
    cluster.nodes()[1].command(&["CLUSTER", "KEYSLOT", name]).parse().unwrap()
}

/// Which of three masters has the slot at first.
fn owner(slot: u16) -> usize {
    usize::from(slot) * 3 / 16384
}

#[test]
fn a_batch_goes_to_every_master_at_once() {
    let cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    for (face, store) in faces(&redis) {
        for name in names() {
            put(&*store, &name, name.clone()).unwrap();
        }
        let sizes: Vec<String> =
            cluster.nodes().iter().map(|node| node.command(&["DBSIZE"])).collect();
        assert!(sizes.iter().all(|size| size != "0"), "{sizes:?}");
        let names = names();
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        let reads = || cluster.nodes().iter().map(|node| node.info("total_reads_processed"));
        let before: Vec<u64> = reads().collect();
        let found = store.get(&keys).unwrap();
        let after: Vec<u64> = reads().collect();
        assert_eq!(found, names.iter().map(|name| value(name)).collect::<Vec<_>>());
        for (before, after) in before.iter().zip(after) {
            assert_eq!(after - before, 2, "{face}: one for the keys, and one for the counter");
        }
        let list = owner(slot(&cluster, &names[7]));
        cluster.nodes()[list].command(&["DEL", &names[7]]);
        cluster.nodes()[list].command(&["RPUSH", &names[7], "1"]);
        let found = store.get(&keys).unwrap();
        assert_eq!(
            (&found[6], &found[7]),
            (&value(&names[6]), &None),
            "{face}: no value, no fault"
        );
        assert_eq!(store.remove(&keys).unwrap(), [true; 60]);
        store.clear().unwrap();
    }
}

#[test]
fn a_slot_that_moved_is_found_where_it_is() {
    let cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    let (moved, other) = (slot(&cluster, "key"), slot(&cluster, "{x}other"));
    let (from, to) = (owner(moved), (owner(moved) + 1) % 3);
    for (round, (face, store)) in faces(&redis).into_iter().enumerate() {
        put(&*store, "key", "value").unwrap();
        let token = store.lease(key("key"), Ttl::Forever, LeaseMode::Join).unwrap().0.token;
        let (from, to) = if round == 0 { (from, to) } else { (to, from) };
        cluster.move_slot(moved, from, to);
        assert_eq!(get(&*store, "key").unwrap(), value("value"), "{face}");
        let fill = PutMode::IfLease(token);
        assert!(store.put(key("key"), "new".into(), Ttl::Forever, fill).unwrap(), "{face}");
        assert!(store.remove(&[key("key"), key("{x}other")]).unwrap()[0], "{face}");
        store.clear().unwrap();
    }
    assert_ne!(moved, other);
}

/// While a slot moves, what is absent is asked for at the other node. A script has two names, and the nodes put
/// it off while they cannot have both: that is an error, and never half of an operation.
#[test]
fn a_slot_on_its_way_is_served_as_far_as_it_can_be() {
    let cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    let moving = slot(&cluster, "{tag}");
    let (from, to) = (owner(moving), (owner(moving) + 1) % 3);
    put(&redis, "{tag}:stays", "old").unwrap();
    cluster.begin_moving_slot(moving, from, to);
    for (face, store) in faces(&redis) {
        assert_eq!(get(&*store, "{tag}:stays").unwrap(), value("old"), "{face}");
        assert_eq!(get(&*store, "{tag}:absent").unwrap(), None, "{face}");
        let both = store.get(&[key("{tag}:stays"), key("{tag}:absent")]).unwrap();
        assert_eq!(both, [value("old"), None], "{face}");
        let (lease, found) = store.lease(key("{tag}:key"), Ttl::Forever, LeaseMode::Renew).unwrap();
        assert_eq!((lease.first, found), (true, None), "{face}");
        let message = assert_kind(put(&*store, "{tag}:key", "new"), StoreErrorKind::Unavailable);
        assert!(message.contains("TRYAGAIN"), "{face}: {message}");
        assert_eq!(get(&*store, "{tag}:key").unwrap(), None, "{face}");
        let elsewhere = put(&*store, "elsewhere", "value");
        assert!(elsewhere.unwrap(), "{face}: other slots stay where they are");
    }
    cluster.move_slot(moving, from, to);
    for (face, store) in faces(&redis) {
        put(&*store, "{tag}:key", "new").unwrap();
        assert_eq!(get(&*store, "{tag}:key").unwrap(), value("new"), "{face}");
    }
}

#[test]
fn a_dead_master_costs_its_own_keys_alone_and_comes_back() {
    let mut cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    let names = names();
    for name in &names {
        put(&redis, name, name.clone()).unwrap();
    }
    let has = |dead: usize, name: &str, cluster: &RedisCluster| owner(slot(cluster, name)) == dead;
    cluster.nodes_mut()[2].kill();
    let (lost, kept): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| has(2, name, &cluster));
    for (face, store) in faces(&redis) {
        for name in &kept {
            put(&*store, name, (*name).clone()).unwrap();
            assert_eq!(get(&*store, name).unwrap(), value(name), "{face}");
        }
        for name in lost.iter().take(5) {
            assert_kind(get(&*store, name), StoreErrorKind::Unavailable);
        }
        assert_kind(store.clear(), StoreErrorKind::Unavailable);
    }
    cluster.nodes_mut()[2].restart();
    for (_, store) in faces(&redis) {
        wait_until("the cluster serves all again", || {
            names.iter().all(|name| put(&*store, name, "new").is_ok())
        });
    }
}

/// Nobody tells that a slot has moved when its master is gone: whoever cannot reach it asks the others.
#[test]
fn slots_of_a_dead_master_are_found_with_their_heir() {
    let mut cluster = RedisCluster::start(3);
    let faces = faces(&patient(&cluster.url()));
    let name = names().into_iter().find(|name| owner(slot(&cluster, name)) == 2).unwrap();
    for (_, store) in &faces {
        put(&**store, &name, "before").unwrap();
    }
    cluster.nodes_mut()[2].kill();
    cluster.bury(2, 0);
    for (face, store) in &faces {
        wait_until(&format!("{face} finds the heir"), || put(&**store, &name, *face).is_ok());
        assert_eq!(cluster.nodes()[0].command(&["GET", &name]), *face);
    }
}

#[test]
fn a_clearing_that_one_master_refuses_is_none() {
    let cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    for node in cluster.nodes() {
        node.command(&["ACL", "SETUSER", "default", "-flushdb"]);
        for (_, store) in faces(&redis) {
            assert_kind(store.clear(), StoreErrorKind::Denied);
        }
        node.command(&["ACL", "SETUSER", "default", "+flushdb"]);
    }
}

#[test]
fn a_cluster_is_found_by_any_of_its_nodes() {
    let mut cluster = RedisCluster::start(3);
    let url = cluster.url();
    cluster.nodes_mut()[0].pause();
    let absent = "127.0.0.1:1";
    let urls = [
        format!("redis+cluster://{}", cluster.nodes()[1].address()),
        format!("redis+cluster://{absent},{}", cluster.nodes()[2].address()),
        url,
    ];
    let name = names().into_iter().find(|name| owner(slot(&cluster, name)) == 2);
    for url in urls {
        let redis = patient(&url);
        redis.limit_time(std::time::Duration::from_secs(4));
        for (face, store) in faces(&redis) {
            let name = name.as_deref().unwrap();
            put(&*store, name, "value").unwrap_or_else(|error| panic!("{face} {url}: {error}"));
        }
    }
    cluster.nodes()[0].resume();
}

#[test]
fn a_url_of_the_wrong_sort_says_so() {
    let cluster = RedisCluster::start(3);
    let alone = patient(&cluster.nodes()[0].tcp_url());
    let elsewhere = names().into_iter().find(|name| owner(slot(&cluster, name)) == 2).unwrap();
    for (_, store) in faces(&alone) {
        let message = assert_kind(get(&*store, &elsewhere), StoreErrorKind::Unavailable);
        assert!(message.contains("redis+cluster://"), "{message}");
    }
    let server = RedisServer::start();
    let none = patient(&format!("redis+cluster://{}", server.address()));
    for (_, store) in faces(&none) {
        let message = assert_kind(get(&*store, "key"), StoreErrorKind::Configuration);
        assert!(message.contains("redis://"), "{message}");
    }
}
