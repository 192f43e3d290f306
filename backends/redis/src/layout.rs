//! Where a key lies in the server: its value, and the lease on it.
//!
//! The two are always in one slot of a cluster, and no lease has the name of a value: keys hold no blanks.

use cache_memoize_core::KeyRef;
use std::borrow::Cow;

/// Begins the names of those few keys that cannot stand for themselves in a hash tag.
const TAGGED: &str = "{ }";
const LEASE: &str = " lease";
/// Ends the lease on a key that has a hash tag itself: `{a}` is another key than `a`.
const TAG_LEASE: &str = " tagged lease";

/// The name under which the value of `key` lies: the key itself, but for rare ones.
pub(crate) fn value_name(key: KeyRef<'_>) -> Cow<'_, str> {
    match Form::of(key) {
        Form::Tag | Form::Plain => Cow::Borrowed(key.as_str()),
        Form::Rare => Cow::Owned(format!("{TAGGED}{key}")),
    }
}

/// The name under which the lease on `key` lies.
pub(crate) fn lease_name(key: KeyRef<'_>) -> String {
    match Form::of(key) {
        Form::Tag => format!("{key}{TAG_LEASE}"),
        Form::Plain => format!("{{{key}}}{LEASE}"),
        Form::Rare => format!("{TAGGED}{key}{LEASE}"),
    }
}

/// The key whose value lies under `name`; `None` for a lease, and for what is not of our making.
pub(crate) fn key_of(name: &[u8]) -> Option<KeyRef<'_>> {
    let name = std::str::from_utf8(name).ok()?;
    let key = KeyRef::new(name.strip_prefix(TAGGED).unwrap_or(name)).ok()?;
    (value_name(key) == name).then_some(key)
}

/// The beginnings of the names of all keys that begin with `prefix`. None of them begins another, as
/// the server demands.
pub(crate) fn name_prefixes(prefix: &str) -> Vec<String> {
    let tagged = format!("{TAGGED}{prefix}");
    if tagged.starts_with(prefix) {
        vec![prefix.to_owned()]
    } else {
        vec![prefix.to_owned(), tagged]
    }
}

/// How a key and the name of its lease get into one slot.
enum Form {
    /// The key has a hash tag, which the lease shares.
    Tag,
    /// The key has none, and becomes the hash tag of its lease.
    Plain,
    /// The key has none, and would be cut at its brace if it became one.
    Rare,
}

impl Form {
    fn of(key: KeyRef<'_>) -> Self {
        let key = key.as_str().as_bytes();
        match tag(key) {
            Some(_) => Self::Tag,
            None if key.contains(&b'}') => Self::Rare,
            None => Self::Plain,
        }
    }
}

/// The slot of a cluster that serves the value of `key`.
pub(crate) fn slot_of(key: KeyRef<'_>) -> u16 {
    slot(value_name(key).as_bytes())
}

/// How many shards the slots of a cluster are divided into: ranges, since masters are given ranges, and as many as
/// give two, three, four, six, eight, twelve or sixteen masters whole ones.
pub(crate) const SHARDS: usize = 48;

/// The shard of a key, which does not change when slots move between masters. Where ranges of one size meet within a
/// slot, it is in the range that has the greater part of it, as `redis-cli --cluster create` deals them out.
pub(crate) fn shard(key: KeyRef<'_>) -> usize {
    shard_of_slot(slot_of(key))
}

fn shard_of_slot(slot: u16) -> usize {
    (2 * usize::from(slot) + 1) * SHARDS / (2 * usize::from(SLOTS))
}

/// The slot of a cluster that serves `name`.
pub(crate) fn slot(name: &[u8]) -> u16 {
    crc16(tag(name).unwrap_or(name)) % SLOTS
}

pub(crate) const SLOTS: u16 = 16384;

/// What stands between the first `{` and the first `}` after it, if that is something.
fn tag(name: &[u8]) -> Option<&[u8]> {
    let open = name.iter().position(|byte| *byte == b'{')?;
    let rest = &name[open + 1..];
    let close = rest.iter().position(|byte| *byte == b'}')?;
    (close > 0).then(|| &rest[..close])
}

/// CRC-16/XMODEM, as the cluster specification has it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| {
        let [high, _] = crc.to_be_bytes();
        crc << 8 ^ REMAINDERS[usize::from(high ^ byte)]
    })
}

/// What each byte leaves behind in a CRC.
static REMAINDERS: [u16; 256] = {
    let mut remainders = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
            bit += 1;
        }
        remainders[byte] = crc;
        byte += 1;
    }
    remainders
};

#[cfg(test)]
mod tests {
    use super::*;
    use cache_memoize_testkit::servers::RedisServer;
    use proptest::prelude::*;

    fn key(text: &str) -> KeyRef<'_> {
        KeyRef::new(text).unwrap()
    }

    fn names(text: &str) -> (String, String) {
        (value_name(key(text)).into_owned(), lease_name(key(text)))
    }

    #[test]
    fn most_values_lie_under_their_keys() {
        let pair = |value: &str, lease: &str| (value.to_owned(), lease.to_owned());
        assert_eq!(names("rates:EUR"), pair("rates:EUR", "{rates:EUR} lease"));
        assert_eq!(names("{rates}:EUR"), pair("{rates}:EUR", "{rates}:EUR tagged lease"));
        assert_eq!(names("a{b"), pair("a{b", "{a{b} lease"));
        for rare in ["a}b", "a{}b", "}{", "{}{x}"] {
            assert_eq!(names(rare), (format!("{{ }}{rare}"), format!("{{ }}{rare} lease")));
        }
    }

    #[test]
    fn keys_that_differ_by_their_braces_alone_have_leases_of_their_own() {
        for (plain, tagged) in [("rates", "{rates}"), ("{", "{{}")] {
            assert_ne!(names(plain).1, names(tagged).1);
        }
    }

    #[test]
    fn three_masters_have_whole_shards() {
        let starts = |slot| (shard_of_slot(slot - 1), shard_of_slot(slot));
        assert_eq!([5461, 10923].map(starts), [(15, 16), (31, 32)]);
        assert_eq!((shard_of_slot(0), shard_of_slot(16383)), (0, 47));
    }

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(slot(b"foo"), 12182);
        assert_eq!(slot(b"{foo}bar"), slot(b"foo"));
        assert_eq!(slot(b"foo{}{bar}"), crc16(b"foo{}{bar}") % SLOTS);
    }

    #[test]
    fn no_prefix_begins_another() {
        assert_eq!(name_prefixes(""), [""]);
        assert_eq!(name_prefixes("{"), ["{"]);
        assert_eq!(name_prefixes("app:"), ["app:", "{ }app:"]);
        assert_eq!(name_prefixes("{a"), ["{a", "{ }{a"]);
    }

    #[test]
    fn a_server_of_a_cluster_sees_the_same_slots() {
        let server = RedisServer::builder().node().start();
        let served = |name: &str| server.command(&["CLUSTER", "KEYSLOT", name]);
        proptest!(|(text in keys())| {
            let (value, lease) = names(&text);
            prop_assert_eq!(served(&value), slot(value.as_bytes()).to_string());
            prop_assert_eq!(served(&lease), served(&value));
        });
    }

    /// Keys that are rich in braces, among others.
    fn keys() -> impl Strategy<Value = String> {
        prop_oneof!["[{}a]{1,8}", "[!-~]{1,250}"]
    }

    proptest! {
        #[test]
        fn a_value_and_its_lease_share_a_slot(text in keys()) {
            let (value, lease) = names(&text);
            prop_assert_eq!(slot(value.as_bytes()), slot(lease.as_bytes()));
        }

        #[test]
        fn a_name_leads_back_to_its_key_and_a_lease_to_none(text in keys()) {
            let (value, lease) = names(&text);
            prop_assert_eq!(key_of(value.as_bytes()), Some(key(&text)));
            prop_assert_eq!(key_of(lease.as_bytes()), None);
        }

        #[test]
        fn no_two_names_are_one(one in keys(), other in keys()) {
            let (value, lease) = names(&one);
            let (other_value, other_lease) = names(&other);
            prop_assert_ne!(&value, &other_lease);
            prop_assert_eq!(value == other_value, one == other);
            prop_assert_eq!(lease == other_lease, one == other);
        }

        #[test]
        fn every_name_begins_as_told(text in keys(), length in 0..9_usize) {
            let prefix = &text[..length.min(text.len())];
            let (value, _) = names(&text);
            prop_assert!(name_prefixes(prefix).iter().any(|it| value.starts_with(it.as_str())));
        }
    }
}
