//! Which cache a call asks.

use crate::cache::Cache;
use crate::caches;
use crate::error::{Error, ErrorKind};
use crate::site::Site;
use std::ops::Deref;
use std::rc::Rc;

/// The cache of a call, if there is one.
pub(crate) struct CacheOfACall(pub(crate) Option<Handle>);

impl CacheOfACall {
    #[inline]
    pub(super) fn get(&self) -> Option<&Cache> {
        self.0.as_deref()
    }

    /// How every key in it begins.
    #[inline]
    pub(crate) fn prefix(&self) -> &str {
        self.get().map_or("", Cache::prefix)
    }

    pub(crate) fn required(
        &self,
        site: &'static Site,
        operation: &'static str,
    ) -> Result<Cache, Error> {
        self.get().cloned().ok_or_else(|| {
            if caches::thread_is_ending() {
                let remedy = "the thread ends, and drops what it kept: ask before that";
                return Error::new(ErrorKind::Unsupported, operation, remedy);
            }
            let name = site.cache_name();
            let remedy = format!(
                "no cache is installed as {name:?}, which {} uses: call `caches::install({name:?}, ..)` first",
                site.path()
            );
            Error::new(ErrorKind::NotInstalled, operation, remedy)
        })
    }
}

/// The cache of a call.
pub(crate) enum Handle {
    /// An expression gave it.
    Given(Cache),
    /// It was found by the name in the site.
    Named(Rc<Cache>),
}

impl Handle {
    /// None while the thread ends, as for a cache that is found by its name.
    pub(crate) fn given(cache: Cache) -> Option<Self> {
        (!caches::thread_is_ending()).then_some(Self::Given(cache))
    }
}

impl Deref for Handle {
    type Target = Cache;

    #[inline]
    fn deref(&self) -> &Cache {
        match self {
            Self::Given(cache) => cache,
            Self::Named(cache) => cache,
        }
    }
}
