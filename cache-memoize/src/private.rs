//! What the attribute emits. No part of the public interface: it changes without notice.

pub use crate::__place as place;
pub use crate::batch::{Batch, BatchReturn, batch_rules};
pub use crate::call::Call;
pub use crate::key::{KeyParts, Part};
pub use crate::lifetime::Lifetime;
pub use crate::place::Place;
pub use crate::rules::{FaultReturn, PlainReturn, Probe, ResultReturn};
pub use crate::site::{Registered, Site};
pub use inventory;

use crate::cache::Cache;
use crate::key::CacheKey;
use crate::place::Neighbour;

/// An argument, as a part of the key.
#[inline]
pub fn part<T: CacheKey + ?Sized>(value: &T) -> Part<'_, T> {
    Part::new(value)
}

/// A tag as text.
pub fn tag(tag: &(impl std::fmt::Display + ?Sized)) -> String {
    tag.to_string()
}

/// The value of the option `extra`, as a part of the key.
pub fn extra<T: CacheKey + ?Sized>(value: &T) -> Part<'_, T> {
    Part::extra(value)
}

/// An item, to know the function around it.
pub fn neighbour<T: 'static>(_: &T) -> Neighbour {
    Neighbour::of::<T>()
}

/// The name of the type of an argument.
pub fn type_name_of<T: ?Sized>(_: &T) -> &'static str {
    std::any::type_name::<T>()
}

/// The name of the type that a method belongs to.
pub fn self_type<T: ?Sized>() -> &'static str {
    std::any::type_name::<T>()
}

/// The cache that the option `cache` gave as an expression.
pub fn borrowed_cache(cache: &Cache) -> Cache {
    cache.clone()
}

/// The hook of a function that has none.
#[inline]
pub fn no_hook<A>(_: &A) {}

/// The hook of a function of many keys that has none.
pub fn no_batch_hook<K, A>(_: &K, _: &A) {}

/// The test behind `cache_err = true`.
pub fn always<E>(_: &E) -> bool {
    true
}
