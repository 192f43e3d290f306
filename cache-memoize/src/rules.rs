//! What the options of an annotated function say about its values: which are kept, in which form, and for
//! how long.

use crate::cache::Value;
use crate::codec::{Codec, CodecError, Stamps, Unreadable, weight_of};
use crate::drive::{Guarded, Keep};
use crate::lifetime::Lifetime;
use cache_memoize_core::{Bytes, KeyRef};
use std::marker::PhantomData;
use std::time::Duration;

/// The return type of an annotated function, on the way to its rules.
///
/// A `Result` is recognised by its type, whatever its name in the signature: `rules` is found on
/// `Probe<Result<T, E>>` itself before it is found on a reference to any `Probe`.
pub struct Probe<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    /// The probe for `R`.
    #[expect(clippy::new_without_default, reason = "only the attribute makes probes")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The rules of a function that returns a `Result`: errors are not stored.
pub trait ResultReturn {
    /// The type of the rules.
    type Rules;

    /// The rules without any option.
    fn rules(&self) -> Self::Rules;
}

impl<T, E> ResultReturn for Probe<Result<T, E>> {
    type Rules = Rules<OkOnly<T, E>>;

    fn rules(&self) -> Self::Rules {
        Rules::new(OkOnly(PhantomData))
    }
}

/// The rules of a function that returns anything else: every value is stored.
pub trait PlainReturn {
    /// The type of the rules.
    type Rules;

    /// The rules without any option.
    fn rules(&self) -> Self::Rules;
}

impl<R> PlainReturn for &Probe<R> {
    type Rules = Rules<Plain<R>>;

    fn rules(&self) -> Self::Rules {
        Rules::new(Plain(PhantomData))
    }
}

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
    fn new(kind: K) -> Self {
        Self {
            kind,
            form: PhantomData,
            cache_if: |_| true,
            ttl_with: |_| None,
            ttl: None,
            err_ttl: None,
        }
    }
}

impl<T, E> Rules<OkOnly<T, E>> {
    /// The option `cache_err`: such errors are stored too.
    pub fn cache_err<P: Fn(&E) -> bool>(self, accept: P) -> Rules<WithErrors<T, E, P>> {
        Rules::new(WithErrors { accept, types: PhantomData })
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

impl<K: Kind, F, I, W> Rules<K, F, I, W> {
    /// The option `local`: values stay in the process, as they are.
    pub fn local(self) -> Rules<K, InProcess, I, W> {
        let Self { kind, cache_if, ttl_with, ttl, err_ttl, .. } = self;
        Rules { kind, form: PhantomData, cache_if, ttl_with, ttl, err_ttl }
    }

    /// The option `cache_if`: only such values are stored.
    pub fn cache_if<J: Fn(&K::Value) -> bool>(self, cache_if: J) -> Rules<K, F, J, W> {
        let Self { kind, form, ttl_with, ttl, err_ttl, .. } = self;
        Rules { kind, form, cache_if, ttl_with, ttl, err_ttl }
    }

    /// The option `ttl_with`: the lifetime comes from the value.
    pub fn ttl_with<D: Fn(&K::Value) -> Duration>(
        self,
        lifetime: D,
    ) -> Rules<K, F, I, impl Fn(&K::Value) -> Option<Duration>> {
        let Self { kind, form, cache_if, ttl, err_ttl, .. } = self;
        Rules {
            kind,
            form,
            cache_if,
            ttl_with: move |value: &_| Some(lifetime(value)),
            ttl,
            err_ttl,
        }
    }

    /// The option `ttl`, as an expression.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(Lifetime::of(ttl));
        self
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
}

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
}

/// A function whose every value is stored.
pub struct Plain<T>(PhantomData<fn() -> T>);

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
pub struct OkOnly<T, E>(PhantomData<fn() -> (T, E)>);

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
}

/// A function that returns a `Result`, some of whose errors are stored.
pub struct WithErrors<T, E, P> {
    accept: P,
    types: PhantomData<fn() -> (T, E)>,
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
}

/// The rules of a function that runs at most once in a lifetime: `store_result = false`.
pub struct Guard<R> {
    ttl: Option<Lifetime>,
    returns: PhantomData<fn() -> R>,
}

impl<R> Guard<R> {
    /// The rules without any option.
    #[expect(clippy::new_without_default, reason = "only the attribute makes guards")]
    pub fn new() -> Self {
        Self { ttl: None, returns: PhantomData }
    }

    /// The option `ttl`, as an expression.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(Lifetime::of(ttl));
        self
    }
}

impl<R> Ruleset for Guard<R> {
    type Stored = ();
    type Form = Portable;

    fn lifetime(&self, (): &()) -> Lifetimes {
        Lifetimes { error: false, said: self.ttl }
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

/// In which form values are stored.
pub trait Form<S> {
    /// How values become bytes and come back; `None` if they stay in the process.
    fn transcoder() -> Option<Transcoder<S>>;

    /// About how many bytes the value takes in memory.
    fn weight(value: &S) -> usize;
}

/// How values of one type become bytes and come back.
pub struct Transcoder<S> {
    pub(crate) encode: fn(&Codec, KeyRef<'_>, &S, &Stamps) -> Result<Bytes, CodecError>,
    #[expect(clippy::type_complexity, reason = "the signature of `Codec::decode`")]
    pub(crate) decode: fn(&Codec, KeyRef<'_>, &[u8]) -> Result<(S, Stamps), Unreadable>,
}

/// As bytes where the store is elsewhere, as they are in process.
pub struct Portable;

impl<S: Value> Form<S> for Portable {
    fn transcoder() -> Option<Transcoder<S>> {
        Some(Transcoder { encode: Codec::encode, decode: Codec::decode })
    }

    fn weight(value: &S) -> usize {
        size_of::<S>() + weight_of(value)
    }
}

/// As they are, in this process only: the option `local`.
pub struct InProcess;

impl<S> Form<S> for InProcess {
    fn transcoder() -> Option<Transcoder<S>> {
        None
    }

    fn weight(_: &S) -> usize {
        size_of::<S>()
    }
}
