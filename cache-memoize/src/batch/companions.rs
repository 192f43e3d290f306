//! What the companions of a function with the option `batch` do.

use super::call::{Batch, Uneven, async_entries, entries, experiences};
use super::shape::{BatchReturn, BatchRules, Unanswered};
use crate::call::not_kept;
use crate::entries::{many_async, many_blocking};
use crate::error::{Error, ErrorKind};
use crate::rules::{Guard, Ruleset};
use std::collections::BTreeMap;

impl<K> Batch<'_, K> {
    /// Forgets the entries, and says whether there was any. One round trip; on several servers, one for each.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn invalidate(&self) -> Result<bool, Error> {
        let Some(cache) = self.required_cache("invalidate")? else { return Ok(false) };
        let rules = Guard::<()>::new();
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let removed = many_blocking::invalidate(&entries(&spots, &rules, &experiences));
        spots.iter().for_each(|spot| cache.inner().flights.detach(spot.key));
        removed
    }

    /// [`invalidate`](Self::invalidate), async.
    ///
    /// # Errors
    /// As [`invalidate`](Self::invalidate).
    pub async fn invalidate_async(self) -> Result<bool, Error> {
        let Some(cache) = self.required_cache("invalidate")? else { return Ok(false) };
        let rules = Guard::<()>::new();
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = async_entries(&spots, &rules, &experiences);
        let removed = many_async::invalidate(&entries).await;
        spots.iter().for_each(|spot| cache.inner().flights.detach(spot.key));
        removed
    }

    /// The values that are there, without computing.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn peek<R: BatchRules<K>>(
        &self,
        rules: R,
    ) -> Result<<R::Returned as BatchReturn<K>>::Peeked, Error> {
        let values = match self.required_cache("peek")? {
            Some(cache) => {
                let (spots, experiences) = (self.spots(&cache), experiences(&cache));
                many_blocking::peek(&entries(&spots, &rules, &experiences))?
            }
            None => Vec::new(),
        };
        Ok(R::Returned::peeked(self.keys, self.spread(values)))
    }

    /// [`peek`](Self::peek), async.
    ///
    /// # Errors
    /// As [`peek`](Self::peek).
    pub async fn peek_async<R: BatchRules<K>>(
        self,
        rules: R,
    ) -> Result<<R::Returned as BatchReturn<K>>::Peeked, Error> {
        let values = match self.required_cache("peek")? {
            Some(cache) => {
                let (spots, experiences) = (self.spots(&cache), experiences(&cache));
                let entries = async_entries(&spots, &rules, &experiences);
                many_async::peek(&entries).await?
            }
            None => Vec::new(),
        };
        Ok(R::Returned::peeked(self.keys, self.spread(values)))
    }

    /// Stores `returned` as if the function had returned it.
    ///
    /// # Errors
    /// Where there is no cache, its store failed, the options of the function do not keep a value, or there are more
    /// values than arguments, or fewer.
    pub fn prime<R: BatchRules<K>>(&self, rules: R, returned: R::Returned) -> Result<(), Error> {
        let Some(cache) = self.required_cache("store")? else { return Ok(()) };
        let (places, values) = self.to_store(&rules, returned)?;
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = entries(&spots, &rules, &experiences);
        many_blocking::prime(&chosen(entries, &places), values)
    }

    /// [`prime`](Self::prime), async.
    ///
    /// # Errors
    /// As [`prime`](Self::prime).
    pub async fn prime_async<R: BatchRules<K>>(
        self,
        rules: R,
        returned: R::Returned,
    ) -> Result<(), Error> {
        let Some(cache) = self.required_cache("store")? else { return Ok(()) };
        let (places, values) = self.to_store(&rules, returned)?;
        let (spots, experiences) = (self.spots(&cache), experiences(&cache));
        let entries = async_entries(&spots, &rules, &experiences);
        many_async::prime(&chosen(entries, &places), values).await
    }

    /// The places of the subjects whose values are to be stored, and the values.
    fn to_store<R: BatchRules<K>>(
        &self,
        rules: &R,
        returned: R::Returned,
    ) -> Result<(Vec<usize>, Vec<<R as Ruleset>::Stored>), Error> {
        let values = returned.values(self.keys).map_err(|unanswered| match unanswered {
            Unanswered::Failed(_) => not_kept(),
            Unanswered::Uneven { count, .. } => uneven(count, self.keys.len()),
        })?;
        let mut to_store = BTreeMap::new();
        for (subject, value) in self.subject_of.iter().zip(values) {
            let Some(value) = value else { continue };
            to_store.insert(*subject, rules.keep(&value).ok_or_else(not_kept)?);
        }
        Ok(to_store.into_iter().unzip())
    }
}

/// The entries at these places, which are in order.
fn chosen<E>(entries: Vec<E>, places: &[usize]) -> Vec<E> {
    let chosen = entries.into_iter().enumerate().filter(|(at, _)| places.binary_search(at).is_ok());
    chosen.map(|(_, entry)| entry).collect()
}

fn uneven(values: usize, arguments: usize) -> Error {
    let reason = Uneven { values, arguments };
    Error::new(ErrorKind::NotKept, "store", reason.to_string()).with_source(reason)
}
