//! `#[derive(CacheKey)]`: a value is written part by part under the name of its type or variant.

use crate::errors::{Errors, did_you_mean};
use crate::{krate, mentions};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, GenericParam, Generics, Index, Member, Path,
    parse_quote,
};

/// Expands `#[derive(CacheKey)] input`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    syn::parse2(input)
        .and_then(|input| derive(&input))
        .unwrap_or_else(|error| error.to_compile_error())
}

fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let container = Settings::of_type(&input.attrs, &mut errors);
    let body = match &input.data {
        Data::Struct(data) => of_struct(&input.ident, &data.fields, &mut errors),
        Data::Enum(data) => {
            let variants = data.variants.iter();
            of_enum(
                variants.map(|variant| (&variant.ident, &variant.attrs, &variant.fields)),
                &mut errors,
            )
        }
        Data::Union(data) => {
            errors.at(
                data.union_token,
                "a union does not say which of its fields it holds: implement `CacheKey` by hand",
            );
            TokenStream::new()
        }
    };
    errors.finish()?;
    let krate = krate::path(container.krate.as_ref());
    let name = &input.ident;
    let generics = bounded(input.generics.clone(), &input.data, &krate);
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let key = key();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters #krate::CacheKey for #name #arguments #bounds {
            fn cache_key(&self, #key: &mut #krate::KeyWriter<'_>) {
                #body
            }
        }
    })
}

fn key() -> Ident {
    Ident::new("key", Span::mixed_site())
}

fn of_struct(name: &Ident, fields: &Fields, errors: &mut Errors) -> TokenStream {
    let parts: Vec<_> = kept(fields, errors)
        .into_iter()
        .map(|(member, field)| part(field, &quote_spanned!(place(field)=> &self.#member)))
        .collect();
    written(name, &parts)
}

fn of_enum<'a>(
    variants: impl Iterator<Item = (&'a Ident, &'a Vec<Attribute>, &'a Fields)>,
    errors: &mut Errors,
) -> TokenStream {
    let arms: Vec<_> = variants
        .map(|(name, attributes, fields)| {
            nothing_allowed(attributes, errors);
            arm(name, fields, errors)
        })
        .collect();
    if arms.is_empty() {
        let key = key();
        return quote! {
            let _ = #key;
            match *self {}
        };
    }
    quote!(match self { #(#arms)* })
}

fn arm(name: &Ident, fields: &Fields, errors: &mut Errors) -> TokenStream {
    let kept = kept(fields, errors);
    let binding = |at: usize, field| format_ident!("__part{at}", span = place(field));
    let bindings = kept.iter().enumerate().map(|(at, (member, field))| {
        let binding = binding(at, field);
        quote!(#member: #binding,)
    });
    let parts = kept.iter().enumerate();
    let parts: Vec<_> =
        parts.map(|(at, (_, field))| part(field, &binding(at, field).to_token_stream())).collect();
    let written = written(name, &parts);
    quote!(Self::#name { #(#bindings)* .. } => { #written })
}

/// The fields that take part in the key.
fn kept<'a>(fields: &'a Fields, errors: &mut Errors) -> Vec<(Member, &'a Field)> {
    let mut kept = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let member = field.ident.clone().map_or_else(|| Index::from(at).into(), Member::Named);
        if !Settings::of_field(&field.attrs, errors).skip {
            kept.push((member, field));
        }
    }
    kept
}

fn part(field: &Field, value: &TokenStream) -> TokenStream {
    let key = key();
    quote_spanned!(place(field)=> #key.part(#value);)
}

/// Where a field whose type has no `CacheKey` is reported.
fn place(field: &Field) -> Span {
    Span::call_site().located_at(field.ty.span())
}

fn written(name: &Ident, parts: &[TokenStream]) -> TokenStream {
    let key = key();
    let name = name.unraw().to_string();
    if parts.is_empty() {
        return quote!(#key.unit(#name););
    }
    quote! {
        let mut #key = #key.composite(#name);
        #(#parts)*
        #key.end();
    }
}

/// `T: CacheKey` for every type parameter that a part of the key speaks of.
fn bounded(mut generics: Generics, data: &Data, krate: &TokenStream) -> Generics {
    let types = key_types(data);
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter
            && mentions::stands_in(&parameter.ident, types.clone())
        {
            parameter.bounds.push(parse_quote!(#krate::CacheKey));
        }
    }
    generics
}

fn key_types(data: &Data) -> TokenStream {
    let fields: Vec<&Fields> = match data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    let mut ignored = Errors::default();
    fields
        .into_iter()
        .flat_map(|fields| kept(fields, &mut ignored))
        .map(|(_, field)| field.ty.to_token_stream())
        .collect()
}

/// What `#[cache_key(..)]` says.
#[derive(Default)]
struct Settings {
    skip: bool,
    krate: Option<Path>,
}

impl Settings {
    fn of_type(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        read(attributes, errors, |meta, name| match name {
            "crate" => {
                settings.krate = Some(meta.value()?.call(Path::parse_mod_style)?);
                Ok(())
            }
            "skip" => {
                Err(meta.error("`skip` goes on a field: a type has nothing left without itself"))
            }
            other => Err(meta.error(unknown(other, "crate"))),
        });
        settings
    }

    fn of_field(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        read(attributes, errors, |meta, name| match name {
            "skip" if meta.input.is_empty() || meta.input.peek(syn::Token![,]) => {
                settings.skip = true;
                Ok(())
            }
            "skip" => Err(meta.error("`skip` is written alone, `#[cache_key(skip)]`")),
            "crate" => {
                Err(meta
                    .error("`crate` goes on the type: write `#[cache_key(crate = path)]` there"))
            }
            other => Err(meta.error(unknown(other, "skip"))),
        });
        settings
    }
}

fn nothing_allowed(attributes: &[Attribute], errors: &mut Errors) {
    read(attributes, errors, |meta, _| {
        Err(meta.error("a variant always counts: write `#[cache_key(skip)]` at its fields"))
    });
}

fn read(
    attributes: &[Attribute],
    errors: &mut Errors,
    mut setting: impl FnMut(&ParseNestedMeta<'_>, &str) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cache_key")) {
        let result = attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            setting(&meta, &name)
        });
        errors.keep(result);
    }
}

fn unknown(name: &str, only: &str) -> String {
    let suggestion = did_you_mean(name, [only]);
    if suggestion.is_empty() {
        return format!("`{name}` is no setting here: remove it; there is only `{only}`");
    }
    format!("`{name}` is no setting{suggestion}")
}
