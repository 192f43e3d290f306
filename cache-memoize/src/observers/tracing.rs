use crate::observer::{Event, EventKind, Observer};
use ::tracing::{debug, info, trace, warn};

/// Tells the current [`tracing`](https://docs.rs/tracing) subscriber what happens.
///
/// The target is `cache_memoize`, and the message the [name](EventKind::name) of the event.
///
/// | level | events |
/// |---|---|
/// | `TRACE` | `hit`, `coalesced` |
/// | `DEBUG` | `miss`, `stale_served`, `refreshed`, `stored`, `invalidated`, `evicted` |
/// | `INFO` | `fenced_off`, `store_up` |
/// | `WARN` | `unreadable`, `unstorable`, `store_fault`, `store_down`, `unsupported` |
///
/// | field | what | of |
/// |---|---|---|
/// | `function` | the path of the function; `(store)` of `evicted` | every event |
/// | `key` | the key of the entry | every event |
/// | `tier` | [where](crate::Tier) the value was | `hit`, `evicted` |
/// | `found` | whether there was an entry | `invalidated` |
/// | `error` | what went wrong, and what to do | every event at `WARN` |
///
/// A value is never among them. A key is: it has the arguments of the call in it, as they are, so that
/// `skip` and `key` decide what a log may hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracing;

/// One event of `tracing`, for one of ours.
macro_rules! tell {
    ($level:ident, $event:ident $(, $($field:tt)+)?) => {
        $level!(
            target: "cache_memoize",
            function = $event.function,
            key = $event.key.as_str(),
            $($($field)+,)?
            "{}",
            $event.kind.name()
        )
    };
}

impl Observer for Tracing {
    fn observe(&self, event: &Event<'_>) {
        match event.kind {
            EventKind::Hit { tier } => tell!(trace, event, tier = tier.name()),
            EventKind::Coalesced => tell!(trace, event),
            EventKind::Miss | EventKind::StaleServed | EventKind::Refreshed | EventKind::Stored => {
                tell!(debug, event)
            }
            EventKind::Evicted { tier } => tell!(debug, event, tier = tier.name()),
            EventKind::Invalidated { found } => tell!(debug, event, found),
            EventKind::FencedOff | EventKind::StoreUp => tell!(info, event),
            EventKind::Unreadable { reason } | EventKind::Unstorable { reason } => {
                tell!(warn, event, error = %reason);
            }
            EventKind::StoreFault { error } | EventKind::StoreDown { error } => {
                tell!(warn, event, error = %error);
            }
            EventKind::Unsupported { reason } => tell!(warn, event, error = reason),
        }
    }
}
