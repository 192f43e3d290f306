//! Errors: not stored unless asked for, recognised by type, and hooks on the right side.

use crate::support::{block_on, every_kind, on_every_kind};
use cache_memoize::{ErrorKind, cache_memoize, caches};
use std::cell::RefCell;

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn log(what: impl Into<String>) {
    LOG.with(|log| log.borrow_mut().push(what.into()));
}

fn logged() -> Vec<String> {
    LOG.with(RefCell::take)
}

/// An error that can neither be cloned nor serialized.
#[derive(Debug)]
struct Opaque;

type Alias<T> = Result<T, Opaque>;
type Storable<T> = Result<T, String>;

#[cache_memoize(ttl = 60, key = name)]
fn fails(name: &str, works: bool) -> Alias<u32> {
    log(name);
    if works { Ok(1) } else { Err(Opaque) }
}

#[cache_memoize(ttl = 60, key = name, cache_err = true)]
fn fails_for_good(name: &str, works: bool) -> Storable<u32> {
    log(name);
    if works { Ok(1) } else { Err("no".to_owned()) }
}

#[cache_memoize(ttl = 60, key = name, cache_err = |error: &String| error == "gone")]
fn fails_at_times(name: &str, error: &str) -> Storable<u32> {
    log(name);
    Err(error.to_owned())
}

fn hit(name: &str, number: &u32) {
    log(format!("hit {name} {number}"));
}

#[cache_memoize(ttl = 60, skip(works), on_hit = hit, on_miss = |name: &str, number| log(format!("miss {name} {number}")))]
fn hooked(name: &str, works: bool, number: u32) -> Result<u32, Opaque> {
    log(format!("body {name}"));
    if works { Ok(number) } else { Err(Opaque) }
}

#[cache_memoize(ttl = 60, on_hit = hit, on_miss = |name: &str, number| log(format!("miss {name} {number}")))]
async fn hooked_async(name: &str, number: u32) -> u32 {
    log(format!("body {name}"));
    number
}

#[test]
fn an_error_is_not_stored_even_behind_an_alias() {
    on_every_kind(|_| {
        assert!(fails("a", false).is_err());
        assert!(fails("a", true).is_ok());
        assert!(fails("a", false).is_ok(), "now there is a value");
        assert_eq!(logged(), ["a", "a"]);
    });
}

#[test]
fn cache_err_stores_it() {
    on_every_kind(|_| {
        assert!(fails_for_good("a", false).is_err());
        assert!(fails_for_good("a", true).is_err(), "the stored one");
        assert_eq!(logged().len(), 1);
    });
}

#[test]
fn cache_err_chooses() {
    on_every_kind(|_| {
        for error in ["busy", "busy", "gone", "busy"] {
            assert!(fails_at_times("a", error).is_err());
        }
        assert_eq!(logged().len(), 3, "the last one found what was stored");
        assert_eq!(fails_at_times("a", "busy"), Err("gone".to_owned()));
    });
}

#[test]
fn hooks_are_called_once_on_the_right_side() {
    on_every_kind(|_| {
        let _ = hooked("a", false, 7);
        assert_eq!(logged(), ["miss a 7", "body a"]);
        let _ = hooked("a", true, 7);
        assert_eq!(logged(), ["miss a 7", "body a"]);
        let _ = hooked("a", true, 7);
        assert_eq!(logged(), ["hit a 7"]);
        let _ = refresh_hooked("a", true, 7);
        assert_eq!(logged(), ["body a"], "a refresh is neither");
    });
}

#[test]
fn hooks_of_async_functions_too() {
    on_every_kind(|_| {
        let cache = caches::get("default").expect("the scope has a cache");
        block_on(caches::scoped_async([("default", cache)], async {
            hooked_async("a", 7).await;
            hooked_async("a", 7).await;
        }));
        assert_eq!(logged(), ["miss a 7", "body a", "hit a 7"]);
    });
}

#[test]
fn a_value_that_is_not_kept_cannot_be_primed() {
    on_every_kind(|_| {
        let refused = prime_fails("a", Err(Opaque)).expect_err("errors are not stored");
        assert_eq!(refused.kind(), ErrorKind::NotKept);
        prime_fails("a", Ok(2)).expect("a value is");
        assert_eq!(fails("a", false).expect("it was primed"), 2);
        logged();
    });
}

#[test]
fn by_hand_an_error_is_stored_only_where_it_is_a_value() {
    for (kind, cache, _server) in every_kind() {
        let fails = || Err::<u32, String>("try again".to_owned());
        assert!(cache.get_or_try_compute("tried", fails).is_err(), "{kind}");
        assert_eq!(cache.get_or_try_compute("tried", || Ok::<u32, String>(7)), Ok(7), "{kind}");
        assert_eq!(cache.get_or_try_compute("tried", fails), Ok(7), "{kind}");
        assert_eq!(cache.get::<u32>("tried").expect("it works"), Some(7), "{kind}");
        block_on(async {
            let failing = cache.get_or_try_compute_async("awaited", async || fails()).await;
            assert!(failing.is_err(), "{kind}");
            let computed = cache.get_or_try_compute_async("awaited", async || Ok::<u32, String>(7));
            assert_eq!(computed.await, Ok(7), "{kind}");
        });
        let whole: Result<u32, String> = cache.get_or_compute("whole", fails);
        assert_eq!(cache.get_or_compute("whole", || Ok::<u32, String>(7)), whole, "{kind}");
    }
}
