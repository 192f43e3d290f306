//! One entry by hand, with the options that an annotated function has.

use crate::cache::{Cache, Value};
use crate::call::Call;
use crate::entry_key::EntryKey;
use crate::error::Error;
use crate::lifetime::Lifetime;
use crate::rules::{Kind, Rules};
use std::time::Duration;

/// An entry that is kept by hand, with options: see [`Cache::entry`].
///
/// It ends in `get_or_compute`, `get_or_try_compute` or `set`. To look without computing, ask [`Cache::get`].
#[must_use = "it does nothing until it is asked for its value"]
pub struct Entry {
    call: Call,
    ttl: Option<Duration>,
    while_revalidating: Option<Duration>,
    if_error: Option<Duration>,
    beta: Option<f64>,
}

impl Cache {
    /// The entry under `key`, to say more of it than its value: how long it lives, what becomes of it when it is old,
    /// and which tags it has.
    ///
    /// ```
    /// use cache_memoize::Cache;
    /// use std::time::Duration;
    ///
    /// let cache = Cache::memory();
    /// let orders: Vec<u32> = cache
    ///     .entry(("orders", 42))
    ///     .ttl(Duration::from_secs(60))
    ///     .stale_while_revalidate(Duration::from_secs(600))
    ///     .tag("user:42")
    ///     .get_or_compute(|| vec![1, 2, 3]);
    ///
    /// cache.invalidate_tag("user:42")?;
    /// assert_eq!(cache.get::<Vec<u32>>(("orders", 42))?, None);
    /// # let _ = orders;
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    pub fn entry(&self, key: impl EntryKey) -> Entry {
        Entry {
            call: self.call(&key),
            ttl: None,
            while_revalidating: None,
            if_error: None,
            beta: None,
        }
    }
}

impl Entry {
    /// How long a value is fresh. Default: that of the cache.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// For how long after that a value is served while one caller computes a new one (RFC 5861). Default: off.
    pub fn stale_while_revalidate(mut self, time: Duration) -> Self {
        self.while_revalidating = Some(time);
        self
    }

    /// For how long a value is the answer where computing fails, in [`get_or_try_compute`](Self::get_or_try_compute).
    /// Default: off.
    pub fn stale_if_error(mut self, time: Duration) -> Self {
        self.if_error = Some(time);
        self
    }

    /// Has one caller compute a new value before the end of the lifetime, the earlier the larger `beta` is; 1 is a
    /// good value. Default: off.
    pub fn early_refresh(mut self, beta: f64) -> Self {
        self.beta = Some(beta);
        self
    }

    /// One more tag, by which [`Cache::invalidate_tag`] finds the entry.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.call = self.call.tagged(tag.into());
        self
    }

    /// See [`Cache::get_or_compute`].
    pub fn get_or_compute<T: Value>(self, compute: impl FnOnce() -> T) -> T {
        let rules = self.rules(Rules::plain());
        self.call.run(rules, |()| {}, |()| {}, (), |()| compute())
    }

    /// See [`Cache::get_or_compute`].
    pub async fn get_or_compute_async<T: Value, F: Future<Output = T>>(
        self,
        compute: impl FnOnce() -> F,
    ) -> T {
        let rules = self.rules(Rules::plain());
        self.call.run_async(rules, |()| {}, |()| {}, (), |()| compute()).await
    }

    /// See [`Cache::get_or_try_compute`].
    ///
    /// # Errors
    /// What `compute` gives, where no old value is the answer.
    pub fn get_or_try_compute<T: Value, E>(
        self,
        compute: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let rules = self.excusing_rules();
        self.call.run(rules, |()| {}, |()| {}, (), |()| compute())
    }

    /// See [`Cache::get_or_try_compute`].
    ///
    /// # Errors
    /// As [`get_or_try_compute`](Self::get_or_try_compute).
    pub async fn get_or_try_compute_async<T: Value, E, F: Future<Output = Result<T, E>>>(
        self,
        compute: impl FnOnce() -> F,
    ) -> Result<T, E> {
        let rules = self.excusing_rules();
        self.call.run_async(rules, |()| {}, |()| {}, (), |()| compute()).await
    }

    /// See [`Cache::set`].
    ///
    /// # Errors
    /// As [`Cache::set_for`].
    pub fn set<T: Value>(self, value: T) -> Result<(), Error> {
        let rules = self.rules(Rules::plain());
        self.call.prime(rules, value).map_err(|error| error.during("set"))
    }

    /// See [`Cache::set`].
    ///
    /// # Errors
    /// As [`Cache::set_for`].
    pub async fn set_async<T: Value>(self, value: T) -> Result<(), Error> {
        let rules = self.rules(Rules::plain());
        self.call.prime_async(rules, value).await.map_err(|error| error.during("set"))
    }

    fn excusing_rules<T, E>(&self) -> Rules<crate::rules::OkOnly<T, E>> {
        let rules = self.rules(Rules::ok_only());
        match self.if_error {
            Some(time) => rules.stale_if_error(Lifetime::of(time)),
            None => rules,
        }
    }

    fn rules<K: Kind>(&self, mut rules: Rules<K>) -> Rules<K> {
        if let Some(ttl) = self.ttl {
            rules = rules.ttl(ttl);
        }
        if let Some(time) = self.while_revalidating {
            rules = rules.stale_while_revalidate(Lifetime::of(time));
        }
        if let Some(beta) = self.beta {
            rules = rules.early_refresh(beta);
        }
        rules
    }
}
