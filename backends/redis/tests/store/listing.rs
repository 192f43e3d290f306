//! Which keys there are, and what the servers have counted.

use crate::support::{assert_kind, key, open, patient, put, wait_until};
use cache_memoize_core::{Listing, Result, Store, StoreErrorKind};
use cache_memoize_redis::Redis;
use cache_memoize_testkit::servers::{RedisCluster, RedisServer};
use std::collections::BTreeSet;

/// The keys that begin with the prefix, and how many pages they were in.
fn listed(redis: &Redis, prefix: &str) -> Result<(BTreeSet<String>, usize)> {
    let (mut keys, mut pages) = (BTreeSet::new(), 0);
    for page in redis.list(prefix) {
        keys.extend(page?.keys.iter().map(|key| key.as_str().to_owned()));
        pages += 1;
    }
    Ok((keys, pages))
}

fn put_many(redis: &Redis, count: usize) -> BTreeSet<String> {
    let names: BTreeSet<String> = (0..count).map(|number| format!("app|f({number})")).collect();
    names.iter().for_each(|name| assert!(put(redis, name, "value").unwrap()));
    names
}

#[test]
fn what_others_keep_in_the_same_database_is_no_key() {
    let server = RedisServer::start();
    let redis = patient(&server.unix_url());
    put(&redis, "app|key", "value").unwrap();
    server.command(&["RPUSH", "app|list", "1"]);
    server.command(&["HSET", "app|hash", "field", "1"]);
    server.command(&["SET", "app|with a blank", "1"]);
    server.command(&["SET", "app|é", "1"]);
    server.command(&["SET", &format!("app|{}", "x".repeat(300)), "1"]);
    server.command(&["SET", "app|of another program", "1"]);
    server.command(&["SET", "app|of-another-program", "1"]);
    let expected = ["app|key", "app|of-another-program"].map(str::to_owned);
    assert_eq!(listed(&redis, "app|").unwrap().0, BTreeSet::from(expected));
}

#[test]
fn databases_are_apart() {
    let server = RedisServer::start();
    let url = server.unix_url();
    let [zero, one] = [0, 1].map(|db| patient(&format!("{url}?db={db}")));
    put(&one, "key", "value").unwrap();
    assert!(listed(&zero, "").unwrap().0.is_empty());
    assert_eq!(listed(&one, "").unwrap().0.len(), 1);
    assert_eq!(zero.servers().unwrap()[0].entries, 0);
    assert_eq!(one.servers().unwrap()[0].entries, 1);
}

#[test]
fn a_page_is_no_more_than_a_moment_of_the_server() {
    let server = RedisServer::start();
    let redis = patient(&server.unix_url());
    let names = put_many(&redis, 5000);
    let before = server.calls("scan");
    let (keys, pages) = listed(&redis, "app|").unwrap();
    assert!(keys == names, "{} keys were listed", keys.len());
    assert!((5..=7).contains(&pages), "{pages} pages of a thousand names");
    assert_eq!(server.calls("scan") - before, pages as u64, "a page is one command");
}

#[test]
fn nothing_is_asked_before_the_first_page_is() {
    let mut server = RedisServer::start();
    let redis = patient(&server.unix_url());
    server.kill();
    let mut pages = redis.list("");
    server.restart();
    assert!(pages.all(|page| page.is_ok()));
}

#[test]
fn what_stays_is_listed_while_others_come_and_go() {
    let server = RedisServer::start();
    let redis = patient(&server.unix_url());
    let names = put_many(&redis, 3000);
    let mut keys = BTreeSet::new();
    for (turn, page) in redis.list("app|f").enumerate() {
        keys.extend(page.unwrap().keys.iter().map(|key| key.as_str().to_owned()));
        for number in 0..2000 {
            put(&redis, &format!("app|g({turn},{number})"), "value").unwrap();
        }
        let last = format!("app|g({turn},1999)");
        redis.remove(&[key(&last)]).unwrap();
    }
    assert!(keys == names, "{} keys were listed", keys.len());
}

#[test]
fn an_error_ends_a_listing() {
    let mut server = RedisServer::start();
    let redis = patient(&server.unix_url());
    put_many(&redis, 3000);
    let mut pages = redis.list("");
    assert!(pages.next().unwrap().is_ok());
    server.kill();
    let message = assert_kind(pages.next().unwrap(), StoreErrorKind::Unavailable);
    assert!(message.contains("list failed") && message.contains("redis.sock"), "{message}");
    assert!(pages.next().is_none() && pages.next().is_none());
    assert_kind(redis.servers(), StoreErrorKind::Unavailable);
}

#[test]
fn a_server_that_stalls_is_waited_for_until_the_limit() {
    let server = RedisServer::start();
    let redis = open(&format!("{}?timeout=100ms", server.unix_url()));
    server.pause();
    assert_kind(redis.list("").next().unwrap(), StoreErrorKind::Timeout);
    assert_kind(redis.servers(), StoreErrorKind::Timeout);
    server.resume();
}

#[test]
fn a_connection_that_was_over_before_costs_nothing() {
    let server = RedisServer::start();
    let redis = patient(&server.unix_url());
    put(&redis, "key", "value").unwrap();
    server.hang_up();
    assert_eq!(listed(&redis, "").unwrap().0.len(), 1);
    server.hang_up();
    assert_eq!(redis.servers().unwrap().len(), 1);
}

#[test]
fn every_master_of_a_cluster_is_scanned_and_asked() {
    let mut cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    let names = put_many(&redis, 300);
    assert!(listed(&redis, "app|").unwrap().0 == names);
    let counts = redis.servers().unwrap();
    let places: BTreeSet<String> = counts.iter().map(|counts| counts.place.clone()).collect();
    assert_eq!(places, cluster.nodes().iter().map(RedisServer::address).collect());
    assert_eq!(counts.iter().map(|counts| counts.entries).sum::<u64>(), 300);
    cluster.nodes_mut()[2].kill();
    let message = assert_kind(listed(&redis, "app|"), StoreErrorKind::Unavailable);
    assert!(message.contains(&cluster.nodes()[2].address()), "{message}");
}

#[test]
fn a_master_that_was_never_asked_is_scanned_too() {
    let cluster = RedisCluster::start(3);
    let redis = patient(&cluster.url());
    put(&redis, "key", "value").unwrap();
    let slot: u16 = cluster.nodes()[0].command(&["CLUSTER", "KEYSLOT", "key"]).parse().unwrap();
    let owner = usize::from(slot) * 3 / 16384;
    cluster.move_slot(slot, owner, (owner + 1) % 3);
    wait_until("the cluster knows", || listed(&redis, "").is_ok_and(|(keys, _)| keys.len() == 1));
}

#[test]
fn hits_and_misses_are_those_of_the_server() {
    let server = RedisServer::builder().password("hunter2").start();
    let redis = patient(&server.unix_url());
    put(&redis, "key", "value").unwrap();
    let before = redis.servers().unwrap().remove(0);
    redis.get(&[key("key"), key("other"), key("third")]).unwrap();
    let after = redis.servers().unwrap().remove(0);
    assert_eq!((after.hits - before.hits, after.misses - before.misses), (1, 2));
    assert!(after.uptime >= before.uptime && after.entries == 1);
    assert!(!format!("{after:?}").contains("hunter2"));
}
