use crate::cache::Cache;
use crate::codec::{Codec, CodecError, Compressor, Serializer};
use crate::error::{Error, ErrorKind};
use crate::key::Escape;
use crate::lifetime::Lifetime;
use crate::near::{Near, Nearness};
use crate::observer::Observer;
use crate::resilience::{OPERATION_LIMIT, TimeLimits};
use cache_memoize_core::{Backend, Key};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The lifetime of entries where nothing else is said.
const DEFAULT_TTL: Duration = Duration::from_secs(300);

/// How long callers wait for the computation of another where nothing else is said: longer than a request
/// should take, and no more than an operator can watch.
const WAIT_LIMIT: Duration = Duration::from_secs(30);

/// The longest prefix: it leaves room for the head of a long key and its hash.
const MAX_PREFIX: usize = 100;

/// The checked settings of a cache.
pub(crate) struct Settings {
    pub(crate) backend: Option<Backend>,
    pub(crate) prefix: String,
    pub(crate) default_ttl: Lifetime,
    pub(crate) wait_limit: Duration,
    pub(crate) limits: TimeLimits,
    pub(crate) near: Option<Nearness>,
    pub(crate) is_strict: bool,
    pub(crate) codec: Option<Codec>,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
}

impl Settings {
    /// The default settings for this backend.
    pub(crate) fn of(backend: Option<Backend>) -> Self {
        let codec = default_serializer().and_then(|it| Codec::new(it, Compressor::default()).ok());
        let default_ttl = Lifetime::of(DEFAULT_TTL);
        Self {
            backend,
            prefix: String::new(),
            default_ttl,
            wait_limit: WAIT_LIMIT,
            limits: TimeLimits::of(OPERATION_LIMIT, None),
            near: None,
            is_strict: false,
            codec,
            observers: Vec::new(),
        }
    }
}

/// The settings of a [`Cache`] to be.
///
/// ```
/// use cache_memoize::{Cache, Memory};
/// use std::time::Duration;
///
/// let cache = Cache::builder()
///     .backend(Memory::builder().max_entries(50_000).build())
///     .prefix("symbols")
///     .default_ttl(Duration::from_secs(60))
///     .build()?;
/// # Ok::<(), cache_memoize::Error>(())
/// ```
#[must_use = "a builder builds a cache with `build`"]
pub struct CacheBuilder {
    backend: Option<Backend>,
    serializer: Option<Serializer>,
    compressor: Compressor,
    plain: bool,
    prefix: String,
    default_ttl: Duration,
    wait_limit: Duration,
    timeout: Option<Duration>,
    call_timeout: Option<Duration>,
    near: Option<Near>,
    strict: bool,
    observers: Vec<Arc<dyn Observer>>,
}

impl CacheBuilder {
    pub(crate) fn new() -> Self {
        Self {
            backend: None,
            serializer: None,
            compressor: Compressor::default(),
            plain: false,
            prefix: String::new(),
            default_ttl: DEFAULT_TTL,
            wait_limit: WAIT_LIMIT,
            timeout: None,
            call_timeout: None,
            near: None,
            strict: false,
            observers: Vec::new(),
        }
    }

    /// Where entries live. Without a backend the cache keeps nothing.
    pub fn backend(mut self, backend: impl Into<Backend>) -> Self {
        self.backend = Some(backend.into());
        self
    }

    /// How values become bytes, for backends that take bytes. Default: MessagePack. [`Memory`](crate::Memory)
    /// keeps values as they are, and needs none.
    ///
    /// Entries say which serializer wrote them, so that a change orphans nothing; but for those in
    /// [`plain`](Self::plain) mode.
    pub fn serializer(mut self, serializer: Serializer) -> Self {
        self.serializer = Some(serializer);
        self
    }

    /// How bytes become fewer, for backends that take bytes. Default: not at all. In
    /// [`Memory`](crate::Memory) nothing is compressed.
    ///
    /// Entries say which compressor wrote them, so that a change orphans nothing; but for those in
    /// [`plain`](Self::plain) mode.
    pub fn compressor(mut self, compressor: Compressor) -> Self {
        self.compressor = compressor;
        self
    }

    /// Whether an entry is exactly `compressor(serializer(value))`, for programs in other languages to read
    /// and write. Default: no, and entries are in an envelope that only this library writes. For backends
    /// that take bytes, as the serializer and the compressor are.
    ///
    /// ```
    /// # #[cfg(all(feature = "msgpack", feature = "zlib", feature = "memory"))] {
    /// use cache_memoize::{Cache, Compressor, Serializer};
    ///
    /// let cache = Cache::builder()
    ///     .serializer(Serializer::MessagePack)
    ///     .compressor(Compressor::zlib())
    ///     .plain(true)
    ///     .prefix("shared-1");
    /// # }
    /// ```
    ///
    /// The compressor is always applied, whatever [`Compressor::above`] says and whether the value becomes
    /// smaller or not. [`Serializer::Postcard`](Serializer) is refused, and so is a custom compressor that
    /// [needs the length](crate::CustomCompressor::needs_length).
    ///
    /// # What is lost with the envelope
    ///
    /// - **A change of the type** is noticed only as far as its `Deserialize` notices: a missing field is,
    ///   a new meaning of an old one is not. Raise `version` in the attribute when a type changes.
    /// - **Damage** is noticed only as far as the compressor notices: zlib, gzip and lzma have a checksum, the
    ///   others have none. Nothing tells that an entry belongs to another key.
    /// - **A change of settings** makes every entry a miss that was written with others. With or without
    ///   `plain` that is certain. With another serializer or compressor it is not: `7` in JSON is `55` in
    ///   MessagePack. Change the [`prefix`](Self::prefix) together with these.
    /// - **Lifetimes** are kept by the store alone, to the unit in which it counts; the copies in a
    ///   [near tier](Self::near) live for the whole TTL of that tier, and so may outlive the entry by as much.
    /// - **Layers of `Option`** are not counted: a `Some(None)` is refused, and its function computes again.
    /// - **The age of an entry** is unknown. After an outage that kept more than 65,536 invalidations from
    ///   the store, this process trusts no plain entry any more, until it starts anew.
    ///
    /// [The format](https://github.com/cache-memoize/cache-memoize/blob/main/docs/entry-format.md) tells
    /// other languages how to read and write such entries, and what a program that writes them has to heed.
    pub fn plain(mut self, plain: bool) -> Self {
        self.plain = plain;
        self
    }

    /// What every key begins with, so that several caches can share one store. At most 100 bytes.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The lifetime of entries whose function says none. Default: 300 s. `Duration::MAX` is for ever.
    pub fn default_ttl(mut self, ttl: Duration) -> Self {
        self.default_ttl = ttl;
        self
    }

    /// How long a caller waits for the computation of another at most; then one of those who wait computes
    /// too. Default: 30 s. `Duration::MAX` is without end.
    ///
    /// It is what ends a wait for a future that nobody polls any more, and for a computation that itself
    /// waits for one of its followers. A function that takes longer than this runs more often than it would
    /// have to, at most once more per limit.
    pub fn wait_limit(mut self, limit: Duration) -> Self {
        self.wait_limit = limit;
        self
    }

    /// Keeps copies of what the store has in this process, in front of it: see [`Near`]. Default: none. A
    /// backend that keeps values as they are, as [`Memory`](crate::Memory) does, needs none and has none.
    pub fn near(mut self, near: Near) -> Self {
        self.near = Some(near);
        self
    }

    /// Whether functions tell their callers that the store failed, instead of computing. Default: no.
    ///
    /// Only a function can that returns a `Result` whose error is `From<`[`Error`]`>`, as `Box<dyn Error +
    /// Send + Sync>` is: while the store does not answer, it gives such an error and does not run. All others
    /// compute, as they do without this. What companions tell is the same in either case.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// How long one operation of the store may take. Default: 250 ms. What takes longer has failed: the
    /// function computes, a companion gives an error. `Duration::MAX` is without end.
    ///
    /// A blocking store keeps the limit by itself: it is told of it when the cache is built. One of a third
    /// party may take as long as it documents.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// How long a call may spend on the store, without the function itself. Default: three times the
    /// [`timeout`](Self::timeout), which is a look, a lease and a fill that all take as long as they may. An
    /// operation that might not be done by then does not begin.
    pub fn call_timeout(mut self, limit: Duration) -> Self {
        self.call_timeout = Some(limit);
        self
    }

    /// Is told what happens. Every observer that is given is told, in the order in which they were given.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Builds the cache. Nothing is connected yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a setting that cannot be.
    pub fn build(self) -> Result<Cache, Error> {
        self.check()?;
        let serializer = self.serializer.or_else(default_serializer);
        let codec = serializer.map(|serializer| codec(serializer, self.compressor, self.plain));
        let codec = codec.transpose().map_err(|error| wrong(error.to_string()))?;
        if codec.is_none()
            && self.backend.as_ref().is_some_and(|backend| backend.objects().is_none())
        {
            return Err(wrong(
                "no serializer: choose one, or enable the feature `msgpack`".to_owned(),
            ));
        }
        let prefix = escaped(&self.prefix);
        let near = self.near.zip(self.backend.as_ref());
        Ok(Cache::from_settings(Settings {
            near: near.and_then(|(near, backend)| near.before(backend, &prefix)),
            is_strict: self.strict,
            limits: limits(self.timeout, self.call_timeout, self.backend.as_ref()),
            backend: self.backend,
            prefix,
            default_ttl: Lifetime::of(self.default_ttl),
            wait_limit: self.wait_limit,
            codec,
            observers: self.observers,
        }))
    }

    fn check(&self) -> Result<(), Error> {
        if self.default_ttl.is_zero() {
            return Err(wrong(
                "the default TTL is zero: give a lifetime, or `Cache::disabled()`".to_owned(),
            ));
        }
        if self.timeout.is_some_and(|limit| limit.is_zero()) {
            return Err(wrong(
                "the timeout is zero: give the store some time, 250 ms if in doubt".to_owned(),
            ));
        }
        let operation = self.timeout.unwrap_or(OPERATION_LIMIT);
        if self.call_timeout.is_some_and(|call| call < operation) {
            return Err(wrong(format!(
                "the call_timeout is shorter than the timeout of {operation:?}, so that the store would never be asked: \
                 make it longer, or the timeout shorter"
            )));
        }
        self.near.as_ref().map_or(Ok(()), |near| near.check().map_err(wrong))?;
        if escaped(&self.prefix).len() > MAX_PREFIX {
            let length = self.prefix.len();
            return Err(wrong(format!(
                "the prefix has {length} bytes; at most {MAX_PREFIX} of a key's {} are for it, and what is not \
                 visible ASCII counts three times",
                Key::MAX_LEN
            )));
        }
        Ok(())
    }
}

impl fmt::Debug for CacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBuilder")
            .field("backend", &self.backend)
            .field("prefix", &self.prefix)
            .field("default_ttl", &self.default_ttl)
            .finish_non_exhaustive()
    }
}

/// How long the store may take. It is told only what somebody said: it has a limit of its own, which may have
/// been set where it was opened.
fn limits(
    operation: Option<Duration>,
    call: Option<Duration>,
    backend: Option<&Backend>,
) -> TimeLimits {
    if let Some((limit, store)) = operation.zip(backend.and_then(Backend::store)) {
        store.limit_time(limit);
    }
    TimeLimits::of(operation.unwrap_or(OPERATION_LIMIT), call)
}

/// How keys begin: the prefix, and a bar that no other part of a key holds unescaped.
fn escaped(prefix: &str) -> String {
    let mut escaped = String::new();
    if !prefix.is_empty() {
        Escape::Prefix.each_piece(prefix, |piece| escaped.push_str(piece));
        escaped.push('|');
    }
    escaped
}

fn codec(serializer: Serializer, compressor: Compressor, plain: bool) -> Result<Codec, CodecError> {
    let codec = Codec::new(serializer, compressor)?;
    if plain { codec.plain() } else { Ok(codec) }
}

fn default_serializer() -> Option<Serializer> {
    #[cfg(feature = "msgpack")]
    return Some(Serializer::default());
    #[cfg(not(feature = "msgpack"))]
    return None;
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::Configuration, "build", what)
}
