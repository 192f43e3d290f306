use crate::bell::Bell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// What `future` gives, if it gives it within `limit`; otherwise it is dropped. Needs no runtime, and costs
/// nothing where the future need not wait.
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut bell = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        bell.get_or_insert_with(|| Bell::set(limit)).poll(context).map(|()| None)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Wake, Waker};
    use std::thread::{self, Thread};

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }

    #[test]
    fn what_comes_in_time_is_given_and_what_does_not_is_dropped() {
        assert_eq!(block_on(within(Duration::ZERO, ready(1))), Some(1));
        assert_eq!(block_on(within(Duration::from_millis(5), pending::<()>())), None);
        let witness = Arc::new(());
        let kept = witness.clone();
        let hangs = async move {
            pending::<()>().await;
            drop(kept);
        };
        assert_eq!(block_on(within(Duration::from_millis(5), hangs)), None);
        assert_eq!(Arc::strong_count(&witness), 1);
    }

    #[test]
    fn a_future_that_is_woken_in_time_is_in_time() {
        let limit = Duration::from_secs(3600);
        let (sender, receiver) = std::sync::mpsc::channel::<Waker>();
        let woken = Arc::new(AtomicBool::new(false));
        let other = woken.clone();
        thread::spawn(move || {
            let waker = receiver.recv().unwrap();
            other.store(true, Ordering::Release);
            waker.wake();
        });
        let mut sent = false;
        let waits = poll_fn(|context| {
            if !std::mem::replace(&mut sent, true) {
                sender.send(context.waker().clone()).unwrap();
            }
            if woken.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
        });
        assert_eq!(block_on(within(limit, waits)), Some(()));
    }
}
