//! The companions of a function, its site, and the function as written.

use super::function::{arguments, body};
use super::memo::{Memo, hidden};
use super::rules::{self, Scope};
use super::{batch, call, site};
use crate::function::{Home, Selection, is_expectation};
use crate::options::Companions;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::ImplItemFn;
use syn::ext::IdentExt as _;

/// All that stands beside the function.
pub(super) fn emit(memo: &Memo<'_>) -> TokenStream {
    if !memo.options.has_companions() {
        return TokenStream::new();
    }
    let companions = [
        refresh(memo),
        cache_key(memo),
        invalidate(memo),
        invalidate_all(memo),
        peek(memo),
        prime(memo),
    ];
    let companions = companions.map(|companion| companion.emit(memo));
    let uncached = uncached(memo, Some(visibility(memo)));
    let site = site::emit(memo);
    quote!(#site #uncached #(#companions)*)
}

/// The function as written, under another name; inside the function it needs no visibility.
pub(super) fn uncached(memo: &Memo<'_>, visibility: Option<TokenStream>) -> TokenStream {
    let ImplItemFn { sig, block, attrs, .. } = &memo.function.item;
    let shared = memo.function.shared_attributes();
    let own = attrs.iter().filter(|attribute| is_expectation(attribute));
    let doc = format!("{} as written: nothing is looked up, nothing is stored.", link(memo));
    let lints = lints(memo);
    let mut signature = sig.clone();
    signature.ident = memo.companion_name("uncached");
    let imported = trait_in_scope(memo);
    let uses = memo.uses();
    let statements = &block.stmts;
    quote! {
        #[doc = #doc]
        #(#shared)*
        #lints
        #(#own)*
        #visibility #signature { #imported #uses #(#statements)* }
    }
}

/// How code beside the function calls the function as written.
pub(super) fn uncached_path(memo: &Memo<'_>) -> TokenStream {
    let mut uncached = memo.companion_name("uncached");
    uncached.set_span(memo.place_of_name());
    memo.beside(&uncached)
}

/// In a trait impl the trait's other functions can be called without an import.
fn trait_in_scope(memo: &Memo<'_>) -> Option<TokenStream> {
    let Home::TraitImpl(path) = &memo.function.home else { return None };
    let mut path = path.clone();
    for segment in &mut path.segments {
        segment.arguments = syn::PathArguments::None;
    }
    Some(quote! {
        #[allow(unused_imports)]
        use #path as _;
    })
}

/// A companion that makes the call and does one thing with it, or with all calls.
struct Companion {
    prefix: &'static str,
    /// A sentence, with `{}` where the function is named.
    doc: &'static str,
    is_async: bool,
    is_of_one_call: bool,
    parameters: Selection,
    /// Whether a last argument `value` is taken, of the type that the function gives.
    takes_value: bool,
    output: TokenStream,
    /// The rules that `run` speaks of, if any.
    rules: Option<Scope>,
    run: TokenStream,
}

fn refresh(memo: &Memo<'_>) -> Companion {
    let rules = rules::emit(memo, Scope::Storing);
    let arguments = arguments(memo);
    let body = body(memo);
    Companion {
        prefix: "refresh",
        doc: "Computes {} now, and stores what it gives.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: (0..memo.function.parameters.len()).collect(),
        takes_value: false,
        output: memo.function.output(),
        rules: Some(Scope::Storing),
        run: ask(memo, "refresh", &quote!(#rules, #arguments, #body)),
    }
}

fn cache_key(memo: &Memo<'_>) -> Companion {
    let krate = &memo.krate;
    let call = memo.call_variable();
    Companion {
        prefix: "cache_key",
        doc: "The key of this call of {}.",
        is_async: false,
        is_of_one_call: true,
        parameters: memo.call_parameters(),
        takes_value: false,
        output: match memo.many {
            None => quote!(#krate::Key),
            Some(_) => quote!(::std::vec::Vec<#krate::Key>),
        },
        rules: None,
        run: match memo.many {
            None => quote!(#call.key()),
            Some(_) => quote!(#call.keys()),
        },
    }
}

fn invalidate(memo: &Memo<'_>) -> Companion {
    Companion {
        prefix: "invalidate",
        doc: "Forgets what {} gave for this call, and says whether there was something to forget.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: memo.call_parameters(),
        takes_value: false,
        output: fallible(memo, &quote!(bool)),
        rules: None,
        run: ask(memo, "invalidate", &TokenStream::new()),
    }
}

/// It takes the arguments of the cache expression alone, and no types where there are none: those of a generic function do
/// not count.
fn invalidate_all(memo: &Memo<'_>) -> Companion {
    let read = memo.options.cache_expression();
    let parameters = memo.function.mentioned_in(read);
    let (site, cache) = (memo.beside(&memo.site_name()), call::cache(memo));
    let (operation, wait) = match memo.function.is_async() {
        false => (format_ident!("invalidate_all"), None),
        true => (format_ident!("invalidate_all_async"), Some(quote!(.await))),
    };
    Companion {
        prefix: "invalidate_all",
        doc: "Forgets all that {} gave, however much that is.",
        is_async: memo.function.is_async(),
        is_of_one_call: false,
        parameters,
        takes_value: false,
        output: fallible(memo, &quote!(())),
        rules: None,
        run: memo.with_parts(read, quote!(#site().#operation(#cache) #wait)),
    }
}

fn peek(memo: &Memo<'_>) -> Companion {
    let output = memo.function.output();
    let rules = rules::emit(memo, Scope::Reading);
    Companion {
        prefix: "peek",
        doc: "What is remembered of this call of {}, without computing.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: &memo.call_parameters() | &memo.function.mentioned_in(memo.options.judges()),
        takes_value: false,
        output: match &memo.many {
            None => fallible(memo, &quote!(::core::option::Option<#output>)),
            Some(many) => fallible(memo, &batch::peeked(memo, many)),
        },
        rules: Some(Scope::Reading),
        run: ask(memo, "peek", &rules),
    }
}

fn prime(memo: &Memo<'_>) -> Companion {
    let value = hidden(VALUE);
    let rules = rules::emit(memo, Scope::Storing);
    let read = memo.options.judges().chain(memo.options.computed_lifetimes());
    Companion {
        prefix: "prime",
        doc: "Stores `value` as what {} gives for this call.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: &memo.call_parameters() | &memo.function.mentioned_in(read),
        takes_value: true,
        output: fallible(memo, &quote!(())),
        rules: Some(Scope::Storing),
        run: ask(memo, "prime", &quote!(#rules, #value)),
    }
}

const VALUE: &str = "value";

/// The operation on the call, in the sync or the async form.
fn ask(memo: &Memo<'_>, operation: &str, arguments: &TokenStream) -> TokenStream {
    let call = memo.call_variable();
    let place = memo.place_of_output();
    if memo.function.is_async() {
        let operation = format_ident!("{operation}_async", span = place);
        quote_spanned!(place=> #call.#operation(#arguments).await)
    } else {
        let operation = format_ident!("{operation}", span = place);
        quote_spanned!(place=> #call.#operation(#arguments))
    }
}

fn fallible(memo: &Memo<'_>, output: &TokenStream) -> TokenStream {
    let krate = &memo.krate;
    quote!(::core::result::Result<#output, #krate::Error>)
}

impl Companion {
    fn emit(self, memo: &Memo<'_>) -> TokenStream {
        let doc = self.doc.replace("{}", &link(memo));
        let shared = memo.function.shared_attributes();
        let lints = lints(memo);
        let signature = self.signature(memo);
        let imported = trait_in_scope(memo);
        let imports = self.rules.map(|_| rules::imports(memo));
        let lifetimes = (self.rules == Some(Scope::Storing)).then(|| rules::lifetimes(memo));
        let call = self.is_of_one_call.then(|| call::emit(memo));
        let run = &self.run;
        quote! {
            #[doc = #doc]
            #(#shared)*
            #lints
            #[allow(unused_variables)]
            #signature {
                #imported
                #imports
                #lifetimes
                #call
                #run
            }
        }
    }

    fn signature(&self, memo: &Memo<'_>) -> TokenStream {
        let visibility = visibility(memo);
        let asyncness = self.is_async.then(|| quote!(async));
        let name = memo.companion_name(self.prefix);
        let is_generic = self.is_of_one_call || !self.parameters.is_empty();
        let generics = is_generic.then_some(&memo.function.item.sig.generics);
        let bounds = generics.map(|generics| &generics.where_clause);
        let parameters = self.parameters.iter().map(|at| &memo.function.parameters[*at].plain);
        let value = self.takes_value.then(|| {
            let value = hidden(VALUE);
            let output = memo.function.output();
            quote!(#value: #output)
        });
        let parameters = parameters.map(|parameter| parameter.to_token_stream()).chain(value);
        let output = &self.output;
        quote!(#visibility #asyncness fn #name #generics (#(#parameters),*) -> #output #bounds)
    }
}

fn visibility(memo: &Memo<'_>) -> TokenStream {
    match (&memo.options.companions, &memo.function.home) {
        (Companions::Visible(visibility), _) => visibility.to_token_stream(),
        (_, Home::TraitImpl(_)) => quote!(pub),
        (_, Home::Module | Home::Impl) => memo.function.item.vis.to_token_stream(),
    }
}

/// What nobody wrote needs no warning: a companion nobody calls, a list of arguments that is as long as
/// the function's, a visibility that leads nowhere.
fn lints(memo: &Memo<'_>) -> TokenStream {
    let in_trait =
        matches!(memo.function.home, Home::TraitImpl(_)).then(|| quote!(, private_interfaces));
    quote!(#[allow(dead_code, unreachable_pub, clippy::too_many_arguments #in_trait)])
}

/// The function's name in a doc comment. It is a link where whoever sees the companion sees the
/// function too.
fn link(memo: &Memo<'_>) -> String {
    let name = &memo.function.item.sig.ident;
    let plain = name.unraw();
    let seen_together = matches!(memo.options.companions, Companions::LikeTheFunction);
    match memo.function.home {
        _ if !seen_together || plain != *name => format!("`{plain}`"),
        Home::Module => format!("[`{plain}`]"),
        Home::Impl => format!("[`{plain}`](Self::{plain})"),
        Home::TraitImpl(_) => format!("`{plain}`"),
    }
}
