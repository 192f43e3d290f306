//! Groups that are invalidated by hand.

use super::{Group, Invalidation};
use crate::cache::Cache;
use crate::error::{Error, ErrorKind};
use crate::site::BY_HAND;
use cache_memoize_core::KeyRef;

impl Cache {
    /// Forgets every value that was stored with this tag, as by [`invalidate`](Self::invalidate), however many they are.
    /// One round trip; on several servers, one for each.
    ///
    /// ```
    /// use cache_memoize::{Cache, cache_memoize, caches};
    ///
    /// #[cache_memoize(ttl = 300, tags("user:{user}"))]
    /// fn orders(user: u32, page: u32) -> Vec<u32> {
    ///     vec![user, page]
    /// }
    ///
    /// let cache = Cache::memory();
    /// caches::scoped([("default", cache.clone())], || {
    ///     orders(42, 1);
    ///     orders(42, 2);
    ///     cache.invalidate_tag("user:42")?;
    ///     assert_eq!(peek_orders(42, 1)?, None);
    ///     assert_eq!(peek_orders(42, 2)?, None);
    ///     Ok(())
    /// })
    /// # .map_err(|error: cache_memoize::Error| error)?;
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if the store failed, or one of its servers, as with
    /// [`invalidate`](Self::invalidate); [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) in
    /// [`plain`](crate::CacheBuilder::plain) mode.
    pub fn invalidate_tag(&self, tag: &str) -> Result<(), Error> {
        self.invalidation(Group::of_tag(self.prefix(), tag)).carry_out()
    }

    /// [`invalidate_tag`](Self::invalidate_tag), async.
    ///
    /// # Errors
    /// As [`invalidate_tag`](Self::invalidate_tag).
    pub async fn invalidate_tag_async(&self, tag: &str) -> Result<(), Error> {
        self.invalidation(Group::of_tag(self.prefix(), tag)).carry_out_async().await
    }

    /// Forgets every value of a function, as its companion `invalidate_all_f` does, for whoever does not have the function:
    /// a tool, or another program. `function` is what stands in its keys between the prefix of the cache and the first
    /// `(` or `|`: `my_app::users::get`, or `my_app::users::get@2` with the option `version`. One round trip; on several
    /// servers, one for each.
    ///
    /// Any name will do: whether there is such a function is not known here.
    ///
    /// ```
    /// use cache_memoize::{Cache, cache_memoize, caches};
    ///
    /// #[cache_memoize(prefix = "squares")]
    /// fn square(number: u64) -> u64 {
    ///     number * number
    /// }
    ///
    /// square(7);
    /// let cache = caches::get("default").expect("it always exists");
    /// cache.invalidate_function("squares")?;
    /// assert_eq!(peek_square(7)?, None);
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`invalidate_tag`](Self::invalidate_tag), and [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for
    /// what no function is called.
    pub fn invalidate_function(&self, function: &str) -> Result<(), Error> {
        self.invalidation(self.group_of_function(function)?).carry_out()
    }

    /// [`invalidate_function`](Self::invalidate_function), async.
    ///
    /// # Errors
    /// As [`invalidate_function`](Self::invalidate_function).
    pub async fn invalidate_function_async(&self, function: &str) -> Result<(), Error> {
        self.invalidation(self.group_of_function(function)?).carry_out_async().await
    }

    fn group_of_function(&self, function: &str) -> Result<Group, Error> {
        let prefix = self.prefix();
        let is_written_as_in_keys =
            KeyRef::new(function).is_ok() && !function.contains(['(', '|', ')']);
        let group = || Group::of_function(&format!("{prefix}{function}("), prefix);
        is_written_as_in_keys.then(group).flatten().ok_or_else(|| {
            let remedy = "no function is called so: write what stands in its keys between the prefix of the cache and \
                          the first `(` or `|`, as `cache_key_f(..)` prints them; together with the prefix it has at \
                          most 200 bytes";
            Error::new(ErrorKind::Configuration, "invalidate", remedy)
        })
    }

    /// Forgets every value that caches with this prefix have stored, as by [`invalidate`](Self::invalidate), however
    /// many they are; what others keep in the same store stays. One round trip; on several servers, one for each.
    ///
    /// The values are not served any more, and make room when they are evicted or their time is over.
    ///
    /// # Errors
    /// As [`invalidate_tag`](Self::invalidate_tag).
    pub fn clear(&self) -> Result<(), Error> {
        let cleared = self.invalidation(Group::of_cache(self.prefix())).carry_out();
        cleared.map_err(|error| error.during("clear"))
    }

    /// [`clear`](Self::clear), async.
    ///
    /// # Errors
    /// As [`clear`](Self::clear).
    pub async fn clear_async(&self) -> Result<(), Error> {
        let cleared = self.invalidation(Group::of_cache(self.prefix())).carry_out_async().await;
        cleared.map_err(|error| error.during("clear"))
    }

    fn invalidation(&self, group: Group) -> Invalidation<'_> {
        Invalidation { cache: self.inner(), site: &BY_HAND, group }
    }
}
