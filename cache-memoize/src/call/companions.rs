//! What the companions of a function do with a call.

use super::Call;
use crate::error::{Error, ErrorKind};
use crate::explain::Explained;
use crate::treatment::Treatment;

impl Call {
    /// The value of the function for `args`, computed now and stored.
    pub fn refresh<T: Treatment, A>(
        self,
        treatment: T,
        args: A,
        compute: impl FnOnce(A) -> T::Return,
    ) -> T::Return {
        let Some(cache) = self.cache() else { return compute(args) };
        treatment.refresh(&self.subject().at(&cache), || compute(args))
    }

    /// [`refresh`](Self::refresh), async.
    pub fn refresh_async<T: Treatment, A, F: Future<Output = T::Return>>(
        self,
        treatment: T,
        args: A,
        compute: impl FnOnce(A) -> F,
    ) -> impl Future<Output = T::Return> {
        let (subject, cache) = (self.subject(), self.cache());
        async move {
            let Some(cache) = cache else { return compute(args).await };
            let spot = subject.at(&cache);
            treatment.refresh_async(&spot, async { compute(args).await }).await
        }
    }

    /// Forgets the entry, and says whether there was one.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn invalidate(self) -> Result<bool, Error> {
        let cache = self.required_cache("invalidate")?;
        self.subject().at(&cache).invalidate()
    }

    /// [`invalidate`](Self::invalidate), async.
    ///
    /// # Errors
    /// As [`invalidate`](Self::invalidate).
    pub fn invalidate_async(self) -> impl Future<Output = Result<bool, Error>> {
        let (subject, cache) = (self.subject(), self.required_cache("invalidate"));
        async move { subject.at(&cache?).invalidate_async().await }
    }

    /// What the call would be answered without computing.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn peek<T: Treatment>(self, treatment: T) -> Result<Option<T::Return>, Error> {
        let cache = self.required_cache("peek")?;
        let stored = self.subject().at(&cache).entry(&treatment).peek()?;
        Ok(stored.map(T::answer))
    }

    /// [`peek`](Self::peek), async.
    ///
    /// # Errors
    /// As [`peek`](Self::peek).
    pub fn peek_async<T: Treatment>(
        self,
        treatment: T,
    ) -> impl Future<Output = Result<Option<T::Return>, Error>> {
        let (subject, cache) = (self.subject(), self.required_cache("peek"));
        async move {
            let cache = cache?;
            let spot = subject.at(&cache);
            let stored = spot.async_entry(&treatment).peek().await?;
            Ok(stored.map(T::answer))
        }
    }

    /// What is known of the entry, whatever type its value has.
    pub(crate) fn explain(self) -> Result<Option<Explained>, Error> {
        let cache = self.required_cache("explain")?;
        self.subject().at(&cache).explain()
    }

    /// [`explain`](Self::explain), async.
    pub(crate) async fn explain_async(self) -> Result<Option<Explained>, Error> {
        let (subject, cache) = (self.subject(), self.required_cache("explain")?);
        drop(self);
        subject.at(&cache).explain_async().await
    }

    /// Stores `value` as if the function had returned it.
    ///
    /// # Errors
    /// Where there is no cache, its store failed, or the options of the function do not keep the value.
    pub fn prime<T: Treatment>(self, treatment: T, value: T::Return) -> Result<(), Error> {
        let cache = self.required_cache("store")?;
        let stored = treatment.stored(&value).ok_or_else(not_kept)?;
        self.subject().at(&cache).entry(&treatment).prime(stored)
    }

    /// [`prime`](Self::prime), async.
    ///
    /// # Errors
    /// As [`prime`](Self::prime).
    pub fn prime_async<T: Treatment>(
        self,
        treatment: T,
        value: T::Return,
    ) -> impl Future<Output = Result<(), Error>> {
        let (subject, cache) = (self.subject(), self.required_cache("store"));
        async move {
            let cache = cache?;
            let stored = treatment.stored(&value).ok_or_else(not_kept)?;
            let spot = subject.at(&cache);
            spot.async_entry(&treatment).prime(stored).await
        }
    }
}

pub(crate) fn not_kept() -> Error {
    let remedy = "the options of the function do not store this value: an error without `cache_err`, or a \
                  value that `cache_if` turns down";
    Error::new(ErrorKind::NotKept, "store", remedy)
}
