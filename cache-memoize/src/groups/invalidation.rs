use super::Group;
use crate::cache::Inner;
use crate::entries::Face;
use crate::error::{Error, ErrorKind};
use crate::observer::EventKind;
use crate::rules::Guard;
use crate::site::Site;
use crate::stats::Counted;
use crate::treatment::Spot;
use cache_memoize_core::{ErasedAsyncStore, Key, ObjectStore, Store};
use std::collections::BTreeMap;

/// A group that is to be invalidated, for a function or by hand.
pub(crate) struct Invalidation<'a> {
    pub(crate) cache: &'a Inner,
    pub(crate) site: &'static Site,
    pub(crate) group: Group,
}

impl Invalidation<'_> {
    /// The store goes first, as with a single entry. One round trip, and one for each server where there are several.
    pub(crate) fn carry_out(&self) -> Result<(), Error> {
        let removed = match self.cache.blocking_face(self.site.portable()) {
            Face::Objects(objects) => Ok(self.advance(objects)),
            Face::Bytes(store) => self.removed_by(store),
            Face::Missing(reason) => self.missing(reason),
        };
        self.finish(removed)
    }

    /// One that is down keeps no other from being asked.
    fn removed_by(&self, store: &dyn Store) -> Result<bool, Error> {
        let mut removed = Ok(false);
        for keys in self.servers()? {
            let (spot, guard) = (self.spot(&keys[0]), Guard::<()>::new());
            removed = both(removed, spot.entry(&guard).remove_all(store, &keys));
        }
        removed
    }

    /// [`carry_out`](Self::carry_out), async.
    pub(crate) async fn carry_out_async(&self) -> Result<(), Error> {
        let removed = match self.cache.async_face(self.site.portable()) {
            Face::Objects(objects) => Ok(self.advance(objects)),
            Face::Bytes(store) => self.removed_by_async(store).await,
            Face::Missing(reason) => self.missing(reason),
        };
        self.finish(removed)
    }

    async fn removed_by_async(&self, store: &(dyn ErasedAsyncStore + '_)) -> Result<bool, Error> {
        let mut removed = Ok(false);
        for keys in self.servers()? {
            let (spot, guard) = (self.spot(&keys[0]), Guard::<()>::new());
            removed = both(removed, spot.async_entry(&guard).remove_all(store, &keys).await);
        }
        removed
    }

    fn spot<'s>(&'s self, key: &'s Key) -> Spot<'s> {
        Spot { cache: self.cache, site: self.site, key, tags: &[] }
    }

    /// The keys of the generations, by the server that has them.
    fn servers(&self) -> Result<Vec<Vec<Key>>, Error> {
        if self.cache.codec.as_ref().is_some_and(|codec| codec.is_plain()) {
            return Err(Error::new(ErrorKind::Unsupported, OPERATION, NO_GROUPS_IN_PLAIN));
        }
        let Some(backend) = &self.cache.backend else { return Ok(Vec::new()) };
        let mut servers = BTreeMap::<usize, Vec<Key>>::new();
        for key in self.group.everywhere(backend) {
            servers.entry(backend.part(key.as_ref())).or_default().push(key);
        }
        Ok(servers.into_values().collect())
    }

    fn advance(&self, objects: &dyn ObjectStore) -> bool {
        objects.generations().advance(self.group.name())
    }

    fn missing(&self, reason: Option<&'static str>) -> Result<bool, Error> {
        reason
            .map_or(Ok(false), |reason| Err(Error::new(ErrorKind::Unsupported, OPERATION, reason)))
    }

    /// What follows in this process, whatever became of the store.
    fn finish(&self, removed: Result<bool, Error>) -> Result<(), Error> {
        let near = self.cache.near.as_ref().map(|near| near.tier());
        for objects in near.into_iter().chain(self.cache.local()) {
            self.advance(objects);
        }
        let prefix = &self.cache.prefix;
        self.cache.flights.detach_those(|key, tags| {
            let is_tagged = || tags.iter().any(|tag| Group::of_tag(prefix, tag) == self.group);
            self.group.has(key, prefix) || is_tagged()
        });
        let event = EventKind::Invalidated { found: removed? };
        self.cache.tell(self.site, self.group.name(), Counted::Invalidated, event);
        Ok(())
    }
}

const OPERATION: &str = "invalidate";

const NO_GROUPS_IN_PLAIN: &str = "entries in `plain` mode are in no groups, since they cannot say so: invalidate them one by \
                                  one, or give the cache another prefix";

/// What came of two servers: the first error, or whether one of them had something.
fn both(one: Result<bool, Error>, other: Result<bool, Error>) -> Result<bool, Error> {
    let one = one?;
    Ok(one | other?)
}
