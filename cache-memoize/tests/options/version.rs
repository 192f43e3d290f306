//! `version`: a new number orphans every older entry.

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::{Key, cache_memoize};

mod first {
    use super::*;

    #[cache_memoize(ttl = 60, prefix = "prices", version = 1)]
    pub(super) fn price(id: u32) -> u32 {
        fresh(id)
    }
}

mod second {
    use super::*;

    #[cache_memoize(ttl = 60, prefix = "prices", version = 2)]
    pub(super) fn price(id: u32) -> u32 {
        fresh(id)
    }
}

mod without {
    use super::*;

    #[cache_memoize(ttl = 60, prefix = "prices")]
    pub(super) fn price(id: u32) -> u32 {
        fresh(id)
    }
}

#[cache_memoize(ttl = 60, version = 3)]
fn by_its_path(id: u32) -> u32 {
    fresh(id)
}

#[test]
fn entries_of_another_version_are_not_found() {
    on_every_kind(|kind| {
        let old = first::price(1);
        assert_ne!(second::price(1), old, "{kind}");
        assert_ne!(without::price(1), old, "{kind}");
        assert_eq!(first::price(1), old, "{kind}: it is orphaned, not overwritten");
        assert!(second::invalidate_price(1).expect("it works"), "{kind}");
        assert_eq!(first::peek_price(1).expect("it works"), Some(old), "{kind}");
    });
}

#[test]
fn it_stands_in_the_key() {
    let text = |key: Key| key.as_str().to_owned();
    assert_eq!(text(first::cache_key_price(1)), "prices@1(1)");
    assert_eq!(text(second::cache_key_price(1)), "prices@2(1)");
    assert_eq!(text(without::cache_key_price(1)), "prices(1)");
    assert_eq!(text(cache_key_by_its_path(1)), concat!(module_path!(), "::by_its_path@3(1)"));
    on_every_kind(|_| assert_eq!(by_its_path(1), by_its_path(1)));
}
