//! The grammar of the options: `name`, `name = expression`, `name(..)`, separated by commas.

use super::known;
use crate::errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Token, Visibility};

/// One option as it was written.
pub(super) struct Given {
    pub(super) name: Ident,
    value: Value,
}

enum Value {
    Nothing,
    Expression(Expr),
    Visibility(Visibility),
    List(TokenStream),
}

/// The options in their order. One that cannot be read is reported, and the next is read all the same.
pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Vec<Given> {
    let options = |input: ParseStream<'_>| {
        let mut all = Vec::new();
        while !input.is_empty() {
            match option(input) {
                Ok(option) => all.push(option),
                Err(error) => {
                    errors.push(error);
                    skip_to_next_option(input)?;
                }
            }
        }
        Ok(all)
    };
    options.parse2(tokens).unwrap_or_default()
}

fn option(input: ParseStream<'_>) -> syn::Result<Given> {
    if input.peek(Lit) {
        let value: Lit = input.parse()?;
        return Err(syn::Error::new_spanned(value, "every option has a name: write `ttl = ..`"));
    }
    let name = input.call(Ident::parse_any)?;
    let value = value(&name, input)?;
    if !input.is_empty() && input.parse::<Token![,]>().is_err() {
        return Err(input.error(format!("expected a comma after the option `{name}`")));
    }
    Ok(Given { name, value })
}

fn value(name: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        return Ok(Value::List(content.parse()?));
    }
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(Value::Nothing);
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(name, known::wrong_form(&name.to_string())));
    }
    if input.peek(Token![pub]) {
        return input.parse().map(Value::Visibility);
    }
    let expression = input.parse().map_err(|error| {
        let form = known::wrong_form(&name.to_string());
        syn::Error::new(error.span(), format!("{form} ({error})"))
    })?;
    Ok(Value::Expression(ungroup(expression)))
}

fn skip_to_next_option(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        let comma = matches!(input.parse()?, TokenTree::Punct(punct) if punct.as_char() == ',');
        let next = input.fork();
        if comma && next.call(Ident::parse_any).is_ok_and(|name| known::exists(&name)) {
            break;
        }
    }
    Ok(())
}

/// An expression that came through a macro's `$ttl:expr` is wrapped in an invisible group.
fn ungroup(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) => ungroup(*group.expr),
        other => other,
    }
}

impl Given {
    /// The value as an expression.
    pub(super) fn expression(self) -> syn::Result<Expr> {
        match self.value {
            Value::Expression(expression) => Ok(expression),
            _ => Err(self.wrong_form()),
        }
    }

    /// The value as a literal.
    pub(super) fn literal(self) -> syn::Result<Lit> {
        match self.value {
            Value::Expression(Expr::Lit(ExprLit { lit, .. })) => Ok(lit),
            _ => Err(self.wrong_form()),
        }
    }

    /// The value as text that is not empty.
    pub(super) fn text(self) -> syn::Result<LitStr> {
        let name = self.name.clone();
        match self.literal()? {
            Lit::Str(text) if !text.value().is_empty() => Ok(text),
            other => Err(syn::Error::new_spanned(other, known::wrong_form(&name.to_string()))),
        }
    }

    /// The value as `true` or `false`.
    pub(super) fn truth(self) -> syn::Result<bool> {
        match self.value {
            Value::Expression(Expr::Lit(ExprLit { lit: Lit::Bool(truth), .. })) => Ok(truth.value),
            _ => Err(self.wrong_form()),
        }
    }

    /// The value as a visibility, bare or in quotes.
    pub(super) fn visibility(self) -> syn::Result<Visibility> {
        let wrong_form = self.wrong_form();
        match self.value {
            Value::Visibility(visibility) => Ok(visibility),
            Value::Expression(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
                text.parse().map_err(|_| wrong_form)
            }
            _ => Err(wrong_form),
        }
    }

    /// What stands in the parentheses.
    pub(super) fn list(self) -> syn::Result<TokenStream> {
        match self.value {
            Value::List(list) if !list.is_empty() => Ok(list),
            _ => Err(self.wrong_form()),
        }
    }

    /// Makes sure that the option stands alone.
    pub(super) fn flag(self) -> syn::Result<bool> {
        match self.value {
            Value::Nothing => Ok(true),
            _ => Err(self.wrong_form()),
        }
    }

    /// Whether the value is `true` or `false`.
    pub(super) fn is_truth(&self) -> bool {
        matches!(&self.value, Value::Expression(Expr::Lit(ExprLit { lit: Lit::Bool(_), .. })))
    }

    /// The error for a value of the wrong form, at the value where there is one.
    pub(super) fn wrong_form(&self) -> syn::Error {
        let message = known::wrong_form(&self.name.to_string());
        match &self.value {
            Value::Nothing => syn::Error::new_spanned(&self.name, message),
            Value::Expression(expression) => syn::Error::new_spanned(expression, message),
            Value::Visibility(visibility) => syn::Error::new_spanned(visibility, message),
            Value::List(list) if list.is_empty() => syn::Error::new_spanned(&self.name, message),
            Value::List(list) => syn::Error::new_spanned(list, message),
        }
    }
}
