//! Runtimes that have no timers or no sockets. Tokio tells that by a panic and in no other way, so that one call of each
//! finds it out, and the others need not.

use crate::fault::Fault;
use cache_memoize_core::StoreErrorKind;
use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{PoisonError, RwLock};
use std::task::Poll;
use tokio::runtime::{Handle, Id};

/// Those that were found.
static BARE: RwLock<Vec<Id>> = RwLock::new(Vec::new());

/// So many are remembered. A program that makes more of them has more panics to see.
const MOST: usize = 64;

/// Refuses a runtime that was found to be a bare one.
pub(super) fn check(id: Id) -> Result<(), Fault> {
    let bare = BARE.read().unwrap_or_else(PoisonError::into_inner);
    if bare.contains(&id) { Err(without_drivers()) } else { Ok(()) }
}

/// What `future` gives, which may find that its runtime is a bare one.
pub(super) async fn guarded<T>(future: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let mut future = pin!(future);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(found_by(&*panic))))
    })
    .await
}

fn found_by(panic: &(dyn Any + Send)) -> Fault {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let is_bare = text.is_some_and(|it| it.contains("enable_time") || it.contains("enable_io"));
    if !is_bare {
        let context = "a panic; this is a mistake of ours, report it";
        return Fault::new(StoreErrorKind::Other, context);
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

fn without_drivers() -> Fault {
    let context =
        "the tokio runtime of this call has no timers or no sockets; build it with `enable_all`";
    Fault::new(StoreErrorKind::Unsupported, context)
}
