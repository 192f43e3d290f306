use crate::support::{
    cache, json, keys, old, page, price, servers, sorted_keys, text, wait_until, with,
};
use std::time::Duration;

#[test]
fn entries_are_listed_with_what_is_known_of_them() {
    for (url, _server) in servers() {
        let cache = cache(&url, "my app");
        with(&cache, || drop((page(7, "start"), price(1))));
        cache.set_for("by hand", 7, Duration::MAX).unwrap();
        let document = json(&["list", &url, "my app", "--sort", "key"]);
        assert_eq!(document["command"], "list");
        assert_eq!(document["prefix"], "my app");
        assert_eq!(document["more"], false);
        let [by_hand, page, price] = &document["entries"].as_array().unwrap()[..] else {
            panic!("{document:#}")
        };
        assert_eq!(page["key"], "my%20app|page(7,start)");
        assert_eq!(page["function"], "page");
        assert_eq!((&page["form"], &page["state"]), (&"envelope".into(), &"fresh".into()));
        assert_eq!(
            (&page["serializer"], &page["compressor"]),
            (&"MessagePack".into(), &"zlib".into())
        );
        assert!(
            page["bytes"].as_u64().unwrap() > 5000 && page["stored_bytes"].as_u64().unwrap() < 200
        );
        assert!((1..=300_000).contains(&page["time_left_ms"].as_u64().unwrap()), "{page}");
        assert!(
            page["age_ms"].is_u64() && page["cost_us"].is_u64() && page["over_for_ms"].is_null()
        );
        assert_eq!(page["tags"].as_array().unwrap(), &["user:7"]);
        assert_eq!(page["tiers"].as_array().unwrap(), &["store"]);
        assert_eq!((&price["function"], &price["compressor"]), (&"price".into(), &"none".into()));
        assert_eq!((&by_hand["state"], &by_hand["time_left_ms"]), (&"for_ever".into(), &().into()));
        assert!(by_hand["function"].is_null() && by_hand["unreadable"].is_null());
    }
}

#[test]
fn people_are_shown_a_table() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || drop((page(7, "start"), price(1))));
        let shown = text(&["list", &url, "app", "--sort", "size"]);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 5, "{shown}");
        assert!(lines[0].trim_start().starts_with("age  time left"), "{shown}");
        let column = lines[0].find("key").unwrap();
        assert_eq!(
            [&lines[1][column..], &lines[2][column..]],
            ["app|page(7,start)", "app|price(1)"]
        );
        assert!(lines[1].contains("4.9 KiB") && lines[1].contains("zlib"), "{shown}");
        assert_eq!(&lines[3..], ["", "2 entries"]);
        assert_eq!(text(&["list", &url, "nobody"]), "no entries\n");
    }
}

#[test]
fn what_is_listed_can_be_chosen_and_put_in_order() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || {
            for user in [1, 2] {
                for name in ["a", "b"] {
                    page(user, name);
                }
            }
            (1..=5).for_each(|item| assert!(!price(item).is_empty()));
        });
        let list = |options: &[&str]| keys(&[&[&*url, "app", "--sort", "key"], options].concat());
        assert_eq!(list(&[]).len(), 9);
        assert_eq!(list(&["--tag", "user:1"]), ["app|page(1,a)", "app|page(1,b)"]);
        assert_eq!(
            list(&["--function", "page", "--tag", "user:2", "--limit", "1"]),
            ["app|page(2,a)"]
        );
        assert_eq!(list(&["--function", "pag"]), [""; 0]);
        assert_eq!(
            list(&["--function", "price", "--limit", "2"]),
            ["app|price(1)", "app|price(2)"]
        );
        assert_eq!(list(&["--tag", "user:3"]), [""; 0]);
        let by_size = keys(&[&url, "app", "--sort", "size", "--limit", "4"]);
        assert!(by_size.iter().all(|key| key.starts_with("app|page")), "{by_size:?}");
        let by_end = keys(&[&url, "app", "--sort", "left", "--limit", "4"]);
        assert!(by_end.iter().all(|key| key.starts_with("app|page")), "{by_end:?}");
        let some = json(&["list", &url, "app", "--limit", "3"]);
        assert_eq!((some["entries"].as_array().unwrap().len(), &some["more"]), (3, &true.into()));
        assert!(
            text(&["list", &url, "app", "--limit", "3"]).contains("3 entries, and there are more")
        );
    }
}

#[test]
fn the_oldest_come_first_by_age() {
    let (url, _server) = servers().remove(0);
    let cache = cache(&url, "app");
    with(&cache, || price(1));
    wait_until("a moment passes", || {
        json(&["explain", &url, "app|price(1)"])["entry"]["age_ms"].as_u64().unwrap() > 5
    });
    with(&cache, || drop((price(2), price(3))));
    assert_eq!(keys(&[&url, "app", "--sort", "age", "--limit", "1"]), ["app|price(1)"]);
}

#[test]
fn without_a_prefix_all_are_listed_and_functions_have_theirs() {
    for (url, _server) in servers() {
        with(&cache(&url, "one"), || price(1));
        with(&cache(&url, "other"), || price(1));
        assert_eq!(sorted_keys(&[&url]), ["one|price(1)", "other|price(1)"]);
        assert_eq!(sorted_keys(&[&url, "--function", "one|price"]), ["one|price(1)"]);
        assert_eq!(
            json(&["list", &url, "--function", "one|price"])["entries"][0]["function"],
            "one|price"
        );
        for words in [&[&*url, "one"][..], &[&url, "one|"], &[&url, "--prefix", "one"]] {
            assert_eq!(sorted_keys(words), ["one|price(1)"]);
        }
        let in_url = with_prefix(&url, "one");
        assert_eq!(json(&["list", &in_url])["entries"][0]["function"], "price");
    }
}

/// A URL with the prefix of the cache in it.
fn with_prefix(url: &str, prefix: &str) -> String {
    format!("{url}{}prefix={prefix}", if url.contains('?') { "&" } else { "?" })
}

#[test]
fn without_a_prefix_a_function_is_found_under_any() {
    for (url, _server) in servers() {
        for prefix in ["one", "other", ""] {
            with(&cache(&url, prefix), || drop((price(1), page(1, "a"))));
        }
        let found = ["one|price(1)", "other|price(1)", "price(1)"];
        assert_eq!(sorted_keys(&[&url, "--function", "price"]), found);
        assert_eq!(sorted_keys(&[&url, "one", "--function", "price"]), ["one|price(1)"]);
        assert_eq!(sorted_keys(&[&url, "--function", "one|price"]), ["one|price(1)"]);
        assert_eq!(sorted_keys(&[&url, "one", "--function", "other|price"]), [""; 0]);
    }
}

#[test]
fn a_long_key_is_listed_as_it_lies_there() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        let name = "x".repeat(1000);
        with(&cache, || page(1, &name));
        let key = with(&cache, || cache_key(&name));
        assert!(key.len() == 250 && key.contains('#'), "{key}");
        assert_eq!(keys(&[&url, "app", "--function", "page"]), std::slice::from_ref(&key));
        assert_eq!(json(&["explain", &url, &key])["entry"]["function"], "app|page");
        let in_url = with_prefix(&url, "app");
        assert_eq!(json(&["explain", &in_url, &key])["entry"]["function"], "page");
    }
}

fn cache_key(name: &str) -> String {
    crate::support::cache_key_page(1, name).to_string()
}

#[test]
fn an_entry_that_is_over_and_kept_is_stale() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || old(1));
        let entry = || json(&["list", &url, "app"])["entries"][0].clone();
        wait_until("it is over", || entry()["state"] == "stale");
        let entry = entry();
        assert!(entry["over_for_ms"].is_u64() && entry["time_left_ms"].is_null(), "{entry}");
        assert!(text(&["list", &url, "app"]).contains("over for "));
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || page(1, "a"));
        cache.invalidate_tag("user:1").unwrap();
        let entry = json(&["list", &url, "app"])["entries"][0].clone();
        assert_eq!(
            (&entry["state"], &entry["key"]),
            (&"unreadable".into(), &"app|page(1,a)".into())
        );
        assert!(entry["unreadable"].as_str().unwrap().contains("invalidated"), "{entry}");
        let shown = text(&["list", &url, "app"]);
        assert!(shown.ends_with("until its time is over; `explain` tells why\n"), "{shown}");
        cache.clear().unwrap();
        assert!(text(&["list", &url, "app"]).contains("until its time is over"));
    }
}
