//! What each operation of the contract asks of the server, and how it reads what comes back. Nothing here
//! knows how commands get to a server: the blocking and the async face share it.

use crate::command::{Batch, Command};
use crate::fault::{Fault, granted};
use crate::layout::{lease_name, value_name};
use crate::scripts::{self, Script};
use cache_memoize_core::{
    Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, StoreError, StoreErrorKind, Token, Ttl,
};
use redis::{Cmd, Value};
use std::fmt;
use std::sync::LazyLock;

/// Reads values. One server reads many with one command; in a cluster each key is asked for where it lies.
pub(crate) fn get(keys: &[KeyRef<'_>], is_cluster: bool) -> Batch {
    if let ([_, _, ..], false) = (keys, is_cluster) {
        let length: usize = keys.iter().map(|key| key.as_str().len()).sum();
        let mut command = Cmd::with_capacity(1 + keys.len(), "MGET".len() + length);
        command.arg("MGET");
        for key in keys {
            command.arg(&*value_name(*key));
        }
        return Batch::repeatable([Command::Plain(command)]);
    }
    Batch::repeatable(keys.iter().map(|key| Command::Plain(read(*key))))
}

pub(crate) fn read_get(keys: usize, replies: Vec<Value>) -> Result<Vec<Option<Bytes>>, Fault> {
    match <[Value; 1]>::try_from(replies) {
        Ok([reply]) if keys == 1 => Ok(vec![value(reply)?]),
        Ok([reply]) => match granted(reply)? {
            Value::Array(replies) if replies.len() == keys => {
                replies.into_iter().map(value).collect()
            }
            _ => Err(strange()),
        },
        Err(replies) => replies.into_iter().map(value_among_others).collect(),
    }
}

/// What `MGET` does too: something of another type is no value, and no reason to give up the others.
fn value_among_others(reply: Value) -> Result<Option<Bytes>, Fault> {
    match value(reply) {
        Err(fault) if fault.kind() == StoreErrorKind::WrongType => Ok(None),
        read => read,
    }
}

/// Stores a value.
///
/// Storing under a token may be repeated: where the first time succeeded, the second is refused, and a refused
/// fill costs nothing but time. An addition may not: the second would say that somebody else was first.
pub(crate) fn put(puts: Vec<Put<'_>>) -> Batch {
    let is_repeatable = puts.iter().all(|put| put.mode != PutMode::IfAbsent);
    Batch { commands: puts.into_iter().map(written).collect(), is_repeatable }
}

fn written(Put { key, value, ttl, mode }: Put<'_>) -> Command {
    let ttl = Bytes::from(millis(ttl).unwrap_or(0).to_string());
    match mode {
        PutMode::Always => scripted(&scripts::PUT, key, vec![value, ttl]),
        PutMode::IfAbsent => scripted(&scripts::ADD, key, vec![value, ttl]),
        PutMode::IfLease(token) => scripted(&scripts::FILL, key, vec![value, ttl, shown(token)]),
    }
}

/// For each value whether it was stored. That there is no room for one is said of that one alone.
pub(crate) fn read_puts(replies: Vec<Value>) -> Result<Vec<Result<bool, Fault>>, Fault> {
    let stored = |reply| match verdict(reply) {
        Err(fault) if fault.kind() != StoreErrorKind::TooLarge => Err(fault),
        verdict => Ok(verdict),
    };
    replies.into_iter().map(stored).collect()
}

/// What is to be said of each of so many values at `place`.
pub(crate) fn told_of_each(
    place: &impl fmt::Display,
    count: usize,
    stored: Result<Vec<Result<bool, Fault>>, StoreError>,
) -> Vec<Result<bool, StoreError>> {
    let told = |fault: Fault| fault.at(place).into_error("put");
    match stored {
        Ok(stored) => stored.into_iter().map(|it| it.map_err(told)).collect(),
        Err(error) => (0..count).map(|_| Err(error.again())).collect(),
    }
}

/// The values that were to be stored whatever was there, and for which there was no room: what was refused must not
/// leave the value behind that it was to replace.
pub(crate) struct Leftovers<'k> {
    places: Vec<usize>,
    pub(crate) keys: Vec<KeyRef<'k>>,
}

impl<'k> Leftovers<'k> {
    pub(crate) fn of(
        asked: &[(KeyRef<'k>, PutMode)],
        answers: &[Result<bool, StoreError>],
    ) -> Self {
        let has_no_room = |place: &usize| {
            let failure = answers[*place].as_ref().err();
            asked[*place].1 == PutMode::Always
                && failure.is_some_and(|error| error.kind() == StoreErrorKind::TooLarge)
        };
        let places: Vec<_> = (0..asked.len()).filter(has_no_room).collect();
        let keys = places.iter().map(|place| asked[*place].0).collect();
        Self { places, keys }
    }

    /// What could not be removed is no clean refusal.
    pub(crate) fn stayed(self, error: &StoreError, answers: &mut [Result<bool, StoreError>]) {
        self.places.into_iter().for_each(|place| answers[place] = Err(error.again()));
    }
}

/// Takes a lease and reads the value, in this order, and needs no transaction for it. What comes in between
/// is seen: whoever writes or removes the value takes the lease away with it. The other way round, a fill that
/// came in between would go unseen, and a value would be computed that is there already.
///
/// May not be repeated: others may have shared the token of the first time, and seen it revoked. The second
/// time would bring it back to life, and with it what they began before the revocation.
pub(crate) fn lease(keys: &[KeyRef<'_>], ttl: Ttl, mode: LeaseMode, tokens: &[Token]) -> Batch {
    let take = |(key, token): (&KeyRef<'_>, &Token)| {
        let mut take = redis::cmd("SET");
        take.arg(lease_name(*key)).arg(&shown(*token)[..]);
        if mode == LeaseMode::Join {
            take.arg("NX").arg("GET");
        }
        if let Some(millis) = millis(ttl) {
            take.arg("PX").arg(millis);
        }
        [Command::Plain(take), Command::Plain(read(*key))]
    };
    Batch::once(keys.iter().zip(tokens).flat_map(take))
}

pub(crate) fn read_leases(
    mode: LeaseMode,
    drawn: &[Token],
    replies: Vec<Value>,
) -> Result<Vec<(Lease, Option<Bytes>)>, Fault> {
    if replies.len() != 2 * drawn.len() {
        return Err(strange());
    }
    let mut replies = replies.into_iter();
    let mut next = || replies.next().ok_or_else(strange);
    drawn.iter().map(|token| read_lease(mode, *token, next()?, next()?)).collect()
}

fn read_lease(
    mode: LeaseMode,
    drawn: Token,
    taken: Value,
    found: Value,
) -> Result<(Lease, Option<Bytes>), Fault> {
    let token = match (mode, granted(taken)?) {
        (LeaseMode::Join, Value::Nil) | (LeaseMode::Renew, Value::Okay) => drawn,
        (LeaseMode::Join, Value::BulkString(standing)) => read_token(&standing)?,
        _ => return Err(strange()),
    };
    Ok((Lease { token, first: token == drawn }, value(found)?))
}

/// Tokens that no server, and no process, has issued before.
pub(crate) fn draw_tokens(count: usize) -> Vec<Token> {
    (0..count).map(|_| Token::new(fastrand::u64(..))).collect()
}

pub(crate) fn release(leases: &[(KeyRef<'_>, Token)]) -> Batch {
    let release =
        |(key, token): &(KeyRef<'_>, Token)| scripted(&scripts::RELEASE, *key, vec![shown(*token)]);
    Batch::repeatable(leases.iter().map(release))
}

/// Deletes values and revokes leases. May be repeated: that the answer might then be no where it was yes is
/// the lesser evil, next to a value that outlives its invalidation.
pub(crate) fn remove(keys: &[KeyRef<'_>]) -> Batch {
    Batch::repeatable(keys.iter().map(|key| scripted(&scripts::REMOVE, *key, Vec::new())))
}

pub(crate) fn increment(key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Batch {
    let arguments = [start, millis(ttl).unwrap_or(0), by];
    let arguments = arguments.map(|number| Bytes::from(number.to_string()));
    Batch::once([scripted(&scripts::INCREMENT, key, arguments.to_vec())])
}

pub(crate) fn read_increment(replies: Vec<Value>) -> Result<u64, Fault> {
    let [reply] = exactly(replies)?;
    let number = value(reply)?.ok_or_else(strange)?;
    std::str::from_utf8(&number).ok().and_then(|text| text.parse().ok()).ok_or_else(strange)
}

pub(crate) fn touch(key: KeyRef<'_>, ttl: Ttl) -> Batch {
    Batch::repeatable([match millis(ttl) {
        None => scripted(&scripts::PERSIST, key, Vec::new()),
        Some(millis) => {
            let mut command = redis::cmd("PEXPIRE");
            command.arg(&*value_name(key)).arg(millis);
            Command::Plain(command)
        }
    }])
}

/// Empties the database. What is in it is gone at once, and its memory is given back behind the scenes.
pub(crate) fn clear() -> Batch {
    Batch::repeatable([Command::Everywhere(&["FLUSHDB", "ASYNC"])])
}

pub(crate) fn ping() -> Batch {
    Batch::repeatable([Command::Everywhere(&["PING"])])
}

pub(crate) fn read_done(replies: Vec<Value>) -> Result<(), Fault> {
    replies.into_iter().try_for_each(|reply| granted(reply).map(drop))
}

/// For each reply whether it says yes.
pub(crate) fn read_verdicts(replies: Vec<Value>) -> Result<Vec<bool>, Fault> {
    replies.into_iter().map(verdict).collect()
}

pub(crate) fn read_verdict(replies: Vec<Value>) -> Result<bool, Fault> {
    let [reply] = exactly(replies)?;
    verdict(reply)
}

/// The answer where one was asked for.
pub(crate) fn only<T>(operation: &'static str, mut answers: Vec<T>) -> Result<T, StoreError> {
    answers.pop().ok_or_else(|| strange().into_error(operation))
}

fn verdict(reply: Value) -> Result<bool, Fault> {
    match granted(reply)? {
        Value::Int(0) => Ok(false),
        Value::Int(1) => Ok(true),
        _ => Err(strange()),
    }
}

fn value(reply: Value) -> Result<Option<Bytes>, Fault> {
    match granted(reply)? {
        Value::Nil => Ok(None),
        Value::BulkString(bytes) => Ok(Some(bytes.into())),
        _ => Err(strange()),
    }
}

fn exactly<const COUNT: usize>(replies: Vec<Value>) -> Result<[Value; COUNT], Fault> {
    replies.try_into().map_err(|_| strange())
}

fn strange() -> Fault {
    let context = "redis answered something that this command is never answered with";
    Fault::new(StoreErrorKind::Protocol, context)
}

fn read(key: KeyRef<'_>) -> Cmd {
    let mut command = redis::cmd("GET");
    command.arg(&*value_name(key));
    command
}

fn scripted(script: &'static LazyLock<Script>, key: KeyRef<'_>, arguments: Vec<Bytes>) -> Command {
    let keys = [value_name(key).into_owned(), lease_name(key)];
    Command::Script { script, keys, arguments }
}

fn shown(token: Token) -> Bytes {
    format!("{:016x}", token.number()).into()
}

fn read_token(text: &[u8]) -> Result<Token, Fault> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == 16);
    let number = text.and_then(|text| u64::from_str_radix(text, 16).ok());
    number.map(Token::new).ok_or_else(|| {
        let context = "what lies under the lease of this key is no lease; remove it";
        Fault::new(StoreErrorKind::WrongType, context)
    })
}

/// The lifetime as the server takes it: it adds the present, and refuses what is beyond 63 bits then.
fn millis(ttl: Ttl) -> Option<u64> {
    const LONGEST: u64 = 1 << 62;
    ttl.as_millis().map(|millis| millis.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_happen_twice_is_not_repeated() {
        let (key, value) = (KeyRef::new("key").unwrap(), Bytes::from_static(b"value"));
        for mode in [LeaseMode::Join, LeaseMode::Renew] {
            assert!(!lease(&[key], Ttl::Forever, mode, &draw_tokens(1)).is_repeatable, "{mode:?}");
        }
        let put_in = |mode| Put { key, value: value.clone(), ttl: Ttl::Forever, mode };
        assert!(!put(vec![put_in(PutMode::Always), put_in(PutMode::IfAbsent)]).is_repeatable);
        assert!(put(vec![put_in(PutMode::Always)]).is_repeatable);
        assert!(!increment(key, 1, 0, Ttl::Forever).is_repeatable);
    }
}
