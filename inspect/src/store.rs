//! The store that was named, as a cache.

use crate::outcome::Failure;
use crate::progress::Progress;
use cache_memoize::core::StoreUrl;
use cache_memoize::{Cache, CacheConfig, Error};
use std::time::Duration;

/// A store, and how it is told of.
pub(crate) struct Opened {
    pub(crate) cache: Cache,
    /// The URL without what is secret in it.
    pub(crate) shown: String,
    /// The prefix of the cache, where one is known.
    pub(crate) prefix: Option<String>,
    pub(crate) is_json: bool,
    url: String,
}

/// Nobody's request waits for a command, and a page of a large store may take its time.
const TIMEOUT: Duration = Duration::from_secs(5);

impl Opened {
    pub(crate) fn open(
        given: &str,
        prefix: Option<String>,
        is_json: bool,
    ) -> Result<Self, Failure> {
        let url = match given.strip_prefix("env:") {
            Some(name) => std::env::var(name)
                .map_err(|_| Failure::usage(format!("the variable `{name}` holds no URL")))?,
            None => given.to_owned(),
        };
        let parsed = StoreUrl::parse(&url).map_err(Error::from)?;
        let prefix = prefix.map(|prefix| prefix.trim_end_matches('|').to_owned());
        let cache = cache(&url, &parsed, prefix.clone())?;
        let prefix = prefix.or_else(|| parsed.clone().take("prefix"));
        let prefix = prefix.filter(|prefix| !prefix.is_empty());
        Ok(Self { cache, shown: shown(&parsed), prefix, is_json, url })
    }

    /// The same store with another prefix.
    pub(crate) fn with_prefix(&self, prefix: String) -> Result<Self, Failure> {
        Self::open(&self.url, Some(prefix), self.is_json)
    }

    /// A bar for something that goes over so many names, where somebody sees it.
    pub(crate) fn progress(&self, names: Option<u64>) -> Progress {
        Progress::new(names, !self.is_json)
    }
}

fn cache(url: &str, parsed: &StoreUrl, prefix: Option<String>) -> Result<Cache, Error> {
    let has_timeout = parsed.clone().take("timeout").is_some();
    let timeout = (!has_timeout).then(|| TIMEOUT.into());
    CacheConfig { url: url.to_owned(), prefix, timeout, ..CacheConfig::default() }.build()
}

fn shown(url: &StoreUrl) -> String {
    match (url.hosts(), url.path()) {
        ([], "") => format!("{}:", url.scheme()),
        _ => url.to_string(),
    }
}
