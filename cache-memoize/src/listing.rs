//! Which keys a store has, for whoever looks into it.

use crate::cache::Cache;
use crate::error::{Error, ErrorKind};
use crate::groups::Group;
use cache_memoize_core::{Key, Listing, Page, Pages, ServerCounts};
use std::fmt;

/// The keys of what a store has: see [`Cache::keys`]. An error ends it.
pub struct Keys {
    pages: Pages,
    backend: &'static str,
    page: std::vec::IntoIter<Key>,
    seen: u64,
}

impl Cache {
    /// The keys in the store that begin with the prefix of this cache. For tools and for people: it reads the names of
    /// all that the store has, and is no way to invalidate, for which there are [tags](Self::invalidate_tag) and
    /// functions.
    ///
    /// ```
    /// use cache_memoize::Cache;
    ///
    /// let cache = Cache::memory();
    /// cache.set_many([("one", 1), ("two", 2)])?;
    /// let mut keys: Vec<String> =
    ///     cache.keys()?.map(|key| Ok(key?.to_string())).collect::<Result<_, cache_memoize::Error>>()?;
    /// keys.sort();
    /// assert_eq!(keys, ["one", "two"]);
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// A store in use changes meanwhile: what is written or removed may be listed or not, and a key may come twice. What
    /// was there all the time comes once at least, but for [keys in memcached](crate::Memcached) that others use. Whether
    /// there is something to read under a key, [`explain`](Self::explain) tells: an entry of an invalidated group is
    /// listed until the store lets it go. The numbers of groups, which the store keeps too, are not listed, nor is what a
    /// function with the option `local` keeps beside a store.
    ///
    /// A cache without a prefix lists every key in the store, also those of other caches and other programs.
    ///
    /// Blocking, one page at a time. Each page has the time of one operation.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend cannot tell its keys. The iterator gives [`ErrorKind::Store`] if the store
    /// fails.
    pub fn keys(&self) -> Result<Keys, Error> {
        self.keys_beginning_with("")
    }

    /// The [`keys`](Self::keys) that go on with `text` behind the prefix of the cache, such as the path of a function.
    ///
    /// # Errors
    /// As [`keys`](Self::keys).
    pub fn keys_beginning_with(&self, text: &str) -> Result<Keys, Error> {
        let pages = match self.listing("keys")? {
            Some(listing) => listing.list(&format!("{}{text}", self.prefix())),
            None => Box::new(std::iter::empty()),
        };
        let backend = self.inner().backend_name();
        Ok(Keys { pages, backend, page: Vec::new().into_iter(), seen: 0 })
    }

    /// What each server of the store has counted, whoever caused it; nothing for a store in this process, whose hits
    /// are in [`stats`](Self::stats) alone. One round trip to each.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend cannot tell, [`ErrorKind::Store`] if a server fails.
    pub fn server_counts(&self) -> Result<Vec<ServerCounts>, Error> {
        let Some(listing) = self.listing("server_counts")? else { return Ok(Vec::new()) };
        let backend = self.inner().backend_name();
        listing.servers().map_err(|error| Error::of_store("server_counts", backend, error))
    }

    /// A disabled cache has nothing to list.
    fn listing(&self, operation: &'static str) -> Result<Option<&dyn Listing>, Error> {
        let Some(backend) = &self.inner().backend else { return Ok(None) };
        let listing = backend.listing().map(|listing| &**listing);
        listing.map(Some).ok_or_else(|| {
            let name = backend.name();
            let context = format!("the backend {name} does not tell its keys: it has no `Listing`");
            Error::new(ErrorKind::Unsupported, operation, context)
        })
    }
}

impl Keys {
    /// The keys that come next, as many as the store gives at once; `None` at the end. There may be none among them,
    /// and others afterwards.
    ///
    /// # Errors
    /// As the iterator.
    pub fn next_page(&mut self) -> Result<Option<Vec<Key>>, Error> {
        let rest: Vec<Key> = self.page.by_ref().collect();
        if rest.is_empty() { self.turn_over() } else { Ok(Some(rest)) }
    }

    /// How many names the store has looked at so far, also those that are no keys of this cache: how far it has come.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    fn turn_over(&mut self) -> Result<Option<Vec<Key>>, Error> {
        let Some(page) = self.pages.next() else { return Ok(None) };
        let page = page.map_err(|error| Error::of_store("keys", self.backend, error));
        let Page { mut keys, seen } = page?;
        self.seen += seen;
        keys.retain(|key| Group::of_number(key.as_ref()).is_none());
        Ok(Some(keys))
    }
}

impl Iterator for Keys {
    type Item = Result<Key, Error>;

    fn next(&mut self) -> Option<Result<Key, Error>> {
        loop {
            if let Some(key) = self.page.next() {
                return Some(Ok(key));
            }
            match self.turn_over().transpose()? {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("seen", &self.seen).finish_non_exhaustive()
    }
}
