//! The attribute on an impl block: it serves the annotated functions inside.
//!
//! The companions of a trait impl's functions cannot stay among the trait's, and move into an inherent
//! impl of the same type.

use super::{Expansion, expand};
use crate::errors::Errors;
use crate::function::{Home, shared_attributes};
use crate::mentions;
use crate::options::Options;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use std::collections::BTreeSet;
use syn::{Attribute, GenericParam, ImplItem, ImplItemFn, ItemImpl, Meta, Path, Type};

pub(super) fn emit(options: &TokenStream, block: ItemImpl) -> TokenStream {
    let mut errors = Errors::default();
    if !options.is_empty() {
        errors.at(
            options,
            "on an impl block the attribute takes no options: write them at the functions inside, \
             `#[cache_memoize(ttl = 300)]`",
        );
    }
    let mut expanded = Block::new(&block);
    let mut rest = block.clone();
    rest.items = block.items.into_iter().map(|item| expanded.item(item, &mut errors)).collect();
    if expanded.annotated == 0 {
        errors.at(
            block.self_ty,
            "no function in this block is annotated: write `#[cache_memoize]` at those that are to be remembered",
        );
    }
    let inherent = expanded.inherent_impl(&rest);
    let errors = errors.finish().err().map(|errors| errors.to_compile_error());
    quote!(#rest #inherent #errors)
}

/// A block on the way.
struct Block {
    trait_path: Option<Path>,
    /// What the trait's associated types and constants are called.
    associated: BTreeSet<String>,
    /// Why companions cannot be put into an inherent impl, with the tokens to blame.
    no_inherent_impl: Option<syn::Error>,
    /// What goes into an inherent impl.
    moved: TokenStream,
    annotated: usize,
}

impl Block {
    fn new(block: &ItemImpl) -> Self {
        let trait_path = block.trait_.as_ref().map(|(path, _)| path.clone());
        Self {
            associated: associated(block),
            no_inherent_impl: trait_path.is_some().then(|| no_inherent_impl(block)).flatten(),
            moved: TokenStream::new(),
            annotated: 0,
            trait_path,
        }
    }

    /// What `item` becomes. A function with mistakes stays as it was.
    fn item(&mut self, item: ImplItem, errors: &mut Errors) -> ImplItem {
        let ImplItem::Fn(mut function) = item else { return item };
        let Some(options) = take_options(&mut function.attrs, errors) else {
            return ImplItem::Fn(function);
        };
        self.annotated += 1;
        match self.function(function.clone(), options) {
            Ok(function) => ImplItem::Verbatim(function),
            Err(error) => {
                errors.push(error);
                ImplItem::Fn(function)
            }
        }
    }

    fn function(&mut self, function: ImplItemFn, options: TokenStream) -> syn::Result<TokenStream> {
        let Some(path) = self.trait_path.clone() else {
            let Expansion { function, companions } =
                expand_with(function, Home::Impl, options, None)?;
            return Ok(quote!(#function #companions));
        };
        let function = syn::parse2(self.qualified(function.into_token_stream(), &path))?;
        let options = self.qualified(options, &path);
        let obstacle = self.no_inherent_impl.as_ref();
        let Expansion { function, companions } =
            expand_with(function, Home::TraitImpl(path), options, obstacle)?;
        self.moved.extend(companions);
        Ok(function)
    }

    /// Outside of the trait impl `Self::Output` is no longer known, but `<Self as Trait>::Output` is.
    fn qualified(&self, tokens: TokenStream, path: &Path) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut qualified = TokenStream::new();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(name)
                    if name == "Self" && self.is_associated(&tokens[at + 1..]) =>
                {
                    qualified.extend(quote!(<#name as #path>));
                }
                TokenTree::Group(group) => {
                    let mut inner =
                        Group::new(group.delimiter(), self.qualified(group.stream(), path));
                    inner.set_span(group.span());
                    qualified.extend([TokenTree::Group(inner)]);
                }
                other => qualified.extend([other.clone()]),
            }
        }
        qualified
    }

    fn is_associated(&self, following: &[TokenTree]) -> bool {
        match following {
            [TokenTree::Punct(first), TokenTree::Punct(second), TokenTree::Ident(name), ..] => {
                first.as_char() == ':'
                    && second.as_char() == ':'
                    && self.associated.contains(&name.to_string())
            }
            _ => false,
        }
    }

    fn inherent_impl(self, block: &ItemImpl) -> Option<TokenStream> {
        if self.moved.is_empty() {
            return None;
        }
        let ItemImpl { attrs, generics, self_ty, .. } = block;
        let shared = shared_attributes(attrs);
        let (parameters, _, bounds) = generics.split_for_impl();
        let moved = self.moved;
        Some(quote! {
            #(#shared)*
            impl #parameters #self_ty #bounds { #moved }
        })
    }
}

fn expand_with(
    function: ImplItemFn,
    home: Home,
    options: TokenStream,
    obstacle: Option<&syn::Error>,
) -> syn::Result<Expansion> {
    let mut errors = Errors::default();
    let options = Options::parse(options, &mut errors);
    if let Some(obstacle) = obstacle.filter(|_| options.has_companions()) {
        errors.push(obstacle.clone());
    }
    expand(function, home, &options, errors)
}

/// Takes our attribute away and gives its options, if it is there.
fn take_options(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Option<TokenStream> {
    let is_ours = |attribute: &Attribute| {
        attribute.path().segments.last().is_some_and(|last| last.ident == "cache_memoize")
    };
    let (ours, others) = attributes.drain(..).partition::<Vec<_>, _>(is_ours);
    *attributes = others;
    let mut ours = ours.into_iter();
    let first = ours.next()?;
    for doubled in ours {
        errors.at(doubled, "the function is annotated twice: put all options into one attribute");
    }
    match first.meta {
        Meta::Path(_) => Some(TokenStream::new()),
        Meta::List(list) => Some(list.tokens),
        Meta::NameValue(meta) => {
            errors.at(meta, "options stand in parentheses: `#[cache_memoize(ttl = 300)]`");
            Some(TokenStream::new())
        }
    }
}

fn associated(block: &ItemImpl) -> BTreeSet<String> {
    let names = block.items.iter().filter_map(|item| match item {
        ImplItem::Type(item) => Some(&item.ident),
        ImplItem::Const(item) => Some(&item.ident),
        _ => None,
    });
    names.map(ToString::to_string).collect()
}

/// The reason why this trait impl's type cannot have an inherent impl with the same generics, as far as
/// the block alone shows it.
fn no_inherent_impl(block: &ItemImpl) -> Option<syn::Error> {
    const REMEDY: &str = "add `companions = false` to the options of this block's functions";
    let parameters: Vec<&Ident> = block
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
        })
        .collect();
    let own_name = match &*block.self_ty {
        Type::Path(path) if path.qself.is_none() => only_segment(&path.path),
        Type::Path(_) => None,
        other => {
            let message = format!("only a named type can have companions of its own: {REMEDY}");
            return Some(syn::Error::new_spanned(other, message));
        }
    };
    if let Some(name) = own_name.filter(|name| parameters.contains(name) || is_foreign(name)) {
        let message =
            format!("`{name}` is no type of this crate's that could have companions: {REMEDY}");
        return Some(syn::Error::new_spanned(name, message));
    }
    let named = block.self_ty.to_token_stream();
    let unnamed = parameters.into_iter().find(|name| !mentions::stands_in(name, named.clone()))?;
    let message = format!(
        "the type does not name `{unnamed}`, so companions in an impl of its own could not: {REMEDY}"
    );
    Some(syn::Error::new_spanned(unnamed, message))
}

fn only_segment(path: &Path) -> Option<&Ident> {
    let first = path.segments.first().filter(|_| path.segments.len() == 1);
    first.map(|segment| &segment.ident)
}

/// Whether this name is a primitive type's, or one that is known everywhere without being imported. A
/// type of the crate's own that is called so is still reached as `self::Vec`.
fn is_foreign(name: &Ident) -> bool {
    const FOREIGN: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8",
        "u16", "u32", "u64", "u128", "usize", "Box", "Option", "Result", "String", "Vec",
    ];
    FOREIGN.iter().any(|foreign| name == foreign)
}
