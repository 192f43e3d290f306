//! What the attribute stands on.

use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Block, FnModifiers, ImplItemFn, ItemImpl, Signature, Token, Visibility, token,
};

/// An item that the attribute serves.
pub(super) enum AnnotatedItem {
    Function(Box<ImplItemFn>),
    Impl(Box<ItemImpl>),
}

impl Parse for AnnotatedItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match kind(&input.fork())? {
            Kind::Function => function(input).map(Box::new).map(Self::Function),
            Kind::Impl => input.parse().map(Self::Impl),
        }
    }
}

enum Kind {
    Function,
    Impl,
}

fn kind(input: ParseStream<'_>) -> syn::Result<Kind> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    while input.peek(Token![default]) || input.peek(Token![unsafe]) || input.peek(Token![async]) {
        input.step(|cursor| Ok(((), cursor.token_tree().map_or(*cursor, |(_, rest)| rest))))?;
    }
    if input.peek(Token![impl]) {
        return Ok(Kind::Impl);
    }
    let const_fn = input.peek(Token![const]) && !input.peek3(Token![:]);
    if input.peek(Token![fn]) || input.peek(Token![extern]) || const_fn {
        return Ok(Kind::Function);
    }
    Err(input.error("`#[cache_memoize]` goes on a function, a method or an `impl` block"))
}

fn function(input: ParseStream<'_>) -> syn::Result<ImplItemFn> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let defaultness = input.parse()?;
    let sig: Signature = input.parse()?;
    if input.peek(Token![;]) {
        let message = "a declaration has no body to memoize: annotate the functions of the implementations, \
                       and put `#[cache_memoize]` on the impl block too";
        return Err(syn::Error::new_spanned(&sig.ident, message));
    }
    let content;
    let brace_token: token::Brace = syn::braced!(content in input);
    attrs.extend(content.call(Attribute::parse_inner)?);
    let stmts = content.call(Block::parse_within)?;
    let mut modifiers = FnModifiers::default();
    modifiers.defaultness = defaultness;
    Ok(ImplItemFn { attrs, vis, modifiers, sig, block: Block { brace_token, stmts } })
}
