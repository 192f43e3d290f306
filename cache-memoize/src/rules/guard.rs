//! Functions that run at most once in a lifetime.

use super::{CanTell, HardTimeout, Lifetimes, Portable, Ruleset, TellsFaults};
use crate::drive::Guarded;
use crate::error::Error;
use crate::lifetime::Lifetime;
use std::time::Duration;

/// The rules of a function that runs at most once in a lifetime: `store_result = false`.
pub struct Guard<R> {
    ttl: Option<Lifetime>,
    fault: Option<fn(Error) -> R>,
    hard_timeout: Option<HardTimeout<R>>,
}

impl<R> Guard<R> {
    /// The rules without any option.
    pub fn new() -> Self {
        Self { ttl: None, fault: None, hard_timeout: None }
    }

    pub(super) fn telling_faults(mut self, fault: fn(Error) -> R) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The option `ttl`, as an expression.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(Lifetime::of(ttl));
        self
    }

    /// The option `hard_timeout`.
    #[must_use]
    pub fn hard_timeout(mut self, limit: Duration) -> Self
    where
        R: CanTell,
    {
        self.hard_timeout = Some(HardTimeout::of(limit));
        self
    }

    /// How long the function may take.
    pub(crate) fn time_limit(&self) -> Option<&HardTimeout<R>> {
        self.hard_timeout.as_ref()
    }
}

impl<R> Ruleset for Guard<R> {
    type Stored = ();
    type Form = Portable;

    fn lifetime(&self, (): &()) -> Lifetimes {
        Lifetimes { error: false, said: self.ttl }
    }
}

impl<R> TellsFaults for Guard<R> {
    type Return = R;

    fn fault(&self) -> Option<fn(Error) -> R> {
        self.fault
    }
}

impl<R: HeldBack> Guarded for Guard<R> {
    type Return = R;

    fn succeeded(&self, value: &R) -> bool {
        value.succeeded()
    }

    fn held_back(&self) -> R {
        R::held_back()
    }
}

/// What a function with `store_result = false` may return: something to answer without having run.
#[diagnostic::on_unimplemented(
    message = "a function with `store_result = false` cannot return `{Self}`",
    label = "there is nothing to return when the function is held back",
    note = "return `()`, an `Option` (`None` when it was held back), or a `Result` of one of these"
)]
pub trait HeldBack {
    /// The answer of a call that was held back.
    fn held_back() -> Self;

    /// Whether the function did what it was called for, so that it need not run again.
    fn succeeded(&self) -> bool;
}

impl HeldBack for () {
    fn held_back() -> Self {}

    fn succeeded(&self) -> bool {
        true
    }
}

impl<T> HeldBack for Option<T> {
    fn held_back() -> Self {
        None
    }

    fn succeeded(&self) -> bool {
        true
    }
}

impl<T: HeldBack, E> HeldBack for Result<T, E> {
    fn held_back() -> Self {
        Ok(T::held_back())
    }

    fn succeeded(&self) -> bool {
        self.as_ref().is_ok_and(HeldBack::succeeded)
    }
}
