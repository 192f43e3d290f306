use super::{Expected, Refusal, Reply};
use crate::fault::{Fault, Outcome};
use bytes::BytesMut;
use cache_memoize_core::Bytes;

/// What a server sent so far, and the answers in it.
///
/// Whatever is sent, no more memory is taken than bytes have come, and a few: a line has a greatest
/// length, and the announced length of a value is believed as the bytes arrive.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    buffer: BytesMut,
    /// An answer whose value is not whole yet, and its length.
    unfinished: Option<(Reply, usize)>,
}

/// The longest line of an answer: far more than a server needs, since no answer repeats a key.
const LONGEST_LINE: usize = 2048;

/// The longest value: memcached's own limit for `-I`.
const LONGEST_VALUE: usize = 1 << 30;

/// A shorter value is copied out of the buffer, lest it keep all of it in memory.
const SHARED: usize = 16 * 1024;

const END: &[u8] = b"\r\n";

impl Incoming {
    /// Where the bytes of the server go that are read next.
    pub(crate) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Whether nothing has come that is not an answer taken already.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.unfinished.is_none()
    }

    /// Takes the next answer; `None` if it has not come whole.
    pub(crate) fn take(&mut self, expected: Expected) -> Outcome<Option<Result<Reply, Refusal>>> {
        if self.unfinished.is_none() {
            let Some(line) = self.take_line()? else { return Ok(None) };
            let reply = match Reply::parse(&line, expected)? {
                Ok(reply) => reply,
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            if !reply.announces_a_value() {
                return Ok(Some(Ok(reply)));
            }
            self.unfinished = Some((reply, announced_length(&line)?));
        }
        let Some((reply, length)) = self.unfinished.take() else { return Ok(None) };
        match self.take_value(length)? {
            Some(value) => Ok(Some(Ok(reply.with_value(value)))),
            None => {
                self.unfinished = Some((reply, length));
                Ok(None)
            }
        }
    }

    fn take_line(&mut self) -> Outcome<Option<BytesMut>> {
        let searched = &self.buffer[..self.buffer.len().min(LONGEST_LINE)];
        let Some(end) = searched.iter().position(|byte| *byte == b'\n') else {
            return if searched.len() < LONGEST_LINE { Ok(None) } else { Err(endless_line()) };
        };
        let mut line = self.buffer.split_to(end + 1);
        if !line.ends_with(END) {
            return Err(Fault::protocol("a line of its answer does not end as lines do"));
        }
        line.truncate(end + 1 - END.len());
        Ok(Some(line))
    }

    fn take_value(&mut self, length: usize) -> Outcome<Option<Bytes>> {
        if self.buffer.len() < length + END.len() {
            return Ok(None);
        }
        if &self.buffer[length..length + END.len()] != END {
            return Err(Fault::protocol("a value in its answer is longer than announced"));
        }
        let mut value = self.buffer.split_to(length + END.len());
        value.truncate(length);
        Ok(Some(if length < SHARED { Bytes::copy_from_slice(&value) } else { value.freeze() }))
    }
}

fn announced_length(line: &[u8]) -> Outcome<usize> {
    let number = line.split(|byte| *byte == b' ').filter(|token| !token.is_empty()).nth(1);
    let number = number.and_then(|number| std::str::from_utf8(number).ok());
    let length = number.and_then(|number| number.parse().ok());
    length.filter(|length| *length <= LONGEST_VALUE).ok_or_else(|| {
        Fault::protocol("a value in its answer has no length, or one that no value has")
    })
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
        Incoming { buffer: bytes.into(), unfinished: None }
    }

    fn taken(bytes: &[u8]) -> Result<Reply, Refusal> {
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
                incoming.buffer().extend_from_slice(rest);
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
        assert!(huge.buffer.capacity() < 1024);
    }

    #[test]
    fn a_small_value_does_not_keep_the_buffer() {
        let mut incoming = incoming(b"VA 1 O1\r\nx\r\n");
        incoming.buffer().reserve(1 << 20);
        let start = incoming.buffer().as_ptr() as usize;
        let value = incoming.take(FIRST).unwrap().unwrap().unwrap().value().unwrap();
        assert!(!(start..start + (1 << 20)).contains(&(value.as_ptr() as usize)));
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
