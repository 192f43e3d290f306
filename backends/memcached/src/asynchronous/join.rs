use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Waits for all of `futures` at the same time; their outputs are in their order.
pub(super) async fn join<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Running<F>> =
        futures.into_iter().map(|future| Running::Waiting(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut all_done = true;
        for slot in &mut running {
            if let Running::Waiting(future) = slot {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *slot = Running::Done(output),
                    Poll::Pending => all_done = false,
                }
            }
        }
        if all_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(Running::output).collect()
}

enum Running<F: Future> {
    Waiting(Pin<Box<F>>),
    Done(F::Output),
}

impl<F: Future> Running<F> {
    fn output(self) -> Option<F::Output> {
        match self {
            Self::Waiting(_) => None,
            Self::Done(output) => Some(output),
        }
    }
}
