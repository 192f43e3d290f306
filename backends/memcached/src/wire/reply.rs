use super::Expected;
use crate::fault::{Fault, Outcome};
use cache_memoize_core::{Bytes, StoreErrorKind};
use memcache::exp::{Error, MetaResponse};

/// The answers to a question, one for each of its commands, in their order. Most have one, which takes no memory.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    first: Option<Answer>,
    others: std::vec::IntoIter<Answer>,
}

/// What a server answered to one command, or why it did not do it.
pub(crate) type Answer = Result<Reply, Refusal>;

impl From<Answer> for Answers {
    fn from(answer: Answer) -> Self {
        Self { first: Some(answer), ..Self::default() }
    }
}

impl From<Vec<Answer>> for Answers {
    fn from(answers: Vec<Answer>) -> Self {
        Self { first: None, others: answers.into_iter() }
    }
}

impl Iterator for Answers {
    type Item = Answer;

    fn next(&mut self) -> Option<Answer> {
        self.first.take().or_else(|| self.others.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = usize::from(self.first.is_some()) + self.others.len();
        (length, Some(length))
    }
}

impl ExactSizeIterator for Answers {}

/// What a server answered to one command.
#[derive(Debug)]
pub(crate) struct Reply {
    code: Code,
    client_flags: Option<u32>,
    cas: Option<u64>,
    /// For how many seconds it lives; -1 for ever.
    ttl: Option<i64>,
    size: Option<u64>,
    value: Option<Bytes>,
}

/// What sort of answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Done,
    /// A value follows, of so many bytes.
    Value(usize),
    Miss,
    NotStored,
    Changed,
    Absent,
}

/// The longest value: memcached's own limit for `-I`.
const LONGEST_VALUE: usize = 1 << 30;

impl Reply {
    /// Reads the line of an answer, without its end. A value is not there yet.
    pub(super) fn parse(line: &[u8], expected: Expected) -> Outcome<Result<Self, Refusal>> {
        let (number, meta) = match (expected, line) {
            (Expected::Ok, b"OK") | (Expected::Pong, b"MN") => return Ok(Ok(Self::of(Code::Done))),
            // The crate drops the words behind this one.
            (_, [b'E', b'R', b'R', b'O', b'R', b' ', words @ ..]) => {
                return Ok(Err(Refusal::turned_away(words)));
            }
            (expected, line) => (expected.number(), line),
        };
        let mut words = meta.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let code = match words.next() {
            Some(b"HD") => Code::Done,
            Some(b"VA") => Code::Value(announced_length(words.next())?),
            Some(b"EN") => Code::Miss,
            Some(b"NS") => Code::NotStored,
            Some(b"EX") => Code::Changed,
            Some(b"NF") => Code::Absent,
            _ => return refusal(line).map(Err),
        };
        let mut reply = Self::of(code);
        // A miss may come without the number from servers before 1.6.10; taken for another's it costs a
        // computation, and nothing else.
        let mut is_paired = code == Code::Miss;
        for word in words {
            let (letter, rest) = (word[0], &word[1..]);
            match letter {
                b'f' => reply.client_flags = Some(number_in(rest)?),
                b'c' => reply.cas = Some(number_in(rest)?),
                b't' if rest == b"-1" => reply.ttl = Some(-1),
                b't' => reply.ttl = Some(number_in(rest)?),
                b's' => reply.size = Some(number_in(rest)?),
                b'O' => is_paired = Some(number_in(rest)?) == number,
                _ => {}
            }
        }
        if is_paired && number.is_some() { Ok(Ok(reply)) } else { Err(unpaired()) }
    }

    fn of(code: Code) -> Self {
        Self { code, client_flags: None, cas: None, ttl: None, size: None, value: None }
    }

    pub(super) fn with_value(mut self, value: Bytes) -> Self {
        self.value = Some(value);
        self
    }

    /// How long the value is that follows, if one does.
    pub(super) fn announced(&self) -> Option<usize> {
        match self.code {
            Code::Value(length) => Some(length),
            _ => None,
        }
    }

    /// A read found nothing.
    pub(crate) fn is_miss(&self) -> bool {
        self.code == Code::Miss
    }

    /// What became of a write.
    pub(crate) fn written(&self) -> Outcome<Written> {
        match self.code {
            Code::Done => Ok(Written::Done),
            Code::Changed => Ok(Written::Changed),
            Code::NotStored => Ok(Written::NotStored),
            Code::Absent => Ok(Written::Absent),
            Code::Value(_) | Code::Miss => Err(out_of_place()),
        }
    }

    pub(crate) fn value(&self) -> Outcome<Bytes> {
        self.value.clone().ok_or_else(out_of_place)
    }

    pub(crate) fn into_value(self) -> Outcome<Bytes> {
        self.value.ok_or_else(out_of_place)
    }

    pub(crate) fn client_flags(&self) -> Outcome<u32> {
        self.client_flags.ok_or_else(out_of_place)
    }

    pub(crate) fn cas(&self) -> Outcome<u64> {
        self.cas.ok_or_else(out_of_place)
    }

    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// For how many more seconds the item lives; `None` for ever.
    pub(crate) fn rest(&self) -> Outcome<Option<u32>> {
        match self.ttl {
            Some(-1) => Ok(None),
            Some(seconds) => u32::try_from(seconds).map(Some).map_err(|_| out_of_place()),
            None => Err(out_of_place()),
        }
    }
}

fn announced_length(word: Option<&[u8]>) -> Outcome<usize> {
    let length = word.and_then(|word| number_in(word).ok());
    length.filter(|length| *length <= LONGEST_VALUE).ok_or_else(|| {
        Fault::protocol("a value in its answer has no length, or one that no value has")
    })
}

fn number_in<T: TryFrom<u64>>(text: &[u8]) -> Outcome<T> {
    let digits = text.iter().map(|byte| u64::from(byte.wrapping_sub(b'0')));
    let number = digits.fold(Some(0_u64).filter(|_| !text.is_empty()), |number, digit| {
        number.filter(|_| digit <= 9)?.checked_mul(10)?.checked_add(digit)
    });
    number.and_then(|number| T::try_from(number).ok()).ok_or_else(unintelligible)
}

/// Reads a line that is no usual answer.
fn refusal(line: &[u8]) -> Outcome<Refusal> {
    match MetaResponse::parse_header(line) {
        Err(Error::Rejected(text)) => Ok(Refusal::rejected(&text)),
        Err(Error::Server(text)) => Ok(Refusal::failed(&text)),
        // What is understood is the answer to what is never asked.
        Ok(_) => Err(unpaired()),
        Err(_) => Err(unintelligible()),
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
