//! The site: what is known of an annotated function before any call, in a static.

use super::memo::Memo;
use super::source;
use crate::function::Home;
use crate::options::{CacheChoice, Lifetime, SingleFlight};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use syn::Path;
use syn::ext::IdentExt as _;

/// The hidden function that gives the site. The type `here` inside lends it its path.
pub(super) fn emit(memo: &Memo<'_>) -> TokenStream {
    let krate = &memo.krate;
    let site = memo.site_name();
    let name = memo.function.item.sig.ident.unraw().to_string();
    let source = source::hash(memo);
    let settings = settings(memo);
    let known = [&memo.options.ttl, &memo.options.err_ttl].into_iter().flatten().find_map(lifetime);
    let lifetime = known.map(|_| quote!(Lifetime,));
    let shared = memo.function.shared_attributes();
    quote! {
        #(#shared)*
        fn #site() -> &'static #krate::__private::Site {
            use #krate::__private::{#lifetime Registered, Site, neighbour, site};
            struct here;
            static SITE: Site = site(#name, #source, neighbour::<here>) #settings;
            #krate::__private::inventory::submit!(Registered(&SITE));
            &SITE
        }
    }
}

fn settings(memo: &Memo<'_>) -> TokenStream {
    let options = memo.options;
    let cache = options.cache.as_ref().map(|cache| match cache {
        CacheChoice::Name(name) => quote!(.cache(#name)),
        CacheChoice::Expression(_) => quote!(.cache_by_call()),
    });
    let awaited = memo.function.is_async().then(|| quote!(.awaited()));
    let prefix = options.prefix.as_ref().map(|prefix| quote!(.prefix(#prefix)));
    let version =
        options.version.map(Literal::u32_unsuffixed).map(|version| quote!(.version(#version)));
    let ttl = options.ttl.as_ref().and_then(lifetime).map(|ttl| quote!(.ttl(#ttl)));
    let err_ttl = options.err_ttl.as_ref().and_then(lifetime).map(|ttl| quote!(.err_ttl(#ttl)));
    let jitter = options.jitter.map(Literal::f64_unsuffixed).map(|jitter| quote!(.jitter(#jitter)));
    let flight = match options.single_flight {
        SingleFlight::Off => Some(quote!(.single_flight_off())),
        SingleFlight::Process => None,
        SingleFlight::Fleet => Some(quote!(.single_flight_fleet())),
    };
    let local = options.local.then(|| quote!(.local()));
    let of_trait = match &memo.function.home {
        Home::TraitImpl(path) => {
            let path = readable(path);
            Some(quote!(.of_trait(#path)))
        }
        Home::Module | Home::Impl => None,
    };
    quote!(#awaited #cache #prefix #version #ttl #err_ttl #jitter #flight #local #of_trait)
}

/// A lifetime that is known now, by a constructor of `Lifetime`.
pub(super) fn lifetime(lifetime: &Lifetime) -> Option<TokenStream> {
    match lifetime {
        Lifetime::Forever => Some(quote!(Lifetime::FOREVER)),
        Lifetime::Millis(millis) => {
            let millis = Literal::u64_unsuffixed(*millis);
            Some(quote!(Lifetime::millis(#millis)))
        }
        Lifetime::Expression(_) => None,
    }
}

/// The path as a person writes it: the tokens with blanks only where words would run together.
fn readable(path: &Path) -> String {
    let spaced = path.to_token_stream().to_string();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '\'');
    let mut text = String::new();
    for word in spaced.split_whitespace() {
        if is_word(text.chars().last()) && is_word(word.chars().next()) {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}
