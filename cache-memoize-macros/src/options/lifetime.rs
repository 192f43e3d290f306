//! How long an entry lives, as the options say it.

use super::known;
use std::time::Duration;
use syn::{
    Expr, ExprBinary, ExprCall, ExprLit, ExprParen, ExprUnary, Lit, LitInt, LitStr, Path, UnOp,
};

/// A lifetime: known when the attribute is expanded, or computed at each call.
pub(crate) enum Lifetime {
    Forever,
    Millis(u64),
    Expression(Expr),
}

impl Lifetime {
    /// Reads the value of the option called `option`.
    pub(super) fn parse(option: &str, value: Expr) -> syn::Result<Self> {
        let complaint = match &value {
            Expr::Lit(ExprLit { lit: Lit::Int(seconds), .. }) => {
                return whole_seconds(option, seconds);
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => return spelled_out(option, text),
            Expr::Lit(ExprLit { lit: Lit::Float(_), .. }) => {
                format!(
                    "seconds are whole numbers: write a part of a second as text, `{option} = \"1500ms\"`"
                )
            }
            Expr::Lit(_) => known::wrong_form(option),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. })
                if matches!(**expr, Expr::Lit(_)) =>
            {
                "a lifetime cannot be negative: write a number of seconds above zero".to_owned()
            }
            expression if is_zero_duration(expression) => zero(option),
            expression if is_arithmetic(expression) => format!(
                "seconds are given as one number, and an expression gives a `Duration`: write \
                 `{option} = \"5m\"` or `{option} = Duration::from_secs(..)`"
            ),
            _ => return Ok(Self::Expression(value)),
        };
        Err(syn::Error::new_spanned(value, complaint))
    }

    /// The expression, of a lifetime that is computed at each call.
    pub(crate) fn expression(&self) -> Option<&Expr> {
        match self {
            Self::Expression(expression) => Some(expression),
            Self::Forever | Self::Millis(_) => None,
        }
    }
}

fn whole_seconds(option: &str, literal: &LitInt) -> syn::Result<Lifetime> {
    let complaint = if is_unit(literal.suffix()) {
        format!("a lifetime with a unit stands in quotes: `{option} = \"{literal}\"`")
    } else {
        match literal.base10_parse::<u64>().ok().and_then(|seconds| seconds.checked_mul(1000)) {
            Some(0) => zero(option),
            Some(millis) => return Ok(Lifetime::Millis(millis)),
            None => format!("too many seconds: write `{option} = \"forever\"`"),
        }
    };
    Err(syn::Error::new_spanned(literal, complaint))
}

fn is_unit(suffix: &str) -> bool {
    !suffix.is_empty() && !suffix.starts_with(['u', 'i'])
}

fn spelled_out(option: &str, literal: &LitStr) -> syn::Result<Lifetime> {
    let text = literal.value();
    if text == "forever" {
        return Ok(Lifetime::Forever);
    }
    let complaint = match humantime::parse_duration(&text) {
        Ok(duration) if duration.is_zero() => zero(option),
        Ok(duration) => return Ok(Lifetime::Millis(millis_rounded_up(duration))),
        Err(reason) => format!(
            "`{text}` is not a lifetime ({reason}): write one such as \"90s\", \"5m\", \"1h 30m\" or \"forever\""
        ),
    };
    Err(syn::Error::new_spanned(literal, complaint))
}

fn millis_rounded_up(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

fn zero(option: &str) -> String {
    if option.starts_with("stale_") {
        return format!(
            "no old value is served for a time of zero: give `{option}` a longer one, or remove it"
        );
    }
    if option == "soft_timeout" {
        return "nobody waits for a time of zero: give `soft_timeout` a longer one, or use `background`"
            .to_owned();
    }
    format!(
        "a lifetime of zero would remember nothing: give `{option}` a longer one, or call the function uncached"
    )
}

/// `5 * 60` and its like.
fn is_arithmetic(expression: &Expr) -> bool {
    match expression {
        Expr::Binary(ExprBinary { left, right, .. }) => is_arithmetic(left) && is_arithmetic(right),
        Expr::Paren(ExprParen { expr, .. }) => is_arithmetic(expr),
        Expr::Lit(ExprLit { lit, .. }) => matches!(lit, Lit::Int(_) | Lit::Float(_)),
        _ => false,
    }
}

/// `Duration::ZERO`, `Duration::from_secs(0)` and their like.
fn is_zero_duration(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => names_duration(&path.path, |last| last == "ZERO"),
        Expr::Call(ExprCall { func, args, .. }) => {
            let constructor = matches!(&**func, Expr::Path(path)
                if names_duration(&path.path, |last| last == "new" || last.starts_with("from_")));
            constructor && args.iter().all(is_zero_literal)
        }
        _ => false,
    }
}

fn names_duration(path: &Path, last_fits: impl Fn(&str) -> bool) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| segment.ident.to_string());
    names.next().is_some_and(|last| last_fits(&last))
        && names.next().is_some_and(|name| name == "Duration")
}

fn is_zero_literal(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            number.base10_parse::<u128>().ok() == Some(0)
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => {
            number.base10_parse::<f64>().ok() == Some(0.0)
        }
        _ => false,
    }
}
