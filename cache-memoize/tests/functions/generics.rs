//! Functions with parameters of their own.

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::{CacheKey, Value, cache_memoize};
use std::fmt::Debug;

#[cache_memoize(ttl = 60)]
fn argument<T: CacheKey + Debug>(value: T) -> (String, u32) {
    (format!("{value:?}"), fresh(value))
}

#[cache_memoize(ttl = 60)]
fn result<T>(seed: u8) -> (T, u32)
where
    T: Value + From<u8>,
{
    (T::from(seed), fresh(()))
}

#[cache_memoize(ttl = 60)]
fn constant<const N: usize>(values: [u8; N]) -> (usize, u32) {
    (N, fresh(values))
}

#[cache_memoize(ttl = 60)]
fn only_constant<const N: usize, const DEEP: bool>() -> (usize, u32) {
    (N, fresh(DEEP))
}

#[cache_memoize(ttl = 60)]
fn lifetimes<'a, 'b: 'a, T>(left: &'a T, right: &'b [&'a str]) -> (usize, u32)
where
    T: CacheKey + ?Sized + 'a,
    for<'c> &'c T: Debug,
{
    (format!("{left:?}").len() + right.len(), fresh(()))
}

#[cache_memoize(ttl = 60, skip(make))]
fn callable<F, T>(id: u32, make: F) -> (u32, u32)
where
    F: FnOnce(u32) -> T,
    T: Into<u32>,
{
    (make(id).into(), fresh(()))
}

#[cache_memoize(ttl = 60)]
async fn awaited<T, const N: usize>(values: &[T; N]) -> (usize, u32)
where
    T: CacheKey + Sync,
{
    tokio::task::yield_now().await;
    (N, fresh(values))
}

#[test]
fn they_are_remembered() {
    assert_remembered!(
        ("a"),
        argument,
        refresh_argument,
        peek_argument::<&str>,
        prime_argument::<&str>,
        invalidate_argument::<&str>,
        uncached_argument,
    );
    assert_remembered!(
        (1),
        result::<u64>,
        refresh_result::<u64>,
        peek_result::<u64>,
        prime_result::<u64>,
        invalidate_result::<u64>,
        uncached_result::<u64>,
    );
    assert_remembered!(
        ([1, 2, 3]),
        constant,
        refresh_constant,
        peek_constant,
        prime_constant,
        invalidate_constant,
        uncached_constant,
    );
    assert_remembered!(
        (),
        only_constant::<3, true>,
        refresh_only_constant::<3, true>,
        peek_only_constant::<3, true>,
        prime_only_constant::<3, true>,
        invalidate_only_constant::<3, true>,
        uncached_only_constant::<3, true>,
    );
    assert_remembered!(
        ("a", &["b"]),
        lifetimes,
        refresh_lifetimes,
        peek_lifetimes,
        prime_lifetimes,
        invalidate_lifetimes,
        uncached_lifetimes,
    );
    assert_remembered!(
        async (&[1_u8, 2]),
        awaited, refresh_awaited, peek_awaited, prime_awaited, invalidate_awaited, uncached_awaited,
    );
}

#[test]
fn instances_have_entries_of_their_own() {
    on_every_kind(|kind| {
        assert_ne!(argument(1_u8), argument(1_u16), "{kind}");
        assert_ne!(result::<u32>(1).1, result::<u64>(1).1, "{kind}");
        assert_ne!(constant([]), constant([0]), "{kind}");
        assert_ne!(only_constant::<3, true>(), only_constant::<3, false>(), "{kind}");
    });
}

#[test]
fn what_is_called_once_can_be_an_argument() {
    on_every_kind(|kind| {
        let [first, second] = [5_u8, 6].map(|number| {
            let owned = Box::new(number);
            callable(1, move |_| *owned)
        });
        assert_eq!(first.0, 5, "{kind}");
        assert_eq!(second, first, "{kind}");
    });
}
