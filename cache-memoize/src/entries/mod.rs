//! The entry of one key in one cache, as the drivers see it: in whichever face of the backend it lives.
//!
//! Here faults end. They are counted and reported, and read as an absence.

mod asking;
mod asynchronous;
mod blocking;
mod doubt;
mod explaining;
mod explaining_many;
mod filling;
mod grouped;
mod many;
mod nearby;
mod objects;
mod reading;

use crate::cache::Inner;
use crate::codec::{Codec, Stamps};
use crate::drive::{Leased, Note, Replaced};
use crate::error::{Error, ErrorKind};
use crate::groups::{Membership, Numbers};
use crate::observer::{EventKind, Tier};
use crate::orphans::Orphan;
use crate::plan::{Permit, SingleFlight};
use crate::policy;
use crate::resilience::{Operation, Payment, Unasked, unasked};
use crate::rules::{Form, Ruleset, Transcoder};
use crate::site::Site;
use crate::stats::Counted;
use crate::treatment::Spot;
pub(crate) use asking::Experience;
use asking::Knowledge;
use cache_memoize_core::{
    Key, KeyRef, Lease, LeaseMode, ObjectStore, StoreError, StoreErrorKind, Timestamp, Token, Ttl,
};
use doubt::TO_LEARN_THE_TOKEN;
pub(crate) use explaining_many::{explain_many, explain_many_async};
pub(crate) use many::{ByPlace, LeaseTerms, asynchronous as many_async, blocking as many_blocking};
use nearby::Nearby;
pub(crate) use objects::{fresh_in, look_to_hold, weight_to_hold};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long a lease lives: longer than any computation that is worth remembering.
const LEASE: Duration = Duration::from_secs(3600);

/// Where the entries of a call live. `S` is the face for bytes, blocking or async.
pub(crate) enum Face<'a, S: ?Sized> {
    Objects(&'a dyn ObjectStore),
    Bytes(&'a S),
    /// Nowhere: the cache is disabled, or its backend lacks the face, for this reason.
    Missing(Option<&'static str>),
}

/// Before all that is stored.
const ANY_TIME: Timestamp = Timestamp::from_millis(0);

/// The entry of one key, for one call.
pub(crate) struct EntryOf<'a, R, S: ?Sized> {
    spot: &'a Spot<'a>,
    cache: &'a Inner,
    site: &'static Site,
    key: KeyRef<'a>,
    rules: &'a R,
    face: Face<'a, S>,
    lease: Ttl,
    /// Whether the lease is the claim of a function that runs at most once.
    claims: bool,
    near: Option<Nearby<'a>>,
    /// The generations of its groups in a store of bytes.
    numbers: Mutex<Numbers>,
    /// That of the value that is being computed for a store of objects.
    membership: Mutex<Option<Membership>>,
    /// Whether the last look ended in the near tier.
    ended_near: AtomicBool,
    experience: Knowledge<'a>,
    /// Whether the call is a refresh: the value that is there is to be replaced.
    renews: AtomicBool,
    /// When the computation began, to know what the entry cost.
    began: AtomicU64,
}

impl<'a, R: Ruleset, S: ?Sized> EntryOf<'a, R, S> {
    pub(crate) fn new(spot: &'a Spot<'a>, rules: &'a R, face: Face<'a, S>) -> Self {
        let (cache, site, key) = (spot.cache, spot.site, spot.key.as_ref());
        let is_far = matches!(face, Face::Bytes(_));
        let entry = Self {
            spot,
            cache,
            site,
            key,
            rules,
            face,
            lease: lease_of(cache, site),
            claims: false,
            near: if is_far { Nearby::of(spot) } else { None },
            numbers: Mutex::new(if is_far { spot.unread_numbers() } else { Numbers::default() }),
            membership: Mutex::new(None),
            ended_near: AtomicBool::new(false),
            experience: Knowledge::Own(Experience::default()),
            renews: AtomicBool::new(false),
            began: AtomicU64::new(0),
        };
        if let Face::Missing(Some(reason)) = entry.face {
            entry.count(Counted::Fault);
            if entry.cache.resilience.learns_that_a_face_is_missing() {
                entry.observe(EventKind::Unsupported { reason });
            }
        }
        entry
    }

    /// For one of many keys of a call, with what the call knows of the part of the store that serves it.
    pub(crate) fn among(mut self, experiences: &'a [Experience]) -> Self {
        self.experience = Knowledge::Shared(&experiences[self.part()]);
        self
    }

    /// For a function that runs at most once in a lifetime: the lease is the claim, and lives as long.
    pub(crate) fn claiming(mut self, marker: &R::Stored) -> Self {
        self.lease = self.lifetime(marker).unwrap_or(self.lease);
        self.claims = true;
        self
    }

    /// The key, with its room.
    pub(crate) fn whole_key(&self) -> &'a Key {
        self.spot.key
    }

    pub(crate) fn tags(&self) -> &'a [String] {
        self.spot.tags
    }

    /// How long a lease lives under which a value is computed that is missing.
    pub(crate) fn lease_ttl(&self) -> Ttl {
        self.lease
    }

    fn tell(&self, counted: Counted, kind: EventKind<'_>) {
        self.cache.tell(self.site, self.key, counted, kind);
    }

    fn count(&self, counted: Counted) {
        self.cache.count(self.site, counted);
    }

    fn observe(&self, kind: EventKind<'_>) {
        self.cache.observe(self.site, self.key, kind);
    }

    fn transcoder(&self) -> Option<(&Codec, Transcoder<R::Stored>)> {
        self.cache.codec.as_ref().zip(R::Form::transcoder())
    }

    /// Whether the function failed a moment ago.
    pub(crate) fn is_resting(&self) -> bool {
        self.cache.rests.include(self.key, self.cache.now())
    }

    /// Has the function left alone for a while.
    pub(crate) fn rest(&self) {
        self.cache.rests.begin(self.key, self.cache.now());
    }

    fn stamps(&self, ttl: Ttl) -> Stamps {
        let created = self.cache.now();
        Stamps { created, expires: ttl.end(created), cost: self.cost() }
    }

    /// How long the computation takes until now.
    fn cost(&self) -> Duration {
        self.cache.now().since(Timestamp::from_millis(self.began.load(Ordering::Relaxed)))
    }

    fn began(&self) {
        self.began.store(self.cache.now().as_millis(), Ordering::Relaxed);
    }

    /// Before the store is asked for a lease, or for a value that the near tier does not have.
    fn begin_near(&self, mode: LeaseMode) {
        self.renews.fetch_or(mode == LeaseMode::Renew, Ordering::Relaxed);
        self.near.iter().for_each(|near| near.begin(mode));
    }

    /// The copy in the near tier.
    fn near_value(&self) -> Option<R::Stored> {
        let near = self.near.as_ref()?;
        let copy = self.look_into(near.tier()).servable();
        self.ended_near.store(copy.is_some(), Ordering::Relaxed);
        copy
    }

    /// Where the last look ended.
    fn tier(&self) -> Tier {
        if self.ended_near.load(Ordering::Relaxed) { Tier::Near } else { Tier::Store }
    }

    /// The part of the store that serves the key.
    fn part(&self) -> usize {
        self.cache.backend.as_ref().map_or(0, |backend| backend.part(self.key))
    }

    /// Remembers that what the store may have is not to be served again.
    fn owe(&self) {
        self.cache.resilience.debts.owe(self.part(), self.key, self.cache.now());
    }

    /// What is owed to the part of the store that is about to be asked.
    fn payment(&self) -> Option<Payment<'a>> {
        let now = || self.cache.now();
        self.cache.resilience.debts.pay(|| self.part(), self.key, now)
    }

    /// What is owed to whichever part of the store.
    fn any_payment(&self) -> Option<Payment<'a>> {
        self.cache.resilience.debts.pay_any(self.cache.now())
    }

    /// Leaves a lease to a later call that asks this part of the store.
    fn orphan(&self, token: Token) {
        self.cache.orphans.push(self.part(), self.key, Some(token));
    }

    /// How long a lease lives under which a value is replaced that may be served still. As long as it stands
    /// nobody else tries.
    pub(crate) fn lease_to_replace(&self, old: &Replaced) -> Ttl {
        let cost = old.cost.max(self.site.slowest());
        Ttl::new(policy::patience_with(cost)).unwrap_or(Ttl::Forever)
    }

    /// Leases that earlier calls left to this one.
    fn orphans(&self) -> Vec<Orphan<'a>> {
        self.cache.orphans.adopt(|| self.part(), self.key)
    }

    /// While the key is owed to the store, or one of its groups, what it says is not believed.
    fn undisputed(&self, operation: Operation) -> Result<(), StoreError> {
        match self.is_owed() {
            true => {
                Err(unasked(operation, Unasked::Owed)).inspect_err(|error| self.keep_failure(error))
            }
            false => Ok(()),
        }
    }

    fn is_owed(&self) -> bool {
        let debts = &self.cache.resilience.debts;
        debts.are_there()
            && (debts.include(self.key)
                || self.numbers().keys().iter().any(|it| debts.include(it.as_ref())))
    }

    pub(crate) fn noted(&self, note: Note) {
        match note {
            Note::Hit => self.tell(Counted::Hit, EventKind::Hit { tier: self.tier() }),
            Note::Coalesced => self.tell(Counted::Coalesced, EventKind::Coalesced),
            Note::Miss => self.tell(Counted::Miss, EventKind::Miss),
            Note::Stale => self.tell(Counted::Stale, EventKind::StaleServed),
            Note::Refresh => self.tell(Counted::Refreshed, EventKind::Refreshed),
        }
    }

    /// What a value that is not stored leaves in the place of one that is outdated.
    fn forgotten(&self, answer: &Result<bool, StoreError>) {
        if answer.is_err() {
            self.owe();
        }
        self.near.iter().for_each(Nearby::forget);
    }

    fn invalidated(&self, answer: Result<bool, StoreError>) -> Result<bool, Error> {
        self.forgotten(&answer);
        match answer {
            Ok(found) => {
                self.tell(Counted::Invalidated, EventKind::Invalidated { found });
                Ok(found)
            }
            Err(error) => Err(self.failed("invalidate", error)),
        }
    }

    fn failed(&self, operation: &'static str, error: StoreError) -> Error {
        Error::of_store(operation, self.cache.backend_name(), error)
    }

    /// A disabled cache takes everything and has nothing; a face that is missing is an error.
    fn missing(&self, operation: &'static str, reason: Option<&'static str>) -> Result<(), Error> {
        match reason {
            None => Ok(()),
            Some(reason) => Err(Error::new(ErrorKind::Unsupported, operation, reason)),
        }
    }

    fn lifeless(&self) -> Error {
        Error::new(ErrorKind::NotKept, "store", "the lifetime of this value is zero")
    }

    fn stamps_now(&self, ttl: Ttl) -> Stamps {
        self.began();
        self.stamps(ttl)
    }

    fn primed(&self, answer: Result<bool, StoreError>) -> Result<(), Error> {
        self.near.iter().for_each(Nearby::forget);
        match answer {
            Ok(true) => {
                self.tell(Counted::Stored, EventKind::Stored);
                Ok(())
            }
            Ok(false) => Err(self.failed(
                "store",
                StoreError::new(
                    StoreErrorKind::Protocol,
                    "put",
                    "the backend refused a plain put, which the contract does not allow",
                ),
            )),
            Err(error) => Err(self.failed("store", error)),
        }
    }
}

/// How long the lease of a call lives. Where a fleet waits for its holder, it ends early enough for those who
/// wait to wait for another.
fn lease_of(cache: &Inner, site: &Site) -> Ttl {
    let time = match site.single_flight() {
        SingleFlight::Fleet => (cache.flights.wait_limit() / 2).min(LEASE),
        SingleFlight::Off | SingleFlight::Process => LEASE,
    };
    Ttl::new(time).unwrap_or(Ttl::Forever)
}

fn granted<S>(lease: Lease) -> Leased<S> {
    Leased::Granted { permit: Permit::Fenced(lease.token), first: lease.first }
}

/// The answer for the one key that `operation` asked about.
fn only<T>(operation: &'static str, answers: Result<Vec<T>, StoreError>) -> Result<T, StoreError> {
    let mut answers = answers?;
    match (answers.pop(), answers.len()) {
        (Some(answer), 0) => Ok(answer),
        (answer, more) => {
            let number = more + usize::from(answer.is_some());
            let context = format!("the backend gave {number} answers about one key");
            Err(StoreError::new(StoreErrorKind::Protocol, operation, context))
        }
    }
}
