use super::{Answer, Expected, Reply};
use crate::fault::{Fault, Outcome};
use cache_memoize_core::Bytes;

/// What a server sent so far, and the answers in it.
///
/// Whatever is sent, no more memory is taken than bytes have come, and a few: a line has a greatest
/// length, and the announced length of a value is believed as the bytes arrive.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// What has come is between `start` and `end`, and there is room behind it.
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
    /// An answer whose value is not whole yet, with as much of it as has come.
    unfinished: Option<(Reply, Vec<u8>)>,
}

/// The longest line of an answer: far more than a server needs, since no answer repeats a key.
const LONGEST_LINE: usize = 2048;

const END: &[u8] = b"\r\n";

impl Incoming {
    /// For a connection of one caller.
    pub(crate) const USUAL: usize = 16 * 1024;

    pub(crate) fn new(size: usize) -> Self {
        Self { bytes: vec![0; size].into(), start: 0, end: 0, unfinished: None }
    }

    /// Where the bytes of the server go that are read next. There is always some room once all answers that have come
    /// whole are [taken](Self::take).
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        &mut self.bytes[self.end..]
    }

    /// So many bytes have come.
    pub(crate) fn add(&mut self, length: usize) {
        self.end += length;
    }

    /// Whether nothing has come that is not an answer taken already.
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end && self.unfinished.is_none()
    }

    /// How many bytes are to come of a value that has begun.
    #[cfg(feature = "tokio")]
    pub(crate) fn missing(&self) -> usize {
        let unfinished = self.unfinished.as_ref();
        unfinished.map_or(0, |(reply, value)| reply.announced().unwrap_or(0) - value.len())
    }

    /// Takes the next answer; `None` if it has not come whole.
    pub(crate) fn take(&mut self, expected: Expected) -> Outcome<Option<Answer>> {
        let (reply, mut value, length) = match self.unfinished.take() {
            Some((reply, value)) => {
                let length = reply.announced().unwrap_or(0);
                (reply, value, length)
            }
            None => {
                let Some(line) = self.take_line()? else { return Ok(None) };
                let reply = match Reply::parse(line, expected)? {
                    Ok(reply) => reply,
                    Err(refusal) => return Ok(Some(Err(refusal))),
                };
                let Some(length) = reply.announced() else { return Ok(Some(Ok(reply))) };
                // Copied, lest it keep all of the buffer in memory.
                if let Some(value) = self.take_whole(length)? {
                    return Ok(Some(Ok(reply.with_value(value))));
                }
                (reply, Vec::new(), length)
            }
        };
        if self.take_part(&mut value, length)? {
            return Ok(Some(Ok(reply.with_value(value.into()))));
        }
        self.unfinished = Some((reply, value));
        Ok(None)
    }

    fn take_line(&mut self) -> Outcome<Option<&[u8]>> {
        let come = &self.bytes[self.start..self.end];
        let searched = &come[..come.len().min(LONGEST_LINE)];
        let Some(end) = searched.iter().position(|byte| *byte == b'\n') else {
            return if searched.len() < LONGEST_LINE { Ok(None) } else { Err(endless_line()) };
        };
        self.start += end + 1;
        let line = come[..=end].strip_suffix(END);
        line.map(Some)
            .ok_or_else(|| Fault::protocol("a line of its answer does not end as lines do"))
    }

    /// Takes a value that has come whole.
    fn take_whole(&mut self, length: usize) -> Outcome<Option<Bytes>> {
        let come = &self.bytes[self.start..self.end];
        let Some(rest) = come.get(length..length + END.len()) else { return Ok(None) };
        if rest != END {
            return Err(too_long());
        }
        self.start += length + END.len();
        Ok(Some(Bytes::copy_from_slice(&come[..length])))
    }

    /// Takes as much of a value as has come, and says whether that is all of it.
    fn take_part(&mut self, value: &mut Vec<u8>, length: usize) -> Outcome<bool> {
        let come = &self.bytes[self.start..self.end];
        let part = &come[..come.len().min(length - value.len())];
        let needed = value.len() + part.len();
        if needed > value.capacity() {
            // Doubled, and never more than announced: what is left over would stay in memory with the value.
            let capacity = needed.max(value.capacity() * 2).min(length);
            value.reserve_exact(capacity - value.len());
        }
        value.extend_from_slice(part);
        self.start += part.len();
        let Some(rest) = come.get(part.len()..part.len() + END.len()) else { return Ok(false) };
        if rest != END {
            return Err(too_long());
        }
        self.start += END.len();
        Ok(true)
    }
}

fn too_long() -> Fault {
    Fault::protocol("a value in its answer is longer than announced")
}

fn endless_line() -> Fault {
    Fault::protocol("a line of its answer has no end; look whether another server listens there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::reply::Written;
    use cache_memoize_core::StoreErrorKind;

    const FIRST: Expected = Expected::Numbered(1);

    fn incoming(bytes: &[u8]) -> Incoming {
        let mut incoming = Incoming::new(Incoming::USUAL);
        come(&mut incoming, bytes);
        incoming
    }

    fn come(incoming: &mut Incoming, bytes: &[u8]) {
        incoming.room()[..bytes.len()].copy_from_slice(bytes);
        incoming.add(bytes.len());
    }

    fn taken(bytes: &[u8]) -> Answer {
        incoming(bytes).take(FIRST).unwrap().expect("the answer is whole")
    }

    fn fault(bytes: &[u8]) -> StoreErrorKind {
        incoming(bytes).take(FIRST).expect_err("this is no answer").kind()
    }

    #[test]
    fn an_answer_is_read_however_it_is_cut() {
        let whole = b"VA 4 f7 c9 t-1 O1\r\na\r\nb\r\nHD c3 O2\r\n";
        for cut in 0..whole.len() {
            let mut incoming = incoming(&whole[..cut]);
            let mut replies = Vec::new();
            for rest in [&b""[..], &whole[cut..]] {
                come(&mut incoming, rest);
                while replies.len() < 2 {
                    let expected = Expected::Numbered(replies.len() as u32 + 1);
                    let Some(reply) = incoming.take(expected).unwrap() else { break };
                    replies.push(reply.unwrap());
                }
            }
            assert_eq!(replies[0].value().unwrap(), "a\r\nb");
            assert_eq!((replies[0].client_flags().unwrap(), replies[0].cas().unwrap()), (7, 9));
            assert_eq!(replies[0].rest().unwrap(), None);
            assert_eq!(replies[1].written().unwrap(), Written::Done);
            assert!(incoming.is_empty());
        }
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        for bytes in
            [&b"HD O2\r\n"[..], b"HD\r\n", b"VA 1 O7\r\nx\r\n", b"EN O2\r\n", b"MN\r\n", b"OK\r\n"]
        {
            assert_eq!(fault(bytes), StoreErrorKind::Protocol, "{bytes:?}");
        }
        assert!(taken(b"EN\r\n").unwrap().is_miss());
        assert!(incoming(b"HD O1\r\n").take(Expected::Pong).is_err());
        assert!(incoming(b"MN\r\n").take(Expected::Pong).unwrap().is_some());
        assert!(incoming(b"OK\r\n").take(Expected::Ok).unwrap().is_some());
    }

    #[test]
    fn garbage_is_an_error() {
        let garbage: [&[u8]; 11] = [
            b"\r\n",
            b"HD O1\n",
            b"HTTP/1.1 400 Bad Request\r\n",
            b"+PONG\r\n",
            b"VA O1\r\n",
            b"VA x O1\r\n",
            b"VA -1 O1\r\n",
            b"VA 1 O1\r\nxyz",
            b"VA 99999999999999999999 O1\r\n",
            b"VA 1 cx O1\r\nx\r\n",
            b"\xff\xfe\r\n",
        ];
        for bytes in garbage {
            assert_eq!(fault(bytes), StoreErrorKind::Protocol, "{bytes:?}");
        }
    }

    #[test]
    fn neither_an_endless_line_nor_a_huge_length_takes_memory() {
        assert_eq!(fault(&[b'x'; LONGEST_LINE]), StoreErrorKind::Protocol);
        assert_eq!(fault(b"VA 1073741825 O1\r\n"), StoreErrorKind::Protocol);
        let mut huge = incoming(b"VA 1073741824 O1\r\nx");
        assert!(huge.take(FIRST).unwrap().is_none());
        assert!(huge.unfinished.is_some_and(|(_, value)| value.capacity() < 1024));
    }

    #[test]
    fn a_long_value_comes_in_pieces_and_keeps_no_more_memory_than_it_needs() {
        let value: Vec<u8> = (0..100_000).map(|index| (index % 251) as u8).collect();
        let mut rest = [b"VA 100000 O1\r\n", &value[..], b"\r\nHD O2\r\n"].concat();
        let mut incoming = Incoming::new(4096);
        let mut replies = Vec::new();
        while replies.len() < 2 {
            let expected = Expected::Numbered(replies.len() as u32 + 1);
            if let Some(reply) = incoming.take(expected).unwrap() {
                replies.push(reply.unwrap());
                continue;
            }
            if let Some((_, value)) = &incoming.unfinished {
                assert!(value.capacity() <= 100_000);
            }
            let piece = incoming.room().len().min(rest.len());
            come(&mut incoming, &rest.drain(..piece).collect::<Vec<_>>());
        }
        assert_eq!(replies.remove(0).value().unwrap(), value);
        assert!(incoming.is_empty());
    }

    #[test]
    fn refusals_are_told_apart() {
        let kind = |line: &[u8]| taken(line).unwrap_err().into_fault().kind();
        assert_eq!(kind(b"SERVER_ERROR object too large for cache\r\n"), StoreErrorKind::TooLarge);
        assert_eq!(
            kind(b"SERVER_ERROR out of memory storing object\r\n"),
            StoreErrorKind::TooLarge
        );
        assert_eq!(kind(b"SERVER_ERROR busy\r\n"), StoreErrorKind::Other);
        assert_eq!(kind(b"CLIENT_ERROR flush_all not allowed\r\n"), StoreErrorKind::Denied);
        assert_eq!(kind(b"ERROR\r\n"), StoreErrorKind::Unsupported);
        assert_eq!(kind(b"ERROR Too many open connections\r\n"), StoreErrorKind::Unavailable);
    }
}
