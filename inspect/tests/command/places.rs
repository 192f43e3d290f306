//! Wherever the servers are, and however many.

use crate::support::{cache, json, old, page, price, sorted_keys, text, with};
use cache_memoize_testkit::servers::{MemcachedServer, RedisCluster, RedisSentinel, RedisServer};

/// Fills the store, and has every command go through it.
fn assert_inspected(url: &str, places: usize) {
    let cache = cache(url, "app");
    with(&cache, || {
        (0..40).for_each(|item| assert!(!price(item).is_empty()));
        (0..10).for_each(|user| assert!(!page(user, "start").is_empty()));
    });
    let expected = |function: &str, count: u32| {
        let mut keys: Vec<String> = (0..count)
            .map(|number| match function {
                "price" => format!("app|price({number})"),
                _ => format!("app|page({number},start)"),
            })
            .collect();
        keys.sort();
        keys
    };
    let list = |function| sorted_keys(&[url, "app", "--limit", "0", "--function", function]);
    assert_eq!(list("price"), expected("price", 40), "{url}");
    assert_eq!(list("page"), expected("page", 10), "{url}");
    assert_eq!(sorted_keys(&[url, "app", "--tag", "user:7"]), ["app|page(7,start)"], "{url}");
    assert_eq!(json(&["explain", url, "app|price(7)"])["entry"]["state"], "fresh");
    let measured = json(&["measure", url, "app"]);
    assert_eq!(measured["total"]["entries"], 50, "{measured:#}");
    assert_eq!(measured["total"]["unreadable"], 0, "{measured:#}");
    assert_eq!(measured["servers"].as_array().unwrap().len(), places, "{measured:#}");
    json(&["invalidate", url, "app", "--function", "price"]);
    json(&["invalidate", url, "app", "--tag", "user:7"]);
    let measured = json(&["measure", url, "app"]);
    assert_eq!(measured["total"]["unreadable"], 41, "they make room later: {measured:#}");
    assert_eq!(json(&["invalidate", url, "--key", "app|page(1,start)"])["found"], true);
    assert_eq!(list("page").len(), 9);
}

#[test]
fn one_redis_over_tcp_and_in_a_database() {
    let server = RedisServer::start();
    assert_inspected(&server.tcp_url(), 1);
    assert_inspected(&format!("{}?db=3", server.unix_url()), 1);
}

#[test]
fn a_cluster_of_three() {
    let cluster = RedisCluster::start(3);
    assert_inspected(&cluster.url(), 3);
}

#[test]
fn a_master_behind_a_sentinel() {
    let sentinel = RedisSentinel::start();
    assert_inspected(&sentinel.url(), 1);
}

#[test]
fn one_memcached_and_three() {
    let servers: Vec<_> = (0..3).map(|_| MemcachedServer::start()).collect();
    let addresses: Vec<String> = servers.iter().map(MemcachedServer::address).collect();
    assert_inspected(&format!("memcached://{}", addresses.join(",")), 3);
    let alone = MemcachedServer::start();
    assert_inspected(&alone.url(), 1);
}

#[test]
fn a_store_in_the_process_of_the_command_is_empty() {
    for url in ["memory:", "none:"] {
        assert_eq!(text(&["list", url]), "no entries\n");
        let measured = json(&["measure", url]);
        assert_eq!((&measured["store"], &measured["total"]["entries"]), (&url.into(), &0.into()));
        assert!(
            measured["servers"].as_array().unwrap().is_empty() && measured["hit_ratio"].is_null()
        );
    }
}

#[test]
fn many_pages_are_gone_through() {
    let server = RedisServer::start();
    let cache = cache(&server.unix_url(), "app");
    with(&cache, || (0..3500).for_each(|item| assert!(!old(item).is_empty())));
    let measured = json(&["measure", &server.unix_url(), "app"]);
    assert!(measured["total"]["entries"].as_u64().unwrap() >= 3500, "{measured:#}");
    assert_eq!(sorted_keys(&[&server.unix_url(), "--limit", "0"]).len(), 3500);
    let first = sorted_keys(&[&server.unix_url(), "--sort", "key", "--limit", "3"]);
    assert_eq!(first, ["app|old(0)", "app|old(1)", "app|old(10)"]);
}
