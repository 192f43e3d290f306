//! `prefix`: what stands in the key in the place of the function's path.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::cache_memoize;

#[cache_memoize(ttl = 60)]
fn without(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "rates")]
fn rates(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "rates")]
fn rates_elsewhere(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "rates")]
async fn rates_async(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "rates")]
fn rates_as_text(id: u32) -> String {
    fresh(id).to_string()
}

#[cache_memoize(ttl = 60, prefix = "rates of|today(1)")]
fn unusual(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60, prefix = "typed")]
fn typed<T>() -> usize {
    size_of::<T>()
}

#[cache_memoize(ttl = 60, prefix = "typed<u8>")]
fn typed_in_its_prefix() -> usize {
    0
}

#[test]
fn it_replaces_the_path() {
    assert_eq!(cache_key_without(1).as_str(), concat!(module_path!(), "::without(1)"));
    assert_eq!(cache_key_rates(1).as_str(), "rates(1)");
}

#[test]
fn functions_of_one_prefix_share_their_entries() {
    on_every_kind(|kind| {
        let first = rates(1);
        assert_eq!(rates_elsewhere(1), first, "{kind}");
        assert_eq!(block_on(rates_async(1)), first, "{kind}");
        assert!(invalidate_rates_elsewhere(1).expect("it works"), "{kind}");
        assert_ne!(rates(1), first, "{kind}");
    });
}

#[test]
fn what_another_type_stored_is_a_miss() {
    on_every_kind(|kind| {
        let first = rates(1);
        assert_eq!(peek_rates_as_text(1).expect("it works"), None, "{kind}");
        assert_ne!(rates_as_text(1), first.to_string(), "{kind}");
        assert_eq!(peek_rates(1).expect("it works"), None, "{kind}");
    });
}

#[test]
fn no_prefix_can_be_taken_for_another_with_types() {
    assert_eq!(cache_key_typed::<u8>().as_str(), "typed|<u8>()");
    assert_eq!(cache_key_typed_in_its_prefix().as_str(), "typed%3Cu8%3E()");
    on_every_kind(|kind| assert_ne!(typed::<u8>(), typed_in_its_prefix(), "{kind}"));
}

#[test]
fn no_prefix_can_be_taken_for_a_call() {
    let key = cache_key_unusual(1);
    assert_eq!(key.as_str().matches(['|', ' ', '(']).collect::<Vec<_>>(), ["("], "{key}");
    on_every_kind(|_| assert_eq!(unusual(1), unusual(1)));
}
