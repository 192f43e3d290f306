use redis::io::tcp::socket2::Socket;
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Tells a thread that its work is over, wherever it is waiting.
#[derive(Default)]
pub(super) struct Ending {
    state: Mutex<State>,
    over: Condvar,
}

#[derive(Default)]
struct State {
    is_over: bool,
    /// What the thread may be reading from.
    socket: Option<Socket>,
}

impl Ending {
    pub(super) fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// Lets the time pass, or less of it if the work is over. Says whether to go on.
    pub(super) fn sleep(&self, time: Duration) -> bool {
        let state = self.state();
        let (state, _) = self
            .over
            .wait_timeout_while(state, time, |state| !state.is_over)
            .unwrap_or_else(PoisonError::into_inner);
        !state.is_over
    }

    /// The thread is about to read from `socket`, which ends with the work. Says whether to go on.
    pub(super) fn hold(&self, socket: Option<Socket>) -> bool {
        let mut state = self.state();
        state.socket = socket;
        !state.is_over
    }

    pub(super) fn end(&self) {
        let mut state = self.state();
        state.is_over = true;
        if let Some(socket) = state.socket.take() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        drop(state);
        self.over.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct EndOnDrop(pub(super) Arc<Ending>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.end();
    }
}
