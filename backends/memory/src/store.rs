use crate::Memory;
use crate::entry::{Entry, Payload};
use crate::leases::After;
use crate::writer::{Put, Writer};
use cache_memoize_core::{
    Bytes, KeyRef, Lease, LeaseMode, PutMode, Result, Store, StoreError, StoreErrorKind, Token, Ttl,
};

impl Store for Memory {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        Ok(keys.iter().map(|key| self.table.read(*key, bytes_of).flatten()).collect())
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let weight = value.len();
        let put = self.table.put(key, Payload::Bytes(value), weight, ttl, mode);
        outcome(put, key, weight, self.table.bounds().weight)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        Ok(self
            .table
            .write(|writer| (writer.lease(key, ttl, mode), writer.live(key).and_then(bytes_of))))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.table.write(|writer| writer.release(key, token));
        Ok(())
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        let mut lived = Vec::with_capacity(keys.len());
        for keys in keys.chunks(REMOVED_PER_LOCK) {
            self.table.write(|writer| lived.extend(keys.iter().map(|key| writer.remove(*key))));
        }
        Ok(lived)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        self.table.write(|writer| {
            let (number, expires) = match live_bytes(writer, key) {
                Some((entry, text)) => (number_in(text, key)?.wrapping_add(by), entry.expires()),
                None => (start, writer.now().after(ttl)),
            };
            let digits = Bytes::from(number.to_string());
            let weight = digits.len();
            if writer.is_too_heavy(key, weight) {
                return Err(too_large("increment", key, weight, writer.bounds().weight));
            }
            writer.place(key, Payload::Bytes(digits), weight, expires);
            Ok(number)
        })
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        Ok(self.table.write(|writer| {
            let there = live_bytes(writer, key);
            there.map(|(entry, _)| writer.prolong(entry, ttl)).is_some()
        }))
    }

    fn clear(&self) -> Result<()> {
        self.table.write(|writer| writer.clear());
        Ok(())
    }

    fn ping(&self) -> Result<()> {
        Ok(())
    }
}

/// Many keys are removed in groups, so that no other writer waits for long.
const REMOVED_PER_LOCK: usize = 64;

#[inline]
fn bytes_of(entry: &Entry) -> Option<Bytes> {
    entry.payload.bytes().cloned()
}

fn live_bytes<'a>(writer: &Writer<'a>, key: KeyRef<'_>) -> Option<(&'a Entry, &'a Bytes)> {
    let entry = writer.live(key)?;
    Some((entry, entry.payload.bytes()?))
}

/// Reads a counter strictly: `parse` alone would take a sign for part of a number.
fn number_in(text: &[u8], key: KeyRef<'_>) -> Result<u64> {
    let digits = std::str::from_utf8(text).ok().filter(|text| !text.starts_with('+'));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        let context = format!("what lies under {key} in memory is no number, remove it first");
        StoreError::new(StoreErrorKind::WrongType, "increment", context)
    })
}

/// What became of a put, in the words of the contract.
pub(crate) fn outcome(put: Put, key: KeyRef<'_>, weight: usize, max: usize) -> Result<bool> {
    match put {
        Put::Stored => Ok(true),
        Put::Refused => Ok(false),
        Put::TooHeavy => Err(too_large("put", key, weight, max)),
    }
}

fn too_large(operation: &'static str, key: KeyRef<'_>, weight: usize, max: usize) -> StoreError {
    let context = format!(
        "{key} with its value of {weight} bytes is heavier than the whole memory store, which is \
         bounded to {max} bytes; raise max_bytes or store less"
    );
    StoreError::new(StoreErrorKind::TooLarge, operation, context)
}
