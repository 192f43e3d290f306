//! The primitives that the flight core stands on.
//!
//! The model checker in `model/` compiles the same core against primitives of its own, so nothing in
//! `flight` and `drive` names the standard library's directly.

pub(crate) use std::sync::{Mutex, MutexGuard};
pub(crate) use std::thread;
pub(crate) use std::thread_local;

/// Locks, whatever became of a thread that held the lock before: no state here is ever left half-made.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
