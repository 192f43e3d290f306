//! The function itself: it makes the call, and the engine runs it.

use super::call::{self, Called};
use super::memo::{Memo, at, hidden};
use super::rules::{self, Scope};
use super::{batch, companions, hooks, site};
use crate::function::{Parameter, without_expectation};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Block, FnArg, ImplItemFn, Pat};

/// The annotated function, asking the cache. Its attributes stay; what they expect of the body is expected
/// where that has gone.
pub(super) fn emit(memo: &Memo<'_>) -> TokenStream {
    let ImplItemFn { attrs, vis, modifiers, sig, .. } = &memo.function.item;
    let attributes = attrs.iter().map(|attribute| {
        if memo.body_is_closure() { attribute.clone() } else { without_expectation(attribute) }
    });
    let defaultness = modifiers.defaultness;
    let mut signature = sig.clone();
    signature.inputs = sig.inputs.iter().zip(memo.parameters()).map(input(memo)).collect();
    let inner = inner_items(memo);
    let rules = match is_plain(memo) && rules::can_wait(memo) {
        true => rules::deferred(memo),
        false => rules::declaration(memo, Scope::Storing),
    };
    let Called { made, it } = call::emit(memo);
    let run = run(memo, &it);
    quote! {
        #(#attributes)*
        #vis #defaultness #signature {
            #inner
            #rules
            #made
            #run
        }
    }
}

/// How an argument stands in the signature: plain, but for a receiver that the body captures and may
/// change.
fn input(memo: &Memo<'_>) -> impl Fn((&FnArg, &Parameter)) -> FnArg {
    |(written, parameter)| {
        let input = if memo.hands_on(parameter) { &parameter.plain } else { written };
        input.clone()
    }
}

/// Without companions nothing may stand beside the function, so that all stands inside.
fn inner_items(memo: &Memo<'_>) -> TokenStream {
    if memo.options.has_companions() {
        return TokenStream::new();
    }
    let site = site::emit(memo);
    let uncached = memo.function.is_free().then(|| companions::uncached(memo, None));
    quote!(#site #uncached)
}

fn run(memo: &Memo<'_>, call: &TokenStream) -> TokenStream {
    let rules = rules::variable(memo);
    let place = memo.place_of_output();
    let wait = memo.function.is_async().then(|| quote_spanned!(place=> .await));
    if is_plain(memo) {
        let get = memo.operation("get");
        let computed = uncached(memo);
        let rules = match rules::can_wait(memo) {
            true => quote!(#rules),
            false => quote_spanned!(place=> move || #rules),
        };
        return quote_spanned!(place=> #call.#get(#rules, move || #computed) #wait);
    }
    let manners = if memo.many.is_some() {
        batch::manners(memo)
    } else {
        let hit = hooks::emit(memo, memo.options.on_hit.as_ref());
        let miss = hooks::emit(memo, memo.options.on_miss.as_ref());
        quote!(#hit, #miss)
    };
    let run = memo.operation(match memo.options.outliving() {
        None => "run",
        Some(_) if memo.options.soft_timeout.is_some() => "run_softly",
        Some(_) => "run_behind",
    });
    let (arguments, body) = (arguments(memo), body(memo));
    quote_spanned!(place=> #call.#run(#rules, #manners, #arguments, #body) #wait)
}

/// Whether nobody but the body wants to see the arguments.
fn is_plain(memo: &Memo<'_>) -> bool {
    let options = memo.options;
    let is_watched = options.on_hit.is_some() || options.on_miss.is_some();
    let outlives = options.outliving().is_some();
    !(is_watched || outlives || memo.many.is_some() || memo.body_is_closure())
}

/// A call of the function as written.
pub(super) fn uncached(memo: &Memo<'_>) -> TokenStream {
    let (uncached, turbofish) = (companions::uncached_path(memo), memo.function.turbofish());
    let names = memo.parameters().map(|parameter| &parameter.name);
    quote!(#uncached #turbofish (#(#names),*))
}

/// All arguments as a tuple, the receiver first.
pub(super) fn arguments(memo: &Memo<'_>) -> TokenStream {
    let names = memo
        .parameters()
        .filter(|parameter| memo.hands_on(parameter))
        .map(|parameter| &parameter.name);
    quote!((#(#names,)*))
}

/// The body as a closure over that tuple.
pub(super) fn body(memo: &Memo<'_>) -> TokenStream {
    match &memo.many {
        Some(many) => batch::body(memo, many),
        None if memo.body_is_closure() => body_in_place(memo),
        None => body_elsewhere(memo),
    }
}

fn body_elsewhere(memo: &Memo<'_>) -> TokenStream {
    let uncached = companions::uncached_path(memo);
    let turbofish = memo.function.turbofish();
    let names: Vec<_> = memo.parameters().map(|parameter| parameter.in_closure()).collect();
    quote!(|(#(#names,)*)| #uncached #turbofish (#(#names),*))
}

fn body_in_place(memo: &Memo<'_>) -> TokenStream {
    let patterns = memo.function.item.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Receiver(_) => None,
        FnArg::Typed(argument) => Some(&*argument.pat),
    });
    let parameters = closure_parameters(patterns);
    let output = memo.function.output();
    let uses = memo.uses();
    let Block { stmts, .. } = &memo.function.item.block;
    if !memo.function.is_async() {
        return quote!(move |#parameters| -> #output { #uses #(#stmts)* });
    }
    // The block that never runs tells the compiler the type of the async block, which `?` and `return`
    // in the body need to know.
    let result = hidden("__result");
    quote! {
        move |#parameters| async move {
            if let ::core::option::Option::Some(#result) = ::core::option::Option::None::<#output> {
                return #result;
            }
            let #result: #output = { #uses #(#stmts)* };
            #[allow(unreachable_code)]
            #result
        }
    }
}

fn closure_parameters<'a>(patterns: impl Iterator<Item = &'a Pat>) -> TokenStream {
    let patterns: Vec<_> = patterns.collect();
    let span = patterns.first().map_or_else(proc_macro2::Span::call_site, |first| at(first.span()));
    let patterns = patterns.iter().map(|pattern| pattern.to_token_stream());
    quote_spanned!(span=> (#(#patterns,)*))
}
