//! The runtime that a call is in, and whether it has what the async face needs.

use crate::fault::{Fault, Outcome};
use cache_memoize_core::StoreErrorKind;
use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{PoisonError, RwLock};
use std::task::Poll;
use tokio::runtime::{Handle, Id};

/// The runtimes that were found to have no clock or no sockets. Tokio tells that by a panic and in no other way, so
/// that one call of each finds it out, and the others need not.
static BARE: RwLock<Vec<Id>> = RwLock::new(Vec::new());

/// So many are remembered. A program that makes more of them has more panics to see.
const MOST: usize = 64;

/// The runtime that this is called in.
pub(super) fn current() -> Outcome<Id> {
    let id = Handle::try_current().map_err(|_| none_here())?.id();
    let bare = BARE.read().unwrap_or_else(PoisonError::into_inner);
    if bare.contains(&id) { Err(without_drivers()) } else { Ok(id) }
}

/// What `future` gives, which may find that its runtime is a bare one.
pub(super) async fn guarded<T>(future: impl Future<Output = T>) -> Outcome<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(found_by(&*panic))),
        }
    })
    .await
}

fn found_by(panic: &(dyn Any + Send)) -> Fault {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let is_bare = text.is_some_and(|it| it.contains("enable_time") || it.contains("enable_io"));
    if !is_bare {
        return Fault::new(StoreErrorKind::Other, "a panic; this is a mistake of ours, report it");
    }
    if let Ok(runtime) = Handle::try_current() {
        remember(runtime.id());
    }
    without_drivers()
}

fn remember(id: Id) {
    let mut bare = BARE.write().unwrap_or_else(PoisonError::into_inner);
    if !bare.contains(&id) {
        let surplus = (bare.len() + 1).saturating_sub(MOST);
        bare.drain(..surplus);
        bare.push(id);
    }
}

fn none_here() -> Fault {
    let what =
        "the async face works within a tokio runtime, and there is none here; call it inside one";
    Fault::new(StoreErrorKind::Unsupported, what)
}

fn without_drivers() -> Fault {
    let what =
        "the tokio runtime of this call has no timers or no sockets; build it with `enable_all`";
    Fault::new(StoreErrorKind::Unsupported, what)
}
