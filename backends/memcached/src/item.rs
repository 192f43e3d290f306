//! What lies under a key, and how it is written.
//!
//! An item holds a value, a lease, or both, so that one command takes both away. A value without a lease
//! is an item of exactly its bytes, as any client of memcached writes it. Where there is a lease, the
//! client flags of the item are [`FRAMED`], and its bytes begin with a [head](Head) that says which token stands and
//! when each of the two is over; the value follows.

use crate::expiry;
use crate::fault::{Fault, Outcome};
use crate::wire::Reply;
use cache_memoize_core::{Bytes, StoreErrorKind, Timestamp, Token, Ttl};

/// The client flags of an item with a head. Other clients use a few low bits.
pub(crate) const FRAMED: u32 = 0xC563_6D01;

/// The client flags of an item that is a value as it is. A reader takes any but [`FRAMED`] for such.
const PLAIN: u32 = 0;

/// An item to be written.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) client_flags: u32,
    pub(crate) lifetime: u32,
    pub(crate) head: Option<[u8; Head::LENGTH]>,
    pub(crate) value: Bytes,
}

impl Item {
    /// A value that the server alone keeps time for.
    pub(crate) fn plain(value: Bytes, ttl: Ttl, now: Timestamp) -> Self {
        Self::unframed(value, expiry::of_value(ttl, now))
    }

    /// A lease, and the value that stays readable below it. Without a lease, a value that keeps its end to
    /// the millisecond.
    pub(crate) fn framed(
        lease: Option<Standing>,
        value: Option<(Bytes, Timestamp)>,
        now: Timestamp,
    ) -> Self {
        let head = Head {
            token: lease.map_or(0, |lease| lease.token.number()),
            lease_end: lease.map_or(NOT_THERE, |lease| lease.end),
            value_end: value.as_ref().map_or(NOT_THERE, |(_, end)| *end),
        };
        Self {
            client_flags: FRAMED,
            lifetime: expiry::until(head.lease_end.max(head.value_end), now),
            head: Some(head.to_bytes()),
            value: value.map(|(bytes, _)| bytes).unwrap_or_default(),
        }
    }

    fn unframed(value: Bytes, lifetime: u32) -> Self {
        Self { client_flags: PLAIN, lifetime, head: None, value }
    }
}

/// A token that stands, and when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) token: Token,
    pub(crate) end: Timestamp,
}

/// What was found under a key: only what is alive.
#[derive(Debug)]
pub(crate) struct Found {
    /// Which state of the item this is: another one has another number.
    pub(crate) cas: u64,
    pub(crate) value: Option<Value>,
    pub(crate) lease: Option<Standing>,
}

/// A value that was found.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) bytes: Bytes,
    life: Life,
}

#[derive(Clone, Copy, Debug)]
enum Life {
    /// The server keeps time: so many seconds are left, or it has no end.
    Server { rest: Option<u32> },
    /// The head of the item says it.
    Until(Timestamp),
}

impl Value {
    /// When it is over.
    pub(crate) fn end(&self, now: Timestamp) -> Timestamp {
        match self.life {
            Life::Server { rest } => expiry::end_of_rest(rest, now),
            Life::Until(end) => end,
        }
    }

    /// The item that holds `bytes` in the place of this value, for as long as it lives, and keeps the lease.
    pub(crate) fn replaced(&self, bytes: Bytes, lease: Option<Standing>, now: Timestamp) -> Item {
        match self.life {
            Life::Server { rest } => Item::unframed(bytes, expiry::of_rest(rest, now)),
            Life::Until(end) => Item::framed(lease, Some((bytes, end)), now),
        }
    }
}

impl Found {
    /// Reads the answer to [`Request::look`](crate::wire::Request::look); `None` if nothing lies there.
    pub(crate) fn read(reply: Reply, now: Timestamp) -> Outcome<Option<Self>> {
        if reply.is_miss() {
            return Ok(None);
        }
        let cas = reply.cas()?;
        if cas == 0 {
            return Err(without_cas());
        }
        let rest = reply.rest()?;
        let Some((head, bytes)) = open(&reply)? else {
            let value = Value { bytes: reply.value()?, life: Life::Server { rest } };
            return Ok(Some(Self { cas, value: Some(value), lease: None }));
        };
        let value = Value { bytes, life: Life::Until(head.value_end) };
        let lease = Standing { token: Token::new(head.token), end: head.lease_end };
        Ok(Some(Self {
            cas,
            value: (now < head.value_end).then_some(value),
            lease: (now < head.lease_end).then_some(lease),
        }))
    }

    /// The value as a lease hands it over.
    pub(crate) fn handed(&self) -> Option<Bytes> {
        self.value.as_ref().map(|value| value.bytes.clone())
    }
}

/// Reads the live value out of an answer that holds the item's bytes and client flags.
pub(crate) fn live_value(reply: Reply, now: impl FnOnce() -> Timestamp) -> Outcome<Option<Bytes>> {
    if reply.is_miss() {
        return Ok(None);
    }
    match open(&reply)? {
        Some((head, bytes)) => Ok((now() < head.value_end).then_some(bytes)),
        None => reply.into_value().map(Some),
    }
}

/// What an item holds, as far as its flags and its length tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holding {
    /// A value.
    Value,
    /// No value: there is no item, or it is a lease alone.
    Nothing,
    /// A head, which tells whether the value behind it is alive.
    Perhaps,
}

/// Reads the answer to [`Request::glimpse`](crate::wire::Request::glimpse).
pub(crate) fn holding(reply: &Reply) -> Outcome<Holding> {
    if reply.is_miss() {
        return Ok(Holding::Nothing);
    }
    if reply.client_flags()? != FRAMED {
        return Ok(Holding::Value);
    }
    let is_head_alone = reply.size() == Some(Head::LENGTH as u64);
    Ok(if is_head_alone { Holding::Nothing } else { Holding::Perhaps })
}

/// Takes the head off an item that has one. An item that says so and has none is damaged, and holds nothing.
fn open(reply: &Reply) -> Outcome<Option<(Head, Bytes)>> {
    if reply.client_flags()? != FRAMED {
        return Ok(None);
    }
    let mut bytes = reply.value()?;
    Ok(Some(match Head::from_bytes(&bytes) {
        Some(head) => (head, bytes.split_off(Head::LENGTH)),
        None => (Head::EMPTY, Bytes::new()),
    }))
}

fn without_cas() -> Fault {
    let what = "it gives no CAS numbers, which leases need; start it without `-C`";
    Fault::new(StoreErrorKind::Unsupported, what).between_exchanges()
}

/// The end of what is not there: over since ever.
const NOT_THERE: Timestamp = Timestamp::from_millis(0);

/// What an item with a lease begins with: [`MAGIC`](Self::MAGIC), then three numbers of 64 bits, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    token: u64,
    lease_end: Timestamp,
    value_end: Timestamp,
}

impl Head {
    const LENGTH: usize = 25;

    const EMPTY: Self = Self { token: 0, lease_end: NOT_THERE, value_end: NOT_THERE };

    /// No number begins so: the server refuses to count up an item with a head.
    const MAGIC: u8 = 0xC5;

    fn to_bytes(self) -> [u8; Self::LENGTH] {
        let numbers = [self.token, self.lease_end.as_millis(), self.value_end.as_millis()];
        let mut bytes = [Self::MAGIC; Self::LENGTH];
        for (place, number) in bytes[1..].chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first()?;
        let mut numbers =
            rest.chunks_exact(8).map(|chunk| chunk.try_into().map(u64::from_le_bytes));
        let mut next = || numbers.next()?.ok();
        let (token, lease_end, value_end) = (next()?, next()?, next()?);
        (*magic == Self::MAGIC).then_some(Self {
            token,
            lease_end: Timestamp::from_millis(lease_end),
            value_end: Timestamp::from_millis(value_end),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = Head {
            token: 0x0102_0304_0506_0708,
            lease_end: Timestamp::from_millis(9),
            value_end: Timestamp::NEVER,
        };
        let bytes = head.to_bytes();
        assert_eq!(bytes[..10], [0xC5, 8, 7, 6, 5, 4, 3, 2, 1, 9]);
        assert_eq!(Head::from_bytes(&bytes), Some(head));
        assert_eq!(Head::from_bytes(&[&bytes[..], b"value"].concat()), Some(head));
    }

    #[test]
    fn what_is_no_head_is_none() {
        let head = Head::EMPTY.to_bytes();
        for length in 0..Head::LENGTH {
            assert_eq!(Head::from_bytes(&head[..length]), None);
        }
        let mut other = head;
        other[0] = b'5';
        assert_eq!(Head::from_bytes(&other), None);
    }

    #[test]
    fn an_item_lives_as_long_as_the_longer_of_its_parts() {
        let now = Timestamp::from_millis(1_000_000);
        let lease = |millis| Some(Standing { token: Token::new(7), end: now.plus_millis(millis) });
        let value = |millis| Some((Bytes::from_static(b"v"), now.plus_millis(millis)));
        assert_eq!(Item::framed(lease(9000), value(2000), now).lifetime, 10);
        assert_eq!(Item::framed(lease(2000), value(9000), now).lifetime, 10);
        assert_eq!(Item::framed(lease(2000), None, now).lifetime, 3);
        assert_eq!(Item::framed(None, value(u64::MAX), now).lifetime, 0);
    }
}
