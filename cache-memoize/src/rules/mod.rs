//! What the options of an annotated function say about its values: which are kept, in which form, and for
//! how long.

mod form;
mod guard;
mod kinds;
mod returned;
mod timeout;

use crate::drive::Keep;
use crate::error::Error;
use crate::lifetime::Lifetime;
use crate::policy::Freshness;
pub(crate) use form::{Form, InProcess, Portable, Transcoder};
pub(crate) use guard::Guard;
pub(crate) use guard::HeldBack;
pub(crate) use kinds::{Kind, OkOnly, Plain, WithErrors};
pub use returned::{Returned, returned};
use std::marker::PhantomData;
use std::time::Duration;
use timeout::Timeouts;
pub(crate) use timeout::{CanTell, HardTimeout, SoftTimeout, in_time};

/// Which values of a function are stored, in which form, and for how long.
pub struct Rules<
    K: Kind,
    F = Portable,
    I = fn(&<K as Kind>::Value) -> bool,
    W = fn(&<K as Kind>::Value) -> Option<Duration>,
> {
    kind: K,
    form: PhantomData<F>,
    cache_if: I,
    ttl_with: W,
    ttl: Option<Lifetime>,
    err_ttl: Option<Lifetime>,
    fault: Option<fn(Error) -> K::Return>,
    freshness: Freshness,
    timeouts: Timeouts<K::Return>,
}

impl<T> Rules<Plain<T>> {
    /// The rules of everything that is done by hand.
    pub(crate) fn plain() -> Self {
        Self::new(Plain(PhantomData))
    }
}

impl<T, E> Rules<OkOnly<T, E>> {
    /// The rules of what may fail and is done by hand.
    pub(crate) fn ok_only() -> Self {
        Self::new(OkOnly(PhantomData))
    }
}

impl<K: Kind> Rules<K> {
    /// The rules of each value of a function with the option `batch`.
    pub(crate) fn of_elements(kind: K) -> Self {
        Self::new(kind)
    }

    fn new(kind: K) -> Self {
        Self {
            kind,
            form: PhantomData,
            cache_if: |_| true,
            ttl_with: |_| None,
            ttl: None,
            err_ttl: None,
            fault: None,
            freshness: Freshness::PLAIN,
            timeouts: Timeouts::NONE,
        }
    }
}

impl<T, E> Rules<OkOnly<T, E>> {
    /// The option `cache_err`: such errors are stored too.
    pub fn cache_err<P: Fn(&E) -> bool>(self, accept: P) -> Rules<WithErrors<T, E, P>> {
        let kind = WithErrors { accept, types: PhantomData };
        Rules { fault: self.fault, ..Rules::new(kind) }
    }
}

impl<T> Rules<Plain<T>> {
    /// The option `cache_err` where it cannot be.
    #[must_use]
    pub fn cache_err<P>(self, _: P) -> Self
    where
        T: ReturnsErrors,
    {
        self
    }
}

/// No type has it: a `Result` is recognised before this is asked for.
#[diagnostic::on_unimplemented(
    message = "`cache_err` needs a function that returns a `Result`",
    label = "this function returns `{Self}`, which has no errors",
    note = "remove `cache_err`, or use `cache_if` to choose which values are stored"
)]
pub trait ReturnsErrors {}

/// The return types that can be an error.
#[diagnostic::on_unimplemented(
    message = "`stale_if_error` needs a function that returns a `Result`",
    label = "this function returns no errors",
    note = "remove `stale_if_error`; with `stale_while_revalidate` an old value is served while a new one is computed"
)]
pub trait MayFail {}

impl<T, E> MayFail for OkOnly<T, E> {}

impl<T, E, P> MayFail for WithErrors<T, E, P> {}

impl<K: Kind, F, I, W> Rules<K, F, I, W> {
    /// The option `local`: values stay in the process, as they are.
    pub fn local(self) -> Rules<K, InProcess, I, W> {
        let Self { kind, cache_if, ttl_with, ttl, err_ttl, fault, freshness, timeouts, .. } = self;
        let form = PhantomData;
        Rules { kind, form, cache_if, ttl_with, ttl, err_ttl, fault, freshness, timeouts }
    }

    /// The option `cache_if`: only such values are stored.
    pub fn cache_if<J: Fn(&K::Value) -> bool>(self, cache_if: J) -> Rules<K, F, J, W> {
        let Self { kind, form, ttl_with, ttl, err_ttl, fault, freshness, timeouts, .. } = self;
        Rules { kind, form, cache_if, ttl_with, ttl, err_ttl, fault, freshness, timeouts }
    }

    /// The option `ttl_with`: the lifetime comes from the value.
    pub fn ttl_with<D: Fn(&K::Value) -> Duration>(
        self,
        lifetime: D,
    ) -> Rules<K, F, I, impl Fn(&K::Value) -> Option<Duration>> {
        let Self { kind, form, cache_if, ttl, err_ttl, fault, freshness, timeouts, .. } = self;
        Rules {
            kind,
            form,
            cache_if,
            ttl_with: move |value: &_| Some(lifetime(value)),
            ttl,
            err_ttl,
            fault,
            freshness,
            timeouts,
        }
    }

    /// The option `ttl`, as an expression.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(Lifetime::of(ttl));
        self
    }

    /// The option `stale_while_revalidate`.
    pub fn stale_while_revalidate(mut self, time: Lifetime) -> Self {
        self.freshness = self.freshness.while_revalidating(time);
        self
    }

    /// The option `stale_if_error`.
    pub fn stale_if_error(mut self, time: Lifetime) -> Self
    where
        K: MayFail,
    {
        self.freshness = self.freshness.if_error(time);
        self
    }

    /// The option `early_refresh`.
    pub fn early_refresh(mut self, beta: f64) -> Self {
        self.freshness = self.freshness.early(beta);
        self
    }

    /// The option `hard_timeout`.
    pub fn hard_timeout(mut self, limit: Duration) -> Self
    where
        K::Return: CanTell,
    {
        self.timeouts.hard = Some(HardTimeout::of(limit));
        self
    }

    /// The option `soft_timeout`.
    pub fn soft_timeout(mut self, limit: Duration) -> Self {
        self.timeouts.soft.limit = limit;
        self
    }

    /// The option `background`, where `soft_timeout` is given too.
    pub fn background(mut self) -> Self {
        self.timeouts.soft.is_for_spare_alone = true;
        self
    }

    /// How long a caller that has an old value waits for a new one.
    pub(crate) fn soft_limit(&self) -> SoftTimeout {
        self.timeouts.soft
    }

    /// How long the function may take.
    pub(crate) fn time_limit(&self) -> Option<&HardTimeout<K::Return>> {
        self.timeouts.hard.as_ref()
    }

    /// The option `err_ttl`, as an expression.
    pub fn err_ttl(mut self, ttl: Duration) -> Self {
        self.err_ttl = Some(Lifetime::of(ttl));
        self
    }
}

/// What a cache has to know about the values it stores for a function.
pub trait Ruleset {
    /// What is stored.
    type Stored: Clone + Send + Sync + 'static;
    /// In which form.
    type Form: Form<Self::Stored>;

    /// The lifetimes that the options say for this value.
    fn lifetime(&self, stored: &Self::Stored) -> Lifetimes;

    /// What the options say about values that are not fresh.
    fn freshness(&self) -> Freshness {
        Freshness::PLAIN
    }

    /// Whether this value is an error.
    fn is_error(&self, _stored: &Self::Stored) -> bool {
        false
    }
}

/// How a function says that the store failed, if it can.
pub trait TellsFaults {
    /// What the function returns.
    type Return;

    /// The failure as an answer; `None` if the function must compute instead.
    fn fault(&self) -> Option<fn(Error) -> Self::Return>;
}

impl<K: Kind, F, I, W> TellsFaults for Rules<K, F, I, W> {
    type Return = K::Return;

    fn fault(&self) -> Option<fn(Error) -> K::Return> {
        self.fault
    }
}

/// The lifetime of a value as far as expressions in the options say it.
pub struct Lifetimes {
    /// Whether the value is an error, whose lifetime is `err_ttl`.
    pub(crate) error: bool,
    /// The lifetime, if an expression says it.
    pub(crate) said: Option<Lifetime>,
}

impl<K, F, I, W> Ruleset for Rules<K, F, I, W>
where
    K: Kind<Stored: Clone + Send + Sync + 'static>,
    F: Form<K::Stored>,
    W: Fn(&K::Value) -> Option<Duration>,
{
    type Stored = K::Stored;
    type Form = F;

    fn lifetime(&self, stored: &K::Stored) -> Lifetimes {
        match K::value(stored) {
            Some(value) => {
                let said = (self.ttl_with)(value).map(Lifetime::of).or(self.ttl);
                Lifetimes { error: false, said }
            }
            None => Lifetimes { error: true, said: self.err_ttl },
        }
    }

    fn freshness(&self) -> Freshness {
        self.freshness
    }

    fn is_error(&self, stored: &K::Stored) -> bool {
        K::value(stored).is_none()
    }
}

impl<K, F, I, W> Keep for Rules<K, F, I, W>
where
    K: Kind<Stored: Clone + Send + Sync + 'static>,
    I: Fn(&K::Value) -> bool,
{
    type Return = K::Return;
    type Stored = K::Stored;

    fn keep(&self, value: &K::Return) -> Option<K::Stored> {
        self.kind.kept(value, &self.cache_if).cloned()
    }

    fn restore(&self, stored: K::Stored) -> K::Return {
        K::restore(stored)
    }

    fn is_error(&self, value: &K::Return) -> bool {
        K::is_error(value)
    }
}
