//! What cannot work, refused at the token that makes it so.

use crate::errors::{Errors, did_you_mean};
use crate::function::{self, Function, Home, Parameter};
use crate::options::{HardTimeout, Options};
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{
    Attribute, FnArg, Ident, Lifetime, ParenthesizedGenericArguments, ReceiverKind, ReturnType,
    Safety, Signature, Type, TypeFnPtr, TypeImplTrait, TypePath, TypeReference,
};

/// Reports everything about `function` that keeps it from being memoized so.
pub(crate) fn refuse(function: &Function, options: &Options, errors: &mut Errors) {
    signature(&function.item.sig, errors);
    output(&function.item.sig.output, options, errors);
    conditional_arguments(function, errors);
    unmarked_associated_function(function, errors);
    skipped(function, &options.skip, errors);
    if let Some(HardTimeout { place, .. }) = options.hard_timeout
        && !function.is_async()
    {
        let remedy = "a blocking function cannot be ended from outside: make it `async`, or remove `hard_timeout`";
        errors.push(syn::Error::new(place, remedy));
    }
    if let Some(option) = options.outliving().filter(|_| options.batch.is_none()) {
        borrowed_arguments(function, option, errors);
    }
}

/// Reports every argument that may be gone before a computation in the background has ended.
fn borrowed_arguments(function: &Function, option: &str, errors: &mut Errors) {
    let remedy = format!(
        "with `{option}` the function may run after the call has returned: take an owned value, such as `String` for \
         `&str` or `Arc<T>` for `&T`"
    );
    for argument in &function.item.sig.inputs {
        match argument {
            FnArg::Receiver(receiver) if matches!(receiver.kind, ReceiverKind::Reference(..)) => {
                let remedy = format!(
                    "with `{option}` the function may run after the call has returned: take `self: Arc<Self>`"
                );
                errors.at(receiver, remedy);
            }
            FnArg::Typed(argument) => match &*argument.ty {
                Type::Reference(reference) if !is_static(reference) => {
                    errors.at(reference, &remedy)
                }
                _ => {}
            },
            FnArg::Receiver(_) => {}
        }
    }
}

fn is_static(reference: &TypeReference) -> bool {
    reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
}

/// Reports every qualifier that a memoized function cannot have.
fn signature(signature: &Signature, errors: &mut Errors) {
    if let Some(token) = &signature.constness {
        errors.at(token, "a `const fn` cannot ask a cache at compile time: remove `const`");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        errors.at(
            token,
            "whoever calls an `unsafe fn` answers for it, and a cache cannot: memoize a safe function that calls this one",
        );
    }
    if let Some(abi) = &signature.abi {
        errors.at(
            abi,
            "a function with a foreign ABI is not called through Rust: memoize a Rust function that calls this one",
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(
            variadic,
            "variadic arguments cannot take part in a key: memoize a function with a fixed list",
        );
    }
}

fn output(output: &ReturnType, options: &Options, errors: &mut Errors) {
    let ReturnType::Type(_, output) = output else { return };
    if let Type::Never(never) = &**output {
        errors.at(
            never,
            "a function that never returns gives nothing to remember: remove the attribute",
        );
    }
    Output { local: options.local, errors }.visit_type(output);
}

/// A walk through a return type for what cannot outlive the call.
struct Output<'a> {
    local: bool,
    errors: &'a mut Errors,
}

const BORROWED: &str = "a borrowed value ends with the call that made it and cannot be remembered: \
     return an owned one, such as `String`, `Vec<_>` or `Arc<str>`";

const REWRITTEN: &str = "`#[async_trait]` has rewritten this function already: put `#[cache_memoize]` on the \
     impl block, above `#[async_trait]`";

impl<'ast> Visit<'ast> for Output<'_> {
    fn visit_type_impl_trait(&mut self, hidden: &'ast TypeImplTrait) {
        self.errors.at(
            hidden,
            "`impl Trait` hides the type that is to be stored: name the type, or return one that can be \
             named, such as `Vec<_>` or, with `local`, `Arc<dyn Trait>`",
        );
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident == "static" => {
                if !self.local {
                    self.errors.at(
                        reference,
                        "a `&'static` reference cannot be read back from a store: add `local` to keep it \
                         in this process, or return an owned value such as `String` or `Arc<str>`",
                    );
                }
                visit::visit_type(self, &reference.elem);
            }
            _ => self.errors.at(reference, BORROWED),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        match lifetime.ident.to_string().as_str() {
            "static" => {}
            "async_trait" => self.errors.at(lifetime, REWRITTEN),
            _ => self.errors.at(lifetime, BORROWED),
        }
    }

    // Of `<&str as ToOwned>::Owned` nothing is known but what stands behind the trait.
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        let known_from = path.qself.as_ref().map_or(0, |qself| qself.position);
        path.path.segments.iter().skip(known_from).for_each(|it| self.visit_path_segment(it));
    }

    // The lifetimes in `fn(&str) -> &str` and `dyn Fn(&str)` are those of later calls.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

fn conditional_arguments(function: &Function, errors: &mut Errors) {
    let is_cfg = |attribute: &&Attribute| {
        attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
    };
    for parameter in &function.parameters {
        let (FnArg::Receiver(syn::Receiver { attrs, .. })
        | FnArg::Typed(syn::PatType { attrs, .. })) = &parameter.plain;
        if let Some(attribute) = attrs.iter().find(is_cfg) {
            errors.at(
                attribute,
                "an argument that is there only sometimes leaves the key undefined: put the `cfg` on two functions",
            );
        }
    }
}

fn unmarked_associated_function(function: &Function, errors: &mut Errors) {
    if !matches!(function.home, Home::Module) {
        return;
    }
    if let Some(token) = function::speaks_of_self(&function.item) {
        errors.at(
            token,
            "a function that speaks of `Self` belongs to an impl block: add `in_impl` to its options, or put \
             `#[cache_memoize]` on the block too",
        );
    }
}

fn skipped(function: &Function, skip: &[Ident], errors: &mut Errors) {
    for (at, name) in skip.iter().enumerate() {
        if skip[..at].contains(name) {
            errors.at(name, format!("`{name}` is skipped twice: keep one"));
        } else if function.position(name).is_none() {
            errors.at(name, no_such_argument(function, name));
        }
    }
}

fn no_such_argument(function: &Function, name: &Ident) -> String {
    let taken_apart = |parameter: &&Parameter| parameter.pattern.is_some() && parameter.binds(name);
    if function.parameters.iter().any(|parameter| taken_apart(&parameter)) {
        return format!(
            "`{name}` is a part of an argument: give the whole argument a name and take it apart in the body, \
             or say with `key` what counts"
        );
    }
    let names: Vec<_> = function
        .parameters
        .iter()
        .filter(|parameter| parameter.pattern.is_none())
        .map(|parameter| parameter.name.unraw().to_string())
        .collect();
    let suggestion = did_you_mean(&name.to_string(), names.iter().map(String::as_str));
    if !suggestion.is_empty() {
        return format!("`{name}` is no argument of this function{suggestion}");
    }
    if names.is_empty() {
        return format!("`{name}` is no argument of this function, which has none: remove it");
    }
    format!(
        "`{name}` is no argument of this function: remove it, or choose among {}",
        names.join(", ")
    )
}
