//! What kind of function this is: where it lives, what it takes, what it gives.

use crate::mentions;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    AttrStyle, Attribute, Expr, FnArg, GenericParam, Ident, ImplItemFn, Meta, MetaList,
    MetaNameValue, Pat, PatIdent, Path, ReceiverKind, ReturnType, Type, TypeImplTrait,
    TypeReference, parse_quote,
};

/// An annotated function.
pub(crate) struct Function {
    /// The function as written, without our attribute.
    pub(crate) item: ImplItemFn,
    pub(crate) home: Home,
    pub(crate) parameters: Vec<Parameter>,
}

/// Where a function stands, and how its companions are reached from it.
pub(crate) enum Home {
    /// In a module or in another function.
    Module,
    /// In an inherent impl, or in an impl of which the attribute sees nothing.
    Impl,
    /// In an impl of this trait.
    TraitImpl(Path),
}

/// A receiver or an argument.
pub(crate) struct Parameter {
    /// How the emitted code calls it: `self`, `from`, or `__arg0` where the user takes it apart.
    pub(crate) name: Ident,
    /// As it stands in the emitted signatures: without `mut`, without a pattern.
    pub(crate) plain: FnArg,
    /// The pattern that takes it apart; every name in it is a reference when matched on one.
    pub(crate) pattern: Option<Pat>,
    /// The names by which expressions mention it.
    mentioned_as: BTreeSet<String>,
}

/// Some of the parameters, by their position.
pub(crate) type Selection = BTreeSet<usize>;

impl Function {
    pub(crate) fn new(mut item: ImplItemFn, home: Home) -> Self {
        for attribute in &mut item.attrs {
            attribute.style = AttrStyle::Outer;
        }
        let parameters = item.sig.inputs.iter().enumerate().map(Parameter::new).collect();
        Self { item, home, parameters }
    }

    /// The name without `r#`.
    pub(crate) fn name(&self) -> Ident {
        self.item.sig.ident.unraw()
    }

    pub(crate) fn is_async(&self) -> bool {
        self.item.sig.asyncness.is_some()
    }

    pub(crate) fn is_free(&self) -> bool {
        matches!(self.home, Home::Module)
    }

    /// The type of what it gives, `()` included.
    pub(crate) fn output(&self) -> TokenStream {
        match &self.item.sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, output) => output.to_token_stream(),
        }
    }

    /// The parameters that any of `expressions` mentions.
    pub(crate) fn mentioned_in<'a>(
        &self,
        expressions: impl IntoIterator<Item = &'a Expr>,
    ) -> Selection {
        let names: BTreeSet<String> = expressions.into_iter().flat_map(mentions::of).collect();
        (0..self.parameters.len())
            .filter(|at| !self.parameters[*at].mentioned_as.is_disjoint(&names))
            .collect()
    }

    /// The parameter that the user calls `name`, as a whole.
    pub(crate) fn position(&self, name: &Ident) -> Option<usize> {
        self.parameters.iter().position(|parameter| {
            parameter.pattern.is_none() && parameter.name.unraw() == name.unraw()
        })
    }

    pub(crate) fn type_parameters(&self) -> impl Iterator<Item = &Ident> {
        self.item.sig.generics.type_params().map(|parameter| &parameter.ident)
    }

    pub(crate) fn const_parameters(&self) -> impl Iterator<Item = &Ident> {
        self.item.sig.generics.const_params().map(|parameter| &parameter.ident)
    }

    /// `::<T, N>`, or nothing. Lifetimes are always inferred.
    pub(crate) fn turbofish(&self) -> Option<TokenStream> {
        let arguments: Vec<_> = self
            .item
            .sig
            .generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Lifetime(_) => None,
                GenericParam::Type(parameter) => Some(&parameter.ident),
                GenericParam::Const(parameter) => Some(&parameter.ident),
            })
            .collect();
        (!arguments.is_empty()).then(|| quote!(::<#(#arguments),*>))
    }

    /// The attributes that every emitted function carries too: those that decide whether it exists, and
    /// what may be said about it.
    pub(crate) fn shared_attributes(&self) -> impl Iterator<Item = Attribute> {
        shared_attributes(&self.item.attrs)
    }
}

/// Those of `attributes` that whatever is emitted beside an item carries too.
pub(crate) fn shared_attributes(attributes: &[Attribute]) -> impl Iterator<Item = Attribute> {
    const SHARED: &[&str] = &["cfg", "cfg_attr", "allow", "warn", "deny", "forbid", "expect"];
    let shared = |attribute: &&Attribute| SHARED.iter().any(|name| attribute.path().is_ident(name));
    attributes.iter().filter(shared).map(without_expectation)
}

/// The attribute where it need not find anything: `#[expect(..)]` is fulfilled by what the user wrote, and
/// elsewhere allows the same.
pub(crate) fn without_expectation(attribute: &Attribute) -> Attribute {
    let mut attribute = attribute.clone();
    if is_expectation(&attribute) {
        let (Meta::Path(path)
        | Meta::List(MetaList { path, .. })
        | Meta::NameValue(MetaNameValue { path, .. })) = &mut attribute.meta;
        *path = Ident::new("allow", path.span()).into();
    }
    attribute
}

/// Whether it is `#[expect(..)]`.
pub(crate) fn is_expectation(attribute: &Attribute) -> bool {
    attribute.path().is_ident("expect")
}

impl Parameter {
    fn new((position, argument): (usize, &FnArg)) -> Self {
        match argument {
            FnArg::Receiver(receiver) => {
                let mut plain = receiver.clone();
                plain.mutability = None;
                let name: Ident = receiver.self_token.into();
                Self {
                    mentioned_as: BTreeSet::from(["self".to_owned()]),
                    name,
                    plain: FnArg::Receiver(plain),
                    pattern: None,
                }
            }
            FnArg::Typed(argument) => {
                let simple = simple_name(&argument.pat);
                let name = simple
                    .cloned()
                    .unwrap_or_else(|| format_ident!("__arg{position}", span = Span::mixed_site()));
                let mentioned = mentions::bindings(&argument.pat);
                let mut plain = argument.clone();
                *plain.pat = parse_quote!(#name);
                Self {
                    mentioned_as: mentioned.iter().map(|name| name.unraw().to_string()).collect(),
                    pattern: simple.is_none().then(|| by_reference(&argument.pat)),
                    name,
                    plain: FnArg::Typed(plain),
                }
            }
        }
    }

    /// Whether expressions mention it, or a part of it, as `name`.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        self.mentioned_as.contains(&name.unraw().to_string())
    }

    pub(crate) fn is_receiver(&self) -> bool {
        matches!(self.plain, FnArg::Receiver(_))
    }

    /// Whether it is `&self`, which can be used again after it was handed on.
    pub(crate) fn is_shared_receiver(&self) -> bool {
        matches!(&self.plain, FnArg::Receiver(receiver)
            if matches!(receiver.kind, ReceiverKind::Reference(_, _, None)))
    }

    /// How a closure that takes it as its argument calls it.
    pub(crate) fn in_closure(&self) -> Ident {
        if self.is_receiver() {
            Ident::new("__self", Span::mixed_site())
        } else {
            self.name.clone()
        }
    }

    /// The type of the elements, if it is a slice that is only read.
    pub(crate) fn element(&self) -> Option<&Type> {
        let FnArg::Typed(argument) = &self.plain else { return None };
        let Type::Reference(TypeReference { mutability: None, elem, .. }) = &*argument.ty else {
            return None;
        };
        match &**elem {
            Type::Slice(slice) => Some(&slice.elem),
            _ => None,
        }
    }

    /// Whether it is a reference by which something may be changed.
    pub(crate) fn is_exclusive(&self) -> bool {
        match &self.plain {
            FnArg::Receiver(receiver) => {
                matches!(receiver.kind, ReceiverKind::Reference(_, _, Some(_)))
            }
            FnArg::Typed(argument) => {
                matches!(&*argument.ty, Type::Reference(TypeReference { mutability: Some(_), .. }))
            }
        }
    }

    pub(crate) fn is_impl_trait(&self) -> bool {
        struct ImplTrait(bool);
        impl<'ast> Visit<'ast> for ImplTrait {
            fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
                self.0 = true;
            }
        }
        let mut search = ImplTrait(false);
        if let FnArg::Typed(argument) = &self.plain {
            search.visit_type(&argument.ty);
        }
        search.0
    }
}

/// The name of an argument that is one name and no pattern. A capital letter makes it a constant or a
/// unit struct.
fn simple_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(PatIdent { ident, subpat: None, .. }) => {
            let capital = ident.unraw().to_string().starts_with(char::is_uppercase);
            (!capital).then_some(ident)
        }
        _ => None,
    }
}

/// The pattern to match on a reference to the argument. The reference makes references of all names in
/// it, which leaves no place for `mut`, `ref` and `&`.
fn by_reference(pattern: &Pat) -> Pat {
    struct Plain;
    impl VisitMut for Plain {
        fn visit_pat_mut(&mut self, pattern: &mut Pat) {
            while let Pat::Reference(reference) = pattern {
                *pattern = (*reference.pat).clone();
            }
            visit_mut::visit_pat_mut(self, pattern);
        }

        fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
            pattern.mutability = None;
            pattern.by_ref = None;
            visit_mut::visit_pat_ident_mut(self, pattern);
        }
    }
    let mut pattern = pattern.clone();
    Plain.visit_pat_mut(&mut pattern);
    pattern
}

/// Whether the function speaks of `Self`, which only a function in an impl does.
pub(crate) fn speaks_of_self(item: &ImplItemFn) -> Option<Ident> {
    struct Search(Option<Ident>);
    impl<'ast> Visit<'ast> for Search {
        fn visit_path(&mut self, path: &'ast Path) {
            let first = path.segments.first().map(|segment| &segment.ident);
            if let Some(first) = first.filter(|first| *first == "Self") {
                self.0.get_or_insert_with(|| first.clone());
            }
            visit::visit_path(self, path);
        }

        // What is declared inside the function has a `Self` of its own.
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut search = Search(None);
    search.visit_signature(&item.sig);
    search.visit_block(&item.block);
    search.0
}
