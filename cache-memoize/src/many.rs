//! Many values by hand, in few round trips.

use crate::cache::{Cache, Value};
use crate::call::Subject;
use crate::entries::{
    explain_many, explain_many_async, know_many, know_many_async, peek_many, peek_many_async,
};
use crate::entry_key::EntryKey;
use crate::error::Error;
use crate::explain::Explained;
use crate::rules::{Guard, Rules};
use crate::treatment::Spot;

impl Cache {
    /// The values under these keys, in their order; `None` where there is none of this type. One round trip; on several
    /// servers, one for each.
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
        peek_many(&entries).map_err(|error| error.during("get_many"))
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
        peek_many_async(&entries).await.map_err(|error| error.during("get_many"))
    }

    /// Stores values under their keys for the default lifetime, each as by [`set`](Self::set). One round trip for each, and
    /// one more for each server.
    ///
    /// # Errors
    /// As [`set`](Self::set), at the first value that was not stored. Those before it were.
    pub fn set_many<T: Value>(
        &self,
        values: impl IntoIterator<Item = (impl EntryKey, T)>,
    ) -> Result<(), Error> {
        let (keys, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let (rules, subjects) = (Rules::plain(), self.subjects(keys));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.entry(&rules)).collect();
        let stored = know_many(&entries)
            .and_then(|()| entries.iter().zip(values).try_for_each(|(it, value)| it.prime(value)));
        stored.map_err(|error| error.during("set_many"))
    }

    /// [`set_many`](Self::set_many), async.
    ///
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub async fn set_many_async<T: Value>(
        &self,
        values: impl IntoIterator<Item = (impl EntryKey, T)>,
    ) -> Result<(), Error> {
        let (keys, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let (rules, subjects) = (Rules::plain(), self.subjects(keys));
        let spots = self.spots(&subjects);
        let entries: Vec<_> = spots.iter().map(|spot| spot.async_entry(&rules)).collect();
        know_many_async(&entries).await.map_err(|error| error.during("set_many"))?;
        for (entry, value) in entries.iter().zip(values) {
            entry.prime(value).await.map_err(|error| error.during("set_many"))?;
        }
        Ok(())
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

    fn spots<'a>(&'a self, subjects: &'a [Subject]) -> Vec<Spot<'a>> {
        subjects.iter().map(|subject| subject.at(self)).collect()
    }
}
