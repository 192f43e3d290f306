use super::digits::Digits;
use crate::fault::{Fault, Outcome};
use crate::item::Item;
use cache_memoize_core::{Bytes, StoreErrorKind};
use memcache::exp::{MAX_KEY_LENGTH, MetaCommand, MetaOp};
#[cfg(feature = "tokio")]
use std::ops::Range;

/// One or more commands that are sent at once, and what answers they will get. Questions of several callers may be
/// written one behind the other.
///
/// Every command carries a number that its answer repeats, so that no answer is ever taken for
/// another's.
#[derive(Debug, Default)]
pub(crate) struct Request {
    text: Vec<u8>,
    /// A large value is not copied into the text: it is sent after so many bytes of it.
    body: Option<(usize, Bytes)>,
    /// Where the last question begins in the text. In front of it may be those of others.
    begun: usize,
    /// What the last question will get.
    expected: Vec<Expected>,
    last_number: u32,
    copies_all: bool,
}

/// What the answer to a command looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// An answer that repeats this number.
    Numbered(u32),
    /// The answer to a no-op.
    Pong,
    /// The answer to a command of the older protocol.
    Ok,
}

impl Expected {
    /// The number that the answer repeats.
    pub(super) fn number(self) -> Option<u32> {
        match self {
            Self::Numbered(number) => Some(number),
            Self::Pong | Self::Ok => None,
        }
    }
}

/// When an item is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Always,
    /// Only where nothing lies.
    IfAbsent,
    /// Only on the state of the item that has this CAS number.
    IfUnchanged(u64),
}

/// A command without its key, as a rule.
const SHORT: usize = 64;

/// A value longer than this is sent from where it is.
const COPIED: usize = 16 * 1024;

impl Request {
    /// A request that is one text, whatever is in it.
    #[cfg(feature = "tokio")]
    pub(crate) fn in_one_piece() -> Self {
        Self { copies_all: true, ..Self::default() }
    }

    /// Forgets what was asked before; the numbers go on.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.body = None;
        self.begin();
    }

    /// Begins a question behind those that are there.
    pub(crate) fn begin(&mut self) {
        self.begun = self.text.len();
        self.expected.clear();
    }

    /// Takes the last question back.
    #[cfg(feature = "tokio")]
    pub(crate) fn take_back(&mut self) {
        self.text.truncate(self.begun);
        self.expected.clear();
    }

    /// Leaves out what is there of the text.
    #[cfg(feature = "tokio")]
    pub(crate) fn cut(&mut self, range: Range<usize>) {
        self.text.drain(range);
        self.begin();
    }

    /// Hands the text over, and goes on in the room of one that was sent.
    #[cfg(feature = "tokio")]
    pub(crate) fn swap_text(&mut self, sent: &mut Vec<u8>) {
        sent.clear();
        std::mem::swap(&mut self.text, sent);
        self.begin();
    }

    /// Asks for the value under `key`.
    pub(crate) fn get(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &[Flag::Word("v f")])
    }

    /// Asks for all there is to know of the item under `key`.
    pub(crate) fn look(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &[Flag::Word("v f c t")])
    }

    /// Asks what sort of item is under `key`, and how long it is; that is no use of it, by which it would live on.
    pub(crate) fn glimpse(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &[Flag::Word("f s u")])
    }

    /// Asks how long the value under `key` is.
    pub(crate) fn measure(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &[Flag::Word("s")])
    }

    /// Writes `item`; the answer tells its CAS number.
    pub(crate) fn set(&mut self, key: &str, item: &Item, condition: Condition) -> Outcome<()> {
        let head = item.head.as_ref().map_or(&[][..], |head| head);
        let length = (head.len() + item.value.len()) as u64;
        let flags = [
            Flag::Number("", length),
            Flag::Number("T", item.lifetime.into()),
            Flag::Number("F", item.client_flags.into()),
            Flag::Word("c"),
            match condition {
                Condition::Always => Flag::Word(""),
                Condition::IfAbsent => Flag::Word("ME"),
                Condition::IfUnchanged(cas) => Flag::Number("C", cas),
            },
        ];
        let used = if condition == Condition::Always { flags.len() - 1 } else { flags.len() };
        self.command(MetaOp::Set, key, &flags[..used])?;
        self.text.extend_from_slice(head);
        if item.value.len() <= COPIED || self.body.is_some() || self.copies_all {
            self.text.extend_from_slice(&item.value);
        } else {
            self.body = Some((self.text.len(), item.value.clone()));
        }
        self.text.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Deletes the item under `key`, in the state of this CAS number if one is given.
    pub(crate) fn delete(&mut self, key: &str, cas: Option<u64>) -> Outcome<()> {
        match cas {
            Some(cas) => self.command(MetaOp::Delete, key, &[Flag::Number("C", cas)]),
            None => self.command(MetaOp::Delete, key, &[]),
        }
    }

    /// Adds `by` to the number under `key`, or writes `start` where nothing lies.
    pub(crate) fn add(&mut self, key: &str, by: u64, start: u64, lifetime: u32) -> Outcome<()> {
        let flags = [
            Flag::Word("v"),
            Flag::Number("D", by),
            Flag::Number("J", start),
            Flag::Number("N", lifetime.into()),
        ];
        self.command(MetaOp::Arithmetic, key, &flags)
    }

    /// Asks for a sign of life.
    pub(crate) fn ping(&mut self) {
        self.text.extend_from_slice(b"mn\r\n");
        self.expected.push(Expected::Pong);
    }

    /// Empties the server. The meta protocol has no command for it.
    pub(crate) fn flush(&mut self) {
        self.text.extend_from_slice(b"flush_all\r\n");
        self.expected.push(Expected::Ok);
    }

    /// What is to be sent, in this order.
    pub(crate) fn pieces(&self) -> [&[u8]; 3] {
        match &self.body {
            Some((place, body)) => [&self.text[..*place], body, &self.text[*place..]],
            None => [&self.text, &[], &[]],
        }
    }

    pub(crate) fn expected(&self) -> &[Expected] {
        &self.expected
    }

    /// How many bytes of commands the last question has by now.
    pub(crate) fn length(&self) -> usize {
        self.text.len() - self.begun
    }

    /// How many bytes of commands all questions have.
    #[cfg(feature = "tokio")]
    pub(crate) fn backlog(&self) -> usize {
        self.text.len()
    }

    /// Hands the text over, behind one that is not sent yet.
    #[cfg(feature = "tokio")]
    pub(crate) fn append_text(&mut self, unsent: &mut Vec<u8>) {
        unsent.append(&mut self.text);
        self.begin();
    }

    /// A key that could be misread is never sent as it is: the crate refuses it, or writes it in base64.
    fn command(&mut self, code: MetaOp, key: &str, flags: &[Flag<'_>]) -> Outcome<()> {
        self.last_number = self.last_number.wrapping_add(1);
        let number = Flag::Number("O", self.last_number.into());
        if is_sent_as_it_is(key) {
            self.text.reserve(SHORT + key.len());
            self.text.extend_from_slice(code.wire());
            self.text.push(b' ');
            self.text.extend_from_slice(key.as_bytes());
            for flag in flags.iter().chain([&number]) {
                self.text.push(b' ');
                flag.write(&mut self.text);
            }
            self.text.extend_from_slice(b"\r\n");
        } else {
            let command =
                flags.iter().chain([&number]).fold(MetaCommand::new(code, key), |command, flag| {
                    let mut text = Vec::new();
                    flag.write(&mut text);
                    command.flag(text)
                });
            command.encode_into(&mut self.text).map_err(|_| unfit_key())?;
        }
        self.expected.push(Expected::Numbered(self.last_number));
        Ok(())
    }
}

/// What comes behind the key of a command.
#[derive(Clone, Copy)]
enum Flag<'a> {
    /// One word, or several with blanks in between.
    Word(&'a str),
    /// A letter, and a number behind it.
    Number(&'a str, u64),
}

impl Flag<'_> {
    fn write(self, text: &mut Vec<u8>) {
        match self {
            Self::Word(word) => text.extend_from_slice(word.as_bytes()),
            Self::Number(letter, number) => {
                text.extend_from_slice(letter.as_bytes());
                text.extend_from_slice(Digits::of(number).as_bytes());
            }
        }
    }
}

/// Most keys are such, and need no care.
fn is_sent_as_it_is(key: &str) -> bool {
    (1..=MAX_KEY_LENGTH).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn unfit_key() -> Fault {
    let what = "a key has at most 250 bytes, and at least one; build keys with `Key::new`";
    Fault::new(StoreErrorKind::Other, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cache_memoize_core::{Timestamp, Ttl};

    fn text(act: impl FnOnce(&mut Request) -> Outcome<()>) -> String {
        let mut request = Request::default();
        act(&mut request).unwrap();
        String::from_utf8(request.pieces().concat()).unwrap()
    }

    fn plain(value: Bytes) -> Item {
        Item::plain(value, Ttl::Forever, Timestamp::from_millis(0))
    }

    #[test]
    fn commands_are_what_the_protocol_has_them() {
        let item = plain(Bytes::from_static(b"a\r\nb"));
        assert_eq!(text(|request| request.get("k")), "mg k v f O1\r\n");
        assert_eq!(text(|request| request.look("k")), "mg k v f c t O1\r\n");
        assert_eq!(text(|request| request.glimpse("k")), "mg k f s u O1\r\n");
        let set = |condition| text(|request| request.set("k", &item, condition));
        assert_eq!(set(Condition::Always), "ms k 4 T0 F0 c O1\r\na\r\nb\r\n");
        assert_eq!(set(Condition::IfAbsent), "ms k 4 T0 F0 c ME O1\r\na\r\nb\r\n");
        assert_eq!(set(Condition::IfUnchanged(9)), "ms k 4 T0 F0 c C9 O1\r\na\r\nb\r\n");
        assert_eq!(text(|request| request.delete("k", Some(9))), "md k C9 O1\r\n");
        assert_eq!(text(|request| request.add("k", 1, 2, 3)), "ma k v D1 J2 N3 O1\r\n");
    }

    #[test]
    fn every_answer_is_expected_under_a_number_of_its_own() {
        let mut request = Request::default();
        request.get("a").unwrap();
        request.clear();
        request.get("b").unwrap();
        request.ping();
        request.delete("c", None).unwrap();
        let expected = [Expected::Numbered(2), Expected::Pong, Expected::Numbered(3)];
        assert_eq!(request.expected(), expected);
    }

    #[test]
    fn a_large_value_is_not_copied() {
        let value = Bytes::from(vec![b'x'; COPIED + 1]);
        let mut request = Request::default();
        request.set("k", &plain(value.clone()), Condition::Always).unwrap();
        request.get("k").unwrap();
        let [before, body, after] = request.pieces();
        assert_eq!(body.as_ptr(), value.as_ptr());
        assert_eq!(before, b"ms k 16385 T0 F0 c O1\r\n");
        assert_eq!(after, b"\r\nmg k v f O2\r\n");
    }

    #[test]
    fn no_key_is_sent_that_could_be_misread() {
        for key in ["k\r\nset victim 0 0 1\r\nx", "a b", "\0", "a\tb", "\u{7f}"] {
            let sent = text(|request| request.get(key));
            let line = sent.strip_suffix(" v f O1 b\r\n").unwrap();
            assert!(line[3..].bytes().all(|byte| byte.is_ascii_graphic()), "{sent:?}");
        }
        let mut request = Request::default();
        for key in ["", &"k".repeat(251), &"🦀".repeat(63), &" ".repeat(200)] {
            assert!(request.get(key).is_err(), "{key:?}");
            assert!(request.expected().is_empty(), "{key:?}");
        }
    }
}
