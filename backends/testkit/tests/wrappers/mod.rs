//! The stores that wrap another one: what they are told to do they do, and else they keep the
//! contract.

mod counting;
mod faulty;

use crate::backend;
use cache_memoize_core::{Backend, BoxFuture, KeyRef};
use cache_memoize_testkit::{Counts, FakeClock, Faults, Fixture};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

cache_memoize_testkit::conformance! {
    mod without_a_fault;
    store: || wrapped(|backend| Faults::new().wrap(backend)),
}

cache_memoize_testkit::conformance! {
    mod counted;
    store: || wrapped(|backend| Counts::new().wrap(backend)),
}

fn wrapped(wrap: impl Fn(&Backend) -> Backend) -> Fixture {
    let clock = FakeClock::new();
    Fixture::new(wrap(&backend(clock.clone()))).fake_time(clock)
}

fn key() -> KeyRef<'static> {
    KeyRef::new("key").unwrap()
}

/// A future polled by hand, and how often it asked to be polled again.
struct Polled<'a, T> {
    future: BoxFuture<'a, T>,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<'a, T> Polled<'a, T> {
    fn new(future: impl Future<Output = T> + Send + 'a) -> Self {
        Self { future: Box::pin(future), wakes: Arc::default() }
    }

    fn poll(&mut self) -> Poll<T> {
        let waker = Waker::from(self.wakes.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::SeqCst)
    }
}
