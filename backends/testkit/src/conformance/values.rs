use super::Subject;
use super::subject::{key_of, value};
use cache_memoize_core::{Bytes, Key, KeyRef, LeaseMode, PutMode, StoreErrorKind, Ttl};

const MEBIBYTE: usize = 1 << 20;

pub(super) fn what_is_put_is_got(subject: &Subject) {
    subject.put("key", "value");
    assert_eq!(subject.get("key"), value("value"));
    assert_eq!(subject.get("key"), value("value"), "reading takes nothing away");
}

pub(super) fn what_was_never_put_is_not_got(subject: &Subject) {
    assert_eq!(subject.get("key"), None);
    subject.put("another", "value");
    assert_eq!(subject.get("key"), None);
}

pub(super) fn a_put_replaces_the_value(subject: &Subject) {
    for text in ["one", "a longer one", "", "2"] {
        subject.put("key", text);
        assert_eq!(subject.get("key"), value(text));
    }
}

/// What a text protocol could take for the end of a value, or for a reply of its own.
pub(super) fn any_byte_is_a_value(subject: &Subject) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let backwards: Vec<u8> = (0..=255).rev().collect();
    let texts = ["\r\n", "\r", "\n", "\0", "END\r\n", "EN\r\n", "$-1\r\n", "-ERR no\r\n", "HD\r\n"];
    for bytes in texts.iter().map(|text| text.as_bytes()).chain([&every_byte[..], &backwards]) {
        subject.put("key", bytes.to_vec());
        assert_eq!(subject.get("key"), value(bytes.to_vec()));
        assert_eq!(subject.get("another"), None, "a value was read as a reply");
    }
}

pub(super) fn no_bytes_are_a_value(subject: &Subject) {
    subject.put("put", "");
    assert!(subject.add("added", ""));
    let token = subject.join("filled").token;
    assert!(subject.fill("filled", token, ""));
    for key in ["put", "added", "filled"] {
        assert_eq!(subject.get(key), value(""));
        assert!(!subject.add(key, "late"), "a value of no bytes is there all the same");
        let (_, handed) = subject.lease(key, Ttl::Forever, LeaseMode::Join);
        assert_eq!(handed, value(""));
        assert!(subject.remove(key));
        assert_eq!(subject.get(key), None);
    }
}

pub(super) fn a_large_value_is_whole(subject: &Subject) {
    let length = subject.largest_value().unwrap_or(MEBIBYTE).min(MEBIBYTE);
    let large = noise(length);
    subject.put("key", large.clone());
    assert!(subject.get("key") == Some(large), "{length} bytes came back changed, or not at all");
}

pub(super) fn a_value_too_large_is_refused(subject: &Subject) {
    match subject.largest_value() {
        Some(limit) => assert_refused(subject, limit.saturating_mul(2)),
        None => assert_taken(subject, 8 * MEBIBYTE),
    }
}

fn assert_refused(subject: &Subject, length: usize) {
    subject.put("key", "older");
    let put = |key, mode| subject.store().put(key_of(key), noise(length), Ttl::Forever, mode);
    let error = put("key", PutMode::Always).expect_err("a value over the limit is an error");
    assert_eq!(error.kind(), StoreErrorKind::TooLarge, "{error}");
    assert_eq!(subject.get("key"), None, "an older value is left behind");
    put("absent", PutMode::IfAbsent).map_or_else(
        |error| assert_eq!(error.kind(), StoreErrorKind::TooLarge),
        |stored| {
            assert!(!stored, "a value over the limit is said to be stored");
        },
    );
    assert_eq!(subject.get("absent"), None, "a value over the limit is there, or a part of it");
    subject.put("key", "small again");
    assert_eq!(subject.get("key"), value("small again"));
}

fn assert_taken(subject: &Subject, length: usize) {
    let large = noise(length);
    subject.put("key", large.clone());
    let message = "a backend whose fixture tells no `largest_value` takes 8 MiB";
    assert!(subject.get("key") == Some(large), "{message}");
}

/// Bytes without a pattern, so that a part that is missing or moved shows.
fn noise(length: usize) -> Bytes {
    let mut random = fastrand::Rng::with_seed(7);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes.into()
}

pub(super) fn keys_are_told_apart(subject: &Subject) {
    let keys = ["key", "Key", "KEY", "key:", "key:1", ":key", "ke", "key%20", "{key}", "key*", "*"];
    for key in keys {
        subject.put(key, key);
    }
    for key in keys {
        assert_eq!(subject.get(key), value(key));
    }
}

pub(super) fn keys_at_their_limits_are_keys(subject: &Subject) {
    let visible: String = ('!'..='~').collect();
    let longest = "k".repeat(Key::MAX_LEN);
    let longest_but_one = "k".repeat(Key::MAX_LEN - 1);
    let each = ('!'..='~').map(String::from);
    let keys: Vec<String> = each.chain([visible, longest, longest_but_one]).collect();
    for key in &keys {
        let token = subject.join(key).token;
        assert!(subject.fill(key, token, key.clone()), "{key}");
    }
    for key in &keys {
        assert_eq!(subject.get(key), value(key.clone()));
        assert!(subject.remove(key), "{key}");
        assert_eq!(subject.get(key), None, "{key}");
    }
}

const MANY: usize = 1000;

pub(super) fn many_keys_are_read_in_their_order(subject: &Subject) {
    let names = put_every_third_not(subject);
    let mut order = shuffled();
    order.extend([5, 4, 4, 3, 4]);
    let keys: Vec<KeyRef<'_>> = order.iter().map(|index| key_of(&names[*index])).collect();
    let values = subject.store().get(&keys).unwrap();
    let expected = order.iter().map(|index| is_put(*index).then(|| names[*index].clone().into()));
    assert_eq!(values, expected.collect::<Vec<Option<Bytes>>>());
}

pub(super) fn many_keys_are_removed_in_their_order(subject: &Subject) {
    let names = put_every_third_not(subject);
    let order = shuffled();
    let keys: Vec<KeyRef<'_>> = order.iter().map(|index| key_of(&names[*index])).collect();
    let removed = subject.store().remove(&keys).unwrap();
    assert_eq!(removed, order.into_iter().map(is_put).collect::<Vec<bool>>());
    assert_eq!(subject.store().get(&keys).unwrap(), vec![None; MANY]);
}

fn put_every_third_not(subject: &Subject) -> Vec<String> {
    let names: Vec<String> = (0..MANY).map(|index| format!("name-{index}")).collect();
    for name in names.iter().enumerate().filter(|(index, _)| is_put(*index)).map(|(_, name)| name) {
        subject.put(name, name.clone());
    }
    names
}

fn is_put(index: usize) -> bool {
    !index.is_multiple_of(3)
}

fn shuffled() -> Vec<usize> {
    let mut order: Vec<usize> = (0..MANY).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut order);
    order
}

pub(super) fn no_keys_are_no_trouble(subject: &Subject) {
    subject.put("key", "value");
    assert_eq!(subject.store().get(&[]).unwrap(), Vec::<Option<Bytes>>::new());
    assert_eq!(subject.store().remove(&[]).unwrap(), Vec::<bool>::new());
    assert_eq!(subject.get("key"), value("value"));
}

pub(super) fn a_removal_says_whether_a_value_was_there(subject: &Subject) {
    assert!(!subject.remove("key"), "nothing was ever there");
    subject.put("key", "value");
    assert!(subject.remove("key"));
    assert_eq!(subject.get("key"), None);
    assert!(!subject.remove("key"), "it was removed already");
    let _ = subject.join("key");
    assert!(!subject.remove("key"), "a lease is no value");
}

pub(super) fn a_removal_leaves_other_keys_alone(subject: &Subject) {
    for key in ["key", "other", "key:1"] {
        subject.put(key, key);
    }
    assert!(subject.remove("key"));
    assert_eq!(subject.get("other"), value("other"));
    assert_eq!(subject.get("key:1"), value("key:1"));
}

pub(super) fn an_addition_needs_an_absent_value(subject: &Subject) {
    assert!(subject.add("key", "first"));
    assert!(!subject.add("key", "second"));
    assert_eq!(subject.get("key"), value("first"));
    subject.put("key", "put");
    assert!(!subject.add("key", "third"));
    assert_eq!(subject.get("key"), value("put"));
}

pub(super) fn an_addition_follows_a_removal(subject: &Subject) {
    assert!(subject.add("key", "first"));
    assert!(subject.remove("key"));
    assert!(subject.add("key", "second"));
    assert_eq!(subject.get("key"), value("second"));
    let _ = subject.join("leased");
    assert!(subject.add("leased", "value"), "a lease is no value");
    assert_eq!(subject.get("leased"), value("value"));
}

pub(super) fn a_clearing_leaves_nothing(subject: &Subject) {
    subject.clear();
    for index in 0..100 {
        subject.put(&format!("key-{index}"), "value");
    }
    subject.clear();
    for index in 0..100 {
        assert_eq!(subject.get(&format!("key-{index}")), None);
    }
    subject.put("key-1", "again");
    assert_eq!(subject.get("key-1"), value("again"), "a store that was cleared goes on");
}
