//! An annotated function with its options: what every part of the expansion asks about.

use crate::errors::Errors;
use crate::function::{Function, Home, Parameter, Selection};
use crate::options::Options;
use crate::{krate, mentions};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Expr, FnArg, Type};

pub(super) struct Memo<'a> {
    /// The path of the library.
    pub(super) krate: TokenStream,
    pub(super) function: &'a Function,
    pub(super) options: &'a Options,
    /// The parameters that are parts of the key as they are: without `key`, those that are not skipped.
    pub(super) parts: Selection,
    /// The parameters that take part in the key in whatever way.
    pub(super) key_parameters: Selection,
    /// The argument that has many keys, with the option `batch`.
    pub(super) many: Option<Many<'a>>,
}

/// The argument of a function with the option `batch` that has many keys.
pub(super) struct Many<'a> {
    pub(super) position: usize,
    pub(super) name: &'a Ident,
    /// The type of one of them.
    pub(super) element: &'a Type,
}

impl<'a> Memo<'a> {
    pub(super) fn new(function: &'a Function, options: &'a Options) -> Self {
        let parts = parts(function, options);
        let read = function.mentioned_in([&options.key, &options.extra].into_iter().flatten());
        let key_parameters = &parts | &read;
        let krate = krate::path(options.krate.as_ref());
        let many = options.batch.and_then(|_| Many::of(function));
        Self { krate, function, options, parts, key_parameters, many }
    }

    /// Reports what only function and options together make impossible.
    pub(super) fn refuse(&self, errors: &mut Errors) {
        super::batch::refuse(self, errors);
        let receiver = self.function.parameters.first().filter(|first| first.is_receiver());
        let Some(receiver) = receiver else { return };
        let kept_by_body = !self.hands_on(receiver) && !receiver.is_shared_receiver();
        if !kept_by_body || !self.key_parameters.contains(&0) {
            return;
        }
        for hook in [&self.options.on_hit, &self.options.on_miss].into_iter().flatten() {
            errors.at(
                hook,
                "without companions the body holds the receiver, and a hook cannot see it: take `&self`, leave \
                 the receiver out of the key with `skip(self)`, or allow companions",
            );
        }
    }

    /// Where a type is reported that cannot be stored.
    pub(super) fn place_of_output(&self) -> Span {
        at(self.function.output().span())
    }

    pub(super) fn parameters(&self) -> impl Iterator<Item = &'a Parameter> {
        self.function.parameters.iter()
    }

    /// Whether the parameter travels to the body through the arguments. Without companions the body of
    /// a method is a closure, and a closure cannot give `self` a new meaning, only capture it. What has many keys goes
    /// there by itself, without those that are not missing.
    pub(super) fn hands_on(&self, parameter: &Parameter) -> bool {
        let has_many_keys = self.many.as_ref().is_some_and(|many| *many.name == parameter.name);
        !(has_many_keys || parameter.is_receiver() && self.body_is_closure())
    }

    /// Whether the body stands in the function itself instead of in `uncached_f`.
    pub(super) fn body_is_closure(&self) -> bool {
        !self.function.is_free() && !self.options.has_companions()
    }

    /// The parameters that a companion of the call takes: those of the key, of the cache expression and of the tags.
    pub(super) fn call_parameters(&self) -> Selection {
        &self.key_parameters | &self.function.mentioned_in(self.options.call_expressions())
    }

    /// How code beside the function calls `name`, which is emitted beside it too.
    pub(super) fn beside(&self, name: &Ident) -> TokenStream {
        if self.function.is_free() || !self.options.has_companions() {
            quote!(#name)
        } else {
            let self_type = self.self_type();
            quote!(#self_type::#name)
        }
    }

    /// `Self`, at the option that says there is one.
    pub(super) fn self_type(&self) -> Ident {
        Ident::new("Self", self.options.in_impl.unwrap_or_else(Span::call_site))
    }

    /// The variable that holds the call, where errors about the function's values are reported.
    pub(super) fn call_variable(&self) -> Ident {
        Ident::new("__call", self.place_of_output())
    }

    /// An operation on the call, in the sync or the async form.
    pub(super) fn operation(&self, name: &str) -> Ident {
        let place = self.place_of_output();
        match self.function.is_async() {
            true => format_ident!("{name}_async", span = place),
            false => Ident::new(name, place),
        }
    }

    /// The name of a companion. Nobody is told that it is never used: it stands in the user's code, but the macro put it
    /// there.
    pub(super) fn companion_name(&self, prefix: &str) -> Ident {
        format_ident!("{prefix}_{}", self.function.name(), span = self.place_of_name())
    }

    /// The name of the hidden function that makes the call.
    pub(super) fn call_name(&self) -> Ident {
        self.companion_name("__call_of")
    }

    /// Where errors are reported about what should stand beside the function.
    pub(super) fn place_of_name(&self) -> Span {
        at(self.function.name().span())
    }

    /// The name of the hidden function that gives the site.
    ///
    /// Its name is what the compiler says where the attribute, which sees a function alone, could not know
    /// better: the last companion of an associated function without `in_impl` does not find it, and of all that is no
    /// member of a trait it comes first.
    pub(super) fn site_name(&self) -> Ident {
        let name = self.function.name();
        let remedy = match self.function.home {
            _ if !self.options.has_companions() => "",
            Home::Module => "__in_an_impl_add_in_impl",
            Home::Impl => "__in_a_trait_impl_put_cache_memoize_on_the_block_too",
            Home::TraitImpl(_) => "",
        };
        format_ident!("__site_of_{name}{remedy}", span = self.place_of_name())
    }

    /// Statements that count what only the options read as used, so that no warning says otherwise.
    pub(super) fn uses(&self) -> TokenStream {
        let read: BTreeSet<String> = self.options.expressions().flat_map(mentions::of).collect();
        let names = self.function.item.sig.inputs.iter().flat_map(|argument| match argument {
            FnArg::Receiver(_) => Vec::new(),
            FnArg::Typed(argument) => mentions::bindings(&argument.pat),
        });
        names
            .filter(|name| read.contains(&name.unraw().to_string()))
            .map(|name| quote!(let _ = &#name;))
            .collect()
    }

    /// `expression` where every name of a pattern that `read` mention can be used.
    pub(super) fn with_parts<'e>(
        &self,
        read: impl IntoIterator<Item = &'e Expr>,
        expression: TokenStream,
    ) -> TokenStream {
        let bindings = self.part_bindings(&self.function.mentioned_in(read), true);
        if bindings.is_empty() { expression } else { quote!({ #bindings #expression }) }
    }

    /// Takes the selected parameters apart, by reference; those of one name need nothing.
    pub(super) fn part_bindings(&self, selection: &Selection, borrow: bool) -> TokenStream {
        let reference = borrow.then(|| quote!(&));
        selection
            .iter()
            .map(|at| &self.function.parameters[*at])
            .filter_map(|parameter| {
                parameter.pattern.as_ref().map(|pattern| (pattern, &parameter.name))
            })
            .map(|(pattern, name)| {
                quote! {
                    #[allow(unused_variables)]
                    let #pattern = #reference #name;
                }
            })
            .collect()
    }
}

impl<'a> Many<'a> {
    /// The only argument that is a slice, if there is one.
    fn of(function: &'a Function) -> Option<Self> {
        let many = |(position, parameter): (usize, &'a Parameter)| {
            let element = parameter.element()?;
            Some(Self { position, name: &parameter.name, element })
        };
        let mut slices = function.parameters.iter().enumerate().filter_map(many);
        slices.next().filter(|_| slices.next().is_none())
    }
}

fn parts(function: &Function, options: &Options) -> Selection {
    if options.key.is_some() {
        return Selection::new();
    }
    let skipped: Selection =
        options.skip.iter().filter_map(|name| function.position(name)).collect();
    (0..function.parameters.len()).filter(|at| !skipped.contains(at)).collect()
}

/// A name that no name of the user's can meet.
pub(super) fn hidden(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The place of the user's code, in the hands of the macro: errors point there, lints about style don't.
pub(super) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The same tokens, at another place.
pub(super) fn located_at(place: Span, tokens: &TokenStream) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    moved.collect()
}
