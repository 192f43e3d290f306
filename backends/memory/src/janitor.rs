use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// What a janitor looks after.
pub(crate) trait Chore: Send + Sync {
    /// Does what there is to do, and says how long until there may be more; `None` if nothing is in
    /// sight.
    fn tidy(&self) -> Option<Duration>;
}

/// One thread that tidies up for all stores of the process.
///
/// It holds no store alive, sleeps while nothing is to be done, and ends with the last store. Where no
/// thread can be had, the stores go without, and it is tried again at the next ring.
pub(crate) struct Janitor {
    office: Mutex<Office>,
    bell: Condvar,
}

/// The janitor of all stores.
pub(crate) static JANITOR: Janitor = Janitor::new();

struct Office {
    chores: Vec<Weak<dyn Chore>>,
    at_work: bool,
    rung: bool,
}

/// However much there is to do, it is done in rounds that are at least this far apart, unless the bell
/// rings.
const SHORTEST_NAP: Duration = Duration::from_millis(20);

impl Janitor {
    pub(crate) const fn new() -> Self {
        Self {
            office: Mutex::new(Office { chores: Vec::new(), at_work: false, rung: false }),
            bell: Condvar::new(),
        }
    }

    /// Takes over one more chore, for as long as it exists.
    pub(crate) fn enlist(&self, chore: Weak<dyn Chore>) {
        self.enter().chores.push(chore);
    }

    /// Calls the janitor, because there is something to do earlier than it was told.
    pub(crate) fn ring(&'static self) {
        let mut office = self.enter();
        office.rung = true;
        if office.at_work {
            self.bell.notify_one();
        } else {
            let thread = thread::Builder::new().name("cache-memoize-janitor".to_owned());
            office.at_work = thread.spawn(|| self.work()).is_ok();
        }
    }

    /// Tells the janitor that a chore is gone.
    pub(crate) fn tell_of_an_end(&self) {
        let mut office = self.enter();
        office.rung = true;
        if office.at_work {
            self.bell.notify_one();
        }
    }

    fn work(&self) {
        while let Some(chores) = self.chores() {
            self.sleep(chores.into_iter().filter_map(tidy).min());
        }
    }

    /// The chores that still exist; none when the work is over, and then the thread counts as gone, so
    /// that the next ring starts another.
    fn chores(&self) -> Option<Vec<Arc<dyn Chore>>> {
        let mut office = self.enter();
        office.rung = false;
        office.chores.retain(|chore| chore.strong_count() > 0);
        office.at_work = !office.chores.is_empty();
        office.at_work.then(|| office.chores.iter().filter_map(Weak::upgrade).collect())
    }

    fn sleep(&self, nap: Option<Duration>) {
        let office = self.enter();
        let undisturbed = |office: &mut Office| !office.rung;
        let woken = match nap {
            Some(nap) => self
                .bell
                .wait_timeout_while(office, nap.max(SHORTEST_NAP), undisturbed)
                .map(|(office, _)| office)
                .map_err(|poisoned| PoisonError::new(poisoned.into_inner().0)),
            None => self.bell.wait_while(office, undisturbed),
        };
        drop(woken.unwrap_or_else(PoisonError::into_inner));
    }

    fn enter(&self) -> MutexGuard<'_, Office> {
        self.office.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A value may panic when it is dropped, be it alone or with its store, of which this may be the last
/// handle by now. That is no reason to leave the other stores alone.
fn tidy(chore: Arc<dyn Chore>) -> Option<Duration> {
    catch_unwind(AssertUnwindSafe(move || chore.tidy())).unwrap_or(Some(SHORTEST_NAP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    /// Counts the visits, and is in need of the next one after `nap`.
    struct Counted {
        visits: AtomicUsize,
        nap: Option<Duration>,
    }

    impl Counted {
        fn new(nap: Option<Duration>) -> Arc<Self> {
            Arc::new(Self { visits: AtomicUsize::new(0), nap })
        }

        fn enlisted(self: &Arc<Self>) -> Weak<dyn Chore> {
            Arc::downgrade(self) as _
        }

        fn visits(&self) -> usize {
            self.visits.load(Ordering::SeqCst)
        }
    }

    impl Chore for Counted {
        fn tidy(&self) -> Option<Duration> {
            self.visits.fetch_add(1, Ordering::SeqCst);
            self.nap
        }
    }

    struct Clumsy;

    impl Chore for Clumsy {
        fn tidy(&self) -> Option<Duration> {
            std::panic::resume_unwind(Box::new("a value that does not want to be dropped"))
        }
    }

    fn wait_until(what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(Instant::now() < deadline, "waited in vain: {what}");
            thread::yield_now();
        }
    }

    #[test]
    fn it_comes_when_called_comes_again_and_ends_with_the_last_chore() {
        static JANITOR: Janitor = Janitor::new();
        let (idle, busy) = (Counted::new(None), Counted::new(Some(Duration::ZERO)));
        JANITOR.enlist(idle.enlisted());
        JANITOR.enlist(busy.enlisted());
        assert!(!JANITOR.enter().at_work, "nobody called it yet");

        JANITOR.ring();
        wait_until("it comes again by itself", || busy.visits() > 2);
        drop(busy);
        assert!(JANITOR.enter().at_work, "one chore is left");

        let visits = idle.visits();
        JANITOR.ring();
        wait_until("it comes when called", || idle.visits() > visits);

        drop(idle);
        JANITOR.tell_of_an_end();
        wait_until("it ends", || !JANITOR.enter().at_work);
        JANITOR.tell_of_an_end();
        assert!(!JANITOR.enter().at_work, "an end starts nobody");

        let another = Counted::new(None);
        JANITOR.enlist(another.enlisted());
        JANITOR.ring();
        wait_until("another one starts", || another.visits() > 0);
    }

    #[test]
    fn a_panic_does_not_end_it() {
        static JANITOR: Janitor = Janitor::new();
        let (clumsy, other): (Arc<dyn Chore>, _) = (Arc::new(Clumsy), Counted::new(None));
        JANITOR.enlist(Arc::downgrade(&clumsy));
        JANITOR.enlist(other.enlisted());
        JANITOR.ring();
        wait_until("the other chore is done, and done again", || other.visits() > 1);
    }
}
