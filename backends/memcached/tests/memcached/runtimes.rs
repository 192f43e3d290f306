//! Runtimes that lack what the async face needs. Tokio says so by a panic alone, which ends a program that aborts on one.

use crate::support::on_tokio::runtime;
use crate::support::open;
use cache_memoize_core::{AsyncStore, Store, StoreErrorKind};
use cache_memoize_memcached::Memcached;
use cache_memoize_testkit::servers::MemcachedServer;
use std::cell::Cell;
use std::panic::{set_hook, take_hook};
use std::pin::pin;
use std::sync::Once;
use std::task::{Context, Poll, Waker};
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// How many panics `body` meets on this thread, caught ones as well.
fn panics_of(body: impl FnOnce()) -> usize {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let former = take_hook();
        set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            former(info);
        }));
    });
    let before = PANICS.get();
    body();
    PANICS.get() - before
}

fn first_poll(store: &Memcached) -> cache_memoize_core::Result<()> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(AsyncStore::ping(store)).poll(&mut context) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits for nobody knows what"),
    }
}

#[test]
fn without_a_runtime_it_is_an_error_that_says_so_and_no_panic() {
    let server = MemcachedServer::start();
    let store = open(&server.url());
    let panics = panics_of(|| {
        let error = first_poll(&store).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unsupported);
        assert!(error.to_string().contains("there is none here"), "{error}");
    });
    assert_eq!(panics, 0);
    Store::ping(&store).unwrap();
}

#[test]
fn a_runtime_without_clock_or_sockets_is_an_error_and_panics_once() {
    let server = MemcachedServer::start();
    let (store, other) = (open(&server.url()), open(&server.url()));
    let runtimes: [Runtime; 3] = [
        Builder::new_current_thread().build().unwrap(),
        Builder::new_current_thread().enable_time().build().unwrap(),
        Builder::new_current_thread().enable_io().build().unwrap(),
    ];
    for bare in runtimes {
        let panics = panics_of(|| {
            for store in [&store, &store, &other] {
                let error = bare.block_on(AsyncStore::ping(store)).unwrap_err();
                assert_eq!(error.kind(), StoreErrorKind::Unsupported);
                assert!(error.to_string().contains("enable_all"), "{error}");
            }
        });
        assert_eq!(panics, 1, "it is known from then on");
        assert_eq!(panics_of(|| runtime().block_on(AsyncStore::ping(&store)).unwrap()), 0);
    }
}
