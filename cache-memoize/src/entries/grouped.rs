//! The groups that an entry is in, as a call reads and compares them.

use super::EntryOf;
use crate::codec::Decoded;
use crate::error::Error;
use crate::groups::{self, Group, Members, Membership, Numbers};
use crate::observer::EventKind;
use crate::plan::Fill;
use crate::rules::Ruleset;
use crate::stats::Counted;
use crate::sync::lock;
use crate::treatment::Spot;
use cache_memoize_core::{Backend, Bytes, Key, KeyRef, ObjectStore, StoreError};
use std::sync::{Arc, Mutex, MutexGuard};

impl Spot<'_> {
    /// The groups of the values of this call in a store of objects.
    pub(super) fn members(&self, objects: &dyn ObjectStore) -> Arc<Members> {
        let made = || Members::of(objects, &self.groups(), self.tags.len());
        let shared = self.cache.members_of(self.site).filter(|_| self.tags.is_empty());
        shared.map_or_else(made, |shared| shared.get_or_init(made).clone())
    }

    /// The generations of these groups in a store of bytes. A plain entry is in none, since it could not say so.
    pub(super) fn unread_numbers(&self) -> Numbers {
        let is_plain = self.cache.codec.as_ref().is_none_or(|codec| codec.is_plain());
        let backend = self.cache.backend.as_ref().filter(|_| !is_plain);
        let numbers = |backend| Numbers::under(self.number_keys(backend));
        backend.map_or_else(Numbers::default, numbers)
    }

    /// Where a store of bytes has the generations of these groups.
    fn number_keys(&self, backend: &Backend) -> Arc<[Key]> {
        let (prefix, key) = (&self.cache.prefix, self.key.as_ref());
        let shard = backend.shard(key);
        let places = self.cache.places_of(self.site, key, backend);
        let known = places.and_then(|places| places.of(key, prefix, backend)).cloned();
        let common = known.unwrap_or_else(|| {
            let function = Group::of_function(key.as_str(), prefix);
            groups::found(prefix, function.as_ref(), shard, backend)
        });
        if self.tags.is_empty() {
            return common;
        }
        let tags = self.tags.iter().map(|tag| Group::of_tag(prefix, tag).in_shard(shard, backend));
        common.iter().cloned().chain(tags).collect()
    }
}

impl<R: Ruleset, S: ?Sized> EntryOf<'_, R, S> {
    pub(super) fn numbers(&self) -> MutexGuard<'_, Numbers> {
        lock(&self.numbers)
    }

    /// The generations that were read, for whoever goes on with the call.
    pub(crate) fn known(&self) -> Numbers {
        self.numbers().clone()
    }

    /// The entry as who began the call knows it.
    pub(crate) fn knowing(self, known: Numbers) -> Self {
        Self { numbers: Mutex::new(known), ..self }
    }

    /// The keys of the generations.
    pub(super) fn number_keys(&self) -> Arc<[Key]> {
        self.numbers().keys().clone()
    }

    /// Takes in the generations that were read behind the entry, and gives the entry.
    pub(super) fn learned(&self, mut answers: Vec<Option<Bytes>>) -> Option<Bytes> {
        let entry = if answers.is_empty() { None } else { answers.remove(0) };
        self.numbers().learn(&answers);
        entry
    }

    /// The generations of the entry's groups that were not read along with it.
    pub(super) fn unread_of(&self, entry: Option<&Bytes>) -> Vec<Key> {
        let Some((codec, entry)) = self.cache.codec.as_ref().zip(entry) else { return Vec::new() };
        let told = codec.groups_told_of(self.key, entry);
        let unread = told.map_or_else(Vec::new, |groups| self.numbers().unread_of(groups));
        // Mostly there are none; only where there are, it matters whether the entry is unharmed.
        let is_whole = || codec.groups_in(self.key, entry).is_some();
        if unread.is_empty() || is_whole() { unread } else { Vec::new() }
    }

    /// Whether none of an entry's groups was invalidated, as far as this call knows.
    pub(super) fn vouches_for<T>(&self, decoded: &Decoded<'_, T>) -> bool {
        self.numbers().vouch_for(decoded.groups)
    }

    /// What becomes of a fill when the store was asked for the generations once more: those who wait may have come
    /// after an invalidation.
    pub(super) fn confirmed(
        &self,
        fill: Fill,
        answer: Result<Vec<Option<Bytes>>, StoreError>,
    ) -> Fill {
        match answer {
            Ok(answers) if self.numbers().still_are(&answers) => fill,
            Ok(_) => {
                self.tell(Counted::FencedOff, EventKind::FencedOff);
                Fill::Refused
            }
            Err(_) => Fill::Failed,
        }
    }

    /// What came of removing the generations of a group. What did not arrive is remembered.
    pub(super) fn removed_all(
        &self,
        keys: &[Key],
        removed: Result<Vec<bool>, StoreError>,
    ) -> Result<bool, Error> {
        if let (Err(_), Some(backend)) = (&removed, &self.cache.backend) {
            let (debts, now) = (&self.cache.resilience.debts, self.cache.now());
            keys.iter().for_each(|key| debts.owe(backend.part(key.as_ref()), key.as_ref(), now));
        }
        match removed {
            Ok(found) => Ok(found.contains(&true)),
            Err(error) => Err(self.failed("invalidate", error)),
        }
    }

    /// Begins a computation for a store of objects.
    pub(super) fn join(&self, objects: &dyn ObjectStore) {
        *lock(&self.membership) = Some(self.spot.members(objects).join());
    }

    /// The membership of the value that was computed.
    pub(super) fn joined(&self, objects: &dyn ObjectStore) -> Membership {
        let joined = lock(&self.membership).take();
        joined.unwrap_or_else(|| self.spot.members(objects).join())
    }
}

/// As many answers as there were questions.
pub(super) fn each<T>(
    operation: &'static str,
    questions: usize,
    answers: Result<Vec<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let answers = answers?;
    if answers.len() == questions {
        return Ok(answers);
    }
    let number = answers.len();
    let context = format!("the backend gave {number} answers about {questions} keys");
    Err(StoreError::new(cache_memoize_core::StoreErrorKind::Protocol, operation, context))
}

/// Keys as a store takes them.
pub(super) fn borrowed(keys: &[Key]) -> Vec<KeyRef<'_>> {
    keys.iter().map(Key::as_ref).collect()
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use super::*;
    use crate::Cache;
    use crate::site::BY_HAND;
    use cache_memoize_memory::Memory;

    #[test]
    fn tags_belong_to_the_call_and_not_to_the_function() {
        let backend: Backend = Memory::new().into();
        let (cache, key) = (Cache::memory(), Key::new("get(1)").unwrap());
        let keys = |tags: &[String]| {
            let spot = Spot { cache: cache.inner(), site: &BY_HAND, key: &key, tags };
            spot.number_keys(&backend).to_vec()
        };
        let plain = keys(&[]);
        let [one, other] = ["user:1", "user:2"].map(|tag| keys(&[tag.to_owned()]));
        assert_eq!((one.len(), other.len()), (plain.len() + 1, plain.len() + 1));
        assert!(one.starts_with(&plain) && other.starts_with(&plain));
        assert_ne!(one.last(), other.last());
        assert_eq!(keys(&[]), plain, "they leave nothing behind");
    }
}
