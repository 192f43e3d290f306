use crate::observer::{Event, EventKind, Observer, Tier};
use ::metrics::{Label, SharedString, counter, describe_counter};
use cache_memoize_core::StoreErrorKind;

/// Counts what happens by the recorder of the program, through the facade
/// [`metrics`](https://docs.rs/metrics).
///
/// | counter | counts | labels |
/// |---|---|---|
/// | `cache_memoize_hits_total` | calls answered with what was stored | `function`, `tier` |
/// | `cache_memoize_coalesced_total` | calls answered with what another caller computed meanwhile | `function` |
/// | `cache_memoize_misses_total` | calls that found nothing, and computed | `function` |
/// | `cache_memoize_stale_total` | calls answered with an old value | `function` |
/// | `cache_memoize_refreshed_total` | values computed anew though there was one to serve | `function` |
/// | `cache_memoize_stored_total` | values stored | `function` |
/// | `cache_memoize_fenced_off_total` | values not stored, since something newer overtook them | `function` |
/// | `cache_memoize_invalidated_total` | invalidations, whether or not there was an entry | `function` |
/// | `cache_memoize_evicted_total` | entries that a store in this process let go to make room for others | `tier` |
/// | `cache_memoize_faults_total` | faults, a lasting one once: see [`EventKind::StoreFault`] | `function`, `kind` |
/// | `cache_memoize_store_down_total` | times that a store, or a server of it, began to be left alone | |
/// | `cache_memoize_store_up_total` | times that it answered again | |
///
/// | label | values |
/// |---|---|
/// | `function` | the paths of the annotated functions, and `(by hand)` |
/// | `tier` | `near`, `store` |
/// | `kind` | `unreadable`, `unstorable`, `unsupported`; of the store `unavailable`, `timeout`, `too_large`, `denied`, `protocol`, `wrong_type`, `configuration`, `other` |
/// | `cache` | what [`cache`](Self::cache) was given; otherwise there is no such label |
///
/// So there are as many time series as the program has functions, times a small number. No key and no value
/// is ever a label.
///
/// An event costs what the recorder takes to find a counter by its name and labels, and one allocation.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    cache: Option<SharedString>,
}

const HITS: &str = "cache_memoize_hits_total";
const COALESCED: &str = "cache_memoize_coalesced_total";
const MISSES: &str = "cache_memoize_misses_total";
const STALE: &str = "cache_memoize_stale_total";
const REFRESHED: &str = "cache_memoize_refreshed_total";
const STORED: &str = "cache_memoize_stored_total";
const FENCED_OFF: &str = "cache_memoize_fenced_off_total";
const INVALIDATED: &str = "cache_memoize_invalidated_total";
const EVICTED: &str = "cache_memoize_evicted_total";
const FAULTS: &str = "cache_memoize_faults_total";
const STORE_DOWN: &str = "cache_memoize_store_down_total";
const STORE_UP: &str = "cache_memoize_store_up_total";

const DESCRIPTIONS: [(&str, &str); 12] = [
    (HITS, "Calls answered with what was stored"),
    (COALESCED, "Calls answered with what another caller computed meanwhile"),
    (MISSES, "Calls that found nothing, and computed"),
    (STALE, "Calls answered with an old value"),
    (REFRESHED, "Values computed anew though there was one to serve"),
    (STORED, "Values stored"),
    (FENCED_OFF, "Values not stored, since something newer overtook them"),
    (INVALIDATED, "Invalidations, whether or not there was an entry"),
    (EVICTED, "Entries that a store in this process let go to make room for others"),
    (FAULTS, "Faults, a lasting one once"),
    (STORE_DOWN, "Times that a store, or a server of it, began to be left alone"),
    (STORE_UP, "Times that a store, or a server of it, answered again"),
];

impl Metrics {
    /// Counters without the label `cache`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the label `cache` with this value to every counter, to tell the caches of a program apart.
    #[must_use]
    pub fn cache(mut self, name: impl Into<String>) -> Self {
        self.cache = Some(SharedString::from_shared(name.into().into()));
        self
    }

    /// Tells the recorder of the program what each counter counts. For once, when the recorder is installed.
    pub fn describe() {
        for (name, description) in DESCRIPTIONS {
            describe_counter!(name, description);
        }
    }

    fn count(&self, name: &'static str, mut labels: Vec<Label>) {
        labels.extend(self.cache.iter().map(|cache| Label::new("cache", cache.clone())));
        counter!(name, labels).increment(1);
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event<'_>) {
        let function = || Label::from_static_parts("function", event.function);
        let count = |name| self.count(name, vec![function()]);
        let of_tier = |tier: Tier| Label::from_static_parts("tier", tier.name());
        let fault = |kind| {
            self.count(FAULTS, vec![function(), Label::from_static_parts("kind", kind)]);
        };
        match event.kind {
            EventKind::Hit { tier } => self.count(HITS, vec![function(), of_tier(tier)]),
            EventKind::Evicted { tier } => self.count(EVICTED, vec![of_tier(tier)]),
            EventKind::Coalesced => count(COALESCED),
            EventKind::Miss => count(MISSES),
            EventKind::StaleServed => count(STALE),
            EventKind::Refreshed => count(REFRESHED),
            EventKind::Stored => count(STORED),
            EventKind::FencedOff => count(FENCED_OFF),
            EventKind::Invalidated { .. } => count(INVALIDATED),
            EventKind::Unreadable { .. }
            | EventKind::Unstorable { .. }
            | EventKind::Unsupported { .. } => fault(event.kind.name()),
            EventKind::StoreFault { error } => fault(name_of(error.kind())),
            EventKind::StoreDown { .. } => self.count(STORE_DOWN, Vec::new()),
            EventKind::StoreUp => self.count(STORE_UP, Vec::new()),
        }
    }
}

fn name_of(kind: StoreErrorKind) -> &'static str {
    match kind {
        StoreErrorKind::Unavailable => "unavailable",
        StoreErrorKind::Timeout => "timeout",
        StoreErrorKind::TooLarge => "too_large",
        StoreErrorKind::Denied => "denied",
        StoreErrorKind::Protocol => "protocol",
        StoreErrorKind::WrongType => "wrong_type",
        StoreErrorKind::Unsupported => "unsupported",
        StoreErrorKind::Configuration => "configuration",
        _ => "other",
    }
}
