//! The flight core and both drivers of `cache-memoize`, compiled against the primitives of the model
//! checker [shuttle](https://docs.rs/shuttle), which then runs them under thousands of schedules.
//!
//! The modules are the very files of the library. The store is a small one that does what the contract
//! says, and several `Flights` on one store stand for several processes.

// The models use a part of what the library uses.
#![allow(dead_code)]

#[path = "../../cache-memoize/src/bell.rs"]
mod bell;
#[path = "../../cache-memoize/src/drive/mod.rs"]
mod drive;
#[path = "../../cache-memoize/src/flight/mod.rs"]
mod flight;
#[path = "../../cache-memoize/src/plan.rs"]
mod plan;

mod sync {
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
    pub(crate) use shuttle::thread;
    pub(crate) use shuttle::thread_local;

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Time, as the models have it: a limit of zero may be over at any moment, and any other never is.
mod watch {
    use std::sync::Weak;
    use std::time::Duration;

    pub(crate) trait Watched: Send + Sync + 'static {
        fn overdue(&self);
    }

    pub(crate) struct Watch;

    impl Watch {
        pub(crate) fn over(subject: Weak<impl Watched>, limit: Duration) -> Self {
            if limit.is_zero() {
                shuttle::thread::spawn(move || {
                    if let Some(subject) = subject.upgrade() {
                        subject.overdue();
                    }
                });
            }
            Self
        }
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod world;
