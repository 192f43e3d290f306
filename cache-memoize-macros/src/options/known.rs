//! Every option by name: the forms it takes, and what to do about those that are not there.

use crate::errors::did_you_mean;
use syn::Ident;

const FORMS: &[(&str, &str)] = &[
    ("ttl", LIFETIME),
    (
        "cache",
        "as a name, `cache = \"reports\"`, or as an expression giving `&Cache`, `cache = &self.cache`",
    ),
    ("prefix", "`prefix = \"rates\"`"),
    ("key", "as an expression over the arguments, `key = (user.id, special)`"),
    ("skip", "with the names of arguments, `skip(connection, self)`"),
    ("extra", "as an expression, `extra = tenant()`"),
    ("version", "as a whole number, `version = 2`"),
    ("store_result", "`store_result = false`"),
    ("cache_if", "as a path or closure, `cache_if = |value: &T| value.is_final()`"),
    (
        "cache_err",
        "`cache_err = true`, or as a path or closure, `cache_err = |error: &E| error.is_final()`",
    ),
    ("err_ttl", LIFETIME),
    ("ttl_with", "as a path or closure, `ttl_with = |value: &T| value.lifetime`"),
    ("jitter", "as a fraction from 0 up to 1, `jitter = 0.1` for ±10 %"),
    ("stale_while_revalidate", LIFETIME),
    ("stale_if_error", LIFETIME),
    (
        "early_refresh",
        "`early_refresh = true`, or as a number above zero, `early_refresh = 2.0` for twice as early",
    ),
    ("background", "alone, `background`"),
    ("hard_timeout", LIFETIME),
    ("soft_timeout", LIFETIME),
    ("on_hit", "as a path or closure, `on_hit = log_hit`"),
    ("on_miss", "as a path or closure, `on_miss = log_miss`"),
    ("single_flight", "`single_flight = \"process\"`, `\"fleet\"` or `\"off\"`"),
    (
        "tags",
        "with texts that may name arguments, `tags(\"user:{user_id}\")`, or with expressions that can be displayed",
    ),
    ("batch", "alone, `batch`"),
    ("local", "alone, `local`"),
    ("companions", "`companions = false`, or as a visibility, `companions = pub(crate)`"),
    ("in_impl", "alone, `in_impl`"),
    ("crate", "as a path, `crate = my_reexports::cache_memoize`"),
];

const LIFETIME: &str =
    "in seconds, `300`, as text, `\"5m\"` or `\"forever\"`, or as a `Duration` expression";

/// What other libraries call our options.
const ELSEWHERE: &[(&str, &str)] = &[
    ("timeout", "ttl"),
    ("expire", "ttl"),
    ("expires", "ttl"),
    ("time", "ttl"),
    ("time_to_live", "ttl"),
    ("ttl_secs", "ttl"),
    ("ttl_millis", "ttl"),
    ("swr", "stale_while_revalidate"),
    ("args_rewrite", "key"),
    ("convert", "key"),
    ("name", "prefix"),
    ("namespace", "prefix"),
    ("cache_alias", "cache"),
    ("hit_callable", "on_hit"),
    ("miss_callable", "on_miss"),
    ("ignore", "skip"),
    ("sync_writes", "single_flight"),
];

/// How the option called `name` is written, as the end of the sentence "is written ..".
fn form(name: &str) -> Option<&'static str> {
    FORMS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
}

/// Whether an option of this name exists.
pub(super) fn exists(name: &Ident) -> bool {
    form(&name.to_string()).is_some()
}

/// The message for an option whose value has the wrong form.
pub(super) fn wrong_form(name: &str) -> String {
    form(name).map_or_else(|| unknown(name), |form| format!("`{name}` is written {form}"))
}

/// The message for an option that does not exist.
pub(super) fn unknown(name: &str) -> String {
    let suggestion = match ELSEWHERE.iter().find(|(other, _)| *other == name) {
        Some((_, ours)) => format!(", did you mean `{ours}`?"),
        None => did_you_mean(name, FORMS.iter().map(|(known, _)| *known)),
    };
    if suggestion.is_empty() {
        let all: Vec<_> = FORMS.iter().map(|(known, _)| *known).collect();
        return format!("unknown option `{name}`: remove it, or choose among {}", all.join(", "));
    }
    format!("unknown option `{name}`{suggestion}")
}
