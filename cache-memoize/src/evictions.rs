//! Tells observers what the stores in this process evict.

use crate::near::Nearness;
use crate::observer::{Event, EventKind, Observer, Tier};
use cache_memoize_core::{Backend, KeyRef, ObjectStore, Subscription};
use std::sync::Arc;

/// What events name as the function where the store does something by itself.
const BY_STORE: &str = "(store)";

/// Tells `observers` of evictions in the tiers of a cache whose keys begin with `prefix`, as long as the
/// subscriptions live.
pub(crate) fn told(
    observers: &Arc<[Arc<dyn Observer>]>,
    backend: Option<&Backend>,
    near: Option<&Nearness>,
    prefix: &str,
) -> Vec<Subscription> {
    let store = backend.and_then(Backend::objects).map(|objects| (&**objects, Tier::Store));
    let near = near.map(|near| (near.tier(), Tier::Near));
    let tiers = near.into_iter().chain(store);
    tiers.filter_map(|(objects, tier)| told_of(observers, objects, prefix, tier)).collect()
}

/// Tells `observers` of evictions among the keys that begin with `prefix`, as long as the subscription lives.
/// Where nobody observes, the store is not asked to tell.
pub(crate) fn told_of(
    observers: &Arc<[Arc<dyn Observer>]>,
    objects: &dyn ObjectStore,
    prefix: &str,
    tier: Tier,
) -> Option<Subscription> {
    if observers.is_empty() {
        return None;
    }
    let observers = observers.clone();
    let told = move |key: KeyRef<'_>| {
        let event = Event { function: BY_STORE, key, kind: EventKind::Evicted { tier } };
        observers.iter().for_each(|observer| observer.observe(&event));
    };
    Some(objects.watch_evictions(prefix, Box::new(told)))
}
