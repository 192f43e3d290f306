use std::panic::resume_unwind;
use std::sync::Barrier;
use std::thread;

/// How many callers at a time the concurrent clauses have.
pub(super) const CROWD: usize = 8;

/// What a crowd of threads gives that all start `act` at the same moment.
pub(super) fn together<T: Send>(act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(CROWD);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CROWD)
            .map(|index| {
                let (start, act) = (&start, &act);
                scope.spawn(move || {
                    start.wait();
                    act(index)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
