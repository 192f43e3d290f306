//! What the attribute emits. No part of the public interface: it changes without notice.

pub use crate::batch::{Batch, BatchReturn, batch_rules};
pub use crate::call::{Answer, Call};
pub use crate::key::{KeyParts, Part};
pub use crate::lifetime::Lifetime;
pub use crate::rules::{Returned, returned};
pub use crate::site::{Registered, Site};
pub use inventory;

use crate::cache::Cache;
use crate::error::Error;
use crate::key::CacheKey;
use crate::place::{Neighbour, Place};
use crate::treatment::Treatment;

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

/// The item of which `T` is the type, to know the function around it.
pub fn neighbour<T: 'static>() -> Neighbour {
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

/// The site of the function `name`, where the attribute stands. The function hashes to `source`, the version of its
/// crate included.
#[track_caller]
pub const fn site(name: &'static str, source: u64, neighbour: fn() -> Neighbour) -> Site {
    Site::new(name, neighbour, Place::here(source))
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

/// A computation, whatever function it is of: what carries it out is compiled once for all.
trait Compute<R> {
    /// Carries it out. There is no second time.
    fn once(&mut self) -> R;
}

impl<R, F: FnOnce() -> R> Compute<R> for Option<F> {
    fn once(&mut self) -> R {
        match self.take() {
            Some(compute) => compute(),
            None => unreachable!("a call computes once"),
        }
    }
}

impl Call {
    /// [`run`](Self::run) for a function without hooks: nobody but the computation wants to see the arguments. The
    /// treatment is made when it is needed.
    #[inline]
    pub fn get<T: Treatment>(
        self,
        treatment: impl FnOnce() -> T,
        compute: impl FnOnce() -> T::Return,
    ) -> T::Return {
        match self.held::<T>() {
            Some(stored) => {
                self.end_of_a_hit();
                T::answer(stored)
            }
            None => self.get_from_cache(treatment(), &mut Some(compute)),
        }
    }

    fn get_from_cache<T: Treatment>(
        &self,
        treatment: T,
        compute: &mut dyn Compute<T::Return>,
    ) -> T::Return {
        self.run_in_cache(treatment, no_hook, no_hook, (), |()| compute.once())
    }

    /// [`get`](Self::get), async.
    #[inline]
    pub fn get_async<T: Treatment, F: Future<Output = T::Return>>(
        self,
        treatment: impl FnOnce() -> T,
        compute: impl FnOnce() -> F,
    ) -> Answer<T::Return, impl Future<Output = T::Return>> {
        match self.held::<T>() {
            Some(stored) => {
                self.end_of_a_hit();
                Answer::Now(Some(T::answer(stored)))
            }
            None => {
                let compute = |()| compute();
                self.run_in_cache_async(treatment(), no_hook, no_hook, (), compute)
            }
        }
    }

    /// [`refresh`](Self::refresh) for one computation.
    pub fn renew<T: Treatment>(
        self,
        treatment: T,
        compute: impl FnOnce() -> T::Return,
    ) -> T::Return {
        self.renew_by(treatment, &mut Some(compute))
    }

    fn renew_by<T: Treatment>(
        self,
        treatment: T,
        compute: &mut dyn Compute<T::Return>,
    ) -> T::Return {
        self.refresh(treatment, (), |()| compute.once())
    }

    /// [`renew`](Self::renew), async.
    pub fn renew_async<T: Treatment, F: Future<Output = T::Return>>(
        self,
        treatment: T,
        compute: impl FnOnce() -> F,
    ) -> impl Future<Output = T::Return> {
        self.refresh_async(treatment, (), |()| compute())
    }
}

impl Site {
    /// [`call`](Self::call) where the site says which cache it is.
    #[inline]
    pub fn keyed(&'static self, types: &[&'static str], parts: impl KeyParts) -> Call {
        self.call(types, None, parts)
    }

    /// [`invalidate_all`](Self::invalidate_all) where the site says which cache it is.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn forget(&'static self) -> Result<(), Error> {
        self.invalidate_all(None)
    }

    /// [`forget`](Self::forget), async.
    ///
    /// # Errors
    /// As [`forget`](Self::forget).
    pub fn forget_async(&'static self) -> impl Future<Output = Result<(), Error>> {
        self.invalidate_all_async(None)
    }
}
