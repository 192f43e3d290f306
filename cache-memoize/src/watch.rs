//! Calls attention to what lasts too long.
//!
//! An async caller cannot set an alarm without knowing its runtime, so one thread does it for the process.
//! It starts with the first thing to watch and ends when there is none left.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Something that should come to an end.
pub(crate) trait Watched: Send + Sync {
    /// It did not, in its time.
    fn overdue(&self);
}

/// While it lives, its subject is watched.
pub(crate) struct Watch {
    alarm: Option<Alarm>,
}

/// When to call, and a number that tells alarms of one moment apart.
type Alarm = (Instant, u64);

impl Watch {
    /// Watches `subject` for `limit` from now on. A limit beyond what the clock can say never ends.
    pub(crate) fn over(subject: Weak<dyn Watched>, limit: Duration) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let end = Instant::now().checked_add(limit);
        let alarm = end.map(|end| (end, LAST.fetch_add(1, Ordering::Relaxed)));
        if let Some(alarm) = alarm {
            set(alarm, subject);
        }
        Self { alarm }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let dropped = self.alarm.and_then(|alarm| alarms().by_time.remove(&alarm));
        drop(dropped);
    }
}

static ALARMS: Mutex<Alarms> = Mutex::new(Alarms { by_time: BTreeMap::new(), is_heard: false });
static EARLIER: Condvar = Condvar::new();

struct Alarms {
    by_time: BTreeMap<Alarm, Weak<dyn Watched>>,
    /// Whether the thread runs.
    is_heard: bool,
}

fn alarms() -> MutexGuard<'static, Alarms> {
    ALARMS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(alarm: Alarm, subject: Weak<dyn Watched>) {
    let mut alarms = alarms();
    alarms.by_time.insert(alarm, subject);
    let is_next = alarms.by_time.first_key_value().is_some_and(|(first, _)| *first == alarm);
    if !alarms.is_heard {
        let thread = thread::Builder::new().name("cache-memoize-watch".to_owned());
        alarms.is_heard = thread.spawn(listen).is_ok();
    } else if is_next {
        EARLIER.notify_one();
    }
}

fn listen() {
    let mut alarms = alarms();
    while let Some((&(end, _), _)) = alarms.by_time.first_key_value() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let due = alarms.by_time.pop_first();
            drop(alarms);
            if let Some(subject) = due.and_then(|(_, subject)| subject.upgrade()) {
                // The last handle of a value may be dropped here, and its code is not ours.
                let _ = catch_unwind(AssertUnwindSafe(move || subject.overdue()));
            }
            alarms = self::alarms();
        } else {
            let woken = EARLIER.wait_timeout(alarms, left);
            alarms = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
    alarms.is_heard = false;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, Sender, channel};

    const SOON: Duration = Duration::from_millis(1);
    const LATE: Duration = Duration::from_secs(3600);

    struct Subject(Mutex<Sender<&'static str>>, &'static str);

    impl Watched for Subject {
        fn overdue(&self) {
            let sender = self.0.lock().expect("nobody panics here");
            sender.send(self.1).expect("the test waits");
            assert_ne!(self.1, "panics");
        }
    }

    fn subject(sender: &Sender<&'static str>, name: &'static str) -> Arc<dyn Watched> {
        Arc::new(Subject(Mutex::new(sender.clone()), name))
    }

    fn next(receiver: &Receiver<&'static str>) -> &'static str {
        receiver.recv_timeout(Duration::from_secs(60)).expect("somebody is called")
    }

    #[test]
    fn the_first_to_be_overdue_is_called_first_and_one_that_panics_harms_no_other() {
        let (sender, receiver) = channel();
        let subjects = ["late", "panics", "over", "soon"].map(|name| subject(&sender, name));
        let watch = |index: usize, limit| Watch::over(Arc::downgrade(&subjects[index]), limit);
        let _late = watch(0, LATE);
        let _panics = watch(1, Duration::ZERO);
        assert_eq!(next(&receiver), "panics");
        drop(watch(2, LATE));
        let _soon = watch(3, SOON);
        assert_eq!(next(&receiver), "soon");
        assert!(receiver.try_recv().is_err());
    }

    #[test]
    fn a_limit_beyond_all_time_is_none() {
        let (sender, _receiver) = channel();
        let subject = subject(&sender, "never");
        assert!(Watch::over(Arc::downgrade(&subject), Duration::MAX).alarm.is_none());
    }
}
