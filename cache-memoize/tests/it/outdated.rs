//! A refresh that succeeds leaves nothing older behind, whether its value can be stored or not.

use crate::support::{block_on, on_every_kind};
use cache_memoize::cache_memoize;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static STATE: AtomicU32 = AtomicU32::new(0);

fn state() -> u32 {
    STATE.load(Ordering::SeqCst)
}

/// The inner option cannot be told from the outer one where the value leaves the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nested {
    inner: Option<Option<u32>>,
}

#[cache_memoize(ttl = 600)]
fn nested(name: &str) -> Nested {
    let _ = name;
    Nested { inner: Some(Some(state()).filter(|state| *state == 0)) }
}

#[cache_memoize(ttl = 600, cache_if = |state| *state == 0)]
fn picky(name: &str) -> u32 {
    let _ = name;
    state()
}

#[cache_memoize(ttl = 600, cache_if = |state| *state == 0)]
async fn picky_async(name: &str) -> u32 {
    let _ = name;
    state()
}

#[cache_memoize(ttl_with = |state| Duration::from_secs(if *state == 0 { 600 } else { 0 }))]
fn lifeless(name: &str) -> u32 {
    let _ = name;
    state()
}

#[cache_memoize(ttl = 600)]
fn failing(name: &str) -> Result<u32, String> {
    let _ = name;
    if state() == 0 { Ok(0) } else { Err("the origin is down".to_owned()) }
}

#[test]
fn a_refresh_whose_value_is_not_stored_leaves_nothing_older() {
    on_every_kind(|kind| {
        STATE.store(0, Ordering::SeqCst);
        nested(kind);
        picky(kind);
        lifeless(kind);
        failing(kind).expect("it works");
        block_on(async { picky_async(kind).await });
        STATE.store(1, Ordering::SeqCst);
        let new = Nested { inner: Some(None) };
        assert_eq!(refresh_nested(kind), new);
        assert_eq!(nested(kind), new, "{kind}");
        assert_eq!((refresh_picky(kind), picky(kind)), (1, 1), "{kind}");
        assert_eq!((refresh_lifeless(kind), lifeless(kind)), (1, 1), "{kind}");
        block_on(async {
            assert_eq!(refresh_picky_async(kind).await, 1);
            assert_eq!(picky_async(kind).await, 1, "{kind}");
        });
        refresh_failing(kind).expect_err("it fails");
        assert_eq!(failing(kind), Ok(0), "{kind}: a function that fails says nothing new");
    });
}
