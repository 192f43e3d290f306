use super::line::Line;
use std::future::poll_fn;
use std::sync::Arc;

/// Moves the bytes of a shared connection while several callers wait for their answers. It sleeps while there is one
/// caller or none, and ends with the connection, or with the runtime.
pub(super) fn start(line: Arc<Line>) {
    tokio::spawn(async move {
        let end = End { line: &line };
        poll_fn(|context| line.drive(context)).await;
        drop(end);
    });
}

/// Nobody is left to move bytes.
struct End<'a> {
    line: &'a Line,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.line.give_up(
            "the connection was given up, since the runtime on which it was made has ended",
        );
    }
}
