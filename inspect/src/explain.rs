//! What is known of one entry.

use crate::entry::Entry;
use crate::outcome::Failure;
use crate::store::Opened;
use cache_memoize::Key;
use serde::Serialize;
use std::fmt;

/// An entry, and how the library itself tells of it.
#[derive(Serialize)]
pub(crate) struct Told {
    command: &'static str,
    store: String,
    entry: Entry,
    #[serde(skip)]
    text: String,
}

pub(crate) fn explain(store: &Opened, key: &str) -> Result<Told, Failure> {
    let key = key_of(key)?;
    let Some(explained) = store.cache.explain(key.clone())? else {
        return Err(Failure::not_found(format!(
            "nothing is stored under {key}; `list` tells what is"
        )));
    };
    let text = explained.to_string();
    let entry = Entry::new(explained, store);
    Ok(Told { command: "explain", store: store.shown.clone(), entry, text })
}

/// A key as it was typed.
pub(crate) fn key_of(text: &str) -> Result<Key, Failure> {
    Key::new(text).map_err(|why| {
        Failure::usage(format!("this is no key: {why}; copy one from `list`, in single quotes"))
    })
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
