//! `local`: values stay in the process, as they are.

use crate::clocks::{SECOND, assert_lives, on_every_clock};
use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::cache_memoize;
use std::sync::{Arc, Mutex};

/// A value that cannot be serialized.
#[derive(Clone, Debug)]
struct Handle(Arc<Mutex<u32>>);

#[cache_memoize(ttl = 60, local)]
fn handle(id: u32) -> Handle {
    Handle(Arc::new(Mutex::new(id)))
}

#[cache_memoize(ttl = 60, local)]
async fn handle_async(id: u32) -> Handle {
    Handle(Arc::new(Mutex::new(id)))
}

#[cache_memoize(ttl = 60, local)]
fn reference(id: u32) -> &'static str {
    Box::leak(fresh(id).to_string().into_boxed_str())
}

#[cache_memoize(ttl = 60, local)]
fn closure(by: u32) -> Arc<dyn Fn(u32) -> u32 + Send + Sync> {
    Arc::new(move |number| number + by)
}

#[cache_memoize(ttl = 60, local, skip(works))]
fn result(id: u32, works: bool) -> Result<Handle, std::fmt::Error> {
    if works { Ok(uncached_handle(id)) } else { Err(std::fmt::Error) }
}

#[cache_memoize(ttl = 7, local)]
fn short(id: u32) -> u32 {
    fresh(id)
}

fn same(left: &Handle, right: &Handle) -> bool {
    Arc::ptr_eq(&left.0, &right.0)
}

#[test]
fn every_caller_gets_the_value_itself() {
    on_every_kind(|kind| {
        assert!(same(&handle(1), &handle(1)), "{kind}");
        assert!(!same(&handle(1), &handle(2)), "{kind}");
        assert!(std::ptr::eq(reference(1), reference(1)), "{kind}");
        assert!(Arc::ptr_eq(&closure(1), &closure(1)), "{kind}");
        assert_eq!(closure(2)(3), 5, "{kind}");
        block_on(async {
            assert!(same(&handle_async(1).await, &handle_async(1).await), "{kind}");
        });
    });
}

#[test]
fn its_companions_work() {
    on_every_kind(|kind| {
        let first = handle(1);
        assert!(same(&peek_handle(1).expect("it works").expect("it is there"), &first), "{kind}");
        let renewed = refresh_handle(1);
        assert!(!same(&renewed, &first), "{kind}");
        assert!(same(&handle(1), &renewed), "{kind}");
        assert!(invalidate_handle(1).expect("it works"), "{kind}");
        assert!(peek_handle(1).expect("it works").is_none(), "{kind}");
        prime_handle(1, first.clone()).expect("it works");
        assert!(same(&handle(1), &first), "{kind}");
    });
}

#[test]
fn errors_are_not_stored() {
    on_every_kind(|kind| {
        assert!(result(1, false).is_err(), "{kind}");
        let first = result(1, true).expect("it works now");
        assert!(same(&result(1, false).expect("it is remembered"), &first), "{kind}");
    });
}

#[test]
fn its_values_have_a_lifetime() {
    on_every_clock(|clock| assert_lives(clock, 7 * SECOND, || short(1)));
}
