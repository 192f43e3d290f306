//! The call: a site together with what tells this call from others.

use super::batch;
use super::memo::{Memo, at};
use crate::function::Parameter;
use crate::options::Options;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, FnArg, ReceiverKind, Type};

/// The call, the same in the function and in every companion.
pub(super) struct Called {
    /// The statement that makes it, if it takes one.
    pub(super) made: Option<TokenStream>,
    /// The call in an expression.
    pub(super) it: TokenStream,
}

pub(super) fn emit(memo: &Memo<'_>) -> Called {
    match &memo.many {
        Some(many) => Called::in_variable(memo, batch::call(memo, many)),
        // A future is reported as a whole, which has to begin and end at the type that it gives.
        None if has_function(memo) && !memo.function.is_async() => {
            Called { made: None, it: one(memo) }
        }
        None => Called::in_variable(memo, one(memo)),
    }
}

impl Called {
    fn in_variable(memo: &Memo<'_>, call: TokenStream) -> Self {
        let variable = memo.call_variable();
        Self { made: Some(quote!(let #variable = #call;)), it: variable.into_token_stream() }
    }
}

/// Whether a hidden function makes the call. It sees references to the arguments, and an expression of the user's that
/// says which call it is expects the arguments themselves.
fn has_function(memo: &Memo<'_>) -> bool {
    memo.options.has_companions() && memo.options.call_expressions().next().is_none()
}

/// The call of one key.
pub(super) fn one(memo: &Memo<'_>) -> TokenStream {
    if has_function(memo) {
        let (function, turbofish) = (memo.beside(&memo.call_name()), memo.function.turbofish());
        let names = key_parameters(memo).map(|parameter| &parameter.name);
        return quote!(#function #turbofish (#(&#names),*));
    }
    let site = memo.beside(&memo.site_name());
    let types = types(memo, |parameter| {
        let name = &parameter.name;
        quote!(&#name)
    });
    let cache = cache(memo);
    let parts = nested(parts(memo));
    let tags = tags(memo);
    let read = memo.options.call_expressions();
    memo.with_parts(read, quote!(#site().call(&[#(#types),*], #cache, #parts) #tags))
}

/// The hidden function that makes the call from references to the arguments, if there is one.
pub(super) fn function(memo: &Memo<'_>) -> Option<TokenStream> {
    if !has_function(memo) {
        return None;
    }
    let krate = &memo.krate;
    let (function, site) = (memo.call_name(), memo.beside(&memo.site_name()));
    let shared = memo.function.shared_attributes();
    let generics = &memo.function.item.sig.generics;
    let bounds = &generics.where_clause;
    let inputs = key_parameters(memo).map(|parameter| {
        let (name, referenced) = (inside(parameter), referenced(memo, parameter));
        quote!(#name: &#referenced)
    });
    let constants = memo.function.const_parameters().map(|name| {
        let span = at(name.span());
        known_part(&quote_spanned!(span=> &#name))
    });
    let arguments = key_parameters(memo).map(|parameter| known_part(&inside(parameter)));
    let parts: Vec<_> = constants.chain(arguments).collect();
    let import = (!parts.is_empty()).then(|| quote!(use #krate::__private::part;));
    let parts = nested(parts);
    let types = types(memo, |parameter| inside(parameter).into_token_stream());
    Some(quote! {
        #(#shared)*
        fn #function #generics (#(#inputs),*) -> #krate::__private::Call #bounds {
            #import
            #site().keyed(&[#(#types),*], #parts)
        }
    })
}

fn key_parameters<'a>(memo: &'a Memo<'_>) -> impl Iterator<Item = &'a Parameter> {
    memo.key_parameters.iter().map(|at| &memo.function.parameters[*at])
}

/// What the hidden function calls a parameter. No name of an item in its body can meet it.
fn inside(parameter: &Parameter) -> Ident {
    let place = at(parameter.name.span());
    let mut name = parameter.in_closure();
    name.set_span(place);
    name
}

/// The type of a parameter, or of an element if it has many keys, as one behind a `&`.
fn referenced(memo: &Memo<'_>, parameter: &Parameter) -> TokenStream {
    let plain = match (&memo.many, &parameter.plain) {
        (Some(many), _) if *many.name == parameter.name => many.element,
        (_, FnArg::Typed(argument)) => &*argument.ty,
        (_, FnArg::Receiver(receiver)) => {
            let self_type = memo.self_type();
            return match &receiver.kind {
                ReceiverKind::Reference(and, lifetime, mutability) => {
                    quote!(#and #lifetime #mutability #self_type)
                }
                ReceiverKind::Typed(_, ty) => ty.to_token_stream(),
                _ => self_type.into_token_stream(),
            };
        }
    };
    match plain {
        Type::ImplTrait(_) | Type::TraitObject(_) => quote!((#plain)),
        plain => plain.to_token_stream(),
    }
}

/// The names of the types that the call depends on.
fn types(memo: &Memo<'_>, reference: impl Fn(&Parameter) -> TokenStream) -> Vec<TokenStream> {
    let krate = &memo.krate;
    let self_type = memo.self_type();
    let own =
        (!memo.function.is_free()).then(|| quote!(#krate::__private::self_type::<#self_type>()));
    let named =
        memo.function.type_parameters().map(|name| quote!(::core::any::type_name::<#name>()));
    let unnamed =
        key_parameters(memo).filter(|parameter| parameter.is_impl_trait()).map(|parameter| {
            let reference = reference(parameter);
            quote!(#krate::__private::type_name_of(#reference))
        });
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

/// The same of a reference, where `part` is known.
fn known_part(reference: &impl ToTokens) -> TokenStream {
    let span = reference.to_token_stream().span();
    quote_spanned!(at(span)=> part(#reference))
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
