//! The option `batch`: one call makes a call for each element of its slice.

use super::call;
use super::companions::uncached_path;
use super::memo::{Many, Memo};
use super::{hooks, rules};
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Lifetime, Type, TypeReference, parse_quote};

/// Reports what keeps a function from being called for many keys.
pub(super) fn refuse(memo: &Memo<'_>, errors: &mut Errors) {
    let Some(place) = memo.options.batch else { return };
    let mut at_option = |message: &str| errors.push(syn::Error::new(place, message));
    let Some(many) = &memo.many else {
        let message = match memo.parameters().filter(|it| it.element().is_some()).count() {
            0 => "`batch` needs an argument with the keys, `ids: &[K]`: add it, or remove `batch`",
            _ => {
                "`batch` needs one argument with the keys, and cannot choose between several slices: take the others by \
                 value, such as `Vec<_>`"
            }
        };
        return at_option(message);
    };
    if memo.body_is_closure() {
        at_option(
            "without companions the body of a method can be called once, and `batch` may call it twice: allow \
             companions, such as `companions = pub(self)`",
        );
    }
    if memo.options.skip.contains(many.name) {
        at_option(
            "the keys are skipped, so that there is nothing to tell the values apart: remove `batch`, or keep them",
        );
    }
    let mut exclusive = memo.parameters().filter(|parameter| parameter.is_exclusive());
    if let Some(parameter) = exclusive.next() {
        errors.at(
            &parameter.plain,
            "with `batch` the function may be called twice for one call: take a shared reference, or a handle that \
             can be cloned",
        );
    }
    if let Some(cache) = memo.options.cache_expression()
        && memo.function.mentioned_in([cache]).contains(&many.position)
    {
        errors.at(cache, "all keys of one call are in one cache: choose it by other arguments");
    }
}

/// All calls, one of every element.
pub(super) fn call(memo: &Memo<'_>, many: &Many<'_>) -> TokenStream {
    let (krate, name) = (&memo.krate, many.name);
    let one = call::one(memo);
    quote!(#krate::__private::Batch::new(#name, |#name| #one))
}

/// The rules of each value.
pub(super) fn rules(memo: &Memo<'_>, many: &Many<'_>) -> TokenStream {
    let (krate, element, output) = (&memo.krate, many.element, memo.function.output());
    let place = memo.place_of_output();
    quote_spanned!(place=> #krate::__private::batch_rules::<#element, #output>())
}

/// What stands behind the rules in a call: the hooks, and how the function says that the store failed.
pub(super) fn manners(memo: &Memo<'_>) -> TokenStream {
    let hit = hooks::emit(memo, memo.options.on_hit.as_ref());
    let miss = hooks::emit(memo, memo.options.on_miss.as_ref());
    let faults = rules::probed(memo);
    quote!(#hit, #miss, #faults)
}

/// The body as a closure over some of the keys, and the other arguments as a tuple.
pub(super) fn body(memo: &Memo<'_>, many: &Many<'_>) -> TokenStream {
    let (uncached, keys) = (uncached_path(memo), many.name);
    let turbofish = memo.function.turbofish();
    let others = memo.parameters().filter(|parameter| memo.hands_on(parameter));
    let others: Vec<_> = others.map(|parameter| parameter.in_closure()).collect();
    let is_async = memo.function.is_async();
    let all = memo.parameters().map(|parameter| match parameter.name == *keys {
        true if is_async => quote!(&#keys),
        _ => parameter.in_closure().into_token_stream(),
    });
    let called = quote!(#uncached #turbofish (#(#all),*));
    match is_async {
        false => quote!(|#keys, (#(#others,)*)| #called),
        true => quote!(|#keys, (#(#others,)*)| async move { #called.await }),
    }
}

/// What a companion gives that looks for values without computing.
pub(super) fn peeked(memo: &Memo<'_>, many: &Many<'_>) -> TokenStream {
    let krate = &memo.krate;
    let (element, output) = (named(many.element.clone()), memo.function.output());
    quote!(<#output as #krate::__private::BatchReturn<#element>>::Peeked)
}

/// The type without lifetimes that are left out, which stand for nothing in the type that a function gives. No such type
/// depends on the lifetimes of its keys.
fn named(mut element: Type) -> Type {
    struct Named;
    impl VisitMut for Named {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            reference.lifetime.get_or_insert_with(|| parse_quote!('static));
            visit_mut::visit_type_reference_mut(self, reference);
        }

        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident == "_" {
                lifetime.ident = Ident::new("static", Span::call_site());
            }
        }
    }
    Named.visit_type_mut(&mut element);
    element
}

/// The hook of a function that has none.
pub(super) fn no_hook(memo: &Memo<'_>) -> TokenStream {
    let krate = &memo.krate;
    quote!(#krate::__private::no_batch_hook)
}

/// A hook as a function of one key, and of all other arguments.
pub(super) fn hook(many: &Many<'_>, others: &[TokenStream], called: &TokenStream) -> TokenStream {
    let key = many.name;
    quote!(|#key, (#(#others,)*)| { #called; })
}
