//! The settings of a cache as text has them: a URL, a configuration file, the environment.

mod file;
mod span;
mod stores;

use crate::builder::CacheBuilder;
use crate::cache::Cache;
use crate::codec::{Compressor, Serializer};
use crate::error::{Error, ErrorKind};
use crate::near::Near;
use cache_memoize_core::StoreUrl;
use serde::{Deserialize, Serialize};
pub use span::Span;
use std::fmt;
use std::str::FromStr;

/// The settings of a [`Cache`] as a URL or a configuration file has them.
///
/// Each of them can be said in the URL as a parameter of the same name, or in a field here, but not in both.
///
/// ```
/// use cache_memoize::{Cache, CacheConfig};
///
/// let cache = Cache::from_url("memory:?prefix=symbols&ttl=5m&max_entries=50000")?;
///
/// let config = CacheConfig { url: "memory:".into(), ttl: Some("5m".parse()?), ..CacheConfig::default() };
/// let cache = config.build()?;
/// # Ok::<(), cache_memoize::Error>(())
/// ```
///
/// # URLs
///
/// | URL | store | feature |
/// |---|---|---|
/// | `memory:` | in this process | `memory` |
/// | `redis://user:password@host:6379/0` | Redis | `redis` |
/// | `rediss://host` | the same by TLS | `redis`, `tls` |
/// | `redis+unix:///run/redis.sock?db=1` | the same by a Unix socket | `redis` |
/// | `redis+cluster://a,b,c` | a Redis Cluster, by some of its nodes | `redis` |
/// | `redis+sentinel://a:26379,b/master` | a Redis behind Sentinels | `redis` |
/// | `memcached://a,b` | one memcached server or several | `memcached` |
/// | `memcached+unix:///run/memcached.sock` | the same by a Unix socket | `memcached` |
/// | `none:` | none: every function computes | |
///
/// `memory:` takes `max_entries` and `max_bytes` besides; what the servers take is said at
/// [`Redis`](crate::Redis) and [`Memcached`](crate::Memcached). A parameter that nobody knows is an error.
/// Async functions need the feature `tokio` with Redis and memcached, and a tokio runtime with timers and sockets.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
pub struct CacheConfig {
    /// Where the store is. Empty is `memory:`.
    pub url: String,
    /// `msgpack`, `json` or `postcard`. Default: `msgpack`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serializer: Option<String>,
    /// `none`, `zlib`, `gzip`, `zstd`, `lz4` or `lzma`. Default: `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressor: Option<String>,
    /// How much trouble the compressor takes. Default: its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compress_level: Option<i32>,
    /// Values of up to this many bytes are not compressed. Default: 1024.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compress_above: Option<usize>,
    /// Whether entries are written without an envelope, for other languages: see
    /// [`CacheBuilder::plain`]. Default: `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain: Option<bool>,
    /// What every key begins with. Default: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The lifetime of entries whose function says none. Default: 300 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Span>,
    /// How many copies are kept in this process in front of the store. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<usize>,
    /// How long such a copy lives at most. Default: 5 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near_ttl: Option<Span>,
    /// How long one operation of the store may take. Default: 250 ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// How long a call may spend on the store. Default: three times the `timeout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_timeout: Option<Span>,
    /// How long a caller waits for the computation of another at most. Default: 30 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_limit: Option<Span>,
    /// Whether functions that can do so tell that the store failed, instead of computing. Default: `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

impl CacheConfig {
    /// Builds the cache. Nothing is connected yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a setting that cannot be, saying what would be right. No message
    /// shows a password.
    pub fn build(&self) -> Result<Cache, Error> {
        let mut url = self.parsed_url()?;
        let said = self.with_parameters(&mut url)?;
        let builder = said.applied(Cache::builder())?;
        stores::opened(builder, url)?.build()
    }

    fn parsed_url(&self) -> Result<StoreUrl, Error> {
        Ok(StoreUrl::parse(if self.url.is_empty() { "memory:" } else { &self.url })?)
    }

    /// The fields, completed by what the URL says.
    fn with_parameters(&self, url: &mut StoreUrl) -> Result<Self, Error> {
        let span = "a time such as `300`, `250ms`, `5m` or `forever`";
        let bytes = "a number of bytes";
        let text = "a text";
        Ok(Self {
            url: String::new(),
            serializer: either(&self.serializer, url, "serializer", text)?,
            compressor: either(&self.compressor, url, "compressor", text)?,
            compress_level: either(&self.compress_level, url, "compress_level", "a whole number")?,
            compress_above: either(&self.compress_above, url, "compress_above", bytes)?,
            plain: either(&self.plain, url, "plain", "`true` or `false`")?,
            prefix: either(&self.prefix, url, "prefix", text)?,
            ttl: either(&self.ttl, url, "ttl", span)?,
            near: either(&self.near, url, "near", "a number of entries")?,
            near_ttl: either(&self.near_ttl, url, "near_ttl", span)?,
            timeout: either(&self.timeout, url, "timeout", span)?,
            call_timeout: either(&self.call_timeout, url, "call_timeout", span)?,
            wait_limit: either(&self.wait_limit, url, "wait_limit", span)?,
            strict: either(&self.strict, url, "strict", "`true` or `false`")?,
        })
    }

    fn applied(&self, mut builder: CacheBuilder) -> Result<CacheBuilder, Error> {
        if let Some(serializer) = self.chosen_serializer()? {
            builder = builder.serializer(serializer);
        }
        if let Some(compressor) = self.chosen_compressor()? {
            builder = builder.compressor(compressor);
        }
        if let Some(near) = self.chosen_near()? {
            builder = builder.near(near);
        }
        if let Some(plain) = self.plain {
            builder = builder.plain(plain);
        }
        if let Some(prefix) = &self.prefix {
            builder = builder.prefix(prefix);
        }
        if let Some(ttl) = self.ttl {
            builder = builder.default_ttl(ttl.into());
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout.into());
        }
        if let Some(timeout) = self.call_timeout {
            builder = builder.call_timeout(timeout.into());
        }
        if let Some(limit) = self.wait_limit {
            builder = builder.wait_limit(limit.into());
        }
        if let Some(strict) = self.strict {
            builder = builder.strict(strict);
        }
        Ok(builder)
    }

    fn chosen_serializer(&self) -> Result<Option<Serializer>, Error> {
        let Some(name) = &self.serializer else { return Ok(None) };
        let known = ["msgpack", "json", "postcard"];
        Serializer::from_name(name).map(Some).ok_or_else(|| unknown("serializer", name, &known))
    }

    fn chosen_compressor(&self) -> Result<Option<Compressor>, Error> {
        let Some(name) = &self.compressor else {
            return match (self.compress_level, self.compress_above) {
                (None, None) => Ok(None),
                (Some(_), _) => Err(lacks("compress_level", "compressor", "zlib")),
                (None, Some(_)) => Err(lacks("compress_above", "compressor", "zlib")),
            };
        };
        let known = ["none", "zlib", "gzip", "zstd", "lz4", "lzma"];
        let compressor = Compressor::from_name(name);
        let mut compressor = compressor.ok_or_else(|| unknown("compressor", name, &known))?;
        if let Some(level) = self.compress_level {
            compressor = compressor.level(level);
        }
        if let Some(bytes) = self.compress_above {
            compressor = compressor.above(bytes);
        }
        Ok(Some(compressor))
    }

    fn chosen_near(&self) -> Result<Option<Near>, Error> {
        match (self.near, self.near_ttl) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(lacks("near_ttl", "near", "10000")),
            (Some(entries), None) => Ok(Some(Near::entries(entries))),
            (Some(entries), Some(ttl)) => Ok(Some(Near::entries(entries).ttl(ttl.into()))),
        }
    }
}

impl Cache {
    /// The cache that a URL describes; see [`CacheConfig`] for what it may say.
    ///
    /// ```
    /// # use cache_memoize::Cache;
    /// let cache = Cache::from_url("memory:?max_entries=50000&prefix=symbols")?;
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`CacheConfig::build`].
    pub fn from_url(url: &str) -> Result<Self, Error> {
        CacheConfig { url: url.to_owned(), ..CacheConfig::default() }.build()
    }
}

impl fmt::Debug for CacheConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.parsed_url().map_or("(no URL)".to_owned(), |url| url.to_string());
        f.debug_struct("CacheConfig").field("url", &url).finish_non_exhaustive()
    }
}

/// What the field or the parameter of this name says.
fn either<T: FromStr + Clone>(
    field: &Option<T>,
    url: &mut StoreUrl,
    name: &'static str,
    what: &str,
) -> Result<Option<T>, Error> {
    match (field, url.take_as(name, what)?) {
        (Some(_), Some(_)) => {
            Err(wrong(format!("`{name}` is said in the URL and beside it: leave one out")))
        }
        (said, None) => Ok(said.clone()),
        (None, said) => Ok(said),
    }
}

/// A name that there is not, or that a feature would bring.
fn unknown(what: &str, name: &str, known: &[&str]) -> Error {
    wrong(match known.contains(&name) {
        true => format!("the {what} `{name}` needs the feature {}: enable it", feature(name)),
        false => format!("there is no {what} `{name}`: it is one of `{}`", known.join("`, `")),
    })
}

fn feature(name: &str) -> String {
    let feature = if name == "gzip" { "zlib" } else { name };
    format!("`{feature}`")
}

fn lacks(said: &str, lacking: &str, example: &str) -> Error {
    wrong(format!("`{said}` says nothing without `{lacking}`: add `{lacking}={example}`"))
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::Configuration, "open", what)
}
