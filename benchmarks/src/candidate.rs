use std::hint::black_box;
use tokio::runtime::{Builder, Runtime};

/// One of those that are compared: a function of `A` that remembers what it gave.
pub struct Candidate<A, R> {
    pub(crate) name: &'static str,
    pub(crate) answer: Box<dyn Fn(A) -> R + Sync>,
    /// Calls the function with one argument after the other. The loop is in here, where the function is
    /// known, so that a call is as direct as in a program.
    pub(crate) pass: Pass<A>,
}

type Pass<A> = Box<dyn Fn(&[A]) + Sync>;

impl<A: Copy + 'static, R: 'static> Candidate<A, R> {
    /// A function that blocks.
    pub fn blocking(name: &'static str, call: impl Fn(A) -> R + Copy + Sync + 'static) -> Self {
        let pass = move |arguments: &[A]| {
            for argument in arguments {
                black_box(call(black_box(*argument)));
            }
        };
        Self { name, answer: Box::new(call), pass: Box::new(pass) }
    }

    /// An async function, called on a current-thread runtime: one for each thread.
    pub fn asynchronous(
        name: &'static str,
        call: impl AsyncFn(A) -> R + Copy + Sync + 'static,
    ) -> Self {
        let pass = move |arguments: &[A]| {
            block_on(async {
                for argument in arguments {
                    black_box(call(black_box(*argument)).await);
                }
            });
        };
        Self {
            name,
            answer: Box::new(move |argument| block_on(call(argument))),
            pass: Box::new(pass),
        }
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    thread_local! {
        static RUNTIME: Runtime = Builder::new_current_thread()
            .build()
            .expect("a runtime without I/O and timers asks nothing of the system");
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_pass_calls_with_every_argument() {
        static SUM: AtomicU64 = AtomicU64::new(0);
        let add = |number: u64| SUM.fetch_add(number, Ordering::Relaxed);
        let blocking = Candidate::blocking("blocking", add);
        let asynchronous = Candidate::asynchronous("async", async move |number| add(number));

        (blocking.pass)(&[1, 2, 3]);
        assert_eq!((blocking.answer)(10), 6);
        (asynchronous.pass)(&[1, 2, 3]);
        assert_eq!((asynchronous.answer)(0), 22);
    }
}
