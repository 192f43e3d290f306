use crate::support::{
    cache, json, json_and_code, page, peek_page, peek_price, price, servers, text, with,
};
use cache_memoize::Cache;

fn fill(cache: &Cache) {
    with(cache, || drop((page(1, "a"), page(2, "a"), price(1), price(2))));
}

/// Which of the four are there.
fn left(cache: &Cache) -> [bool; 4] {
    with(cache, || {
        [
            peek_page(1, "a").unwrap().is_some(),
            peek_page(2, "a").unwrap().is_some(),
            peek_price(1).unwrap().is_some(),
            peek_price(2).unwrap().is_some(),
        ]
    })
}

#[test]
fn a_key_is_forgotten() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        fill(&cache);
        assert_eq!(
            text(&["invalidate", &url, "--key", "app|price(1)"]),
            "app|price(1) is forgotten\n"
        );
        assert_eq!(left(&cache), [true, true, false, true]);
        let again = json(&["invalidate", &url, "--key", "app|price(1)"]);
        assert_eq!((&again["key"], &again["found"]), (&"app|price(1)".into(), &false.into()));
        assert!(
            text(&["invalidate", &url, "--key", "app|price(1)"]).starts_with("nothing was stored")
        );
        assert_eq!(json_and_code(&["invalidate", &url, "--key", "no key"]).1, 2);
    }
}

#[test]
fn a_tag_is_forgotten() {
    for (url, _server) in servers() {
        let cache = cache(&url, "app");
        fill(&cache);
        let document = json(&["invalidate", &url, "app", "--tag", "user:1"]);
        assert_eq!((&document["tag"], &document["prefix"]), (&"user:1".into(), &"app".into()));
        assert!(document["found"].is_null() && document["key"].is_null());
        assert_eq!(left(&cache), [false, true, true, true]);
        let said = text(&["invalidate", &url, "--tag", "user:2"]);
        assert_eq!(
            said,
            "whatever had the tag user:2 in caches without a prefix is forgotten\n\
             caches with a prefix keep theirs: name it behind the URL\n"
        );
        assert_eq!(left(&cache), [false, true, true, true], "it has a prefix");
    }
}

#[test]
fn the_command_says_in_which_caches_it_was() {
    for (url, _server) in servers() {
        fill(&cache(&url, "app"));
        for (group, what) in [
            (&["--tag", "user:2"][..], "whatever had the tag user:2"),
            (&["--function", "price"], "whatever price had stored"),
            (&["--all"], "everything"),
        ] {
            let words = |prefix: &[&'static str]| [&["invalidate", &url], prefix, group].concat();
            let with_prefix = format!("{what} in caches with the prefix app is forgotten\n");
            assert_eq!(text(&words(&["app"])), with_prefix);
            let without = text(&words(&[]));
            let told = format!("{what} in caches without a prefix is forgotten\n");
            assert!(without.starts_with(&told), "{without}");
            assert!(json(&words(&[]))["prefix"].is_null());
            assert_eq!(json(&words(&["app"]))["prefix"], "app");
        }
    }
}

#[test]
fn a_function_is_forgotten_with_its_prefix_before_it_or_in_its_name() {
    for (url, _server) in servers() {
        let cache = cache(&url, "my app");
        fill(&cache);
        json(&["invalidate", &url, "my app", "--function", "price"]);
        assert_eq!(left(&cache), [true, true, false, false]);
        let document = json(&["invalidate", &url, "--function", "my%20app|page"]);
        assert_eq!(
            (&document["function"], &document["prefix"]),
            (&"page".into(), &"my app".into())
        );
        assert_eq!(left(&cache), [false; 4]);
        let (refused, code) =
            json_and_code(&["invalidate", &url, "my app", "--function", "page(1)"]);
        assert_eq!((code, &refused["error"]["kind"]), (2, &"usage".into()));
    }
}

#[test]
fn all_with_a_prefix_are_forgotten_and_no_others() {
    for (url, _server) in servers() {
        let [app, other] = ["app", "other"].map(|prefix| cache(&url, prefix));
        [&app, &other].into_iter().for_each(fill);
        assert_eq!(json(&["invalidate", &url, "app", "--all"])["all"], true);
        assert_eq!((left(&app), left(&other)), ([false; 4], [true; 4]));
        fill(&app);
        assert_eq!(left(&app), [true; 4], "it is filled anew");
    }
}
