//! What a server has sent and nobody has taken yet.
//!
//! A hit is a reply of a few texts, and those are read here. The parser of the `redis` crate reads all others; it has no
//! need to be told of a reply before it is whole, which is what costs it time.

use redis::Value;
use std::io::{self, Read};

/// The bytes that were received, as far as they are not taken yet.
#[derive(Default)]
pub(super) struct Inbox {
    /// Its first `end` bytes were received, and `begin` of them taken.
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
    search: Search,
}

/// What came is no reply.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed;

/// The search for the end of a reply, which goes on where it stopped when more has come.
#[derive(Clone, Copy)]
struct Search {
    /// How much of the reply was looked at.
    at: usize,
    /// How many values are still to come, which is one at first.
    missing: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { at: 0, missing: 1 }
    }
}

/// How much is received at once at least, where there is as much.
const CHUNK: usize = 8 << 10;
/// How much room is kept for the next reply.
const KEPT: usize = 64 << 10;
const LINE_END: &[u8] = b"\r\n";
/// No server says so much in one line, and each time that more of it came it would be looked through.
const LONGEST_LINE: usize = 64 << 10;

impl Inbox {
    /// The next reply, if all of it has come.
    pub(super) fn take(&mut self) -> Option<Result<Value, Malformed>> {
        let received = &self.buffer[self.begin..self.end];
        // Mostly all of it has come, and nobody needs to look for its end before. What comes piece by piece is not copied
        // with each of them.
        let at_once = if self.search.is_new() { usual(received) } else { None };
        let (value, length) = match at_once {
            Some((value, length)) => (Ok(value), length),
            None => match self.search.go_on(received) {
                Ok(Some(end)) => (whole(&received[..end]), end),
                Ok(None) => return None,
                Err(malformed) => return Some(Err(malformed)),
            },
        };
        self.begin += length;
        self.search = Search::default();
        self.make_room();
        Some(value)
    }

    /// Takes in what comes from `source`, and says how much that was.
    pub(super) fn fill(&mut self, source: &mut impl Read) -> io::Result<usize> {
        if self.buffer.len() - self.end < CHUNK {
            self.buffer.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
            self.buffer.resize((2 * self.end).max(CHUNK), 0);
        }
        let received = source.read(&mut self.buffer[self.end..])?;
        self.end += received;
        Ok(received)
    }

    /// Whether all that was received was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.begin == self.end
    }

    fn make_room(&mut self) {
        if self.is_empty() {
            (self.begin, self.end) = (0, 0);
            if self.buffer.len() > KEPT {
                self.buffer = Vec::new();
            }
        }
    }
}

impl Search {
    fn is_new(&self) -> bool {
        self.at == 0
    }

    /// Where the reply ends with which `received` begins; `None` if it is not whole.
    fn go_on(&mut self, received: &[u8]) -> Result<Option<usize>, Malformed> {
        while self.missing > 0 {
            let Some((line, after)) = line(received, self.at) else {
                let begun = &received[self.at..];
                let is_possible = begun.first().is_none_or(|kind| KINDS.contains(kind));
                return match is_possible && begun.len() <= LONGEST_LINE {
                    true => Ok(None),
                    false => Err(Malformed),
                };
            };
            let (kind, rest) = line.split_first().ok_or(Malformed)?;
            let (end, inside) = match kind {
                b'$' | b'=' | b'!' => match length(rest)? {
                    Some(length) => (end_of_text(after, length)?, 0),
                    None => (after, 0),
                },
                b'*' | b'~' | b'>' => (after, length(rest)?.unwrap_or(0)),
                b'%' => (after, length(rest)?.unwrap_or(0).saturating_mul(2)),
                // Attributes stand before the value that they are of.
                b'|' => (after, length(rest)?.unwrap_or(0).saturating_mul(2).saturating_add(1)),
                kind if KINDS.contains(kind) => (after, 0),
                _ => return Err(Malformed),
            };
            if end > received.len() {
                return Ok(None);
            }
            self.at = end;
            self.missing = (self.missing - 1).saturating_add(inside);
        }
        Ok(Some(self.at))
    }
}

/// What the lines of all kinds of values begin with.
const KINDS: &[u8] = b"+-:$*_,#(!=%~>|";

/// The line that begins there, without its end, and where the next one begins.
fn line(received: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = received.get(at..)?;
    let mut ends = rest.iter().enumerate().filter(|(_, byte)| **byte == LINE_END[0]);
    let (length, _) = ends.find(|(at, _)| rest.get(at + 1) == Some(&LINE_END[1]))?;
    Some((&rest[..length], at + length + LINE_END.len()))
}

/// A length or a number of values; `None` where there is nothing, not even something empty.
fn length(digits: &[u8]) -> Result<Option<usize>, Malformed> {
    if digits == b"-1" {
        return Ok(None);
    }
    let more = |number: usize, digit: &u8| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    };
    let number = digits.iter().try_fold(0, more).filter(|_| !digits.is_empty());
    number.map(Some).ok_or(Malformed)
}

fn end_of_text(begin: usize, length: usize) -> Result<usize, Malformed> {
    begin.checked_add(length).and_then(|end| end.checked_add(LINE_END.len())).ok_or(Malformed)
}

/// A text or several texts, some of which may be missing: what `GET` and `MGET` are answered with; and where the reply ends.
/// `None` for another one, and for one that is not whole.
fn usual(received: &[u8]) -> Option<(Value, usize)> {
    if received.first() != Some(&b'*') {
        return text(received, 0);
    }
    let (head, mut at) = line(received, 0)?;
    let count = length(&head[1..]).ok()??;
    // Each takes more than one byte, so that there are no more of them than were received.
    let mut values = Vec::with_capacity(count.min(received.len()));
    for _ in 0..count {
        let (value, after) = text(received, at)?;
        values.push(value);
        at = after;
    }
    Some((Value::Array(values), at))
}

/// The text that begins there, if it is one, and where it ends.
fn text(reply: &[u8], at: usize) -> Option<(Value, usize)> {
    let (head, after) = line(reply, at)?;
    let digits = head.strip_prefix(b"$")?;
    match length(digits).ok()? {
        Some(length) => {
            let end = end_of_text(after, length).ok()?;
            let bytes = reply.get(after..end)?.strip_suffix(LINE_END)?;
            Some((Value::BulkString(bytes.to_vec()), end))
        }
        None => Some((Value::Nil, after)),
    }
}

/// The reply that this is all of.
fn whole(reply: &[u8]) -> Result<Value, Malformed> {
    match usual(reply) {
        Some((value, _)) => Ok(value),
        None => redis::parse_redis_value(reply).map_err(|_| Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all_of(inbox: &mut Inbox) -> Vec<Value> {
        std::iter::from_fn(|| inbox.take()).map(Result::unwrap).collect()
    }

    /// The replies in `bytes`, of which so many come at a time.
    fn received(mut bytes: &[u8], at_a_time: usize) -> (Vec<Value>, Inbox) {
        let (mut inbox, mut replies) = (Inbox::default(), Vec::new());
        while !bytes.is_empty() {
            let mut some = (&mut bytes).take(at_a_time as u64);
            inbox.fill(&mut some).unwrap();
            replies.extend(all_of(&mut inbox));
        }
        (replies, inbox)
    }

    fn refused(bytes: &[u8]) -> bool {
        let mut inbox = Inbox::default();
        inbox.fill(&mut &*bytes).unwrap();
        inbox.take() == Some(Err(Malformed))
    }

    #[test]
    fn what_a_server_does_not_say_is_refused_before_it_ends() {
        for rubbish in ["HTTP/1.1 400", "$x\r\n", "*-2\r\n", "\r\n", "*2\r\n$1\r\na\r\n?"] {
            assert!(refused(rubbish.as_bytes()), "{rubbish}");
        }
        assert!(refused(b"$18446744073709551615\r\n"));
        assert!(refused(b"$1\r\nabc"), "a text is as long as it says");
    }

    #[test]
    fn a_line_that_does_not_end_is_refused() {
        let (mut inbox, mut endless) = (Inbox::default(), io::repeat(b'+'));
        let refusal = loop {
            inbox.fill(&mut endless).unwrap();
            assert!(inbox.end <= 2 * LONGEST_LINE, "{} bytes are kept", inbox.end);
            if let Some(refusal) = inbox.take() {
                break refusal;
            }
        };
        assert_eq!(refusal, Err(Malformed));
    }

    #[test]
    fn what_has_come_of_the_next_reply_is_not_taken_for_nothing() {
        let (replies, mut inbox) = received(b"$1\r\na\r\n+", usize::MAX);
        assert_eq!(replies, [Value::BulkString(b"a".to_vec())]);
        assert!(!inbox.is_empty());
        inbox.fill(&mut &b"OK\r\n"[..]).unwrap();
        assert_eq!(all_of(&mut inbox), [Value::Okay]);
        assert!(inbox.is_empty());
    }

    #[test]
    fn room_for_a_long_reply_is_given_back() {
        let text = vec![7; 3 * KEPT];
        let reply = [format!("${}\r\n", text.len()).as_bytes(), &text, LINE_END].concat();
        let (replies, inbox) = received(&reply, usize::MAX);
        assert_eq!(replies, [Value::BulkString(text)]);
        assert!(inbox.buffer.len() <= KEPT);
    }

    fn replies() -> impl Strategy<Value = Vec<u8>> {
        let line = "[a-z0-9 ]{0,12}";
        let leaf = prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(|text| {
                [format!("${}\r\n", text.len()).as_bytes(), &text, LINE_END].concat()
            }),
            Just(b"$-1\r\n".to_vec()),
            Just(b"*-1\r\n".to_vec()),
            Just(b"+OK\r\n".to_vec()),
            Just(b"_\r\n".to_vec()),
            Just(b"#t\r\n".to_vec()),
            any::<i64>().prop_map(|number| format!(":{number}\r\n").into_bytes()),
            line.prop_map(|text| format!("+{text}\r\n").into_bytes()),
            line.prop_map(|text| format!("-ERR {text}\r\n").into_bytes()),
            line.prop_map(|text| format!("={}\r\ntxt:{text}\r\n", text.len() + 4).into_bytes()),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            let many = proptest::collection::vec(inner.clone(), 0..5);
            let pairs = proptest::collection::vec((inner.clone(), inner), 0..3);
            prop_oneof![
                (prop_oneof![Just('*'), Just('~')], many).prop_map(|(kind, values)| {
                    [format!("{kind}{}\r\n", values.len()).into_bytes(), values.concat()].concat()
                }),
                pairs.prop_map(|pairs| {
                    let values = pairs.iter().flat_map(|(key, value)| [&key[..], value].concat());
                    let head = format!("%{}\r\n", pairs.len()).into_bytes();
                    head.into_iter().chain(values).collect()
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn replies_are_read_as_the_crate_reads_them(
            replies in proptest::collection::vec(replies(), 1..4),
            at_a_time in 1..60_usize,
        ) {
            let read = |reply: &Vec<u8>| redis::parse_redis_value(reply).unwrap();
            let (values, inbox) = received(&replies.concat(), at_a_time);
            prop_assert_eq!(values, replies.iter().map(read).collect::<Vec<_>>());
            prop_assert!(inbox.is_empty());
        }

        #[test]
        fn rubbish_ends_no_program(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut inbox = Inbox::default();
            inbox.fill(&mut &bytes[..]).unwrap();
            while let Some(Ok(_)) = inbox.take() {}
        }
    }
}
