//! How the return type of a function and the type of its stored values belong together.

use std::marker::PhantomData;

/// How a return type and the stored type belong together.
pub trait Kind {
    /// What the function returns.
    type Return;
    /// What is stored of it.
    type Stored;
    /// What the options `cache_if` and `ttl_with` look at.
    type Value;

    /// What to store of `value`, if anything.
    fn kept<'r>(
        &self,
        value: &'r Self::Return,
        cache_if: &impl Fn(&Self::Value) -> bool,
    ) -> Option<&'r Self::Stored>;

    /// What the function would have returned.
    fn restore(stored: Self::Stored) -> Self::Return;

    /// The value, unless an error is stored.
    fn value(stored: &Self::Stored) -> Option<&Self::Value>;

    /// Whether the function failed.
    fn is_error(_value: &Self::Return) -> bool {
        false
    }
}

/// A function whose every value is stored.
pub struct Plain<T>(pub(super) PhantomData<fn() -> T>);

impl<T> Kind for Plain<T> {
    type Return = T;
    type Stored = T;
    type Value = T;

    fn kept<'r>(&self, value: &'r T, cache_if: &impl Fn(&T) -> bool) -> Option<&'r T> {
        cache_if(value).then_some(value)
    }

    fn restore(stored: T) -> T {
        stored
    }

    fn value(stored: &T) -> Option<&T> {
        Some(stored)
    }
}

/// A function that returns a `Result`, whose errors are not stored.
pub struct OkOnly<T, E>(pub(super) PhantomData<fn() -> (T, E)>);

impl<T, E> Kind for OkOnly<T, E> {
    type Return = Result<T, E>;
    type Stored = T;
    type Value = T;

    fn kept<'r>(&self, value: &'r Result<T, E>, cache_if: &impl Fn(&T) -> bool) -> Option<&'r T> {
        value.as_ref().ok().filter(|value| cache_if(value))
    }

    fn restore(stored: T) -> Result<T, E> {
        Ok(stored)
    }

    fn value(stored: &T) -> Option<&T> {
        Some(stored)
    }

    fn is_error(value: &Result<T, E>) -> bool {
        value.is_err()
    }
}

/// A function that returns a `Result`, some of whose errors are stored.
pub struct WithErrors<T, E, P> {
    pub(super) accept: P,
    pub(super) types: PhantomData<fn() -> (T, E)>,
}

impl<T, E, P: Fn(&E) -> bool> Kind for WithErrors<T, E, P> {
    type Return = Result<T, E>;
    type Stored = Result<T, E>;
    type Value = T;

    fn kept<'r>(
        &self,
        value: &'r Result<T, E>,
        cache_if: &impl Fn(&T) -> bool,
    ) -> Option<&'r Result<T, E>> {
        let kept = match value {
            Ok(value) => cache_if(value),
            Err(error) => (self.accept)(error),
        };
        kept.then_some(value)
    }

    fn restore(stored: Result<T, E>) -> Result<T, E> {
        stored
    }

    fn value(stored: &Result<T, E>) -> Option<&T> {
        stored.as_ref().ok()
    }

    fn is_error(value: &Result<T, E>) -> bool {
        value.is_err()
    }
}
