//! A whole backend in under sixty lines: a table behind a lock, without a bound.

use cache_memoize_core::{Bytes, Clock, Key, KeyRef, Lease, LeaseMode, PutMode, Result};
use cache_memoize_core::{Store, SystemClock, Timestamp, Token, Ttl, next_count};
use std::{collections::HashMap, mem::take, sync::Mutex};

#[derive(Default)]
pub struct Table(Mutex<HashMap<Key, Row>>);

#[derive(Default)]
struct Row {
    value: Option<(Bytes, Timestamp)>,
    lease: Option<(Token, Timestamp)>,
}

impl Table {
    /// What makes every method atomic: one lock, under which what has expired is gone.
    fn row<T>(&self, key: KeyRef<'_>, act: impl FnOnce(&mut Row, Timestamp) -> T) -> Result<T> {
        let (mut rows, now) = (self.0.lock().expect("no method panics"), SystemClock.now());
        let row = rows.entry(key.to_key()).or_default();
        row.value.take_if(|(_, end)| *end <= now);
        row.lease.take_if(|(_, end)| *end <= now);
        Ok(act(row, now))
    }
}

impl Store for Table {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        keys.iter().map(|key| self.row(*key, |row, _| row.value.clone().map(|it| it.0))).collect()
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.row(key, |row, now| {
            let stores = mode == PutMode::Always
                || mode == PutMode::IfAbsent && row.value.is_none()
                || row.lease.is_some_and(|it| mode == PutMode::IfLease(it.0));
            stores.then(|| *row = Row { value: Some((value, ttl.end(now))), lease: None }).is_some()
        })
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        self.row(key, |row, now| {
            row.lease.take_if(|_| mode == LeaseMode::Renew);
            let first = row.lease.is_none();
            let token =
                row.lease.get_or_insert_with(|| (Token::new(fastrand::u64(..)), ttl.end(now))).0;
            (Lease { token, first }, row.value.clone().map(|it| it.0))
        })
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.row(key, |row, _| row.lease.take_if(|it| it.0 == token)).map(|_| ())
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        keys.iter().map(|key| self.row(*key, |row, _| take(row).value.is_some())).collect()
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.row(key, |row, now| {
            let number = next_count(row.value.as_ref().map(|it| &*it.0), by, start)?;
            let end = row.value.take().map_or(ttl.end(now), |it| it.1);
            row.value = Some((number.to_string().into(), end));
            Ok(number)
        })?
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.row(key, |row, now| row.value.as_mut().map(|it| it.1 = ttl.end(now)).is_some())
    }

    fn clear(&self) -> Result<()> {
        self.0.lock().map(|mut rows| rows.clear()).map_err(|_| unreachable!("no method panics"))
    }
}
