use crate::support::{cache, json, old, page, price, servers, text, wait_until, with};

#[test]
fn entries_are_summed_up_by_function() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || {
            (1..=4).for_each(|item| assert!(!price(item).is_empty()));
            drop((page(1, "a"), page(2, "b"), old(1)));
        });
        cache.set("by hand", 7).unwrap();
        cache.invalidate_tag("user:2").unwrap();
        wait_until("one is over", || json(&["measure", &url, "app"])["total"]["stale"] == 1);
        let document = json(&["measure", &url, "app"]);
        let total = &document["total"];
        assert_eq!((&total["entries"], &total["unreadable"]), (&8.into(), &1.into()));
        assert_eq!(total["stale_share"], 0.125);
        let functions = document["functions"].as_array().unwrap();
        let names: Vec<_> = functions.iter().map(|it| it["function"].as_str()).collect();
        assert_eq!(names.len(), 4, "{document:#}");
        let of = |name: Option<&str>| {
            functions.iter().find(|it| it["function"].as_str() == name).unwrap()
        };
        assert_eq!(
            [Some("price"), Some("page"), Some("old"), None]
                .map(|name| of(name)["entries"].as_u64()),
            [4, 2, 1, 1].map(Some)
        );
        let page = of(Some("page"));
        let (before, stored) =
            (page["bytes"].as_u64().unwrap(), page["stored_bytes"].as_u64().unwrap());
        assert!(before > 10_000 && stored < 400, "{page}");
        assert!(
            (page["gain"].as_f64().unwrap() - (1.0 - stored as f64 / before as f64)).abs() < 1e-9
        );
        assert_eq!(of(Some("price"))["gain"], 0.0);
        assert_eq!(of(Some("old"))["stale_share"], 1.0);
        let sum = |field: &str| functions.iter().map(|it| it[field].as_u64().unwrap()).sum::<u64>();
        assert_eq!(total["stored_bytes"].as_u64().unwrap(), sum("stored_bytes"));
        assert_eq!(total["bytes"].as_u64().unwrap(), sum("bytes"));
        assert!(total["largest"]["key"].as_str().unwrap().starts_with("app|page("), "{total}");
        assert!(total["oldest"]["age_ms"].is_u64() && total["oldest"]["key"].is_string());
        assert_eq!(document["gone"], 0);
    }
}

#[test]
fn hits_are_those_that_the_server_counts() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || (0..10).for_each(|_| assert!(!price(1).is_empty())));
        let document = json(&["measure", &url]);
        let [server] = &document["servers"].as_array().unwrap()[..] else { panic!("{document:#}") };
        let (hits, misses) = (server["hits"].as_u64().unwrap(), server["misses"].as_u64().unwrap());
        assert!(hits >= 9 && misses >= 1, "{server}");
        let ratio = hits as f64 / (hits + misses) as f64;
        assert_eq!(server["hit_ratio"].as_f64().unwrap(), ratio);
        assert_eq!(document["hit_ratio"].as_f64().unwrap(), ratio);
        assert!(server["entries"].as_u64().unwrap() >= 1 && server["uptime_ms"].is_u64());
    }
}

#[test]
fn people_are_shown_two_tables() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || drop((page(1, "a"), price(1))));
        let shown = text(&["measure", &url, "app"]);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("server") && lines[0].ends_with("up"), "{shown}");
        assert!(lines[2].contains("as the servers count it"), "{shown}");
        assert!(lines[4].starts_with("function") && lines[4].ends_with("largest"), "{shown}");
        let names: Vec<&str> =
            lines[5..8].iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(names, ["page", "price", "total"], "{shown}");
        assert!(shown.contains("\nlargest  app|page(1,a) ("), "{shown}");
        assert_eq!(lines[5].chars().count(), lines[7].chars().count(), "{shown}");
    }
}

#[test]
fn an_empty_store_measures_nothing() {
    for (url, _server) in servers() {
        let document = json(&["measure", &url]);
        assert_eq!(document["total"]["entries"], 0);
        for field in ["gain", "stale_share", "oldest", "largest"] {
            assert!(document["total"][field].is_null(), "{document:#}");
        }
        assert!(document["functions"].as_array().unwrap().is_empty());
        assert!(text(&["measure", &url]).contains("total"));
    }
}
