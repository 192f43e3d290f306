//! Calls attention to what lasts too long.
//!
//! An async caller cannot set an alarm without knowing its runtime, so one thread does it for the process.
//! It starts with the first thing to watch, and ends when there has been none for a while.

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

/// How long the thread sleeps at most. As long as alarms are set for later than that, to set one and to take
/// it back again wakes nobody.
const NAP: Duration = Duration::from_millis(200);

/// After so many naps without an alarm the thread ends.
const IDLE_NAPS: u32 = 50;

static ALARMS: Mutex<Alarms> = Mutex::new(Alarms { by_time: BTreeMap::new(), wakes: None });
static EARLIER: Condvar = Condvar::new();

struct Alarms {
    by_time: BTreeMap<Alarm, Weak<dyn Watched>>,
    /// When the thread looks again; none if there is no thread.
    wakes: Option<Instant>,
}

fn alarms() -> MutexGuard<'static, Alarms> {
    ALARMS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(alarm: Alarm, subject: Weak<dyn Watched>) {
    let mut alarms = alarms();
    alarms.by_time.insert(alarm, subject);
    match alarms.wakes {
        Some(wakes) if wakes <= alarm.0 => {}
        Some(_) => EARLIER.notify_one(),
        None => {
            let thread = thread::Builder::new().name("cache-memoize-watch".to_owned());
            alarms.wakes = thread.spawn(listen).is_ok().then(Instant::now);
        }
    }
}

fn listen() {
    let mut alarms = alarms();
    let mut idle = 0;
    loop {
        let now = Instant::now();
        if let Some(due) = alarms.due(now) {
            drop(alarms);
            call(&due);
            alarms = self::alarms();
            continue;
        }
        idle = if alarms.by_time.is_empty() { idle + 1 } else { 0 };
        if idle > IDLE_NAPS {
            alarms.wakes = None;
            return;
        }
        let nap = alarms.until_next(now).map_or(NAP, |left| left.min(NAP));
        alarms.wakes = Some(now + nap);
        let woken = EARLIER.wait_timeout(alarms, nap);
        alarms = woken.unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn call(subject: &Weak<dyn Watched>) {
    if let Some(subject) = subject.upgrade() {
        // The last handle of a value may be dropped here, and its code is not ours.
        let _ = catch_unwind(AssertUnwindSafe(move || subject.overdue()));
    }
}

impl Alarms {
    fn due(&mut self, now: Instant) -> Option<Weak<dyn Watched>> {
        let (end, _) = *self.by_time.first_key_value()?.0;
        if end > now {
            return None;
        }
        self.by_time.pop_first().map(|(_, subject)| subject)
    }

    fn until_next(&self, now: Instant) -> Option<Duration> {
        let ((end, _), _) = self.by_time.first_key_value()?;
        Some(end.saturating_duration_since(now))
    }
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
