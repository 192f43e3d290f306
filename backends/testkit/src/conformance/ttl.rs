use super::Subject;
use super::subject::{ttl, value};
use cache_memoize_core::{LeaseMode, Ttl};
use std::num::NonZeroU64;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn a_value_lives_as_long_as_told(subject: &Subject) {
    for (key, life) in [("short", subject.short()), ("odd", subject.short() * 17 / 13)] {
        subject.assert_lives(
            life,
            || subject.put_for(key, "value", ttl(life)),
            || subject.get(key).is_some(),
        );
    }
}

pub(super) fn an_added_value_lives_as_long_as_told(subject: &Subject) {
    let life = subject.short();
    subject.assert_lives(
        life,
        || assert!(subject.add_for("key", "value", ttl(life))),
        || subject.get("key").is_some(),
    );
}

pub(super) fn a_filled_value_lives_as_long_as_told(subject: &Subject) {
    let life = subject.short();
    let token = subject.join("key").token;
    subject.assert_lives(
        life,
        || assert!(subject.fill_for("key", token, "value", ttl(life))),
        || subject.get("key").is_some(),
    );
}

pub(super) fn a_value_that_lives_for_ever_stays(subject: &Subject) {
    subject.put("put", "value");
    assert!(subject.add("added", "value"));
    let token = subject.join("filled").token;
    assert!(subject.fill("filled", token, "value"));
    subject.outlast_much();
    for key in ["put", "added", "filled"] {
        assert_eq!(subject.get(key), value("value"), "{key}");
    }
}

/// Thirty days are where memcached begins to take a lifetime for a date; the others are where a
/// count of 32, 63 or 64 bits comes to its end, and begins again.
pub(super) fn a_long_life_is_no_short_one(subject: &Subject) {
    let millis = |millis| ttl(Duration::from_millis(millis));
    let lives = [
        ("30-days", ttl(DAY * 30)),
        ("more-than-30-days", ttl(DAY * 30 + Duration::from_secs(1))),
        ("31-bits-of-milliseconds", millis((1 << 31) + 1)),
        ("32-bits-of-milliseconds", millis((1 << 32) + 1)),
        ("31-bits-of-seconds", millis(1000 * ((1 << 31) + 1))),
        ("32-bits-of-seconds", millis(1000 * ((1 << 32) + 1))),
        ("63-bits-of-milliseconds", millis((1 << 63) + 1)),
        ("64-bits-of-milliseconds", Ttl::Millis(NonZeroU64::MAX)),
    ];
    for (key, life) in lives {
        subject.put_for(key, "value", life);
        let (lease, handed) = subject.lease(key, life, LeaseMode::Join);
        assert_eq!(handed, value("value"), "{key}");
        assert!(subject.fill_for(key, lease.token, "filled", life), "{key}");
    }
    subject.outlast(subject.short());
    for (key, _) in lives {
        assert_eq!(subject.get(key), value("filled"), "{key}");
    }
}

pub(super) fn a_put_replaces_the_lifetime(subject: &Subject) {
    let life = subject.short();
    subject.put_for("longer", "value", ttl(life));
    subject.put_for("longer", "value", ttl(DAY));
    subject.put_for("for-ever", "value", ttl(life));
    subject.put("for-ever", "value");
    subject.put("shorter", "value");
    subject.assert_lives(
        life,
        || subject.put_for("shorter", "value", ttl(life)),
        || subject.get("shorter").is_some(),
    );
    assert_eq!(subject.get("longer"), value("value"));
    assert_eq!(subject.get("for-ever"), value("value"));
}

pub(super) fn a_fill_replaces_the_lifetime(subject: &Subject) {
    let life = subject.short();
    subject.put_for("longer", "value", ttl(life));
    let token = subject.join("longer").token;
    assert!(subject.fill_for("longer", token, "filled", ttl(DAY)));
    subject.put("shorter", "value");
    let token = subject.join("shorter").token;
    subject.assert_lives(
        life,
        || assert!(subject.fill_for("shorter", token, "filled", ttl(life))),
        || subject.get("shorter").is_some(),
    );
    assert_eq!(subject.get("longer"), value("filled"));
}

pub(super) fn a_refused_put_leaves_the_lifetime(subject: &Subject) {
    let life = subject.short();
    let (key, (added, filled)) = subject.within(life, |key| {
        let revoked = subject.join(key).token;
        subject.put_for(key, "value", ttl(life));
        (subject.add(key, "added"), subject.fill(key, revoked, "filled"))
    });
    assert!(!added && !filled, "there was a value, and no token");
    subject.outlast(life);
    assert_eq!(subject.get(&key), None, "a put that was refused prolonged a life");

    subject.put("stays", "value");
    assert!(!subject.add_for("stays", "added", ttl(life)));
    subject.outlast(life);
    assert_eq!(subject.get("stays"), value("value"), "a put that was refused shortened a life");
}

pub(super) fn an_expired_value_may_be_added_again(subject: &Subject) {
    let life = subject.short();
    let (key, added) = subject.within(life, |key| {
        subject.put_for(key, "first", ttl(life));
        subject.add(key, "early")
    });
    assert!(!added, "the first value was still alive");
    subject.outlast(life);
    assert!(subject.add(&key, "second"));
    assert_eq!(subject.get(&key), value("second"));
    subject.outlast(life);
    assert_eq!(subject.get(&key), value("second"), "a value ended with the life of the one before");
}

pub(super) fn an_expired_value_is_not_removed(subject: &Subject) {
    subject.put_for("key", "value", ttl(subject.short()));
    subject.outlast(subject.short());
    assert!(!subject.remove("key"), "no live value was there");
}

pub(super) fn an_expired_value_is_not_handed_over(subject: &Subject) {
    for (key, mode) in [("joined", LeaseMode::Join), ("renewed", LeaseMode::Renew)] {
        subject.put_for(key, "value", ttl(subject.short()));
        subject.outlast(subject.short());
        let (lease, handed) = subject.lease(key, Ttl::Forever, mode);
        assert_eq!(handed, None);
        assert!(lease.first);
        assert!(subject.fill(key, lease.token, "new"));
        assert_eq!(subject.get(key), value("new"));
    }
}
