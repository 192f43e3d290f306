//! Groups that are invalidated by hand.

use super::{Group, Invalidation};
use crate::cache::Cache;
use crate::error::Error;
use crate::site::BY_HAND;

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
