//! Where the emitted code finds the library.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Path;

/// The path of the library: the one the user gave, or the name its `Cargo.toml` knows it by.
pub(crate) fn path(given: Option<&Path>) -> TokenStream {
    if let Some(path) = given {
        return path.to_token_stream();
    }
    match crate_name("cache-memoize") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        // Its own tests and examples see the library under its own name; and where it is not found,
        // the compiler's "unresolved crate" says more than we could.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::cache_memoize),
    }
}
