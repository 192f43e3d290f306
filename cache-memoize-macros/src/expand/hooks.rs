//! The hooks `on_hit` and `on_miss`: called with the key arguments by reference.

use super::batch;
use super::memo::{Memo, at};
use crate::function::{Parameter, Selection};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

/// A function of a reference to all arguments, which calls the hook with those of the key.
pub(super) fn emit(memo: &Memo<'_>, hook: Option<&Expr>) -> TokenStream {
    let Some(hook) = hook else {
        let krate = &memo.krate;
        return match memo.many {
            None => quote!(#krate::__private::no_hook),
            Some(_) => batch::no_hook(memo),
        };
    };
    let mentioned = memo.function.mentioned_in([hook]);
    let named = &memo.key_parameters | &mentioned;
    let places = memo
        .parameters()
        .enumerate()
        .filter(|(_, parameter)| memo.hands_on(parameter))
        .map(|(at, parameter)| place(parameter, named.contains(&at)));
    let arguments = arguments(memo, &memo.key_parameters);
    let parts = memo.part_bindings(&mentioned, false);
    let called = quote_spanned!(at(hook.span())=> (#hook)(#(#arguments),*));
    match &memo.many {
        None => quote!(|(#(#places,)*)| { #parts #called; }),
        Some(many) => batch::hook(many, &places.collect::<Vec<_>>(), &quote!(#parts #called)),
    }
}

fn place(parameter: &Parameter, named: bool) -> TokenStream {
    let name = parameter.in_closure();
    if named { quote!(#name) } else { quote!(_) }
}

fn arguments<'a>(
    memo: &'a Memo<'_>,
    selection: &'a Selection,
) -> impl Iterator<Item = TokenStream> + 'a {
    selection.iter().map(|at| &memo.function.parameters[*at]).map(|parameter| {
        if parameter.is_receiver() && !memo.hands_on(parameter) {
            quote!(&self)
        } else {
            let name = parameter.in_closure();
            quote!(#name)
        }
    })
}
