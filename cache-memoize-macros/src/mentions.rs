//! Which names an expression mentions.
//!
//! Companions take only the arguments that are read, so an option's expression is searched for them.
//! A name too many only adds an argument to a companion; one too few would not compile. Names in macro
//! calls therefore count wherever they stand, and so do those in format strings: `"{user_id:>width$}"`.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{Expr, ExprClosure, ExprPath, Ident, LitStr, Macro, Pat, PatIdent};

/// The free names of `expression`, raw identifiers without their `r#`.
pub(crate) fn of(expression: &Expr) -> BTreeSet<String> {
    let mut search = Search::default();
    search.visit_expr(expression);
    search.names
}

/// The names that `pattern` binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Ident> {
    struct Bindings(Vec<Ident>);
    impl<'ast> Visit<'ast> for Bindings {
        fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
            self.0.push(pattern.ident.clone());
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut bindings = Bindings(Vec::new());
    bindings.visit_pat(pattern);
    bindings.0
}

/// Whether `name` stands anywhere in `tokens`.
pub(crate) fn stands_in(name: &Ident, tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => stands_in(name, group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[derive(Default)]
struct Search {
    names: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Search {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let Some(name) = path.path.get_ident() {
            self.names.insert(name.unraw().to_string());
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        let own: BTreeSet<String> =
            closure.inputs.iter().flat_map(bindings).map(|name| name.unraw().to_string()).collect();
        let of_body = of(&closure.body);
        self.names.extend(of_body.into_iter().filter(|name| !own.contains(name)));
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.search_tokens(call.tokens.clone());
    }
}

impl Search {
    fn search_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    self.names.insert(name.unraw().to_string());
                }
                TokenTree::Group(group) => self.search_tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse2::<LitStr>(TokenTree::Literal(literal).into()) {
                        self.search_format_string(&text.value());
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// `{name}`, `{name:?}`, `{name:width$.precision$}`; `{{` is a brace and begins nothing.
    fn search_format_string(&mut self, text: &str) {
        let text = text.replace("{{", "");
        for placeholder in text.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let (name, format) = placeholder.split_once(':').unwrap_or((placeholder, ""));
            self.names.insert(name.trim().to_owned());
            let before_dollars = format.split('$').rev().skip(1);
            self.names.extend(before_dollars.map(|part| last_name(part).to_owned()));
        }
    }
}

fn last_name(text: &str) -> &str {
    text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn mentioned(expression: &str, among: &[&str]) -> Vec<String> {
        let names = of(&syn::parse_str(expression).unwrap());
        among.iter().filter(|name| names.contains(**name)).map(ToString::to_string).collect()
    }

    #[test]
    fn fields_methods_and_types_are_no_mentions() {
        assert_eq!(
            mentioned("(user.id, other::name, b.name())", &["user", "id", "name", "b"]),
            ["user", "b"]
        );
        assert_eq!(mentioned("self.tenant", &["self", "tenant"]), ["self"]);
        assert_eq!(mentioned("Pair { left, right: r }", &["left", "right", "r"]), ["left", "r"]);
        assert_eq!(mentioned("r#type + 1", &["type"]), ["type"]);
    }

    #[test]
    fn what_a_closure_binds_is_its_own() {
        assert_eq!(
            mentioned("|value, (a, _)| value > limit + a", &["value", "a", "limit"]),
            ["limit"]
        );
    }

    #[test]
    fn format_strings_are_searched() {
        let names = ["user", "id", "width", "digits", "escaped", "tail"];
        assert_eq!(
            mentioned(r#"format!("{user}:{id:>width$.digits$}:{{escaped}}", tail)"#, &names),
            ["user", "id", "width", "digits", "tail"]
        );
        assert!(mentioned(r#"lookup("{user}")"#, &names).is_empty());
    }
}
