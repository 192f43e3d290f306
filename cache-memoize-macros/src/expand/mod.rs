//! From an annotated item to what stands in its place.

mod batch;
mod call;
mod companions;
mod function;
mod hooks;
mod impl_block;
mod item;
mod memo;
mod rules;
mod site;
mod source;

use crate::errors::Errors;
use crate::function::{Function, Home};
use crate::options::Options;
use crate::refuse::refuse;
use item::AnnotatedItem;
use memo::Memo;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{FnArg, ImplItemFn};

/// Expands `#[cache_memoize(options)] item`.
///
/// An item with mistakes stays in place as it was, beside the errors, so that nothing else in the
/// program goes missing.
pub(crate) fn attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(AnnotatedItem::Function(function)) => lone_function(options, *function),
        Ok(AnnotatedItem::Impl(block)) => impl_block::emit(&options, *block),
        Err(error) => beside(&item, &error),
    }
}

fn beside(item: &TokenStream, error: &syn::Error) -> TokenStream {
    let errors = error.to_compile_error();
    quote!(#item #errors)
}

fn lone_function(options: TokenStream, item: ImplItemFn) -> TokenStream {
    let original = item.to_token_stream();
    let mut errors = Errors::default();
    let options = Options::parse(options, &mut errors);
    let has_receiver = matches!(item.sig.inputs.first(), Some(FnArg::Receiver(_)));
    let home = if has_receiver || options.in_impl.is_some() { Home::Impl } else { Home::Module };
    match expand(item, home, &options, errors) {
        Ok(Expansion { function, companions }) => quote!(#function #companions),
        Err(error) => beside(&original, &error),
    }
}

/// What an annotated function becomes.
struct Expansion {
    /// The function itself, asking the cache.
    function: TokenStream,
    /// What stands beside it: companions, site, and the function as written.
    companions: TokenStream,
}

fn expand(
    item: ImplItemFn,
    home: Home,
    options: &Options,
    mut errors: Errors,
) -> syn::Result<Expansion> {
    let function = Function::new(item, home);
    refuse(&function, options, &mut errors);
    let memo = Memo::new(&function, options);
    memo.refuse(&mut errors);
    errors.finish()?;
    Ok(Expansion { function: function::emit(&memo), companions: companions::emit(&memo) })
}
