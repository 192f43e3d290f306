use super::Subject;
use super::subject::{key_of, ttl, value};
use super::threads::{CROWD, together};
use cache_memoize_core::{LeaseMode, StoreErrorKind, Ttl};

pub(super) fn a_counter_starts_where_told(subject: &Subject) {
    for start in [0, 1, 41, u64::MAX] {
        let key = format!("from-{start}");
        assert_eq!(subject.increment(&key, 5, start), start, "the start is not incremented");
        assert_eq!(subject.get(&key), value(start.to_string()));
    }
}

pub(super) fn a_counter_goes_on_by_the_amount(subject: &Subject) {
    assert_eq!(subject.increment("key", 1, 40), 40);
    assert_eq!(subject.increment("key", 1, 7), 41);
    assert_eq!(subject.increment("key", 0, 7), 41);
    assert_eq!(subject.increment("key", 59, 7), 100);
    assert_eq!(subject.increment("other", 1, 3), 3, "another key is another counter");
    let large = 1 << 63;
    assert_eq!(subject.increment("key", large, 7), large + 100, "all 64 bits count");
    assert_eq!(subject.get("key"), value((large + 100).to_string()));
}

pub(super) fn a_counter_wraps_round(subject: &Subject) {
    assert_eq!(subject.increment("key", 1, u64::MAX - 1), u64::MAX - 1);
    assert_eq!(subject.increment("key", 1, 0), u64::MAX);
    assert_eq!(subject.increment("key", 1, 0), 0);
    assert_eq!(subject.increment("key", u64::MAX, 0), u64::MAX);
    assert_eq!(subject.increment("key", u64::MAX, 0), u64::MAX - 1);
    assert_eq!(subject.get("key"), value((u64::MAX - 1).to_string()));
}

/// Also where the number grows and loses digits: a blank before or after it would be no decimal.
pub(super) fn a_counter_is_read_as_decimal(subject: &Subject) {
    assert_eq!(subject.increment("key", 1, 9), 9);
    assert_eq!(subject.get("key"), value("9"));
    assert_eq!(subject.increment("key", 1, 0), 10);
    assert_eq!(subject.get("key"), value("10"));
    assert_eq!(subject.increment("key", u64::MAX - 9, 0), 0);
    assert_eq!(subject.get("key"), value("0"));
    let (_, handed) = subject.lease("key", Ttl::Forever, LeaseMode::Join);
    assert_eq!(handed, value("0"));
}

pub(super) fn a_decimal_is_a_counter(subject: &Subject) {
    subject.put("put", "41");
    assert_eq!(subject.increment("put", 1, 7), 42);
    assert!(subject.add("added", "18446744073709551614"));
    assert_eq!(subject.increment("added", 1, 7), u64::MAX);
    let token = subject.join("filled").token;
    assert!(subject.fill("filled", token, "0"));
    assert_eq!(subject.increment("filled", 3, 7), 3);
}

pub(super) fn text_is_no_counter(subject: &Subject) {
    for text in ["text", "", "-1", "1x", "1.5", "18446744073709551616"] {
        subject.put("key", text);
        let error = subject
            .store()
            .increment(key_of("key"), 1, 7, Ttl::Forever)
            .expect_err("only a decimal of 64 bits can be incremented");
        assert_eq!(error.kind(), StoreErrorKind::WrongType, "{text:?}: {error}");
        assert_eq!(subject.get("key"), value(text), "a failed increment changed the value");
    }
}

pub(super) fn a_counter_lives_as_long_as_told(subject: &Subject) {
    let life = subject.short();
    subject.assert_lives(
        life,
        || assert_eq!(subject.increment_for("key", 1, 41, ttl(life)), 41),
        || subject.get("key").is_some(),
    );
    assert_eq!(subject.increment("key", 1, 7), 7, "an expired counter starts again");
}

pub(super) fn a_counter_keeps_its_lifetime(subject: &Subject) {
    let life = subject.short();
    let (key, number) = subject.within(life, |key| {
        subject.increment_for(key, 1, 41, ttl(life));
        subject.increment(key, 1, 41)
    });
    assert_eq!(number, 42);
    subject.outlast(life);
    assert_eq!(subject.get(&key), None, "an increment prolonged a life");

    subject.increment("stays", 1, 41);
    assert_eq!(subject.increment_for("stays", 1, 41, ttl(life)), 42);
    subject.outlast(life);
    assert_eq!(subject.get("stays"), value("42"), "an increment shortened a life");
}

pub(super) fn a_removed_counter_starts_again(subject: &Subject) {
    assert_eq!(subject.increment("key", 1, 41), 41);
    assert!(subject.remove("key"));
    assert_eq!(subject.get("key"), None);
    assert_eq!(subject.increment("key", 1, 7), 7);
    subject.clear();
    assert_eq!(subject.increment("key", 1, 3), 3);
}

pub(super) fn concurrent_increments_add_up(subject: &Subject) {
    const EACH: usize = 200;
    let seen = together(|_| {
        let increments = (0..EACH).map(|_| subject.increment("key", 1, 1));
        increments.collect::<Vec<u64>>()
    });
    let mut seen: Vec<u64> = seen.concat();
    seen.sort_unstable();
    let expected: Vec<u64> = (1..=u64::try_from(CROWD * EACH).unwrap()).collect();
    assert_eq!(seen, expected, "an increment was lost, or made twice");
}
