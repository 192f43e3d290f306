//! The caches of the program: which one a call finds, and who else does.

use crate::support::with_default;
use cache_memoize::{Cache, cache_memoize, caches};
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};

#[cache_memoize(ttl = 60)]
fn fresh(test: &str) -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed) + (test.len() - test.len()) as u32
}

#[test]
fn a_scope_has_caches_of_its_own_and_leaves_nothing_behind() {
    let outside = fresh("scope");
    with_default(&Cache::memory(), || {
        let inside = fresh("scope");
        assert_ne!(inside, outside);
        with_default(&Cache::memory(), || {
            assert_ne!(fresh("scope"), inside, "the inner one counts")
        });
        assert_eq!(fresh("scope"), inside);
    });
    assert_eq!(fresh("scope"), outside);
}

#[test]
fn a_panic_leaves_the_scope() {
    let outside = fresh("panic");
    let scope = || with_default(&Cache::memory(), || assert_eq!(fresh("panic"), outside));
    assert!(catch_unwind(scope).is_err(), "it computed in the scope");
    assert_eq!(fresh("panic"), outside);
}

#[test]
fn a_future_has_its_scope_while_it_is_polled_and_no_longer() {
    let outside = fresh("future");
    let mut scoped = pin!(caches::scoped_async([("default", Cache::memory())], async {
        assert_ne!(fresh("future"), outside);
        std::future::pending::<()>().await;
    }));
    assert!(scoped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(fresh("future"), outside);
}

#[test]
fn what_is_installed_takes_the_place_of_what_was_there() {
    for number in [1_u32, 2] {
        caches::install("replaced", Cache::memory()).expect("it has a name");
        let cache = caches::get("replaced").expect("it is installed");
        assert_eq!(cache.get("number").expect("it works"), None::<u32>);
        cache.set("number", number).expect("it works");
        let cache = caches::get("replaced").expect("it is installed");
        assert_eq!(cache.get("number").expect("it works"), Some(number));
    }
}
