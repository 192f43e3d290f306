use super::update::{Change, Decision, Opened, Update};
use super::{LONG_VALUE, Operation, Turn, next, now};
use crate::fault::{Fault, Outcome};
use crate::item::{Found, Item};
use crate::moment::Moment;
use crate::sightings::Watch;
use crate::wire::{Answers, Condition, Request, Written};
use cache_memoize_core::{Bytes, KeyRef, PutMode, Timestamp, Token, Ttl};

/// Stores a value in any of the modes.
pub(crate) enum Write<'a> {
    Always(Put<'a>),
    IfAbsent(Update<'a, Add<'a>>),
    IfLease(Update<'a, Fill<'a>>),
}

impl<'a> Write<'a> {
    pub(crate) fn new(put: cache_memoize_core::Put<'a>, watch: Watch<'a>) -> Self {
        let cache_memoize_core::Put { key, value, ttl, mode } = put;
        match mode {
            PutMode::Always => Self::Always(Put::new(key, value, ttl)),
            PutMode::IfAbsent => Self::IfAbsent(Update::new(key, Add::new(key, value, ttl))),
            PutMode::IfLease(token) => {
                Self::IfLease(Update::new(key, Fill::new(key, watch, value, ttl, token)))
            }
        }
    }
}

impl Operation for Write<'_> {
    type Output = bool;

    fn ask(&mut self, request: &mut Request, connected: Moment) -> Outcome<()> {
        match self {
            Self::Always(put) => put.ask(request, connected),
            Self::IfAbsent(add) => add.ask(request, connected),
            Self::IfLease(fill) => fill.ask(request, connected),
        }
    }

    fn hear(&mut self, answers: Answers) -> Outcome<Turn<bool>> {
        match self {
            Self::Always(put) => put.hear(answers),
            Self::IfAbsent(add) => add.hear(answers),
            Self::IfLease(fill) => fill.hear(answers),
        }
    }

    fn is_repeatable(&self) -> bool {
        match self {
            Self::Always(put) => put.is_repeatable(),
            Self::IfAbsent(add) => add.is_repeatable(),
            Self::IfLease(fill) => fill.is_repeatable(),
        }
    }

    fn travels_alone(&self) -> bool {
        let value = match self {
            Self::Always(put) => &put.value,
            Self::IfAbsent(_) => return true,
            Self::IfLease(fill) => &fill.change().value,
        };
        value.len() > LONG_VALUE
    }

    fn start_over(&mut self) {
        match self {
            Self::Always(put) => put.start_over(),
            Self::IfAbsent(add) => add.start_over(),
            Self::IfLease(fill) => fill.start_over(),
        }
    }
}

/// Stores a value whatever is there, in the place of any lease: one round trip.
pub(crate) struct Put<'a> {
    key: KeyRef<'a>,
    value: Bytes,
    ttl: Ttl,
}

impl<'a> Put<'a> {
    pub(crate) fn new(key: KeyRef<'a>, value: Bytes, ttl: Ttl) -> Self {
        Self { key, value, ttl }
    }
}

impl Operation for Put<'_> {
    type Output = bool;

    fn ask(&mut self, request: &mut Request, _: Moment) -> Outcome<()> {
        let item = Item::plain(self.value.clone(), self.ttl, now());
        request.set(self.key.as_str(), &item, Condition::Always)
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<bool>> {
        match next(&mut answers)?.written()? {
            Written::Done => Ok(Turn::Done(true)),
            _ => Err(Fault::protocol("it did not store what it must store in any case")),
        }
    }
}

/// Stores a value where none is: one round trip where nothing lies, two where a value does, three in the place of
/// a lease.
pub(crate) struct Add<'a> {
    key: KeyRef<'a>,
    value: Bytes,
    ttl: Ttl,
}

impl<'a> Add<'a> {
    pub(crate) fn new(key: KeyRef<'a>, value: Bytes, ttl: Ttl) -> Self {
        Self { key, value, ttl }
    }
}

impl Change for Add<'_> {
    type Output = bool;

    fn open(&mut self, request: &mut Request, _: Moment) -> Outcome<bool> {
        let item = Item::plain(self.value.clone(), self.ttl, now());
        request.set(self.key.as_str(), &item, Condition::IfAbsent)?;
        Ok(true)
    }

    fn opened(&mut self, answers: &mut Answers, _: Moment) -> Outcome<Opened<bool>> {
        let is_done = next(answers)?.written()? == Written::Done;
        Ok(if is_done { Opened::Done(true) } else { Opened::Look })
    }

    fn decide(
        &mut self,
        found: Option<&Found>,
        _: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<bool>> {
        let has_value = found.is_some_and(|found| found.value.is_some());
        Ok(if has_value {
            Decision::Leave(false)
        } else {
            Decision::Write(Item::plain(self.value.clone(), self.ttl, now), true)
        })
    }

    /// The first try may have stored the value, and the second would find it there and say it did not.
    fn is_repeatable(&self) -> bool {
        false
    }
}

/// Stores a value if its lease still stands: one round trip where this process took the lease and saw no value
/// with it, two otherwise.
///
/// A first try that was stored without an answer has spent the token: the second is refused, and harms nobody.
pub(crate) struct Fill<'a> {
    key: KeyRef<'a>,
    watch: Watch<'a>,
    value: Bytes,
    ttl: Ttl,
    token: Token,
}

impl<'a> Fill<'a> {
    pub(crate) fn new(
        key: KeyRef<'a>,
        watch: Watch<'a>,
        value: Bytes,
        ttl: Ttl,
        token: Token,
    ) -> Self {
        Self { key, watch, value, ttl, token }
    }
}

impl Change for Fill<'_> {
    type Output = bool;

    fn open(&mut self, request: &mut Request, connected: Moment) -> Outcome<bool> {
        let now = now();
        let Some(cas) = self.watch.recall(self.token, connected, now) else { return Ok(false) };
        let item = Item::plain(self.value.clone(), self.ttl, now);
        request.set(self.key.as_str(), &item, Condition::IfUnchanged(cas))?;
        Ok(true)
    }

    /// The item may be in another state because its lease is gone, or because something was done to it that
    /// leaves the lease alone.
    fn opened(&mut self, answers: &mut Answers, _: Moment) -> Outcome<Opened<bool>> {
        Ok(match next(answers)?.written()? {
            Written::Done => Opened::Done(true),
            Written::Absent => Opened::Done(false),
            Written::Changed | Written::NotStored => Opened::Look,
        })
    }

    fn decide(
        &mut self,
        found: Option<&Found>,
        _: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<bool>> {
        let standing = found.and_then(|found| found.lease);
        Ok(if standing.is_some_and(|standing| standing.token == self.token) {
            Decision::Write(Item::plain(self.value.clone(), self.ttl, now), true)
        } else {
            Decision::Leave(false)
        })
    }
}
