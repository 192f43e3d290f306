use crate::support::{
    cache, json, json_and_code, page, price, run, servers, sorted_keys, text, with,
};
use cache_memoize::{CacheConfig, Key};

#[test]
fn an_entry_is_explained_as_the_library_does() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        with(&cache, || page(7, "start"));
        let key = "app|page(7,start)";
        let told = text(&["explain", &url, key]);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], format!("key         {key}"));
        assert!(lines.contains(&"form        in an envelope"), "{told}");
        assert!(lines.contains(&"tags        user:7"), "{told}");
        let document = json(&["explain", &url, key]);
        assert_eq!(
            (&document["command"], &document["entry"]["key"]),
            (&"explain".into(), &key.into())
        );
        assert_eq!(document["entry"]["state"], "fresh");
        assert!(document.get("text").is_none());
    }
}

#[test]
fn where_nothing_is_the_command_says_so() {
    for (url, _server) in servers() {
        let done = run(&["explain", &url, "app|price(1)"]);
        assert_eq!((done.code, &*done.stdout), (1, ""));
        assert!(done.stderr.contains("nothing is stored under app|price(1)"), "{done:?}");
        let (document, code) = json_and_code(&["explain", &url, "app|price(1)"]);
        assert_eq!((code, &document["error"]["kind"]), (1, &"not_found".into()));
        let (document, code) = json_and_code(&["explain", &url, "no key"]);
        assert_eq!((code, &document["error"]["kind"]), (2, &"usage".into()));
        assert!(document["error"]["message"].as_str().unwrap().contains("byte 2"), "{document}");
    }
}

#[test]
fn what_is_kept_by_hand_is_of_no_function() {
    for (url, _server) in servers() {
        let keys = ["shop|(by,hand)", "shop|\"by(hand\"", "shop|name"];
        let cache = cache(&url, "shop");
        cache.set(("by", "hand"), 7).unwrap();
        cache.set("by(hand", 7).unwrap();
        cache.set("name", 7).unwrap();
        assert_eq!(sorted_keys(&[&url, "shop"]).len(), keys.len());
        for key in sorted_keys(&[&url, "shop"]) {
            assert!(json(&["explain", &url, &key])["entry"]["function"].is_null(), "{key}");
        }
        let functions = json(&["measure", &url])["functions"].clone();
        assert_eq!((&functions[0]["function"], &functions[0]["entries"]), (&().into(), &3.into()));
        assert!(text(&["measure", &url]).contains("\n(by hand) "));
    }
}

#[test]
fn to_be_explained_is_to_stay() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        let before = with(&cache, || price(1));
        json(&["explain", &url, "app|price(1)"]);
        json(&["list", &url]);
        json(&["measure", &url]);
        let key = Key::new("app|price(1)").unwrap();
        assert_eq!(cache.get::<String>(key).unwrap(), Some(before));
    }
}

#[test]
fn of_a_plain_entry_the_sizes_are_known() {
    for (url, _server) in servers() {
        let plain = format!("{url}?plain=true&serializer=json&compressor=zlib&prefix=app");
        let config = CacheConfig { url: plain.clone(), ..CacheConfig::default() };
        let cache = config.build().unwrap();
        with(&cache, || page(7, "start"));
        let entry = json(&["explain", &plain, "app|page(7,start)"])["entry"].clone();
        assert_eq!((&entry["form"], &entry["state"]), (&"plain".into(), &"unknown".into()));
        assert!(
            entry["bytes"].as_u64().unwrap() > 5000
                && entry["stored_bytes"].as_u64().unwrap() < 200
        );
        assert!(entry["age_ms"].is_null() && entry["cost_us"].is_null());
        assert_eq!(json(&["measure", &plain])["total"]["entries"], 1);
        assert!(text(&["list", &plain]).contains("app|page(7,start)"));
        let measured = json(&["measure", &url])["total"].clone();
        assert!(
            measured["stored_bytes"].as_u64().unwrap() > 0 && measured["gain"].is_null(),
            "{measured}"
        );
        let unaware = json(&["explain", &url, "app|page(7,start)"])["entry"].clone();
        assert_eq!(
            (&unaware["form"], &unaware["state"]),
            (&"unknown".into(), &"unreadable".into())
        );
        let (refused, code) = json_and_code(&["invalidate", &plain, "--function", "page"]);
        assert_eq!((code, &refused["error"]["kind"]), (1, &"unsupported".into()));
        assert_eq!(json(&["invalidate", &plain, "--key", "app|page(7,start)"])["found"], true);
    }
}
