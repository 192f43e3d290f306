//! The future of an async call.

use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of an async call. A future is copied whole on its way to whoever awaits it: in a box of its own the long
/// way does not weigh on a hit.
pub enum Answer<R, F> {
    /// The value, until it is taken.
    Now(Option<R>),
    /// What will give it.
    Later(Pin<Box<F>>),
}

impl<R, F> Unpin for Answer<R, F> {}

impl<R, F: Future<Output = R>> Future for Answer<R, F> {
    type Output = R;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        match &mut *self {
            Self::Now(value) => match value.take() {
                Some(value) => Poll::Ready(value),
                None => unreachable!("a future that is ready is not polled again"),
            },
            Self::Later(answer) => answer.as_mut().poll(context),
        }
    }
}
