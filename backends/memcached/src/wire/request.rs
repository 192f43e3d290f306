use crate::fault::{Fault, Outcome};
use crate::item::Item;
use cache_memoize_core::{Bytes, StoreErrorKind};
use memcache::exp::{MetaCommand, MetaOp};

/// One or more commands that are sent at once, and what answers they will get.
///
/// Every command carries a number that its answer repeats, so that no answer is ever taken for
/// another's.
#[derive(Debug, Default)]
pub(crate) struct Request {
    text: Vec<u8>,
    /// A large value is not copied into the text: it is sent after so many bytes of it.
    body: Option<(usize, Bytes)>,
    expected: Vec<Expected>,
    last_number: u32,
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

/// When an item is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Always,
    /// Only where nothing lies.
    IfAbsent,
    /// Only on the state of the item that has this CAS number.
    IfUnchanged(u64),
}

/// A value longer than this is sent from where it is.
const COPIED: usize = 16 * 1024;

impl Request {
    /// Forgets what was asked before; the numbers go on.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.body = None;
        self.expected.clear();
    }

    /// Asks for the value under `key`.
    pub(crate) fn get(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &["v", "f"])
    }

    /// Asks for all there is to know of the item under `key`.
    pub(crate) fn look(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &["v", "f", "c", "t"])
    }

    /// Asks what sort of item is under `key`, and how long it is; that is no use of it, by which it would live on.
    pub(crate) fn glimpse(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &["f", "s", "u"])
    }

    /// Asks how long the value under `key` is.
    pub(crate) fn measure(&mut self, key: &str) -> Outcome<()> {
        self.command(MetaOp::Get, key, &["s"])
    }

    /// Writes `item`; the answer tells its CAS number.
    pub(crate) fn set(&mut self, key: &str, item: &Item, condition: Condition) -> Outcome<()> {
        let head = item.head.as_ref().map_or(&[][..], |head| head);
        let length = (head.len() + item.value.len()).to_string();
        let lifetime = format!("T{}", item.lifetime);
        let client_flags = format!("F{}", item.client_flags);
        let condition = match condition {
            Condition::Always => String::new(),
            Condition::IfAbsent => "ME".to_owned(),
            Condition::IfUnchanged(cas) => format!("C{cas}"),
        };
        let flags = [&*length, &*lifetime, &*client_flags, "c", &*condition];
        let used = if condition.is_empty() { flags.len() - 1 } else { flags.len() };
        self.command(MetaOp::Set, key, &flags[..used])?;
        self.text.extend_from_slice(head);
        if item.value.len() <= COPIED || self.body.is_some() {
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
            Some(cas) => self.command(MetaOp::Delete, key, &[&format!("C{cas}")]),
            None => self.command(MetaOp::Delete, key, &[]),
        }
    }

    /// Adds `by` to the number under `key`, or writes `start` where nothing lies.
    pub(crate) fn add(&mut self, key: &str, by: u64, start: u64, lifetime: u32) -> Outcome<()> {
        let (by, start) = (format!("D{by}"), format!("J{start}"));
        let lifetime = format!("N{lifetime}");
        self.command(MetaOp::Arithmetic, key, &["v", &by, &start, &lifetime])
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

    /// How many bytes of commands there are by now.
    pub(crate) fn length(&self) -> usize {
        self.text.len()
    }

    /// A key that could be misread is never sent as it is: the crate refuses it, or writes it in base64.
    fn command(&mut self, code: MetaOp, key: &str, flags: &[&str]) -> Outcome<()> {
        self.last_number = self.last_number.wrapping_add(1);
        let command =
            flags.iter().fold(MetaCommand::new(code, key), |command, flag| command.flag(*flag));
        let numbered = command.flag(format!("O{}", self.last_number));
        numbered.encode_into(&mut self.text).map_err(|_| unfit_key())?;
        self.expected.push(Expected::Numbered(self.last_number));
        Ok(())
    }
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
