//! What operations cost, counted by what stands between, and by the server.

use crate::support::{Ask, Turnstile, faces, key, open, seconds};
use cache_memoize_core::{Bytes, LeaseMode, PutMode, Store, Ttl};
use cache_memoize_testkit::servers::MemcachedServer;

/// Each face on a connection that is there already, with what counts its round trips.
fn on_each_face(act: impl Fn(&dyn Store, &Turnstile, &MemcachedServer)) {
    let server = MemcachedServer::start();
    let turnstile = Turnstile::before(&server.address());
    for face in faces(&open(&turnstile.url())) {
        face.ping().unwrap();
        face.clear().unwrap();
        act(&*face, &turnstile, &server);
    }
}

#[test]
fn a_hit_is_one_and_one_command() {
    on_each_face(|face, turnstile, server| {
        face.write("key", "value").unwrap();
        let (gets, sets) = (server.stat("cmd_get"), server.stat("cmd_set"));
        assert_eq!(turnstile.count(|| assert!(face.read("key").unwrap().is_some())), 1);
        assert_eq!((server.stat("cmd_get"), server.stat("cmd_set")), (gets + 1, sets));
    });
}

#[test]
fn a_miss_is_three_and_an_invalidation_one() {
    on_each_face(|face, turnstile, server| {
        let sets = server.stat("cmd_set");
        let miss = turnstile.count(|| {
            assert_eq!(face.read("key").unwrap(), None);
            let lease = face.join("key");
            assert!(face.fill("key", lease.token, "value").unwrap());
        });
        assert_eq!(miss, 3);
        assert_eq!(server.stat("cmd_set"), sets + 2, "a lease and a fill");
        assert_eq!(turnstile.count(|| assert!(face.forget("key").unwrap())), 1);
    });
}

#[test]
fn a_follower_and_a_failure_cost_one_each() {
    on_each_face(|face, turnstile, _| {
        let leader = face.join("key");
        let follower = turnstile.count(|| assert_eq!(face.join("key").token, leader.token));
        assert_eq!(follower, 1);
        let release = turnstile.count(|| face.release(key("key"), leader.token).unwrap());
        assert_eq!(release, 1);
    });
}

#[test]
fn a_refresh_is_four_at_most() {
    on_each_face(|face, turnstile, _| {
        face.write("key", "old").unwrap();
        let refresh = turnstile.count(|| {
            let (lease, _) = face.lease(key("key"), seconds(60), LeaseMode::Renew).unwrap();
            assert!(face.fill("key", lease.token, "new").unwrap());
        });
        assert_eq!(refresh, 4);
    });
}

#[test]
fn many_keys_are_one_and_a_plain_put_or_count_is_one() {
    on_each_face(|face, turnstile, _| {
        let names: Vec<String> = (0..100).map(|index| format!("key-{index}")).collect();
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        assert_eq!(turnstile.count(|| drop(face.get(&keys).unwrap())), 1);
        assert_eq!(turnstile.count(|| drop(face.remove(&keys).unwrap())), 1);
        assert_eq!(turnstile.count(|| assert!(face.write("key", "value").unwrap())), 1);
        let count = || assert_eq!(face.increment(key("n"), 1, 1, Ttl::Forever).unwrap(), 1);
        assert_eq!(turnstile.count(count), 1);
        let add = || {
            let value = Bytes::from_static(b"value");
            assert!(face.put(key("new"), value, Ttl::Forever, PutMode::IfAbsent).unwrap());
        };
        assert_eq!(turnstile.count(add), 1);
    });
}
