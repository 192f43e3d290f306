//! The rules: which values are kept, and for how long.

use super::memo::{Memo, at, hidden, located_at};
use super::{batch, site};
use crate::options::{ErrorChoice, HardTimeout, Lifetime};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

/// Which rules a piece of code needs.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scope {
    /// It stores values: the computed lifetimes are needed.
    Storing,
    /// It only reads values.
    Reading,
}

/// `let __ttl: Duration = ..`, before the arguments are handed on.
fn lifetimes(memo: &Memo<'_>) -> TokenStream {
    memo.options
        .lifetimes()
        .into_iter()
        .zip(NAMES)
        .filter_map(|(lifetime, name)| Some((lifetime?.expression()?, hidden(name))))
        .map(|(expression, name)| {
            let value = memo.with_parts([expression], quote!(#expression));
            quote!(let #name: ::core::time::Duration = #value;)
        })
        .collect()
}

/// What the computed lifetimes are called, in the order of `Options::lifetimes`.
const NAMES: [&str; 6] = [TTL, ERR_TTL, WHILE_REVALIDATING, IF_ERROR, HARD_TIMEOUT, SOFT_TIMEOUT];
const TTL: &str = "__ttl";
const ERR_TTL: &str = "__err_ttl";
const WHILE_REVALIDATING: &str = "__stale_while_revalidate";
const IF_ERROR: &str = "__stale_if_error";
const HARD_TIMEOUT: &str = "__hard_timeout";
const SOFT_TIMEOUT: &str = "__soft_timeout";

/// The variable that holds the rules, where errors about the function's values are reported.
pub(super) fn variable(memo: &Memo<'_>) -> Ident {
    Ident::new("rules", memo.place_of_output())
}

/// `let rules = ..`, with what it needs.
pub(super) fn declaration(memo: &Memo<'_>, scope: Scope) -> TokenStream {
    let lifetimes = (scope == Scope::Storing).then(|| lifetimes(memo));
    let (variable, rules) = (variable(memo), emit(memo, scope));
    quote!(#lifetimes let #variable = #rules;)
}

/// Whether the rules may be made as late as that: a closure of the user's in another closure would be told of twice if it
/// were wrong.
pub(super) fn can_wait(memo: &Memo<'_>) -> bool {
    let options = memo.options;
    options.cache_err.is_none() && options.cache_if.is_none() && options.ttl_with.is_none()
}

/// `let rules = || ..`, for a function that makes them only when its value has to be looked for.
pub(super) fn deferred(memo: &Memo<'_>) -> TokenStream {
    let (lifetimes, variable) = (lifetimes(memo), variable(memo));
    let rules = emit(memo, Scope::Storing);
    quote!(#lifetimes let #variable = || #rules;)
}

/// The rules as an expression.
fn emit(memo: &Memo<'_>, scope: Scope) -> TokenStream {
    let krate = &memo.krate;
    let options = memo.options;
    let output = memo.function.output();
    let computed = |lifetime: &Option<Lifetime>| {
        scope == Scope::Storing && lifetime.as_ref().is_some_and(|ttl| ttl.expression().is_some())
    };
    let ttl = computed(&options.ttl).then(|| hidden(TTL)).map(|ttl| quote!(.ttl(#ttl)));
    if options.guard {
        let place = memo.place_of_output();
        let krate = located_at(place, krate);
        let timeout = hard_timeout(memo, scope);
        return quote_spanned!(place=> #krate::__private::returned::<#output>().guard() #ttl #timeout);
    }
    let cache_err = options.cache_err.as_ref().map(|errors| match errors {
        ErrorChoice::All(place) => {
            quote_spanned!(at(*place)=> .cache_err(#krate::__private::always))
        }
        ErrorChoice::Those(judge) => quote_spanned!(at(judge.span())=> .cache_err(#judge)),
    });
    let local = options.local.then(|| quote!(.local()));
    let cache_if =
        options.cache_if.as_ref().map(|judge| quote_spanned!(at(judge.span())=> .cache_if(#judge)));
    let ttl_with = options
        .ttl_with
        .as_ref()
        .map(|lifetime| quote_spanned!(at(lifetime.span())=> .ttl_with(#lifetime)));
    let err_ttl =
        computed(&options.err_ttl).then(|| hidden(ERR_TTL)).map(|ttl| quote!(.err_ttl(#ttl)));
    let probed = match &memo.many {
        Some(many) => batch::rules(memo, many),
        None => probed(memo),
    };
    let freshness = (scope == Scope::Storing).then(|| freshness(memo));
    let timeout = hard_timeout(memo, scope);
    quote!(#probed #cache_err #local #cache_if #ttl_with #ttl #err_ttl #freshness #timeout)
}

/// The rules without any option, found by the return type.
pub(super) fn probed(memo: &Memo<'_>) -> TokenStream {
    let (krate, output) = (&memo.krate, memo.function.output());
    quote_spanned!(memo.place_of_output()=> #krate::__private::returned::<#output>().rules())
}

/// How long the function may take.
fn hard_timeout(memo: &Memo<'_>, scope: Scope) -> Option<TokenStream> {
    let HardTimeout { time, place } = memo.options.hard_timeout.as_ref()?;
    let limit = limit(time, HARD_TIMEOUT)?;
    (scope == Scope::Storing).then(|| quote_spanned!(at(*place)=> .hard_timeout(#limit)))
}

/// How long a caller that has an old value waits.
fn soft_timeout(memo: &Memo<'_>) -> Option<TokenStream> {
    let limit = limit(memo.options.soft_timeout.as_ref()?, SOFT_TIMEOUT)?;
    let background = memo.options.background.then(|| quote!(.background()));
    Some(quote!(.soft_timeout(#limit) #background))
}

/// A limit as a `Duration`, if it is one.
fn limit(time: &Lifetime, name: &str) -> Option<TokenStream> {
    match time {
        Lifetime::Millis(millis) => {
            let millis = Literal::u64_unsuffixed(*millis);
            Some(quote!(::core::time::Duration::from_millis(#millis)))
        }
        Lifetime::Expression(_) => Some(hidden(name).into_token_stream()),
        Lifetime::Forever => None,
    }
}

/// What becomes of values that grow old.
fn freshness(memo: &Memo<'_>) -> TokenStream {
    let options = memo.options;
    let time = |time: &Lifetime, name| {
        let krate = &memo.krate;
        let time = site::lifetime(time).unwrap_or_else(|| {
            let name = hidden(name);
            quote!(Lifetime::of(#name))
        });
        quote!(#krate::__private::#time)
    };
    let revalidate = options.stale_while_revalidate.as_ref().map(|lifetime| {
        let time = time(lifetime, WHILE_REVALIDATING);
        quote!(.stale_while_revalidate(#time))
    });
    let if_error = options.stale_if_error.as_ref().map(|option| {
        let time = time(&option.time, IF_ERROR);
        quote_spanned!(at(option.place)=> .stale_if_error(#time))
    });
    let early = options.early_refresh.map(Literal::f64_unsuffixed);
    let early = early.map(|beta| quote!(.early_refresh(#beta)));
    let soft = soft_timeout(memo);
    quote!(#revalidate #if_error #early #soft)
}
