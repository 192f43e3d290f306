use super::Subject;
use super::subject::{ttl, value};
use cache_memoize_core::{LeaseMode, Listing, Ttl};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn what_is_there_is_listed(subject: &Subject) {
    assert_eq!(listed(subject, ""), keys([]), "the store is empty");
    let many: Vec<String> = (0..3000).map(|number| format!("app|f({number})")).collect();
    many.iter().for_each(|key| subject.put(key, "value"));
    assert!(subject.add("added", "value"));
    let token = subject.join("filled").token;
    assert!(subject.fill("filled", token, "value"));
    subject.put("empty", "");
    subject.put_for("mortal", "value", ttl(subject.short() * 1000));
    let others = ["added", "filled", "empty", "mortal"];
    let all = keys(many.iter().map(String::as_str).chain(others));
    let (found, seen) = walk(subject, "");
    assert!(found == all, "listed are {} of {} keys", found.len(), all.len());
    assert!(seen >= all.len() as u64, "{seen} names were seen for {} keys", all.len());
}

/// Among them are keys that mean something to a pattern, to a protocol, or to the slots of a cluster.
pub(super) fn a_prefix_is_kept_to(subject: &Subject) {
    let longest = "k".repeat(250);
    let all = [
        "app",
        "app|f(1)",
        "app|f(2)",
        "app|g(1)",
        "App|f(1)",
        "apq",
        "xapp",
        "a*b",
        "axb",
        "a?b",
        "a[x]b",
        "a[b",
        "a]b",
        "a\\b",
        "a\\*b",
        "a^b",
        "a%b",
        "a%25b",
        "a+b",
        "a=b",
        "a&b",
        "a{b",
        "a}b",
        "{}b",
        "}{",
        "{a}b",
        "{app|f}(1)",
        "~",
        "!",
        "\"a\"",
        &longest,
    ];
    all.iter().for_each(|key| subject.put(key, "value"));
    let absent = ["app|h", "b", "f(1)", "*", "?", "[", " "];
    let short = ["", "a", "app|", "app|f(", "a[", "a\\", "a%", "{", "}", "k"];
    for prefix in all.iter().copied().chain(absent).chain(short) {
        let expected = keys(all.iter().copied().filter(|key| key.starts_with(prefix)));
        assert_eq!(listed(subject, prefix), expected, "of those that begin with {prefix:?}");
    }
}

pub(super) fn what_is_gone_is_not_listed(subject: &Subject) {
    for key in ["stays", "removed", "expires"] {
        subject.put(key, "value");
    }
    assert!(subject.remove("removed"));
    subject.put_for("expires", "value", ttl(subject.short()));
    subject.outlast(subject.short());
    assert_eq!(listed(subject, ""), keys(["stays"]));
    subject.clear();
    assert_eq!(listed(subject, ""), keys([]));
}

pub(super) fn a_lease_is_not_listed(subject: &Subject) {
    for key in ["leased", "a}b", "{a}b"] {
        let _ = subject.join(key);
        let _ = subject.renew(key);
    }
    assert_eq!(listed(subject, ""), keys([]), "a lease is no value");
    subject.put("both", "value");
    let _ = subject.join("both");
    assert_eq!(listed(subject, ""), keys(["both"]));
    subject.put_for("outlived", "value", ttl(subject.short()));
    let _ = subject.join("outlived");
    subject.outlast(subject.short());
    assert_eq!(listed(subject, ""), keys(["both"]), "a lease outlives its value");
}

pub(super) fn a_listing_changes_nothing(subject: &Subject) {
    subject.put("key", "value");
    let token = subject.join("key").token;
    let life = subject.short();
    subject.put_for("mortal", "value", ttl(life));
    assert_eq!(listed(subject, "key"), keys(["key"]));
    let _ = listed(subject, "");
    subject.outlast(life);
    assert_eq!(subject.get("mortal"), None, "it lives longer than it was told");
    assert_eq!(subject.get("key"), value("value"));
    let (lease, _) = subject.lease("key", Ttl::Forever, LeaseMode::Join);
    assert!(!lease.first && lease.token == token, "the lease was revoked");
    assert!(subject.fill("key", token, "filled"));
}

/// Whoever begins to list, and does not go on, is in nobody's way.
pub(super) fn a_listing_may_be_given_up(subject: &Subject) {
    for number in 0..3000 {
        subject.put(&format!("key-{number}"), "value");
    }
    let mut given_up = listing(subject).list("key-");
    let _ = given_up.next();
    subject.put("other", "value");
    assert_eq!(listed(subject, "other"), keys(["other"]));
    assert_eq!(subject.get("key-1"), value("value"));
    drop(given_up);
    assert!(listed(subject, "key-").len() == 3000, "a new listing begins anew");
}

/// The keys that are listed, each of them once.
#[track_caller]
fn listed(subject: &Subject, prefix: &str) -> BTreeSet<String> {
    walk(subject, prefix).0
}

#[track_caller]
fn walk(subject: &Subject, prefix: &str) -> (BTreeSet<String>, u64) {
    let (mut found, mut seen) = (BTreeSet::new(), 0);
    for page in listing(subject).list(prefix) {
        let page = page.unwrap_or_else(|error| panic!("the listing ended in an error: {error}"));
        found.extend(page.keys.iter().map(|key| key.as_str().to_owned()));
        seen += page.seen;
    }
    (found, seen)
}

fn listing(subject: &Subject) -> Arc<dyn Listing> {
    subject.backend().listing().expect("the backend was opened for it").clone()
}

fn keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    keys.into_iter().map(str::to_owned).collect()
}
