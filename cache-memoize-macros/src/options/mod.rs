//! The options of the attribute, read once into one value.

mod conflicts;
mod grammar;
mod known;
mod lifetime;

pub(crate) use lifetime::Lifetime;

use crate::errors::Errors;
use grammar::Given;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use std::collections::HashMap;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token, Visibility};

/// What the attribute was told. An option that was not given, or given as its default, is absent.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) ttl: Option<Lifetime>,
    pub(crate) cache: Option<CacheChoice>,
    pub(crate) prefix: Option<LitStr>,
    pub(crate) key: Option<Expr>,
    pub(crate) skip: Vec<Ident>,
    pub(crate) extra: Option<Expr>,
    pub(crate) version: Option<u32>,
    /// `store_result = false`.
    pub(crate) guard: bool,
    pub(crate) cache_if: Option<Expr>,
    pub(crate) cache_err: Option<ErrorChoice>,
    pub(crate) err_ttl: Option<Lifetime>,
    pub(crate) ttl_with: Option<Expr>,
    pub(crate) jitter: Option<f64>,
    pub(crate) stale_while_revalidate: Option<Lifetime>,
    pub(crate) stale_if_error: Option<StaleIfError>,
    pub(crate) early_refresh: Option<f64>,
    pub(crate) hard_timeout: Option<HardTimeout>,
    pub(crate) soft_timeout: Option<Lifetime>,
    pub(crate) on_hit: Option<Expr>,
    pub(crate) on_miss: Option<Expr>,
    pub(crate) single_flight: SingleFlight,
    pub(crate) tags: Vec<Expr>,
    pub(crate) local: bool,
    pub(crate) background: bool,
    /// `batch`, at this place.
    pub(crate) batch: Option<Span>,
    pub(crate) companions: Companions,
    /// `in_impl`, at this place.
    pub(crate) in_impl: Option<Span>,
    pub(crate) krate: Option<Path>,
    /// All of them, as they stand in the attribute.
    pub(crate) written: TokenStream,
}

/// Which cache.
pub(crate) enum CacheChoice {
    Name(LitStr),
    Expression(Expr),
}

/// Which errors are stored.
pub(crate) enum ErrorChoice {
    /// `true`, at this place.
    All(Span),
    Those(Expr),
}

/// The option `stale_if_error`, and where it stands.
pub(crate) struct StaleIfError {
    pub(crate) time: Lifetime,
    pub(crate) place: Span,
}

/// The option `hard_timeout`, and where it stands.
pub(crate) struct HardTimeout {
    pub(crate) time: Lifetime,
    pub(crate) place: Span,
}

/// Which callers of one key share a computation.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum SingleFlight {
    Off,
    #[default]
    Process,
    Fleet,
}

/// Which companions a function gets.
#[derive(Default)]
pub(crate) enum Companions {
    #[default]
    LikeTheFunction,
    Visible(Visibility),
    None,
}

/// The options that were given, by name, as written.
type Names = HashMap<String, Ident>;

impl Options {
    /// Reads what stands in the attribute. Every mistake is reported; what was understood is returned.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self { written: tokens.clone(), ..Self::default() };
        let mut names = Names::new();
        for given in grammar::parse(tokens, errors) {
            let name = given.name.clone();
            if names.insert(name.to_string(), name.clone()).is_some() {
                errors.at(&name, format!("`{name}` is given twice: keep one"));
            } else {
                errors.keep(options.set(given));
            }
        }
        conflicts::report(&options, &names, errors);
        options
    }

    fn set(&mut self, given: Given) -> syn::Result<()> {
        match given.name.to_string().as_str() {
            "ttl" => self.ttl = Some(Lifetime::parse("ttl", given.expression()?)?),
            "cache" => self.cache = Some(cache(given)?),
            "prefix" => self.prefix = Some(plain_text(given)?),
            "key" => self.key = Some(no_format(given)?),
            "skip" => self.skip = names(given)?,
            "extra" => self.extra = Some(no_format(given)?),
            "version" => self.version = Some(version(given)?),
            "store_result" => self.guard = !given.truth()?,
            "cache_if" => self.cache_if = Some(function(given)?),
            "cache_err" => self.cache_err = which_errors(given)?,
            "err_ttl" => self.err_ttl = Some(Lifetime::parse("err_ttl", given.expression()?)?),
            "ttl_with" => self.ttl_with = Some(function(given)?),
            "jitter" => self.jitter = Some(fraction(given)?),
            "stale_while_revalidate" => {
                let name = "stale_while_revalidate";
                self.stale_while_revalidate = Some(Lifetime::parse(name, given.expression()?)?);
            }
            "stale_if_error" => {
                let place = given.name.span();
                let time = Lifetime::parse("stale_if_error", given.expression()?)?;
                self.stale_if_error = Some(StaleIfError { time, place });
            }
            "hard_timeout" => {
                let place = given.name.span();
                let time = Lifetime::parse("hard_timeout", given.expression()?)?;
                self.hard_timeout = Some(HardTimeout { time, place });
            }
            "soft_timeout" => {
                self.soft_timeout = Some(Lifetime::parse("soft_timeout", given.expression()?)?);
            }
            "early_refresh" => self.early_refresh = beta(given)?,
            "on_hit" => self.on_hit = Some(function(given)?),
            "on_miss" => self.on_miss = Some(function(given)?),
            "single_flight" => self.single_flight = single_flight(given)?,
            "tags" => self.tags = tags(given)?,
            "local" => self.local = given.flag()?,
            "background" => self.background = given.flag()?,
            "batch" => {
                let place = given.name.span();
                self.batch = given.flag()?.then_some(place);
            }
            "companions" => self.companions = companions(given)?,
            "in_impl" => {
                let place = given.name.span();
                self.in_impl = given.flag()?.then_some(place);
            }
            "crate" => self.krate = Some(path(given)?),
            unknown => return Err(syn::Error::new_spanned(&given.name, known::unknown(unknown))),
        }
        Ok(())
    }

    /// Whether the companions are wanted at all.
    pub(crate) fn has_companions(&self) -> bool {
        !matches!(self.companions, Companions::None)
    }

    /// The functions that judge a value or an error.
    pub(crate) fn judges(&self) -> impl Iterator<Item = &Expr> {
        let errors = self.cache_err.as_ref().and_then(|errors| match errors {
            ErrorChoice::All(_) => None,
            ErrorChoice::Those(judge) => Some(judge),
        });
        [self.cache_if.as_ref(), errors, self.ttl_with.as_ref()].into_iter().flatten()
    }

    /// The lifetimes that are computed at each call.
    pub(crate) fn computed_lifetimes(&self) -> impl Iterator<Item = &Expr> {
        self.lifetimes().into_iter().flatten().filter_map(Lifetime::expression)
    }

    /// Every option that is a time: `ttl`, `err_ttl`, `stale_while_revalidate`, `stale_if_error`, `hard_timeout`,
    /// `soft_timeout`.
    pub(crate) fn lifetimes(&self) -> [Option<&Lifetime>; 6] {
        [
            self.ttl.as_ref(),
            self.err_ttl.as_ref(),
            self.stale_while_revalidate.as_ref(),
            self.stale_if_error.as_ref().map(|option| &option.time),
            self.hard_timeout.as_ref().map(|option| &option.time),
            self.soft_timeout.as_ref(),
        ]
    }

    /// The option by which a computation may outlive its call, if one does.
    pub(crate) fn outliving(&self) -> Option<&'static str> {
        match (self.background, &self.soft_timeout) {
            (true, _) => Some("background"),
            (false, Some(_)) => Some("soft_timeout"),
            (false, None) => None,
        }
    }

    /// Whether a value may be at hand that is not fresh, or soon will not be.
    pub(crate) fn has_old_values(&self) -> bool {
        self.stale_while_revalidate.is_some()
            || self.stale_if_error.is_some()
            || self.early_refresh.is_some()
    }

    /// All expressions that may read the arguments.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        [&self.key, &self.extra, &self.on_hit, &self.on_miss]
            .into_iter()
            .flatten()
            .chain(&self.tags)
            .chain(self.cache_expression())
            .chain(self.computed_lifetimes())
            .chain(self.judges())
    }

    /// The expressions that say which call it is: those of the key, of the cache and of the tags.
    pub(crate) fn call_expressions(&self) -> impl Iterator<Item = &Expr> {
        let key = [&self.key, &self.extra].into_iter().flatten();
        key.chain(self.cache_expression()).chain(&self.tags)
    }

    /// The expression that gives the cache.
    pub(crate) fn cache_expression(&self) -> Option<&Expr> {
        match &self.cache {
            Some(CacheChoice::Expression(expression)) => Some(expression),
            Some(CacheChoice::Name(_)) | None => None,
        }
    }
}

fn cache(given: Given) -> syn::Result<CacheChoice> {
    let wrong_form = given.wrong_form();
    match given.expression()? {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) if !name.value().is_empty() => {
            Ok(CacheChoice::Name(name))
        }
        Expr::Lit(_) => Err(wrong_form),
        expression => Ok(CacheChoice::Expression(expression)),
    }
}

/// A text that is not meant to name arguments, which it cannot.
fn plain_text(given: Given) -> syn::Result<LitStr> {
    let text = given.text()?;
    let remedy = "a prefix is the same for all calls, and names no arguments: use `key` or `extra` for what differs";
    if text.value().contains('{') { Err(syn::Error::new_spanned(text, remedy)) } else { Ok(text) }
}

/// An expression, but for a text that looks as if it named arguments: it would be the same for all calls.
fn no_format(given: Given) -> syn::Result<Expr> {
    let name = given.name.clone();
    let expression = given.expression()?;
    if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &expression
        && text.value().contains('{')
    {
        let remedy = format!(
            "a text names no arguments here, and is the same for all calls: write the arguments themselves, \
             `{name} = (user, id)`, or `{name} = format!(..)`"
        );
        return Err(syn::Error::new_spanned(text, remedy));
    }
    Ok(expression)
}

/// What stands between the braces of a format, if it is more than the name of an argument.
fn more_than_a_name(format: &str) -> Option<&str> {
    let plain = |piece: &&str| piece.contains('}');
    let pieces = format.split('{').skip(1).filter(plain);
    let mut named = pieces.filter_map(|piece| piece.split(['}', ':']).next());
    named.find(|name| {
        !name.is_empty() && syn::parse_str::<Ident>(name).is_err() && name.parse::<usize>().is_err()
    })
}

fn names(given: Given) -> syn::Result<Vec<Ident>> {
    let wrong_form = given.wrong_form();
    let name = |input: ParseStream<'_>| input.call(Ident::parse_any);
    let list =
        |input: ParseStream<'_>| Punctuated::<Ident, Token![,]>::parse_terminated_with(input, name);
    list.parse2(given.list()?).map(|names| names.into_iter().collect()).map_err(|_| wrong_form)
}

/// A text is a format that may name arguments.
fn tags(given: Given) -> syn::Result<Vec<Expr>> {
    let wrong_form = given.wrong_form();
    let list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(given.list()?);
    list.map_err(|_| wrong_form.clone())?
        .into_iter()
        .map(|tag| match &tag {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().contains(['{', '}']) => {
                if let Some(part) = more_than_a_name(&text.value()) {
                    let remedy = format!(
                        "a text can name arguments, and no parts of them: write `format!(.., {part})` in its place"
                    );
                    return Err(syn::Error::new_spanned(text, remedy));
                }
                syn::parse2(quote_spanned!(text.span()=> ::std::format!(#text)))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => Ok(tag),
            Expr::Lit(_) => Err(wrong_form.clone()),
            _ => Ok(tag),
        })
        .collect()
}

fn version(given: Given) -> syn::Result<u32> {
    let wrong_form = given.wrong_form();
    match given.literal()? {
        Lit::Int(number) => number.base10_parse().map_err(|_| wrong_form),
        _ => Err(wrong_form),
    }
}

fn function(given: Given) -> syn::Result<Expr> {
    let wrong_form = given.wrong_form();
    match given.expression()? {
        Expr::Lit(_) => Err(wrong_form),
        function => Ok(function),
    }
}

fn which_errors(given: Given) -> syn::Result<Option<ErrorChoice>> {
    if given.is_truth() {
        let place = given.name.span();
        return Ok(given.truth()?.then_some(ErrorChoice::All(place)));
    }
    function(given).map(|judge| Some(ErrorChoice::Those(judge)))
}

fn fraction(given: Given) -> syn::Result<f64> {
    let wrong_form = given.wrong_form();
    let fraction = match given.literal()? {
        Lit::Float(number) => number.base10_parse::<f64>().ok(),
        Lit::Int(number) => number.base10_parse::<u32>().ok().map(f64::from),
        _ => None,
    };
    fraction.filter(|fraction| (0.0..1.0).contains(fraction)).ok_or(wrong_form)
}

/// `true` is a beta of one.
fn beta(given: Given) -> syn::Result<Option<f64>> {
    if given.is_truth() {
        return Ok(given.truth()?.then_some(1.0));
    }
    let wrong_form = given.wrong_form();
    let beta = match given.literal()? {
        Lit::Float(number) => number.base10_parse::<f64>().ok(),
        Lit::Int(number) => number.base10_parse::<u32>().ok().map(f64::from),
        _ => None,
    };
    beta.filter(|beta| beta.is_finite() && *beta > 0.0).map(Some).ok_or(wrong_form)
}

fn single_flight(given: Given) -> syn::Result<SingleFlight> {
    let wrong_form = given.wrong_form();
    match given.text()?.value().as_str() {
        "off" => Ok(SingleFlight::Off),
        "process" => Ok(SingleFlight::Process),
        "fleet" => Ok(SingleFlight::Fleet),
        _ => Err(wrong_form),
    }
}

fn companions(given: Given) -> syn::Result<Companions> {
    if !given.is_truth() {
        return given.visibility().map(Companions::Visible);
    }
    Ok(if given.truth()? { Companions::LikeTheFunction } else { Companions::None })
}

fn path(given: Given) -> syn::Result<Path> {
    let wrong_form = given.wrong_form();
    match given.expression()? {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        _ => Err(wrong_form),
    }
}
