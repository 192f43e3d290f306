//! Which face of its backend a cache shows to a caller.

use crate::cache::Inner;
use crate::entries::Face;
use crate::local::Local;
use cache_memoize_core::{Backend, ErasedAsyncStore, ObjectStore, Store};

impl Inner {
    pub(crate) fn blocking_face(&self, portable: bool) -> Face<'_, dyn Store> {
        let Some(backend) = &self.backend else { return Face::Missing(None) };
        match (self.objects(portable), backend.store()) {
            (Some(objects), _) => Face::Objects(objects),
            (None, Some(store)) if portable => Face::Bytes(&**store),
            (None, _) if portable => Face::Missing(Some(NO_BLOCKING_FACE)),
            (None, _) => Face::Missing(Some(NO_PLACE)),
        }
    }

    pub(crate) fn async_face(&self, portable: bool) -> Face<'_, dyn ErasedAsyncStore> {
        let Some(backend) = &self.backend else { return Face::Missing(None) };
        match (self.objects(portable), backend.async_store()) {
            (Some(objects), _) => Face::Objects(objects),
            (None, Some(store)) if portable => Face::Bytes(&**store),
            (None, _) if portable => Face::Missing(Some(no_async_face(backend))),
            (None, _) => Face::Missing(Some(NO_PLACE)),
        }
    }

    /// What to do where these callers find no face.
    pub(crate) fn missing_face(&self, is_async: bool, portable: bool) -> Option<&'static str> {
        if is_async {
            let Face::Missing(remedy) = self.async_face(portable) else { return None };
            remedy
        } else {
            let Face::Missing(remedy) = self.blocking_face(portable) else { return None };
            remedy
        }
    }

    /// The place for values as they are, if this cache has one. Values that cannot leave the process get
    /// one of their own beside a backend for bytes.
    #[inline]
    pub(crate) fn objects(&self, portable: bool) -> Option<&dyn ObjectStore> {
        let backend = self.backend.as_ref()?;
        match backend.objects() {
            Some(objects) => Some(&**objects),
            None if portable => None,
            None => {
                let new = || Local::beside(backend, &self.observers, &self.prefix);
                self.local.get_or_init(new).as_ref().map(Local::objects)
            }
        }
    }

    /// The place for values that cannot leave the process, if one was needed so far.
    pub(crate) fn local(&self) -> Option<&dyn ObjectStore> {
        self.local.get()?.as_ref().map(Local::objects)
    }
}

const NO_BLOCKING_FACE: &str = "the backend of this cache has no face for blocking functions: give it one, or call from \
                                async functions";

const NO_ASYNC_FACE: &str = "the backend of this cache has no face for async functions: give it one, or call from \
                             blocking functions";

const NO_TOKIO: &str = "async functions need the feature `tokio` of `cache-memoize` with Redis and memcached: switch \
                        it on";

const NO_PLACE: &str =
    "values of `local` functions need a place in process: enable the feature `memory`";

fn no_async_face(backend: &Backend) -> &'static str {
    if ["redis", "memcached"].contains(&backend.name()) { NO_TOKIO } else { NO_ASYNC_FACE }
}
