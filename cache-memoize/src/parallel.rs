//! Work that is done on several threads where it takes long enough.

use crate::sync::lock;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How long one thread works before it has others help. On a busy machine it takes a millisecond until a new thread runs;
/// the study `concurrent-compression` measures when it pays.
const ALONE: Duration = Duration::from_millis(4);

/// What `act` gives for each item, in their order. Other threads than the caller's do their work within `surround`.
pub(crate) fn map<T: Send, O: Send>(
    items: Vec<T>,
    surround: impl Fn(&mut dyn FnMut()) + Sync,
    act: impl Fn(T) -> O + Sync,
) -> Vec<O> {
    let (began, mut items) = (Instant::now(), items.into_iter());
    let mut outputs = Vec::with_capacity(items.len());
    while let Some(item) = items.next() {
        outputs.push(act(item));
        if items.len() > 1 && began.elapsed() >= ALONE {
            outputs.extend(on_threads(items, surround, act));
            break;
        }
    }
    outputs
}

/// This thread and helpers take one item after the other, so that a large one keeps nobody waiting.
fn on_threads<T: Send, O: Send>(
    items: impl ExactSizeIterator<Item = T> + Send,
    surround: impl Fn(&mut dyn FnMut()) + Sync,
    act: impl Fn(T) -> O + Sync,
) -> Vec<O> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let helpers = cores.min(items.len()) - 1;
    let queue = Mutex::new(items.enumerate());
    let work = || {
        let mut done = Vec::new();
        loop {
            // The lock is over before the work begins.
            let next = lock(&queue).next();
            let Some((place, item)) = next else { return done };
            done.push((place, act(item)));
        }
    };
    let surrounded = || {
        let mut done = Vec::new();
        surround(&mut || done = work());
        done
    };
    let mut done = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(surrounded)).collect();
        let mut done = work();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, output)| output).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;

    fn as_it_is(work: &mut dyn FnMut()) {
        work();
    }

    #[test]
    fn everything_is_done_in_its_order() {
        let slow = |number: u32| {
            if number == 0 {
                thread::sleep(ALONE);
            }
            number * 2
        };
        for count in [0, 1, 2, 3, 1_000] {
            let doubled: Vec<u32> = (0..count).map(|number| number * 2).collect();
            assert_eq!(map((0..count).collect(), as_it_is, slow), doubled);
        }
    }

    #[test]
    fn what_takes_long_is_done_on_several_threads() {
        if thread::available_parallelism().map_or(1, NonZeroUsize::get) < 2 {
            return;
        }
        let together = Barrier::new(2);
        let threads = map(vec![0, 1, 2], as_it_is, |number| {
            match number {
                0 => thread::sleep(ALONE),
                _ => drop(together.wait()),
            }
            thread::current().id()
        });
        assert_eq!(threads.into_iter().collect::<HashSet<_>>().len(), 2);
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let panics = |number: u32| {
            thread::sleep(ALONE);
            assert!(number < 5, "on purpose");
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| map((0..9).collect(), as_it_is, panics)));
        assert!(outcome.is_err());
    }
}
