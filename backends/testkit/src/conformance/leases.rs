use super::Subject;
use super::subject::{key_of, ttl, value};
use cache_memoize_core::{Lease, LeaseMode, Token, Ttl};
use std::collections::HashSet;

pub(super) fn a_lease_is_shared(subject: &Subject) {
    let leader = subject.join("key");
    assert!(leader.first, "no one held a token before");
    for _ in 0..3 {
        assert_eq!(subject.join("key"), Lease { token: leader.token, first: false });
    }
}

pub(super) fn a_fill_under_a_standing_token_is_stored(subject: &Subject) {
    let leader = subject.join("key").token;
    assert_eq!(subject.get("key"), None, "a lease is no value");
    assert!(subject.fill("key", leader, "value"));
    assert_eq!(subject.get("key"), value("value"));

    let _leader = subject.join("another").token;
    let follower = subject.join("another").token;
    assert!(subject.fill("another", follower, "value"), "a follower may be the one that fills");
    assert_eq!(subject.get("another"), value("value"));
}

pub(super) fn a_lease_hands_the_value_over(subject: &Subject) {
    for (key, mode) in [("joined", LeaseMode::Join), ("renewed", LeaseMode::Renew)] {
        assert_eq!(subject.lease(key, Ttl::Forever, mode).1, None);
        subject.put(key, "put");
        assert_eq!(subject.lease(key, Ttl::Forever, mode).1, value("put"));
        let token = subject.join(key).token;
        assert!(subject.fill(key, token, "filled"));
        assert_eq!(subject.lease(key, Ttl::Forever, mode).1, value("filled"));
        subject.remove(key);
        assert_eq!(subject.lease(key, Ttl::Forever, mode).1, None);
    }
}

/// A value that went stale stays readable while it is computed anew, by one caller.
pub(super) fn a_value_hinders_no_lease(subject: &Subject) {
    subject.put("key", "stale");
    let leader = subject.join("key");
    assert!(leader.first, "a value is no token");
    assert_eq!(subject.join("key"), Lease { token: leader.token, first: false });
    assert_eq!(subject.get("key"), value("stale"));
    assert!(subject.fill("key", leader.token, "fresh"));
    assert_eq!(subject.get("key"), value("fresh"));
}

pub(super) fn an_expired_value_takes_no_token_with_it(subject: &Subject) {
    let life = subject.short();
    subject.put_for("key", "value", ttl(life));
    let token = subject.join("key").token;
    subject.outlast(life);
    assert_eq!(subject.get("key"), None);
    assert_eq!(subject.join("key"), Lease { token, first: false });
    assert!(subject.fill("key", token, "filled"));
    assert_eq!(subject.get("key"), value("filled"));
}

pub(super) fn a_lease_ends(subject: &Subject) {
    assert_lease_ends(subject, LeaseMode::Join, |_| ());
}

pub(super) fn a_lease_on_a_value_ends(subject: &Subject) {
    assert_lease_ends(subject, LeaseMode::Join, |key| subject.put(key, "value"));
}

pub(super) fn a_renewed_lease_ends(subject: &Subject) {
    assert_lease_ends(subject, LeaseMode::Renew, |key| {
        let _replaced = subject.join(key);
    });
}

fn assert_lease_ends(subject: &Subject, mode: LeaseMode, prepare: impl Fn(&str)) {
    let life = subject.short();
    let lease = |key: &str| {
        prepare(key);
        subject.lease(key, ttl(life), mode).0.token
    };
    let (_, filled) = subject.within(life, |key| subject.fill(key, lease(key), "in time"));
    assert!(filled, "the token still stood");

    let token = lease("late");
    let before = subject.get("late");
    subject.outlast(life);
    assert!(!subject.fill("late", token, "late"), "the time of the token was over");
    assert_eq!(subject.get("late"), before);
    let next = subject.join("late");
    assert!(next.first && next.token != token, "no token stood any more");
    assert!(!subject.fill("late", token, "late"), "a token came back to life");
    assert!(subject.fill("late", next.token, "next"));
}

pub(super) fn a_lease_for_ever_stays(subject: &Subject) {
    let token = subject.join("key").token;
    subject.outlast_much();
    assert!(subject.fill("key", token, "value"));
}

pub(super) fn joining_prolongs_nothing(subject: &Subject) {
    let life = subject.short();
    let (key, (leader, follower)) = subject.within(life, |key| {
        let (leader, _) = subject.lease(key, ttl(life), LeaseMode::Join);
        (leader, subject.join(key))
    });
    assert_eq!(follower, Lease { token: leader.token, first: false });
    subject.outlast(life);
    assert!(!subject.fill(&key, follower.token, "late"), "a follower prolonged the token");
    assert_eq!(subject.get(&key), None);
}

pub(super) fn a_renewal_revokes(subject: &Subject) {
    let old = subject.join("key").token;
    let new = subject.renew("key").token;
    assert_ne!(old, new);
    assert!(!subject.fill("key", old, "old"), "it began before the renewal");
    assert!(subject.fill("key", new, "new"));
    assert!(!subject.fill("key", old, "old"), "it began before the renewal");
    assert_eq!(subject.get("key"), value("new"));
}

pub(super) fn a_renewal_is_first_and_shared(subject: &Subject) {
    assert!(subject.renew("key").first, "no one held a token before");
    let renewed = subject.renew("key");
    assert!(renewed.first, "no one else holds the new token");
    assert_eq!(subject.join("key"), Lease { token: renewed.token, first: false });
}

pub(super) fn a_renewal_leaves_the_value_readable(subject: &Subject) {
    subject.put("key", "old");
    let token = subject.renew("key").token;
    assert_eq!(subject.get("key"), value("old"));
    assert!(subject.fill("key", token, "new"));
    assert_eq!(subject.get("key"), value("new"));
}

pub(super) fn a_release_revokes(subject: &Subject) {
    let failed = subject.join("key").token;
    subject.release("key", failed);
    let next = subject.join("key");
    assert!(next.first, "the one before gave it back");
    assert_ne!(next.token, failed);
    assert!(!subject.fill("key", failed, "late"), "it was given back");
    assert!(subject.fill("key", next.token, "value"));
}

pub(super) fn a_release_leaves_the_value(subject: &Subject) {
    subject.put("key", "value");
    let token = subject.join("key").token;
    subject.release("key", token);
    assert_eq!(subject.get("key"), value("value"));
    assert!(!subject.fill("key", token, "late"), "it was given back");
    assert_eq!(subject.get("key"), value("value"));
    assert!(subject.join("key").first);
}

pub(super) fn a_release_needs_the_token_that_stands(subject: &Subject) {
    let old = subject.join("key").token;
    let standing = subject.renew("key").token;
    let foreign = subject.join("another").token;
    subject.release("key", old);
    if foreign != standing {
        subject.release("key", foreign);
    }
    subject.release("nothing", standing);
    assert_eq!(subject.join("key"), Lease { token: standing, first: false });
    assert!(subject.fill("key", standing, "value"));
    assert_eq!(subject.get("key"), value("value"));
}

pub(super) fn a_put_revokes(subject: &Subject) {
    for key in ["absent", "present"] {
        if key == "present" {
            subject.put(key, "before");
        }
        let older = subject.join(key).token;
        subject.put(key, "put");
        assert!(!subject.fill(key, older, "older"), "the put is younger than the computation");
        assert_eq!(subject.get(key), value("put"));
        assert!(subject.join(key).first, "the put left a token behind");
    }
}

pub(super) fn an_addition_revokes(subject: &Subject) {
    let older = subject.join("key").token;
    assert!(subject.add("key", "added"));
    assert!(!subject.fill("key", older, "older"), "the value is younger than the computation");
    assert_eq!(subject.get("key"), value("added"));
}

pub(super) fn a_refused_addition_revokes_nothing(subject: &Subject) {
    subject.put("key", "value");
    let token = subject.join("key").token;
    assert!(!subject.add("key", "added"));
    assert_eq!(subject.join("key"), Lease { token, first: false });
    assert!(subject.fill("key", token, "filled"));
    assert_eq!(subject.get("key"), value("filled"));
}

pub(super) fn a_removal_revokes(subject: &Subject) {
    subject.put("key", "value");
    let overtaken = subject.join("key").token;
    assert!(subject.remove("key"));
    assert!(!subject.fill("key", overtaken, "stale"), "it began before the removal");
    assert_eq!(subject.get("key"), None);
    let next = subject.join("key");
    assert!(next.first, "no token stands after a removal");
    assert!(!subject.fill("key", overtaken, "stale"), "it began before the removal");
    assert!(subject.fill("key", next.token, "fresh"), "it began after the removal");
}

pub(super) fn a_removal_revokes_without_a_value(subject: &Subject) {
    let overtaken = subject.join("key").token;
    assert!(!subject.remove("key"));
    assert!(!subject.fill("key", overtaken, "stale"), "it began before the removal");
    assert_eq!(subject.get("key"), None);
    assert!(subject.join("key").first, "no token stands after a removal");
}

pub(super) fn a_removal_of_many_revokes_all_and_no_other(subject: &Subject) {
    let names: Vec<String> = (0..50).map(|index| format!("key-{index}")).collect();
    let tokens: Vec<Token> = names.iter().map(|name| subject.join(name).token).collect();
    let spared = subject.join("spared").token;
    let keys: Vec<_> = names.iter().map(|name| key_of(name)).collect();
    assert_eq!(subject.store().remove(&keys).unwrap(), vec![false; keys.len()]);
    for (name, token) in names.iter().zip(tokens) {
        assert!(!subject.fill(name, token, "stale"), "{name} kept its token");
    }
    assert!(subject.fill("spared", spared, "value"), "a key that was not named lost its token");
}

pub(super) fn a_clearing_revokes(subject: &Subject) {
    subject.put("present", "value");
    let tokens = ["absent", "present"].map(|key| (key, subject.join(key).token));
    subject.clear();
    for (key, token) in tokens {
        assert!(!subject.fill(key, token, "stale"), "{key} kept its token");
        assert_eq!(subject.get(key), None);
        assert!(subject.join(key).first, "no token stands after a clearing");
        assert!(!subject.fill(key, token, "stale"), "{key}: the token came back to life");
    }
}

pub(super) fn a_refused_fill_changes_nothing(subject: &Subject) {
    let old = subject.join("key").token;
    subject.put("key", "value");
    let standing = subject.join("key").token;
    assert!(!subject.fill("key", old, "old"));
    assert_eq!(subject.get("key"), value("value"));
    assert_eq!(subject.join("key"), Lease { token: standing, first: false });
    assert!(subject.fill("key", standing, "new"), "the refused fill revoked a token");
    assert_eq!(subject.get("key"), value("new"));
}

pub(super) fn a_token_serves_its_key_alone(subject: &Subject) {
    let token = subject.join("key").token;
    assert!(!subject.fill("no-lease", token, "stray"));
    assert_eq!(subject.get("no-lease"), None);

    let own = subject.join("own-lease").token;
    if own != token {
        assert!(!subject.fill("own-lease", token, "stray"));
    }
    subject.remove("key");
    assert!(
        subject.fill("own-lease", own, "value"),
        "a removal of one key revoked another's token"
    );
    assert_eq!(subject.get("own-lease"), value("value"));
}

pub(super) fn a_token_never_issued_is_refused(subject: &Subject) {
    let standing = subject.join("leased").token;
    subject.put("present", "value");
    let near = [standing.number().wrapping_sub(1), standing.number().wrapping_add(1)];
    for number in near.into_iter().chain([0, 1, u64::MAX]) {
        let invented = Token::new(number);
        assert!(!subject.fill("nothing", invented, "stray"), "{number} on no lease");
        assert!(!subject.fill("present", invented, "stray"), "{number} on a value");
        if invented != standing {
            assert!(!subject.fill("leased", invented, "stray"), "{number} on another token");
        }
    }
    assert_eq!(subject.get("nothing"), None);
    assert_eq!(subject.get("present"), value("value"));
    assert!(subject.fill("leased", standing, "value"));
}

pub(super) fn a_token_never_comes_twice(subject: &Subject) {
    let mut issued = HashSet::new();
    for round in 0..500 {
        let Lease { token, first } = subject.join("key");
        assert!(first, "every token before was revoked");
        assert!(issued.insert(token), "{token:?} came a second time");
        match round % 5 {
            0 => subject.release("key", token),
            1 => subject.put("key", "value"),
            2 => assert!(issued.insert(subject.renew("key").token), "a renewed token is new"),
            3 => subject.clear(),
            _ => {}
        }
        subject.remove("key");
    }
}
