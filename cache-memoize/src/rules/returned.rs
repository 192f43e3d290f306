//! The return type of an annotated function, on the way to its rules.
//!
//! A `Result` is recognised by its type, whatever its name in the signature, and so is one whose errors can be made of
//! ours: a method is looked for in a type itself first, and then behind each `Deref`. It takes no trait that the caller has
//! to import.

use super::{Guard, OkOnly, Plain, Rules};
use crate::error::Error;
use std::marker::PhantomData;
use std::ops::Deref;

/// Those that are a `Result` whose errors can say that the store failed, or not.
pub struct Returned<R>(Fallible<R>);

/// Those that are a `Result`, or not.
pub struct Fallible<R>(Any<R>);

/// Those that are whatever they are.
pub struct Any<R>(PhantomData<fn() -> R>);

/// The return type `R`.
pub const fn returned<R>() -> Returned<R> {
    Returned(Fallible(Any(PhantomData)))
}

impl<T, E: From<Error>> Returned<Result<T, E>> {
    /// The rules without any option: errors are not stored, and tell of faults.
    pub fn rules(&self) -> Rules<OkOnly<T, E>> {
        Rules { fault: Some(|error| Err(error.into())), ..Rules::new(OkOnly(PhantomData)) }
    }

    /// The rules with `store_result = false`.
    pub fn guard(&self) -> Guard<Result<T, E>> {
        Guard::new().telling_faults(|error| Err(error.into()))
    }
}

impl<R> Deref for Returned<R> {
    type Target = Fallible<R>;

    fn deref(&self) -> &Fallible<R> {
        &self.0
    }
}

impl<T, E> Fallible<Result<T, E>> {
    /// The rules without any option: errors are not stored.
    pub fn rules(&self) -> Rules<OkOnly<T, E>> {
        Rules::new(OkOnly(PhantomData))
    }
}

impl<R> Deref for Fallible<R> {
    type Target = Any<R>;

    fn deref(&self) -> &Any<R> {
        &self.0
    }
}

impl<R> Any<R> {
    /// The rules without any option: every value is stored.
    pub fn rules(&self) -> Rules<Plain<R>> {
        Rules::new(Plain(PhantomData))
    }

    /// The rules with `store_result = false`.
    pub fn guard(&self) -> Guard<R> {
        Guard::new()
    }
}
