use super::{Face, faces};
use crate::Fixture;
use crate::fixture::{Runner, Time};
use cache_memoize_core::{
    Backend, Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, StoreError, Token, Ttl,
};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);

/// One face of a backend under test, in words that keep the clauses short.
///
/// An error of the store where a clause expects none fails the test.
pub(super) struct Subject {
    store: Arc<dyn Store>,
    backend: Backend,
    time: Time,
    resolution: Duration,
    largest_value: Option<usize>,
    runner: Runner,
}

impl Subject {
    /// The face as a subject, and what must outlive it.
    pub(super) fn new(face: Face, fixture: Fixture) -> (Self, Vec<Box<dyn Any>>) {
        let store = faces::open(face, &fixture);
        let Fixture { backend, time, resolution, largest_value, runner, kept } = fixture;
        (Self { store, backend, time, resolution, largest_value, runner }, kept)
    }

    /// The same backend through another face.
    pub(super) fn with_store(&self, store: Arc<dyn Store>) -> Self {
        Self {
            store,
            backend: self.backend.clone(),
            time: self.time.clone(),
            resolution: self.resolution,
            largest_value: self.largest_value,
            runner: self.runner.clone(),
        }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(super) fn backend(&self) -> &Backend {
        &self.backend
    }

    pub(super) fn runner(&self) -> &Runner {
        &self.runner
    }

    pub(super) fn largest_value(&self) -> Option<usize> {
        self.largest_value
    }
}

/// What the clauses ask a store, a key at a time. Values and leases live for ever unless told.
impl Subject {
    #[track_caller]
    pub(super) fn get(&self, key: &str) -> Option<Bytes> {
        let mut values = answered(self.store.get(&[key_of(key)]));
        assert_eq!(values.len(), 1, "one key was asked for");
        values.remove(0)
    }

    #[track_caller]
    pub(super) fn put(&self, key: &str, value: impl Into<Bytes>) {
        self.put_for(key, value, Ttl::Forever);
    }

    #[track_caller]
    pub(super) fn put_for(&self, key: &str, value: impl Into<Bytes>, ttl: Ttl) {
        let stored = answered(self.store.put(key_of(key), value.into(), ttl, PutMode::Always));
        assert!(stored, "a plain put stores in any case");
    }

    #[track_caller]
    pub(super) fn add(&self, key: &str, value: impl Into<Bytes>) -> bool {
        self.add_for(key, value, Ttl::Forever)
    }

    #[track_caller]
    pub(super) fn add_for(&self, key: &str, value: impl Into<Bytes>, ttl: Ttl) -> bool {
        answered(self.store.put(key_of(key), value.into(), ttl, PutMode::IfAbsent))
    }

    #[track_caller]
    pub(super) fn fill(&self, key: &str, token: Token, value: impl Into<Bytes>) -> bool {
        self.fill_for(key, token, value, Ttl::Forever)
    }

    #[track_caller]
    pub(super) fn fill_for(
        &self,
        key: &str,
        token: Token,
        value: impl Into<Bytes>,
        ttl: Ttl,
    ) -> bool {
        answered(self.store.put(key_of(key), value.into(), ttl, PutMode::IfLease(token)))
    }

    #[track_caller]
    pub(super) fn join(&self, key: &str) -> Lease {
        self.lease(key, Ttl::Forever, LeaseMode::Join).0
    }

    #[track_caller]
    pub(super) fn renew(&self, key: &str) -> Lease {
        self.lease(key, Ttl::Forever, LeaseMode::Renew).0
    }

    #[track_caller]
    pub(super) fn lease(&self, key: &str, ttl: Ttl, mode: LeaseMode) -> (Lease, Option<Bytes>) {
        answered(self.store.lease(key_of(key), ttl, mode))
    }

    #[track_caller]
    pub(super) fn release(&self, key: &str, token: Token) {
        answered(self.store.release(key_of(key), token));
    }

    #[track_caller]
    pub(super) fn put_many<const N: usize>(
        &self,
        puts: [Put<'_>; N],
    ) -> [Result<bool, StoreError>; N] {
        let answers = self.store.put_many(puts.into());
        answers.try_into().expect("there is an answer for each value")
    }

    #[track_caller]
    pub(super) fn join_many(&self, keys: &[KeyRef<'_>]) -> Vec<(Lease, Option<Bytes>)> {
        self.lease_many(keys, LeaseMode::Join)
    }

    #[track_caller]
    pub(super) fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        mode: LeaseMode,
    ) -> Vec<(Lease, Option<Bytes>)> {
        answered(self.store.lease_many(keys, Ttl::Forever, mode))
    }

    #[track_caller]
    pub(super) fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) {
        answered(self.store.release_many(leases));
    }

    #[track_caller]
    pub(super) fn remove(&self, key: &str) -> bool {
        let removed = answered(self.store.remove(&[key_of(key)]));
        assert_eq!(removed.len(), 1, "one key was named");
        removed[0]
    }

    #[track_caller]
    pub(super) fn increment(&self, key: &str, by: u64, start: u64) -> u64 {
        self.increment_for(key, by, start, Ttl::Forever)
    }

    #[track_caller]
    pub(super) fn increment_for(&self, key: &str, by: u64, start: u64, ttl: Ttl) -> u64 {
        answered(self.store.increment(key_of(key), by, start, ttl))
    }

    #[track_caller]
    pub(super) fn touch(&self, key: &str, ttl: Ttl) -> bool {
        answered(self.store.touch(key_of(key), ttl))
    }

    #[track_caller]
    pub(super) fn clear(&self) {
        answered(self.store.clear());
    }
}

/// Time, as exact as the store measures it.
impl Subject {
    /// A life short enough to wait for its end, and long enough to do something in it.
    pub(super) fn short(&self) -> Duration {
        (self.resolution * 4).max(Duration::from_millis(250))
    }

    /// Lets everything end that lives for `duration` from now.
    pub(super) fn outlast(&self, duration: Duration) {
        self.time.pass(duration + self.slack());
    }

    /// Lets time pass in which nothing that lives for ever may end: as much as costs nothing.
    pub(super) fn outlast_much(&self) {
        self.time.pass(match self.time {
            Time::Fake(_) => Duration::from_secs(100 * 366 * 24 * 60 * 60),
            Time::Real => self.short(),
        });
    }

    /// By how much an end may be off. A clock that stands still between two calls leaves no doubt
    /// about when they were made, a real one up to a tick of the store.
    fn slack(&self) -> Duration {
        match self.time {
            Time::Fake(_) => self.resolution - MILLISECOND,
            Time::Real => self.resolution,
        }
    }

    /// Asserts that what `begin` starts is `alive` for `life`, and no longer.
    ///
    /// In real time nothing is asserted of an answer that may have been given on either side of the
    /// end, so that a machine that stalls proves nothing wrong.
    #[track_caller]
    pub(super) fn assert_lives(
        &self,
        life: Duration,
        begin: impl FnOnce(),
        alive: impl Fn() -> bool,
    ) {
        let called = self.time.now();
        begin();
        let answered = self.time.now();
        let (earliest_end, latest_end) =
            ((called + life).saturating_sub(self.slack()), answered + life + self.slack());
        loop {
            let asked = self.time.now();
            let is_alive = alive();
            let told = self.time.now();
            assert!(!is_alive || asked < latest_end, "still there after its {life:?} were over");
            assert!(is_alive || told >= earliest_end, "gone before its {life:?} were over");
            if !is_alive {
                return;
            }
            self.step_towards_the_end(earliest_end.saturating_sub(told));
        }
    }

    /// A fake clock goes to the last moment of the life first, and then by the millisecond. In real
    /// time the store is asked now and then, lest an early end go unseen.
    fn step_towards_the_end(&self, left: Duration) {
        self.time.pass(match self.time {
            Time::Fake(_) => left.saturating_sub(MILLISECOND).max(MILLISECOND),
            Time::Real => (self.resolution / 4).clamp(MILLISECOND, MILLISECOND * 50),
        });
    }

    /// What `act` gives on a key of its own, acted out within `life`. A run that took longer proves
    /// nothing, and is repeated on another key.
    #[track_caller]
    pub(super) fn within<T>(&self, life: Duration, act: impl Fn(&str) -> T) -> (String, T) {
        for attempt in 0..100 {
            let key = format!("attempt-{attempt}");
            let started = self.time.now();
            let outcome = act(&key);
            if self.time.now() + self.resolution < started + life {
                return (key, outcome);
            }
        }
        panic!(
            "a few operations take longer than {life:?} each time: the store is too slow to test"
        );
    }
}

pub(super) fn key_of(text: &str) -> KeyRef<'_> {
    KeyRef::new(text).expect("the suite uses keys that are keys")
}

/// The answer that a `get` should give.
pub(super) fn value(bytes: impl Into<Bytes>) -> Option<Bytes> {
    Some(bytes.into())
}

pub(super) fn ttl(duration: Duration) -> Ttl {
    Ttl::new(duration).expect("the suite uses lifetimes that are not zero")
}

#[track_caller]
fn answered<T>(answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| panic!("the store answered with an error: {error}"))
}
