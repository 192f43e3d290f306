//! Options that contradict each other.

use super::{HardTimeout, Lifetime, Names, Options, SingleFlight};
use crate::errors::Errors;

/// Reports every contradiction at the option that should go.
pub(super) fn report(options: &Options, names: &Names, errors: &mut Errors) {
    let mut contradiction = |name: &str, message: &str| {
        if let Some(name) = names.get(name) {
            errors.at(name, message);
        }
    };
    if options.key.is_some() {
        contradiction(
            "skip",
            "`key` says by itself which arguments count: keep one, `skip` or `key`",
        );
    }
    if options.ttl_with.is_some() {
        contradiction(
            "ttl",
            "`ttl_with` gives every value its lifetime, so `ttl` says nothing: choose one",
        );
    }
    if options.cache_err.is_none() {
        contradiction(
            "err_ttl",
            "without `cache_err` no error is stored: add `cache_err = true`, or remove `err_ttl`",
        );
    }
    if let Some(Lifetime::Forever) = options.ttl {
        for stale in ["stale_while_revalidate", "stale_if_error", "early_refresh"] {
            let message = format!(
                "with `ttl = \"forever\"` no value grows old, so `{stale}` says nothing: remove one of the two"
            );
            contradiction(stale, &message);
        }
    }
    if let Some(HardTimeout { time: Lifetime::Forever, .. }) = options.hard_timeout {
        contradiction("hard_timeout", "a limit of for ever is none: remove `hard_timeout`");
    }
    if let Some(remedy) = useless_soft_timeout(options) {
        contradiction("soft_timeout", remedy);
    }
    if options.stale_while_revalidate.is_none() && options.early_refresh.is_none() {
        contradiction(
            "background",
            "without `stale_while_revalidate` or `early_refresh` nothing is computed in the background: add one \
             of them, or remove `background`",
        );
    }
    if options.batch.is_some() {
        let many = "with `batch` the function computes many values at once, and one call may call it twice:";
        contradiction(
            "store_result",
            &format!("{many} a guard counts single runs; remove one of the two"),
        );
        let errors =
            "with `batch` a failure belongs to no single argument, and is not stored: remove";
        contradiction("cache_err", &format!("{errors} `cache_err`"));
        contradiction("err_ttl", &format!("{errors} `err_ttl`"));
        for alone in ["background", "soft_timeout", "hard_timeout"] {
            let message = format!("{many} `{alone}` is for functions of a single item; remove it");
            contradiction(alone, &message);
        }
        if options.single_flight == SingleFlight::Fleet {
            contradiction(
                "single_flight",
                "with `batch` callers of one process share computations, and no others: remove `single_flight`",
            );
        }
    }
    if options.guard {
        let no_value = "with `store_result = false` no value is stored, so";
        let judged = format!("{no_value} there is none to judge: remove one of the two");
        contradiction("cache_if", &judged);
        contradiction(
            "ttl_with",
            &format!("{no_value} there is none to take a lifetime from: use `ttl`"),
        );
        let failed = "with `store_result = false` a failed run never counts, and the next call may run: remove";
        contradiction("cache_err", &format!("{failed} `cache_err`"));
        contradiction("err_ttl", &format!("{failed} `err_ttl`"));
        for stale in ["stale_while_revalidate", "stale_if_error", "early_refresh"] {
            contradiction(stale, &format!("{no_value} none grows old: remove `{stale}`"));
        }
        contradiction(
            "soft_timeout",
            &format!("{no_value} there is none to answer with: remove `soft_timeout`"),
        );
        if options.single_flight == SingleFlight::Fleet {
            contradiction(
                "single_flight",
                "with `store_result = false` a function runs once in the whole fleet anyway: remove `single_flight`",
            );
        }
        contradiction("local", &format!("{no_value} `local` has nothing to keep typed: remove it"));
    }
}

/// What to do about a `soft_timeout` that never comes to anything.
fn useless_soft_timeout(options: &Options) -> Option<&'static str> {
    let is_shorter = match (options.soft_timeout.as_ref()?, &options.hard_timeout) {
        (Lifetime::Forever, _) => {
            return Some("a limit of for ever is none: remove `soft_timeout`");
        }
        (Lifetime::Millis(soft), Some(HardTimeout { time: Lifetime::Millis(hard), .. })) => {
            soft < hard
        }
        _ => true,
    };
    if options.guard {
        None
    } else if !options.has_old_values() {
        Some(
            "without `stale_while_revalidate`, `stale_if_error` or `early_refresh` there is no old value to answer \
             with: add one of them, or remove `soft_timeout`",
        )
    } else if options.background && options.stale_if_error.is_none() {
        Some(
            "with `background` nobody waits for a new value anyway: add `stale_if_error`, for whose values callers \
             wait, or remove one of the two",
        )
    } else if !is_shorter {
        Some(
            "a function that may take no longer than `hard_timeout` never gets this far: give `soft_timeout` less",
        )
    } else {
        None
    }
}
