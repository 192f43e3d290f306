//! Many values by hand, in few round trips.

use crate::cache::{Cache, Value};
use crate::call::Subject;
use crate::entries::{explain_many, explain_many_async, many_async, many_blocking};
use crate::entry_key::EntryKey;
use crate::error::Error;
use crate::explain::Explained;
use crate::rules::{Guard, Rules};
use crate::treatment::Spot;
use std::collections::HashMap;

impl Cache {
    /// The values under these keys, in their order; `None` where there is none of this type. One round trip; on several
    /// servers, one for each. One more if some entries have tags.
    ///
    /// Keys are taken by value: of a `Vec<Key>` that is to stay give `keys.iter().cloned()`.
    ///
    /// ```
    /// use cache_memoize::Cache;
    ///
    /// let cache = Cache::memory();
    /// cache.set_many([("one", 1), ("two", 2)])?;
    /// assert_eq!(cache.get_many(["one", "two", "three"])?, [Some(1), Some(2), None]);
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if the store failed, or one of its servers.
    pub fn get_many<T: Value>(
        &self,
        keys: impl IntoIterator<Item = impl EntryKey>,
    ) -> Result<Vec<Option<T>>, Error> {
        let (rules, subjects) = (Rules::plain(), self.subjects(keys));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.entry(&rules)).collect();
        many_blocking::peek(&entries).map_err(|error| error.during("get_many"))
    }

    /// [`get_many`](Self::get_many), async.
    ///
    /// # Errors
    /// As [`get_many`](Self::get_many).
    pub async fn get_many_async<T: Value>(
        &self,
        keys: impl IntoIterator<Item = impl EntryKey>,
    ) -> Result<Vec<Option<T>>, Error> {
        let (rules, subjects) = (Rules::plain(), self.subjects(keys));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.async_entry(&rules)).collect();
        many_async::peek(&entries).await.map_err(|error| error.during("get_many"))
    }

    /// Stores values under their keys for the default lifetime, each as by [`set`](Self::set); of two under one key the
    /// last. Two round trips; on several servers, two for each.
    ///
    /// Pairs are owned: an array or a `Vec` of `(key, value)`, or a `HashMap`, not a reference to it.
    ///
    /// # Errors
    /// As [`set`](Self::set), for the first value that was not stored. Others may have been.
    pub fn set_many<T: Value>(
        &self,
        values: impl IntoIterator<Item = (impl EntryKey, T)>,
    ) -> Result<(), Error> {
        let (rules, (subjects, values)) = (Rules::plain(), self.subjects_with(values));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.entry(&rules)).collect();
        many_blocking::prime(&entries, values).map_err(|error| error.during("set_many"))
    }

    /// [`set_many`](Self::set_many), async.
    ///
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub async fn set_many_async<T: Value>(
        &self,
        values: impl IntoIterator<Item = (impl EntryKey, T)>,
    ) -> Result<(), Error> {
        let (rules, (subjects, values)) = (Rules::plain(), self.subjects_with(values));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.async_entry(&rules)).collect();
        many_async::prime(&entries, values).await.map_err(|error| error.during("set_many"))
    }

    /// What is known of the entries under these keys, each as by [`explain`](Self::explain). Two round trips; on several
    /// servers, two for each.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub fn explain_many(
        &self,
        keys: impl IntoIterator<Item = impl EntryKey>,
    ) -> Result<Vec<Option<Explained>>, Error> {
        let (rules, subjects) = (Guard::<()>::new(), self.subjects(keys));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.entry(&rules)).collect();
        explain_many(&entries).map_err(|error| error.during("explain_many"))
    }

    /// [`explain_many`](Self::explain_many), async.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub async fn explain_many_async(
        &self,
        keys: impl IntoIterator<Item = impl EntryKey>,
    ) -> Result<Vec<Option<Explained>>, Error> {
        let (rules, subjects) = (Guard::<()>::new(), self.subjects(keys));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.async_entry(&rules)).collect();
        explain_many_async(&entries).await.map_err(|error| error.during("explain_many"))
    }

    fn subjects(&self, keys: impl IntoIterator<Item = impl EntryKey>) -> Vec<Subject> {
        keys.into_iter().map(|key| self.call(&key).subject()).collect()
    }

    /// Of values under one key the last one counts.
    fn subjects_with<T>(
        &self,
        values: impl IntoIterator<Item = (impl EntryKey, T)>,
    ) -> (Vec<Subject>, Vec<T>) {
        let mut last = HashMap::new();
        for (key, value) in values {
            let subject = self.call(&key).subject();
            last.insert(subject.key.clone(), (subject, value));
        }
        last.into_values().unzip()
    }

    fn spots<'a>(&'a self, subjects: &'a [Subject]) -> Vec<Spot<'a>> {
        subjects.iter().map(|subject| subject.at(self)).collect()
    }
}
