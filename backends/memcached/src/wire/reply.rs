use super::Expected;
use crate::fault::{Fault, Outcome};
use cache_memoize_core::{Bytes, StoreErrorKind};
use memcache::exp::{Error, MetaCommandResult, MetaResponse, ReturnCode, parse_meta_result};

/// The answers to a request, one for each of its commands, in their order.
pub(crate) type Answers = std::vec::IntoIter<Result<Reply, Refusal>>;

/// What a server answered to one command.
#[derive(Debug)]
pub(crate) struct Reply {
    line: MetaCommandResult,
    value: Option<Bytes>,
}

impl Reply {
    /// Reads the line of an answer, without its end. A value is not there yet.
    pub(super) fn parse(line: &[u8], expected: Expected) -> Outcome<Result<Self, Refusal>> {
        let line = match (expected, line) {
            (Expected::Ok, b"OK") | (Expected::Pong, b"MN") => return Self::done().map(Ok),
            // The crate drops the words behind this one.
            (_, [b'E', b'R', b'R', b'O', b'R', b' ', words @ ..]) => {
                return Ok(Err(Refusal::turned_away(words)));
            }
            (_, line) => line,
        };
        let line = match MetaResponse::parse_header(line).and_then(parse_meta_result) {
            Ok(line) => line,
            Err(Error::Rejected(text)) => return Ok(Err(Refusal::rejected(&text))),
            Err(Error::Server(text)) => return Ok(Err(Refusal::failed(&text))),
            Err(_) => return Err(unintelligible()),
        };
        let reply = Self { line, value: None };
        if reply.answers(expected) { Ok(Ok(reply)) } else { Err(unpaired()) }
    }

    fn done() -> Outcome<Self> {
        let line = MetaResponse::parse_header(b"HD").and_then(parse_meta_result);
        Ok(Self { line: line.map_err(|_| unintelligible())?, value: None })
    }

    pub(super) fn with_value(mut self, value: Bytes) -> Self {
        self.value = Some(value);
        self
    }

    pub(super) fn announces_a_value(&self) -> bool {
        self.line.rc == ReturnCode::Va
    }

    /// A miss may come without the number from servers before 1.6.10; taken for another's it costs a
    /// computation, and nothing else.
    fn answers(&self, expected: Expected) -> bool {
        let Expected::Numbered(number) = expected else { return false };
        match &self.line.opaque {
            Some(echo) => *echo == number.to_string().as_bytes(),
            None => self.line.rc == ReturnCode::En,
        }
    }

    /// A read found nothing.
    pub(crate) fn is_miss(&self) -> bool {
        self.line.rc == ReturnCode::En
    }

    /// What became of a write.
    pub(crate) fn written(&self) -> Outcome<Written> {
        match self.line.rc {
            ReturnCode::Hd => Ok(Written::Done),
            ReturnCode::Ex => Ok(Written::Changed),
            ReturnCode::Ns => Ok(Written::NotStored),
            ReturnCode::Nf => Ok(Written::Absent),
            _ => Err(out_of_place()),
        }
    }

    pub(crate) fn value(&self) -> Outcome<Bytes> {
        self.value.clone().ok_or_else(out_of_place)
    }

    pub(crate) fn client_flags(&self) -> Outcome<u32> {
        self.line.client_flags.ok_or_else(out_of_place)
    }

    pub(crate) fn cas(&self) -> Outcome<u64> {
        self.line.cas.ok_or_else(out_of_place)
    }

    pub(crate) fn size(&self) -> Option<u64> {
        self.line.size
    }

    /// For how many more seconds the item lives; `None` for ever.
    pub(crate) fn rest(&self) -> Outcome<Option<u32>> {
        match self.line.ttl {
            Some(-1) => Ok(None),
            Some(seconds) => u32::try_from(seconds).map(Some).map_err(|_| out_of_place()),
            None => Err(out_of_place()),
        }
    }
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Done,
    /// The item is in another state than the one named.
    Changed,
    /// Something lies where nothing should.
    NotStored,
    /// Nothing lies there.
    Absent,
}

/// A server that understood the exchange, and does not do what it was asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No room for the value.
    TooLarge,
    /// The command is wrong for what lies there, or is not allowed, or not known.
    Rejected(Fault),
    /// The server failed.
    Failed(Fault),
}

impl Refusal {
    /// What a server says before it closes the connection, such as when it has too many of them.
    fn turned_away(words: &[u8]) -> Self {
        let words = excerpt(&String::from_utf8_lossy(words));
        let what = format!("it turns the connection away: {words}; look at its limit `-c`");
        Self::Failed(Fault::new(StoreErrorKind::Unavailable, what))
    }

    fn rejected(text: &str) -> Self {
        Self::Rejected(if text == "ERROR" {
            let what = "it does not know the meta commands; version 1.6 or newer is needed";
            Fault::new(StoreErrorKind::Unsupported, what)
        } else {
            let what = format!("it refused the command: {}", excerpt(text));
            Fault::new(StoreErrorKind::Denied, what)
        })
    }

    fn failed(text: &str) -> Self {
        if text.contains("too large") || text.contains("out of memory") {
            return Self::TooLarge;
        }
        let what = format!("it failed: {}", excerpt(text));
        Self::Failed(Fault::new(StoreErrorKind::Other, what))
    }

    /// The refusal as the end of an operation. What the server says of a value it has no room for leaves the
    /// connection as it was; of the others nobody knows.
    pub(crate) fn into_fault(self) -> Fault {
        match self {
            Self::TooLarge => {
                let what = "it has no room for the value; store less, or start it with a higher `-I` or `-m`";
                Fault::new(StoreErrorKind::TooLarge, what).between_exchanges()
            }
            Self::Rejected(fault) | Self::Failed(fault) => fault,
        }
    }
}

/// The server's own words, cut to what a message can hold.
fn excerpt(text: &str) -> String {
    text.chars().filter(|it| it.is_ascii_graphic() || *it == ' ').take(80).collect()
}

fn unintelligible() -> Fault {
    Fault::protocol(
        "it answered what is no answer of memcached; look whether another server listens there",
    )
}

fn unpaired() -> Fault {
    Fault::protocol("it answered another question than the one asked")
}

fn out_of_place() -> Fault {
    Fault::protocol("it answered what does not belong to the question")
}
