//! The companions of a function, its site, and the function as written.

use super::call::{self, Called};
use super::function::{self, arguments, body};
use super::memo::{Memo, at, hidden};
use super::rules::{self, Scope};
use super::{batch, site};
use crate::function::{Home, Selection, is_expectation};
use crate::options::Companions;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ImplItemFn;
use syn::ext::IdentExt as _;

/// All that stands beside the function.
pub(super) fn emit(memo: &Memo<'_>) -> TokenStream {
    if !memo.options.has_companions() {
        return TokenStream::new();
    }
    let site = site::emit(memo);
    let call = call::function(memo);
    let uncached = uncached(memo, Some(visibility(memo)));
    let companions = [
        refresh(memo),
        cache_key(memo),
        invalidate(memo),
        peek(memo),
        prime(memo),
        invalidate_all(memo),
    ];
    let companions = companions.map(|companion| companion.emit(memo));
    quote!(#site #call #uncached #(#companions)*)
}

/// The function as written, under another name; inside the function it needs no visibility.
pub(super) fn uncached(memo: &Memo<'_>, visibility: Option<TokenStream>) -> TokenStream {
    let ImplItemFn { sig, block, attrs, .. } = &memo.function.item;
    let shared = memo.function.shared_attributes();
    let own = attrs.iter().filter(|attribute| is_expectation(attribute));
    let doc = format!("{} as written: nothing is looked up, nothing is stored.", link(memo));
    let lints = lints(memo, sig.inputs.len(), false);
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
    memo.beside(&memo.companion_name("uncached"))
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
    /// What is needed first.
    prepared: TokenStream,
    run: TokenStream,
}

fn refresh(memo: &Memo<'_>) -> Companion {
    let Called { made, it } = call::emit(memo);
    let declared = rules::declaration(memo, Scope::Storing);
    let rules = rules::variable(memo);
    Companion {
        prefix: "refresh",
        doc: "Computes {} now, and stores what it gives.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: (0..memo.function.parameters.len()).collect(),
        takes_value: false,
        output: memo.function.output(),
        prepared: quote!(#declared #made),
        run: match memo.many {
            None => {
                let computed = function::uncached(memo);
                ask(memo, &it, "renew", &quote!(#rules, move || #computed))
            }
            Some(_) => {
                let (arguments, body) = (arguments(memo), body(memo));
                ask(memo, &it, "refresh", &quote!(#rules, #arguments, #body))
            }
        },
    }
}

fn cache_key(memo: &Memo<'_>) -> Companion {
    let krate = &memo.krate;
    let Called { made, it } = call::emit(memo);
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
        prepared: quote!(#made),
        run: match memo.many {
            None => quote!(#it.key()),
            Some(_) => quote!(#it.keys()),
        },
    }
}

fn invalidate(memo: &Memo<'_>) -> Companion {
    let Called { made, it } = call::emit(memo);
    Companion {
        prefix: "invalidate",
        doc: "Forgets what {} gave for this call, and says whether there was something to forget.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: memo.call_parameters(),
        takes_value: false,
        output: fallible(memo, &quote!(bool)),
        prepared: quote!(#made),
        run: ask(memo, &it, "invalidate", &TokenStream::new()),
    }
}

fn peek(memo: &Memo<'_>) -> Companion {
    let output = memo.function.output();
    let Called { made, it } = call::emit(memo);
    let declared = rules::declaration(memo, Scope::Reading);
    let rules = rules::variable(memo);
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
        prepared: quote!(#declared #made),
        run: ask(memo, &it, "peek", &rules),
    }
}

fn prime(memo: &Memo<'_>) -> Companion {
    let value = hidden(VALUE);
    let Called { made, it } = call::emit(memo);
    let declared = rules::declaration(memo, Scope::Storing);
    let rules = rules::variable(memo);
    let read = memo.options.judges().chain(memo.options.computed_lifetimes());
    Companion {
        prefix: "prime",
        doc: "Stores `value` as what {} gives for this call.",
        is_async: memo.function.is_async(),
        is_of_one_call: true,
        parameters: &memo.call_parameters() | &memo.function.mentioned_in(read),
        takes_value: true,
        output: fallible(memo, &quote!(())),
        prepared: quote!(#declared #made),
        run: ask(memo, &it, "prime", &quote!(#rules, #value)),
    }
}

const VALUE: &str = "value";

/// It takes the arguments of the cache expression alone, and no types where there are none: those of a generic function do
/// not count.
fn invalidate_all(memo: &Memo<'_>) -> Companion {
    let read = memo.options.cache_expression();
    let site = memo.beside(&memo.site_name());
    let invalidated = match read {
        None => ask(memo, &quote!(#site()), "forget", &TokenStream::new()),
        Some(_) => ask(memo, &quote!(#site()), "invalidate_all", &call::cache(memo)),
    };
    Companion {
        prefix: "invalidate_all",
        doc: "Forgets all that {} gave, however much that is.",
        is_async: memo.function.is_async(),
        is_of_one_call: false,
        parameters: memo.function.mentioned_in(read),
        takes_value: false,
        output: fallible(memo, &quote!(())),
        prepared: TokenStream::new(),
        run: memo.with_parts(read, invalidated),
    }
}

/// The operation on the call, in the sync or the async form.
fn ask(
    memo: &Memo<'_>,
    call: &TokenStream,
    operation: &str,
    arguments: &impl ToTokens,
) -> TokenStream {
    let place = memo.place_of_output();
    let operation = memo.operation(operation);
    let wait = memo.function.is_async().then(|| quote_spanned!(place=> .await));
    quote_spanned!(place=> #call.#operation(#arguments) #wait)
}

fn fallible(memo: &Memo<'_>, output: &TokenStream) -> TokenStream {
    let krate = &memo.krate;
    quote!(::core::result::Result<#output, #krate::Error>)
}

impl Companion {
    fn emit(self, memo: &Memo<'_>) -> TokenStream {
        let doc = self.doc.replace("{}", &link(memo));
        let shared = memo.function.shared_attributes();
        let reads = memo.options.expressions().next().is_some();
        let arguments = self.parameters.len() + usize::from(self.takes_value);
        let lints = lints(memo, arguments, reads);
        let signature = self.signature(memo);
        let imported = reads.then(|| trait_in_scope(memo)).flatten();
        let Self { prepared, run, .. } = &self;
        quote! {
            #[doc = #doc]
            #(#shared)*
            #lints
            #signature {
                #imported
                #prepared
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

/// Where it begins, the macro speaks, so that no lint says that it leads nowhere.
fn visibility(memo: &Memo<'_>) -> TokenStream {
    let visibility = match (&memo.options.companions, &memo.function.home) {
        (Companions::Visible(visibility), _) => visibility,
        (_, Home::TraitImpl(_)) => return quote!(pub),
        (_, Home::Module | Home::Impl) => &memo.function.item.vis,
    };
    let mut tokens = visibility.to_token_stream().into_iter();
    let first = tokens.next().map(|mut first| {
        first.set_span(at(first.span()));
        first
    });
    first.into_iter().chain(tokens).collect()
}

/// What nobody wrote needs no warning, and lints are silent about what a macro wrote. But methods that nobody calls are
/// reported together with those of the user's.
fn lints(memo: &Memo<'_>, arguments: usize, reads: bool) -> Option<TokenStream> {
    const MANY: usize = 7;
    let home = &memo.function.home;
    let allowed: Vec<_> = [
        (!memo.function.is_free(), quote!(dead_code)),
        (matches!(home, Home::TraitImpl(_)), quote!(private_interfaces)),
        (reads, quote!(unused_variables)),
        (arguments > MANY, quote!(clippy::too_many_arguments)),
    ]
    .into_iter()
    .filter_map(|(applies, lint)| applies.then_some(lint))
    .collect();
    (!allowed.is_empty()).then(|| quote!(#[allow(#(#allowed),*)]))
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
