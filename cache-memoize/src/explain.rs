//! What is known of an entry without reading its value.

use crate::cache::Cache;
use crate::call::Call;
use crate::codec::Unreadable;
use crate::entry_key::EntryKey;
use crate::error::Error;
use crate::observer::Tier;
use cache_memoize_core::Key;
use std::fmt;
use std::time::Duration;

/// What is known of an entry, whatever type its value has: see [`Cache::explain`]. Displays as a few aligned
/// lines, of what is known alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The key under which it lives.
    pub key: Key,
    /// The name of the backend, such as `"redis"`.
    pub backend: &'static str,
    /// Where it was found, the nearest first.
    pub tiers: Vec<Tier>,
    /// How it lies there. In two tiers, how it lies in the store.
    pub form: EntryForm,
    /// How long ago it was computed.
    pub age: Option<Duration>,
    /// How long it will be fresh.
    pub time_left: Option<TimeLeft>,
    /// How long computing it took.
    pub cost: Option<Duration>,
    /// The size of the serialized value, in bytes.
    pub size: Option<usize>,
    /// The size of the same in the store, compressed if that made it smaller, and without an envelope.
    pub stored_size: Option<usize>,
    /// The name of the serializer; its number, where this program does not have it.
    pub serializer: Option<String>,
    /// The name of the compressor, likewise; `none` where the value was not compressed.
    pub compressor: Option<String>,
    /// Its tags, as they are written in keys: with `%` and two hexadecimal digits for what no key may hold.
    pub tags: Vec<String>,
    /// Why it counts as absent although it is there. Whether its type is the one that a function returns is not
    /// known here.
    pub unreadable: Option<String>,
}

/// How an entry lies in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryForm {
    /// A value as it is, in this process. Nothing but its key is known, not even whether one of its groups was
    /// invalidated.
    Object,
    /// In an envelope, which says all there is to say.
    Envelope,
    /// As other languages write it, of which nothing but the sizes is known.
    /// See [`plain`](crate::CacheBuilder::plain).
    Plain,
    /// Bytes that this cache cannot read.
    Unknown,
}

/// How long an entry will be fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLeft {
    /// So long.
    Fresh(Duration),
    /// Until it is removed or evicted.
    Forever,
    /// It has not been fresh for so long, and is kept for the options that serve old values.
    Over(Duration),
}

impl Cache {
    /// What is known of the entry under `key`, whatever type its value has; `None` if there is none. One round
    /// trip.
    ///
    /// ```
    /// use cache_memoize::{Cache, EntryForm, cache_memoize, caches};
    ///
    /// #[cache_memoize(ttl = 300)]
    /// fn square(number: u64) -> u64 {
    ///     number * number
    /// }
    ///
    /// square(7);
    /// let cache = caches::get("default").expect("it always exists");
    /// let explained = cache.explain(cache_key_square(7))?.expect("it was stored");
    /// assert_eq!(explained.form, EntryForm::Object);
    /// assert!(explained.to_string().contains("square(7)"));
    /// # Ok::<(), cache_memoize::Error>(())
    /// ```
    ///
    /// To ask is no hit, for the statistics, for observers and for the options of a function.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if the store failed.
    pub fn explain(&self, key: impl EntryKey) -> Result<Option<Explained>, Error> {
        self.asked_about(&key).explain()
    }

    /// [`explain`](Self::explain), async.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub async fn explain_async(&self, key: impl EntryKey) -> Result<Option<Explained>, Error> {
        self.asked_about(&key).explain_async().await
    }

    fn asked_about(&self, key: &impl EntryKey) -> Call {
        Call::by_hand(self.clone(), key.entry_key(self.prefix()).0)
    }
}

impl Explained {
    /// An entry of which nothing is known but where it lies, and how.
    pub(crate) fn new(key: Key, backend: &'static str, tier: Tier, form: EntryForm) -> Self {
        Self {
            key,
            backend,
            tiers: vec![tier],
            form,
            age: None,
            time_left: None,
            cost: None,
            size: None,
            stored_size: None,
            serializer: None,
            compressor: None,
            tags: Vec::new(),
            unreadable: None,
        }
    }

    /// Says why the entry counts as absent, if it does.
    pub(crate) fn with_obstacle(mut self, obstacle: Option<&Unreadable>) -> Self {
        self.unreadable = obstacle.map(Unreadable::to_string);
        self
    }

    fn place(&self) -> String {
        match self.tiers.as_slice() {
            [Tier::Near, Tier::Store] => format!("{}, with a copy in the near tier", self.backend),
            [Tier::Near] => format!("the near tier alone, and not in {}", self.backend),
            _ => self.backend.to_owned(),
        }
    }

    fn sizes(&self) -> Option<String> {
        match (self.size, self.stored_size?) {
            (Some(size), stored) if size == stored => Some(format!("{size} bytes")),
            (Some(size), stored) => Some(format!("{size} bytes, compressed to {stored}")),
            (None, stored) => Some(format!("{stored} bytes in the store")),
        }
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:10}  {}", "key", self.key)?;
        let lines = [
            ("lives in", Some(self.place())),
            ("form", Some(self.form.to_string())),
            ("age", self.age.map(rounded)),
            ("time left", self.time_left.map(|left| left.to_string())),
            ("cost", self.cost.map(rounded)),
            ("size", self.sizes()),
            ("serializer", self.serializer.clone()),
            ("compressor", self.compressor.clone()),
            ("tags", (!self.tags.is_empty()).then(|| self.tags.join(", "))),
            ("unreadable", self.unreadable.clone()),
        ];
        let known = lines.into_iter().filter_map(|(name, what)| Some((name, what?)));
        known.into_iter().try_for_each(|(name, what)| write!(f, "\n{name:10}  {what}"))
    }
}

impl fmt::Display for EntryForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "a value as it is, in this process",
            Self::Envelope => "in an envelope",
            Self::Plain => "plain",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for TimeLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fresh(time) => f.write_str(&rounded(*time)),
            Self::Forever => f.write_str("for ever"),
            Self::Over(time) => write!(f, "none: over for {}", rounded(*time)),
        }
    }
}

fn rounded(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}
