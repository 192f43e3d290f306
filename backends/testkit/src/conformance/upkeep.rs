use super::Subject;
use super::subject::{ttl, value};
use cache_memoize_core::Ttl;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

pub(super) fn a_touch_needs_a_live_value(subject: &Subject) {
    assert!(!subject.touch("key", Ttl::Forever), "nothing was ever there");
    let _ = subject.join("key");
    assert!(!subject.touch("key", Ttl::Forever), "a lease is no value");
    subject.put_for("key", "value", ttl(subject.short()));
    subject.outlast(subject.short());
    assert!(!subject.touch("key", Ttl::Forever), "its time was over");
    assert_eq!(subject.get("key"), None, "a touch brought an expired value back");
    subject.put("key", "value");
    assert!(subject.touch("key", Ttl::Forever));
    subject.remove("key");
    assert!(!subject.touch("key", Ttl::Forever), "it was removed");
}

pub(super) fn a_touch_prolongs(subject: &Subject) {
    assert_outlives_its_first_life(subject, ttl(HOUR));
}

pub(super) fn a_touch_may_be_for_ever(subject: &Subject) {
    assert_outlives_its_first_life(subject, Ttl::Forever);
}

fn assert_outlives_its_first_life(subject: &Subject, second: Ttl) {
    let first = subject.short();
    let (key, touched) = subject.within(first, |key| {
        subject.put_for(key, "value", ttl(first));
        subject.touch(key, second)
    });
    assert!(touched, "the value was alive");
    subject.outlast(first);
    assert_eq!(subject.get(&key), value("value"));
}

pub(super) fn a_touch_shortens(subject: &Subject) {
    let life = subject.short();
    for (key, before) in [("for-ever", Ttl::Forever), ("an-hour", ttl(HOUR))] {
        subject.put_for(key, "value", before);
        subject.assert_lives(
            life,
            || assert!(subject.touch(key, ttl(life))),
            || subject.get(key).is_some(),
        );
    }
}

pub(super) fn a_touch_leaves_the_value(subject: &Subject) {
    for text in ["value", "", "\r\n"] {
        subject.put("key", text);
        assert!(subject.touch("key", ttl(HOUR)));
        assert_eq!(subject.get("key"), value(text));
    }
}

pub(super) fn a_ping_is_answered_and_changes_nothing(subject: &Subject) {
    subject.store().ping().unwrap();
    subject.put("key", "value");
    let token = subject.join("key").token;
    subject.store().ping().unwrap();
    assert_eq!(subject.get("key"), value("value"));
    assert!(subject.fill("key", token, "filled"));
}
