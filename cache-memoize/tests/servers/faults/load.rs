//! Callers that never stop while something befalls their server.

use crate::support::{block_on, wait_until, with_default};
use cache_memoize::{Cache, cache_memoize};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A value that says what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Echo {
    id: u32,
    text: String,
}

pub(crate) fn expected(id: u32) -> Echo {
    let text = format!("{id}\r\nEND\r\n$5\r\n").repeat(id as usize * 2);
    Echo { id, text }
}

#[cache_memoize(ttl = 600, prefix = "echo")]
fn echo(id: u32) -> Echo {
    expected(id)
}

/// The same entries as those of [`echo`].
#[cache_memoize(ttl = 600, prefix = "echo")]
async fn echo_async(id: u32) -> Echo {
    expected(id)
}

/// So many values there are.
pub(crate) const IDS: u32 = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Blocking,
    Async,
}

pub(crate) const FACES: [Face; 2] = [Face::Blocking, Face::Async];

/// How many callers there are.
pub(crate) const CALLERS: usize = 4;

/// The callers, and what they see.
#[derive(Default)]
pub(crate) struct Load {
    is_over: AtomicBool,
    calls: AtomicU64,
    worst: AtomicU64,
}

impl Load {
    /// Calls without end while `body` runs; panics if a caller gets a wrong value.
    pub(crate) fn on<R>(cache: &Cache, face: Face, body: impl FnOnce(&Self) -> R) -> R {
        let load = Arc::new(Self::default());
        thread::scope(|scope| {
            match face {
                Face::Blocking => (0..CALLERS).for_each(|_| {
                    scope.spawn(|| with_default(cache, || load.go_on()));
                }),
                Face::Async => {
                    scope.spawn(|| block_on(cache, load.clone().go_on_async(cache.clone())));
                }
            }
            let _over = Over(&load);
            body(&load)
        })
    }

    /// The longest call so far.
    pub(crate) fn worst(&self) -> Duration {
        Duration::from_micros(self.worst.load(Ordering::SeqCst))
    }

    /// Waits until so many more calls were made.
    pub(crate) fn wait_for_calls(&self, number: u64) {
        let end = self.calls.load(Ordering::SeqCst) + number;
        wait_until("calls return", Duration::from_secs(60), || {
            self.calls.load(Ordering::SeqCst) >= end
        });
    }

    fn go_on(&self) {
        while !self.is_over.load(Ordering::SeqCst) {
            let (id, began) = (fastrand::u32(..IDS), Instant::now());
            if fastrand::u8(..) < 16 {
                let _ = invalidate_echo(id);
            } else {
                check(id, &echo(id));
            }
            self.called(began);
            thread::sleep(BETWEEN);
        }
    }

    async fn go_on_async(self: Arc<Self>, cache: Cache) {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let caches = [("default", cache.clone())];
                let load = self.clone();
                tokio::spawn(cache_memoize::caches::scoped_async(caches, async move {
                    while !load.is_over.load(Ordering::SeqCst) {
                        let (id, began) = (fastrand::u32(..IDS), Instant::now());
                        if fastrand::u8(..) < 16 {
                            let _ = invalidate_echo_async(id).await;
                        } else {
                            check(id, &echo_async(id).await);
                        }
                        load.called(began);
                        tokio::time::sleep(BETWEEN).await;
                    }
                }))
            })
            .collect();
        for caller in callers {
            caller.await.expect("no caller panics");
        }
    }

    fn called(&self, began: Instant) {
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.worst.fetch_max(took, Ordering::SeqCst);
        self.calls.fetch_add(1, Ordering::SeqCst);
    }
}

/// What callers do otherwise: a test is not to keep the machine busy.
const BETWEEN: Duration = Duration::from_millis(1);

fn check(id: u32, value: &Echo) {
    assert!(*value == expected(id), "called with {id}, and got that of {}", value.id);
}

/// Every value, once.
pub(crate) fn call_all(cache: &Cache, face: Face) {
    match face {
        Face::Blocking => with_default(cache, || (0..IDS).for_each(|id| check(id, &echo(id)))),
        Face::Async => block_on(cache, async {
            for id in 0..IDS {
                check(id, &echo_async(id).await);
            }
        }),
    }
}

struct Over<'a>(&'a Load);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }
}
