//! Has a store forget entries, as the program itself does: nobody is served any more what was computed before.

use crate::arguments::Target;
use crate::explain::key_of;
use crate::names::split_prefix;
use crate::outcome::Failure;
use crate::store::Opened;
use serde::Serialize;
use std::fmt;

/// What was forgotten.
#[derive(Serialize)]
pub(crate) struct Forgotten {
    command: &'static str,
    store: String,
    prefix: Option<String>,
    key: Option<String>,
    tag: Option<String>,
    function: Option<String>,
    all: bool,
    /// Whether there was an entry. Of groups nobody knows.
    found: Option<bool>,
}

pub(crate) fn invalidate(store: &Opened, target: Target) -> Result<Forgotten, Failure> {
    let mut forgotten = Forgotten {
        command: "invalidate",
        store: store.shown.clone(),
        prefix: store.prefix.clone(),
        key: None,
        tag: None,
        function: None,
        all: false,
        found: None,
    };
    match target {
        Target::Key(key) => {
            forgotten.found = Some(store.cache.invalidate(key_of(&key)?)?);
            forgotten.key = Some(key);
        }
        Target::Tag(tag) => {
            store.cache.invalidate_tag(&tag)?;
            forgotten.tag = Some(tag);
        }
        Target::Function(name) => {
            let (prefix, function) = invalidate_function(store, &name)?;
            (forgotten.prefix, forgotten.function) = (prefix, Some(function));
        }
        Target::All => {
            store.cache.clear()?;
            forgotten.all = true;
        }
    }
    Ok(forgotten)
}

/// The prefix and the name of the function that was invalidated. `measure` tells both together where it does not know
/// the prefix.
fn invalidate_function(store: &Opened, name: &str) -> Result<(Option<String>, String), Failure> {
    match split_prefix(name) {
        Some((prefix, function)) if store.prefix.is_none() => {
            store.with_prefix(prefix.clone())?.cache.invalidate_function(function)?;
            Ok((Some(prefix), function.to_owned()))
        }
        _ => {
            store.cache.invalidate_function(name)?;
            Ok((store.prefix.clone(), name.to_owned()))
        }
    }
}

impl fmt::Display for Forgotten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.key, self.found) {
            (Some(key), Some(true)) => return write!(f, "{key} is forgotten"),
            (Some(key), _) => return write!(f, "nothing was stored under {key}"),
            _ => {}
        }
        match (&self.tag, &self.function) {
            (Some(tag), _) => write!(f, "whatever had the tag {tag}")?,
            (None, Some(function)) => write!(f, "whatever {function} had stored")?,
            (None, None) => write!(f, "everything")?,
        }
        match &self.prefix {
            Some(prefix) => write!(f, " in caches with the prefix {prefix} is forgotten"),
            None => write!(f, " in caches without a prefix is forgotten\n{OTHERS}"),
        }
    }
}

/// Whoever left the prefix out by mistake sees it here alone: nobody counts what a group has.
const OTHERS: &str = "caches with a prefix keep theirs: name it behind the URL";
