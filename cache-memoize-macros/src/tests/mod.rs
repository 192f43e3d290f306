//! The expansions as text, and the mistakes that are reported.

mod expansions;
mod mistakes;
mod size;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Item, Meta};

/// Expands every item of `source` that carries one of our attributes; the others are left out.
fn expanded(source: &str) -> TokenStream {
    let file = syn::parse_file(source).expect("the source is Rust");
    file.items.into_iter().map(expanded_item).collect()
}

fn expanded_item(mut item: Item) -> TokenStream {
    let attributes = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        _ => return TokenStream::new(),
    };
    match attributes.iter().position(|attribute| attribute.path().is_ident("cache_memoize")) {
        Some(at) => {
            let options = options(attributes.remove(at));
            crate::expand::attribute(options, item.into_token_stream())
        }
        None => crate::derive::expand(item.into_token_stream()),
    }
}

fn options(attribute: Attribute) -> TokenStream {
    match attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens,
        Meta::NameValue(_) => panic!("options stand in parentheses"),
    }
}
