//! A bell that rings when time is over: for those who wait for something else meanwhile.

use crate::sync::{Mutex, lock};
use crate::watch::{Watch, Watched};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Wakes whoever waits when its time is over. Dropped before that it wakes nobody.
pub(crate) struct Bell {
    rope: Arc<Rope>,
    _watch: Watch,
}

impl Bell {
    /// A bell that rings after `limit`.
    pub(crate) fn set(limit: Duration) -> Self {
        let rope = Arc::new(Rope::default());
        let watched: Weak<Rope> = Arc::downgrade(&rope);
        Self { rope, _watch: Watch::over(watched, limit) }
    }

    /// Whether it has rung. If not, it wakes the one who asks when it does.
    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<()> {
        self.rope.wakes(context.waker());
        if self.rope.has_rung.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// What the watch pulls.
#[derive(Default)]
struct Rope {
    has_rung: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Rope {
    fn wakes(&self, waker: &Waker) {
        let mut current = lock(&self.waker);
        let replaced = match &*current {
            Some(current) if current.will_wake(waker) => None,
            _ => current.replace(waker.clone()),
        };
        drop(current);
        drop(replaced);
    }
}

impl Watched for Rope {
    fn overdue(&self) {
        self.has_rung.store(true, Ordering::Release);
        let waker = lock(&self.waker).take();
        waker.into_iter().for_each(Waker::wake);
    }
}
