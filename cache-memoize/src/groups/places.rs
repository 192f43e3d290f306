//! Where generations lie: the keys under which a store of bytes has those of a function's values.

use super::Group;
use cache_memoize_core::{Backend, Key, KeyRef};
use std::sync::{Arc, OnceLock};

/// The keys of the generations of one function, or of what is done by hand, in one cache. They are the same for every
/// call that has no tags, and are found once for each shard.
pub(crate) struct Places {
    function: Option<Group>,
    by_shard: Box<[OnceLock<Arc<[Key]>>]>,
}

impl Places {
    /// None are found yet. Without a function they are for entries of none.
    pub(crate) fn new(function: Option<Group>, backend: &Backend) -> Self {
        Self { function, by_shard: (0..backend.shards()).map(|_| OnceLock::new()).collect() }
    }

    /// The keys for the entry under `key`, that of the cache first; `None` if the entry is of another function, going by
    /// the text of its key, which alone decides.
    pub(crate) fn of(
        &self,
        key: KeyRef<'_>,
        prefix: &str,
        backend: &Backend,
    ) -> Option<&Arc<[Key]>> {
        let is_such = match &self.function {
            Some(function) => function.is_function_of(key.as_str()),
            None => Group::function_in(key.as_str(), prefix).is_none(),
        };
        let shard = backend.shard(key);
        let found = || found(prefix, self.function.as_ref(), shard, backend);
        is_such.then(|| self.by_shard[shard].get_or_init(found))
    }
}

/// The keys of the generations in a shard, that of the cache first.
pub(crate) fn found(
    prefix: &str,
    function: Option<&Group>,
    shard: usize,
    backend: &Backend,
) -> Arc<[Key]> {
    let cache = Group::of_cache(prefix);
    let groups = std::iter::once(&cache).chain(function);
    groups.map(|group| group.in_shard(shard, backend)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of two shards, told apart by the last digit of a key.
    fn backend() -> Backend {
        let shard =
            |key: KeyRef<'_>| usize::from(key.as_str().ends_with(['1', '3', '5', '7', '9']));
        Backend::new("two shards").with_shards(2, shard)
    }

    fn places(key: &str, prefix: &str) -> Places {
        Places::new(Group::of_function(key, prefix), &backend())
    }

    fn of<'p>(places: &'p Places, key: &str, prefix: &str) -> Option<&'p Arc<[Key]>> {
        places.of(KeyRef::new(key).unwrap(), prefix, &backend())
    }

    #[test]
    fn they_are_those_that_are_found_without_them() {
        let (backend, prefix) = (backend(), "app:");
        for key in ["app:get(1)2", "app:get(1)3", "app:\"by-hand\"|7", "app:by-hand"] {
            let places = places(key, prefix);
            let function = Group::of_function(key, prefix);
            let shard = backend.shard(KeyRef::new(key).unwrap());
            let found = found(prefix, function.as_ref(), shard, &backend);
            assert_eq!(of(&places, key, prefix), Some(&found));
            assert_eq!(of(&places, key, prefix), Some(&found), "the second time");
            assert!(found.iter().all(|key| backend.shard(key.as_ref()) == shard));
        }
    }

    #[test]
    fn each_shard_has_its_own() {
        let places = places("app:get(1)2", "app:");
        let shards = ["app:get(8)4", "app:get(8)5"].map(|key| of(&places, key, "app:").unwrap());
        assert!(shards[0].iter().zip(&**shards[1]).all(|(one, other)| one != other));
    }

    #[test]
    fn those_of_one_function_serve_no_other() {
        let get = places("app:get(1)", "app:");
        for other in
            ["app:get_all(1)", "app:ge(1)", "app:get", "app:put(1)", "get(1)", "app:\"get(1)"]
        {
            assert!(of(&get, other, "app:").is_none(), "{other}");
        }
        assert_eq!(of(&get, "app:get(2)", "app:"), of(&get, "app:get|2", "app:"));
        let none = Places::new(None, &backend());
        assert!(of(&none, "app:get(1)", "app:").is_none());
        assert_eq!(of(&none, "app:user", "app:").unwrap().len(), 1);
    }

    #[test]
    fn caches_with_other_prefixes_have_their_own() {
        let keys = |prefix: &str| {
            let key = format!("{prefix}get(1)");
            of(&places(&key, prefix), &key, prefix).unwrap().to_vec()
        };
        let (one, other) = (keys("a:"), keys("b:"));
        assert!(one.iter().all(|key| !other.contains(key)));
    }
}
