//! How a study ends before it is done: what it started has to end with it, the servers and their folders.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// Somebody has asked this process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// What a shell says of a program that was interrupted.
pub(crate) const EXIT_CODE: u8 = 130;

static REQUEST: LazyLock<Request> = LazyLock::new(Request::default);

/// Lets the study look, where it can end, whether it should. Who does not want to wait for that asks a second time.
pub(crate) fn listen() -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // In this order: else the first one would end it already.
        flag::register_conditional_shutdown(signal, EXIT_CODE.into(), Arc::clone(&REQUEST.0))?;
        flag::register(signal, Arc::clone(&REQUEST.0))?;
    }
    Ok(())
}

/// For work that takes long and is not measured; [`measure`](crate::measure) looks by itself.
///
/// # Errors
/// The study is to end.
pub fn unless_stopped() -> Result<(), Stopped> {
    REQUEST.unless_made()
}

/// The request of this process.
pub(crate) fn request() -> &'static Request {
    &REQUEST
}

/// Whether somebody wants it to end.
#[derive(Debug, Default)]
pub(crate) struct Request(Arc<AtomicBool>);

impl Request {
    pub(crate) fn is_made(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn unless_made(&self) -> Result<(), Stopped> {
        if self.is_made() { Err(Stopped) } else { Ok(()) }
    }

    #[cfg(test)]
    pub(crate) fn make(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
