use crate::fault::{Fault, Outcome};
use cache_memoize_core::{KeyRef, StoreErrorKind};
use std::borrow::Cow;

/// An answer of many lines, to a command that is older than the meta protocol.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The beginning of a line that has not come whole.
    begun: Vec<u8>,
}

/// Whether more lines are to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum More {
    Comes,
    Ended,
}

/// A key of 250 bytes takes three times as many, and a few numbers follow it.
const LONGEST_LINE: usize = 2048;

impl Lines {
    /// Takes what has come, and shows every line of it that is whole.
    pub(crate) fn take(
        &mut self,
        come: &[u8],
        mut look: impl FnMut(&[u8]) -> Outcome<More>,
    ) -> Outcome<More> {
        let mut rest = come;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            let line = std::mem::take(&mut self.begun);
            if look(line.strip_suffix(b"\r").unwrap_or(&line))? == More::Ended {
                return Ok(More::Ended);
            }
        }
        self.begun.extend_from_slice(rest);
        if self.begun.len() > LONGEST_LINE { Err(unintelligible()) } else { Ok(More::Comes) }
    }
}

/// A line of the answer to [`DUMP`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Dumped<'a> {
    /// The name of an item; none if it is no key of ours.
    Name(Option<Cow<'a, str>>),
    End,
    /// The crawler is at work for somebody else.
    Busy,
}

/// Asks for the names of all items.
///
/// Of one that was just read, and is about to move from one queue to another, the name may be missing.
/// `hash` in the place of `all` misses none, but keeps every other client waiting while this one is slow to read.
pub(crate) const DUMP: &[u8] = b"lru_crawler metadump all\r\n";

pub(crate) fn read_dumped(line: &[u8]) -> Outcome<Dumped<'_>> {
    if let Some(item) = line.strip_prefix(b"key=") {
        let name = item.split(|byte| *byte == b' ').next().unwrap_or_default();
        return Ok(Dumped::Name(decoded(name)));
    }
    match words(line) {
        ("END" | "NOTSTARTED", _) => Ok(Dumped::End),
        ("BUSY", _) => Ok(Dumped::Busy),
        ("CLIENT_ERROR", what) if what.contains("disabled") => Err(without_crawler()),
        ("ERROR", what) if what.contains("not allowed") => Err(forbidden()),
        ("ERROR", _) => Err(too_old()),
        _ => Err(unintelligible()),
    }
}

/// Asks what the server has counted.
pub(crate) const STATS: &[u8] = b"stats\r\n";

/// A line of the answer to [`STATS`]: a name, and what it stands for.
pub(crate) fn read_stat(line: &[u8]) -> Outcome<Option<(&str, &str)>> {
    match words(line) {
        ("END", _) => Ok(None),
        ("STAT", stat) => stat.split_once(' ').map(Some).ok_or_else(unintelligible),
        _ => Err(unintelligible()),
    }
}

/// The first word of a line, and what follows it.
fn words(line: &[u8]) -> (&str, &str) {
    let line = std::str::from_utf8(line).unwrap_or_default();
    line.split_once(' ').unwrap_or((line, ""))
}

/// A name without the `%` and two digits that stand for a byte in it.
fn decoded(name: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(name).ok()?;
    let text = if text.contains('%') { Cow::Owned(unescaped(text)?) } else { Cow::Borrowed(text) };
    KeyRef::new(&text).is_ok().then_some(text)
}

fn unescaped(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(piece.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

fn without_crawler() -> Fault {
    let what = "it does not tell its keys while its LRU crawler is off; send it `lru_crawler enable`, or start it \
                without `-o no_lru_crawler`";
    Fault::new(StoreErrorKind::Unsupported, what)
}

fn forbidden() -> Fault {
    let what = "it was started with `-X`, and does not tell its keys; start it without";
    Fault::new(StoreErrorKind::Denied, what)
}

fn too_old() -> Fault {
    let what = "it does not know how to tell its keys; version 1.6 or newer is needed";
    Fault::new(StoreErrorKind::Unsupported, what)
}

/// The crawler was at work for somebody else all the time.
pub(crate) fn busy() -> Fault {
    let what = "its LRU crawler, which tells the keys, was at work for somebody else all the time; ask again in a \
                minute, or raise `timeout`";
    Fault::new(StoreErrorKind::Unavailable, what)
}

fn unintelligible() -> Fault {
    Fault::protocol(
        "it answered what is no list of memcached; look whether another server listens there",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Option<String> {
        match read_dumped(line.as_bytes()).unwrap() {
            Dumped::Name(name) => name.map(Cow::into_owned),
            other => panic!("{line:?} is {other:?}"),
        }
    }

    #[test]
    fn a_list_is_read_however_it_is_cut() {
        let whole = b"key=a exp=-1 la=1 cas=1 fetch=no cls=1 size=67\nkey=b%25 exp=1\nEND\r\n";
        for cut in 0..whole.len() {
            let (mut lines, mut found) = (Lines::default(), Vec::new());
            let mut look = |line: &[u8]| {
                let dumped = read_dumped(line)?;
                let is_end = dumped == Dumped::End;
                if let Dumped::Name(Some(name)) = dumped {
                    found.push(name.into_owned());
                }
                Ok(if is_end { More::Ended } else { More::Comes })
            };
            assert_eq!(lines.take(&whole[..cut], &mut look).unwrap(), More::Comes);
            assert_eq!(lines.take(&whole[cut..], &mut look).unwrap(), More::Ended);
            assert_eq!(found, ["a", "b%"]);
        }
    }

    #[test]
    fn names_are_decoded_and_those_that_are_no_keys_left_out() {
        assert_eq!(names("key=app%7Cf%281%29%2Fx exp=-1").as_deref(), Some("app|f(1)/x"));
        assert_eq!(names("key=%25%25 exp=-1").as_deref(), Some("%%"));
        for none in
            ["key= exp=-1", "key=a%20b exp=1", "key=%ff exp=1", "key=%", "key=%2", "key=%zz x"]
        {
            assert_eq!(names(none), None, "{none:?}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        let refused = |line: &str| {
            let fault = read_dumped(line.as_bytes()).unwrap_err();
            let address = crate::address::Address::tcp("a", None);
            let error = fault.tell("list", &address);
            (error.kind(), error.to_string())
        };
        let (kind, text) = refused("CLIENT_ERROR lru crawler disabled");
        assert_eq!(kind, StoreErrorKind::Unsupported);
        assert!(text.contains("`lru_crawler enable`"), "{text}");
        assert_eq!(refused("ERROR metadump not allowed").0, StoreErrorKind::Denied);
        assert_eq!(refused("ERROR").0, StoreErrorKind::Unsupported);
        for rubbish in ["", "HTTP/1.1 400 Bad Request", "STAT a b", "\u{e9}"] {
            assert_eq!(refused(rubbish).0, StoreErrorKind::Protocol, "{rubbish:?}");
        }
        assert_eq!(
            read_dumped(b"BUSY currently processing crawler request").unwrap(),
            Dumped::Busy
        );
        assert_eq!(read_dumped(b"NOTSTARTED no items to crawl").unwrap(), Dumped::End);
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let mut lines = Lines::default();
        let fault = lines.take(&[b'x'; LONGEST_LINE + 1], |_| Ok(More::Comes)).unwrap_err();
        assert_eq!(fault.kind(), StoreErrorKind::Protocol);
    }

    #[test]
    fn statistics_are_names_and_what_they_stand_for() {
        assert_eq!(read_stat(b"STAT get_hits 7").unwrap(), Some(("get_hits", "7")));
        assert_eq!(read_stat(b"STAT version 1.6.18 x").unwrap(), Some(("version", "1.6.18 x")));
        assert_eq!(read_stat(b"END").unwrap(), None);
        assert!(read_stat(b"STAT alone").is_err() && read_stat(b"+OK").is_err());
    }
}
