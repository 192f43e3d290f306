use super::update::{Change, Decision, Opened};
use super::{next, next_or_refusal, now};
use crate::expiry;
use crate::fault::{Fault, Outcome};
use crate::item::{Found, Item};
use crate::moment::Moment;
use crate::wire::{Answers, Refusal, Reply, Request};
use cache_memoize_core::{Bytes, KeyRef, StoreErrorKind, Timestamp, Ttl};

/// Counts up: one round trip, and by the server itself, so that a crowd of callers does not have to try
/// again and again.
///
/// The server does not count where a lease is, and takes some texts for numbers that are none. And where a
/// number loses digits, because it wraps round or had zeros in front, it fills up with blanks. Both is put right
/// in two round trips more.
pub(crate) struct Increment<'a> {
    key: KeyRef<'a>,
    by: u64,
    start: u64,
    ttl: Ttl,
    /// What the server counted to, if blanks are left to be taken away.
    counted: Option<u64>,
}

impl<'a> Increment<'a> {
    pub(crate) fn new(key: KeyRef<'a>, by: u64, start: u64, ttl: Ttl) -> Self {
        Self { key, by, start, ttl, counted: None }
    }

    fn count(&self, found: Option<&Found>, now: Timestamp) -> Outcome<Decision<u64>> {
        let lease = found.and_then(|found| found.lease);
        let Some(value) = found.and_then(|found| found.value.as_ref()) else {
            let digits = digits(self.start);
            let item = match lease {
                Some(_) => Item::framed(lease, Some((digits, self.ttl.end(now))), now),
                None => Item::plain(digits, self.ttl, now),
            };
            return Ok(Decision::Write(item, self.start));
        };
        let number = number_in(&value.bytes).ok_or_else(no_number)?.wrapping_add(self.by);
        Ok(Decision::Write(value.replaced(digits(number), lease, now), number))
    }
}

impl Change for Increment<'_> {
    type Output = u64;

    fn open(&mut self, request: &mut Request, _: Moment) -> Outcome<bool> {
        let key = self.key.as_str();
        request.add(key, self.by, self.start, expiry::of_value(self.ttl, now()))?;
        request.measure(key)?;
        Ok(true)
    }

    fn opened(&mut self, answers: &mut Answers, _: Moment) -> Outcome<Opened<u64>> {
        let counted = next_or_refusal(answers)?;
        let length = next(answers)?.size();
        let number = match counted {
            Ok(reply) => counted_number(&reply)?,
            Err(Refusal::Rejected(_)) => return Ok(Opened::Look),
            Err(refusal) => return Err(refusal.into_fault()),
        };
        if length.is_none_or(|length| length == digits(number).len() as u64) {
            return Ok(Opened::Done(number));
        }
        self.counted = Some(number);
        Ok(Opened::Look)
    }

    fn decide(
        &mut self,
        found: Option<&Found>,
        _: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<u64>> {
        let Some(counted) = self.counted else { return self.count(found, now) };
        let value = found.and_then(|found| found.value.as_ref());
        let tidied = value.and_then(|value| {
            let number = number_in(value.bytes.strip_suffix(b" ")?.trim_ascii_end())?;
            Some(value.replaced(digits(number), None, now))
        });
        Ok(match tidied {
            Some(item) => Decision::Write(item, counted),
            None => Decision::Leave(counted),
        })
    }

    /// It would count twice.
    fn is_repeatable(&self) -> bool {
        false
    }
}

fn counted_number(reply: &Reply) -> Outcome<u64> {
    number_in(&reply.value()?).ok_or_else(|| Fault::protocol("it counted to what is no number"))
}

/// Reads a number strictly: `parse` alone would take a sign for part of it.
fn number_in(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn digits(number: u64) -> Bytes {
    Bytes::from(number.to_string())
}

fn no_number() -> Fault {
    let what = "the value under this key is no number; remove it first";
    Fault::new(StoreErrorKind::WrongType, what)
}
