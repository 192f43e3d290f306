use super::Subject;
use super::subject::{key_of, value};
use cache_memoize_core::{
    Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, StoreErrorKind, Token, Ttl,
};

/// So many that a store which asks in portions needs more than one.
const CROWD: usize = 1_000;

fn names() -> Vec<String> {
    (0..CROWD).map(|number| format!("key-{number}-{}", "x".repeat(number % 100))).collect()
}

fn keys(names: &[String]) -> Vec<KeyRef<'_>> {
    names.iter().map(|name| key_of(name)).collect()
}

fn put<'a>(key: &'a str, value: &str, mode: PutMode) -> Put<'a> {
    put_bytes(key, Bytes::copy_from_slice(value.as_bytes()), mode)
}

fn put_bytes(key: &str, value: Bytes, mode: PutMode) -> Put<'_> {
    Put { key: key_of(key), value, ttl: Ttl::Forever, mode }
}

pub(super) fn many_values_are_put_each_in_its_mode(subject: &Subject) {
    subject.put("there", "old");
    let token = subject.join("leased").token;
    let revoked = subject.join("revoked").token;
    subject.remove("revoked");
    let stored = subject.put_many([
        put("plain", "1", PutMode::Always),
        put("there", "2", PutMode::IfAbsent),
        put("leased", "3", PutMode::IfLease(token)),
        put("absent", "4", PutMode::IfAbsent),
        put("revoked", "5", PutMode::IfLease(revoked)),
    ]);
    assert_eq!(stored.map(|answer| answer.unwrap()), [true, false, true, true, false]);
    let found = ["plain", "there", "leased", "absent", "revoked"].map(|key| subject.get(key));
    assert_eq!(found, [value("1"), value("old"), value("3"), value("4"), None]);
}

pub(super) fn a_crowd_of_values_is_put(subject: &Subject) {
    let names = names();
    let leases = subject.join_many(&keys(&names));
    let puts = names
        .iter()
        .zip(&leases)
        .map(|(name, (lease, _))| put(name, &name[4..], PutMode::IfLease(lease.token)));
    let stored = subject.store().put_many(puts.collect());
    assert_eq!(stored.len(), CROWD);
    assert!(stored.into_iter().all(|answer| answer.unwrap()), "a token that stands was refused");
    for name in &names {
        assert_eq!(subject.get(name), value(name[4..].to_owned()), "{name}");
    }
}

pub(super) fn many_leases_are_taken_in_their_order(subject: &Subject) {
    let names = names();
    let shared = subject.join(&names[1]);
    subject.put(&names[2], "value");
    let leases = subject.join_many(&keys(&names));
    assert_eq!(leases.len(), CROWD);
    assert_eq!(leases[1].0, Lease { token: shared.token, first: false });
    for (place, (lease, found)) in leases.iter().enumerate() {
        assert_eq!(lease.first, place != 1, "{place}");
        assert_eq!(*found, value("value").filter(|_| place == 2), "{place}");
    }
    for (name, (lease, _)) in names.iter().zip(&leases).step_by(97) {
        assert!(subject.fill(name, lease.token, "filled"), "the lease of {name} is another's");
    }
}

pub(super) fn many_renewals_revoke_all(subject: &Subject) {
    let names = names();
    let old = subject.join_many(&keys(&names));
    let new = subject.lease_many(&keys(&names), LeaseMode::Renew);
    for place in (0..CROWD).step_by(97) {
        assert!(new[place].0.first);
        assert!(!subject.fill(&names[place], old[place].0.token, "old"), "{place}");
        assert!(subject.fill(&names[place], new[place].0.token, "new"), "{place}");
    }
}

pub(super) fn many_leases_are_given_back(subject: &Subject) {
    let names = names();
    let keys = keys(&names);
    let tokens: Vec<Token> = subject.join_many(&keys).iter().map(|(it, _)| it.token).collect();
    let renewed = subject.renew(&names[3]);
    let leases: Vec<_> = keys.into_iter().zip(tokens).collect();
    subject.release_many(&leases);
    for (place, name) in names.iter().enumerate() {
        let next = subject.join(name);
        assert_eq!(next.first, place != 3, "{place}");
    }
    assert!(subject.fill(&names[3], renewed.token, "value"), "it was another token that went back");
}

pub(super) fn one_too_large_spares_the_others(subject: &Subject) {
    let Some(largest) = subject.largest_value() else { return };
    subject.put("large", "old");
    let large = Bytes::from(vec![7; largest * 2]);
    let stored = subject.put_many([
        put("first", "1", PutMode::Always),
        put_bytes("large", large, PutMode::Always),
        put("last", "2", PutMode::IfAbsent),
    ]);
    let [first, refused, last] = stored;
    assert!(first.unwrap() && last.unwrap());
    let kind = refused.expect_err("it is too large").kind();
    assert_eq!(kind, StoreErrorKind::TooLarge);
    assert_eq!(subject.get("first"), value("1"));
    assert_eq!(
        subject.get("large"),
        None,
        "the older value outlived the one that was to replace it"
    );
    assert_eq!(subject.get("last"), value("2"));
}

pub(super) fn none_of_many_is_no_trouble(subject: &Subject) {
    assert!(subject.store().put_many(Vec::new()).is_empty());
    assert!(subject.join_many(&[]).is_empty());
    subject.release_many(&[]);
}
