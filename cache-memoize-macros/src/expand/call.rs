//! The call: a site together with what tells this call from others.

use super::batch;
use super::memo::{Memo, at};
use crate::options::Options;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

/// `let __call = ..`, the same in the function and in every companion.
pub(super) fn emit(memo: &Memo<'_>) -> TokenStream {
    if let Some(many) = &memo.many {
        return batch::call(memo, many);
    }
    let (call, one) = (memo.call_variable(), one(memo));
    quote!(let #call = #one;)
}

/// The call of one key.
pub(super) fn one(memo: &Memo<'_>) -> TokenStream {
    let site = memo.beside(&memo.site_name());
    let types = types(memo);
    let cache = cache(memo);
    let parts = nested(parts(memo));
    let tags = tags(memo);
    let read = memo.options.call_expressions();
    memo.with_parts(read, quote!(#site().call(&[#(#types),*], #cache, #parts) #tags))
}

/// The names of the types that the call depends on.
fn types(memo: &Memo<'_>) -> Vec<TokenStream> {
    let krate = &memo.krate;
    let self_type = memo.self_type();
    let own =
        (!memo.function.is_free()).then(|| quote!(#krate::__private::self_type::<#self_type>()));
    let named =
        memo.function.type_parameters().map(|name| quote!(::core::any::type_name::<#name>()));
    let unnamed = memo
        .key_parameters
        .iter()
        .map(|at| &memo.function.parameters[*at])
        .filter(|parameter| parameter.is_impl_trait())
        .map(|parameter| &parameter.name)
        .map(|name| quote!(#krate::__private::type_name_of(&#name)));
    own.into_iter().chain(named).chain(unnamed).collect()
}

fn tags(memo: &Memo<'_>) -> Option<TokenStream> {
    let krate = &memo.krate;
    let tags = memo.options.tags.iter().map(|tag| {
        let tag = Whole(tag);
        quote_spanned!(at(tag.0.span())=> #krate::__private::tag(&#tag))
    });
    (!memo.options.tags.is_empty()).then(|| quote!(.tags([#(#tags),*])))
}

pub(super) fn cache(memo: &Memo<'_>) -> TokenStream {
    let krate = &memo.krate;
    match memo.options.cache_expression() {
        None => quote!(::core::option::Option::None),
        Some(cache) => {
            quote!(::core::option::Option::Some(#krate::__private::borrowed_cache(#cache)))
        }
    }
}

fn parts(memo: &Memo<'_>) -> Vec<TokenStream> {
    let krate = &memo.krate;
    let Options { key, extra, .. } = memo.options;
    let mut parts: Vec<_> =
        memo.function.const_parameters().map(|name| part(krate, name)).collect();
    parts.extend(memo.parts.iter().map(|at| part(krate, &memo.function.parameters[*at].name)));
    match key {
        None => {}
        Some(Expr::Tuple(key)) => {
            parts.extend(key.elems.iter().map(|element| part(krate, &Whole(element))))
        }
        Some(key) => parts.push(part(krate, &Whole(key))),
    }
    parts.extend(extra.as_ref().map(|extra| {
        let extra = Whole(extra);
        quote_spanned!(at(extra.0.span())=> #krate::__private::extra(&#extra))
    }));
    parts
}

fn part(krate: &TokenStream, value: &impl ToTokens) -> TokenStream {
    let span = value.to_token_stream().span();
    quote_spanned!(at(span)=> #krate::__private::part(&#value))
}

/// An expression that stays in one piece behind a `&`.
struct Whole<'a>(&'a Expr);

impl ToTokens for Whole<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let expression = self.0;
        let simple = matches!(
            expression,
            Expr::Path(_)
                | Expr::Lit(_)
                | Expr::Field(_)
                | Expr::MethodCall(_)
                | Expr::Call(_)
                | Expr::Paren(_)
                | Expr::Macro(_)
                | Expr::Tuple(_)
                | Expr::Index(_)
        );
        let whole = if simple {
            expression.to_token_stream()
        } else {
            quote_spanned!(at(expression.span())=> (#expression))
        };
        whole.to_tokens(tokens);
    }
}

/// A tuple of the parts. The library knows tuples up to twelve, so the rest of a longer one is a tuple
/// in its last place.
fn nested(mut parts: Vec<TokenStream>) -> TokenStream {
    const LONGEST: usize = 12;
    if parts.len() > LONGEST {
        let rest = parts.split_off(LONGEST - 1);
        parts.push(nested(rest));
    }
    match parts.as_slice() {
        [only] => quote!((#only,)),
        parts => quote!((#(#parts),*)),
    }
}
