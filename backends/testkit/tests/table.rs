//! A small backend that keeps the whole contract: a table behind a lock, without a bound.

mod wrappers;

use cache_memoize_core::{
    Backend, Bytes, Clock, Key, KeyRef, Lease, LeaseMode, NonBlocking, PutMode, Result, Store,
    StoreError, StoreErrorKind, SystemClock, Timestamp, Token, Ttl,
};
use cache_memoize_testkit::{FakeClock, Fixture};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

struct Table<C> {
    clock: C,
    rows: Mutex<(u64, HashMap<Key, Row>)>,
}

#[derive(Default)]
struct Row {
    value: Option<(Bytes, Timestamp)>,
    lease: Option<(Token, Timestamp)>,
}

impl<C: Clock> Table<C> {
    fn row<T>(&self, key: KeyRef<'_>, act: impl FnOnce(&mut Row, &mut u64, Timestamp) -> T) -> T {
        let (last_token, rows) = &mut *self.rows.lock().unwrap();
        let (row, now) = (rows.entry(key.to_key()).or_default(), self.clock.now());
        row.value.take_if(|(_, end)| *end <= now);
        row.lease.take_if(|(_, end)| *end <= now);
        act(row, last_token, now)
    }
}

fn end(now: Timestamp, ttl: Ttl) -> Timestamp {
    ttl.as_millis().map_or(Timestamp::NEVER, |millis| now.plus_millis(millis))
}

impl<C: Clock> Store for Table<C> {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let read = |key| self.row(key, |row, _, _| row.value.clone().map(|(value, _)| value));
        Ok(keys.iter().copied().map(read).collect())
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        Ok(self.row(key, |row, _, now| {
            let allowed = match mode {
                PutMode::Always => true,
                PutMode::IfAbsent => row.value.is_none(),
                PutMode::IfLease(token) => row.lease.is_some_and(|(standing, _)| standing == token),
            };
            if allowed {
                *row = Row { value: Some((value, end(now, ttl))), lease: None };
            }
            allowed
        }))
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        Ok(self.row(key, |row, last_token, now| {
            row.lease.take_if(|_| mode == LeaseMode::Renew);
            let first = row.lease.is_none();
            let (token, _) = *row.lease.get_or_insert_with(|| {
                *last_token += 1;
                (Token::new(*last_token), end(now, ttl))
            });
            (Lease { token, first }, row.value.clone().map(|(value, _)| value))
        }))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.row(key, |row, _, _| row.lease.take_if(|(standing, _)| *standing == token));
        Ok(())
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        let remove = |key| self.row(key, |row, _, _| std::mem::take(row).value.is_some());
        Ok(keys.iter().copied().map(remove).collect())
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.row(key, |row, _, now| {
            let (number, end) = match &row.value {
                None => (start, end(now, ttl)),
                Some((text, end)) => (number(text)?.wrapping_add(by), *end),
            };
            row.value = Some((number.to_string().into(), end));
            Ok(number)
        })
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        Ok(self.row(key, |row, _, now| {
            row.value.as_mut().map(|(_, ends)| *ends = end(now, ttl)).is_some()
        }))
    }

    fn clear(&self) -> Result<()> {
        self.rows.lock().unwrap().1.clear();
        Ok(())
    }

    fn ping(&self) -> Result<()> {
        Ok(())
    }
}

fn number(text: &[u8]) -> Result<u64> {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
        let context = "a table, where the value is no number; remove it first";
        StoreError::new(StoreErrorKind::WrongType, "increment", context)
    })
}

fn backend(clock: impl Clock + Clone + 'static) -> Backend {
    let rows = Mutex::default();
    let table = Arc::new(Table { clock: clock.clone(), rows });
    let backend = Backend::new("table").with_clock(Arc::new(clock));
    backend.with_store(table.clone()).with_async_store(NonBlocking(table))
}

cache_memoize_testkit::conformance! {
    mod table;
    store: || {
        let clock = FakeClock::new();
        Fixture::new(backend(clock.clone())).fake_time(clock)
    },
}

cache_memoize_testkit::conformance! {
    mod table_in_real_time;
    store: || backend(SystemClock),
}

/// A clock that shows whole seconds, as memcached has one.
#[derive(Clone)]
struct Seconds(FakeClock);

impl Clock for Seconds {
    fn now(&self) -> Timestamp {
        let millis = self.0.now().as_millis();
        Timestamp::from_millis(millis - millis % 1000)
    }
}

cache_memoize_testkit::conformance! {
    mod table_that_counts_seconds;
    store: || {
        let clock = FakeClock::new();
        let fixture = Fixture::new(backend(Seconds(clock.clone()))).fake_time(clock);
        fixture.resolution(Duration::from_secs(1))
    },
}
