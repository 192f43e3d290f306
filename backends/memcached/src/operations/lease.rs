use super::next;
use super::update::{Change, Decision, Opened};
use crate::fault::Outcome;
use crate::item::{Found, Item, Standing};
use crate::moment::Moment;
use crate::sightings::{Sighting, Watch};
use crate::wire::{Answers, Condition, Request, Written};
use cache_memoize_core::{Bytes, KeyRef, Lease, LeaseMode, Timestamp, Token, Ttl};

/// Takes a lease. One round trip where nothing lies or a token is shared; two where a value lies without
/// a lease, or a token is replaced.
pub(crate) struct TakeLease<'a> {
    key: KeyRef<'a>,
    watch: Watch<'a>,
    ttl: Ttl,
    mode: LeaseMode,
    token: Token,
    /// A token that may stand already, written over a connection that broke before the answer.
    lost: Option<Token>,
    /// When the new token is over.
    end: Timestamp,
    writes_no_value: bool,
}

impl<'a> TakeLease<'a> {
    pub(crate) fn new(key: KeyRef<'a>, watch: Watch<'a>, ttl: Ttl, mode: LeaseMode) -> Self {
        let end = ttl.end(super::now());
        let token = new_token();
        Self { key, watch, ttl, mode, token, lost: None, end, writes_no_value: true }
    }

    fn standing(&self) -> Standing {
        Standing { token: self.token, end: self.end }
    }

    fn created(&self) -> Lease {
        Lease { token: self.token, first: true }
    }

    /// One who asks again without having had an answer may find a token of its own: nobody else was told to be
    /// the first.
    fn joined(&self, token: Token) -> Lease {
        Lease { token, first: self.lost == Some(token) }
    }

    fn note(&self, standing: Standing, cas: u64, asked: Moment) {
        self.watch.note(Sighting { token: standing.token, cas, end: standing.end, asked });
    }
}

impl Change for TakeLease<'_> {
    type Output = (Lease, Option<Bytes>);

    fn open(&mut self, request: &mut Request, _: Moment) -> Outcome<bool> {
        let now = super::now();
        self.end = self.ttl.end(now);
        let item = Item::framed(Some(self.standing()), None, now);
        request.look(self.key.as_str())?;
        request.set(self.key.as_str(), &item, Condition::IfAbsent)?;
        Ok(true)
    }

    fn opened(&mut self, answers: &mut Answers, asked: Moment) -> Outcome<Opened<Self::Output>> {
        let found = Found::read(next(answers)?, super::now())?;
        let added = next(answers)?;
        if added.written()? == Written::Done {
            self.written(added.cas()?, asked);
            return Ok(Opened::Done((self.created(), None)));
        }
        Ok(found.map_or(Opened::Look, Opened::Found))
    }

    fn decide(
        &mut self,
        found: Option<&Found>,
        asked: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<Self::Output>> {
        let handed = found.and_then(Found::handed);
        let standing = found.and_then(|found| Some((found.lease?, found.cas)));
        if let (Some((standing, cas)), LeaseMode::Join) = (standing, self.mode) {
            if handed.is_none() {
                self.note(standing, cas, asked);
            }
            return Ok(Decision::Leave((self.joined(standing.token), handed)));
        }
        self.end = self.ttl.end(now);
        self.writes_no_value = handed.is_none();
        let value = found.and_then(|found| found.value.as_ref());
        let kept = value.map(|value| (value.bytes.clone(), value.end(now)));
        let item = Item::framed(Some(self.standing()), kept, now);
        Ok(Decision::Write(item, (self.created(), handed)))
    }

    fn written(&mut self, cas: u64, asked: Moment) {
        if self.writes_no_value {
            self.note(self.standing(), cas, asked);
        }
    }

    /// A value may be so long that there is no room for a head. It is gone then, and the lease is taken without it.
    fn goes_on_without_room(&self) -> bool {
        true
    }

    /// The same token must not be written twice: it may have been shared and revoked in between, and would
    /// come back to life.
    fn start_over(&mut self) {
        self.lost = Some(self.token);
        self.token = new_token();
    }
}

/// Random, so that no number comes twice, not even from a server that was started anew.
fn new_token() -> Token {
    Token::new(fastrand::u64(..))
}

/// Gives a lease back. One round trip where this process took it, and no value is there.
pub(crate) struct Release<'a> {
    key: KeyRef<'a>,
    watch: Watch<'a>,
    token: Token,
}

impl<'a> Release<'a> {
    pub(crate) fn new(key: KeyRef<'a>, watch: Watch<'a>, token: Token) -> Self {
        Self { key, watch, token }
    }
}

impl Change for Release<'_> {
    type Output = ();

    fn open(&mut self, request: &mut Request, connected: Moment) -> Outcome<bool> {
        let cas = self.watch.recall(self.token, connected, super::now());
        cas.map(|cas| request.delete(self.key.as_str(), Some(cas))).transpose()?;
        Ok(cas.is_some())
    }

    fn opened(&mut self, answers: &mut Answers, _: Moment) -> Outcome<Opened<()>> {
        Ok(match next(answers)?.written()? {
            Written::Done | Written::Absent => Opened::Done(()),
            Written::Changed | Written::NotStored => Opened::Look,
        })
    }

    /// The value that stays keeps its end to the millisecond: rounded to seconds, it would grow longer or shorter
    /// with every lease that is given back.
    fn decide(
        &mut self,
        found: Option<&Found>,
        _: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<()>> {
        let found = found.filter(|found| found.lease.is_some_and(|it| it.token == self.token));
        let Some(found) = found else { return Ok(Decision::Leave(())) };
        let kept = found.value.as_ref().map(|value| (value.bytes.clone(), value.end(now)));
        Ok(match kept {
            None => Decision::Delete(()),
            Some((bytes, Timestamp::NEVER)) => {
                Decision::Write(Item::plain(bytes, Ttl::Forever, now), ())
            }
            kept => Decision::Write(Item::framed(None, kept, now), ()),
        })
    }
}
