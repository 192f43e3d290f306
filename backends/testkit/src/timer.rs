use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// Done when `duration` is over. No thread waits but the one that all timers share.
pub(crate) async fn sleep(duration: Duration) {
    let end = Instant::now() + duration;
    let number = TIMER.lock().number();
    Sleep { alarm: (end, number) }.await;
}

static TIMER: LazyLock<Timer> = LazyLock::new(|| {
    thread::Builder::new()
        .name("testkit-timer".to_owned())
        .spawn(|| TIMER.ring_for_ever())
        .expect("a thread for the timers of the faulty stores");
    Timer::default()
});

/// When to wake, and a number that keeps apart those of the same moment.
type Alarm = (Instant, u64);

#[derive(Default)]
struct Timer {
    alarms: Mutex<Alarms>,
    changed: Condvar,
}

#[derive(Default)]
struct Alarms {
    last_number: u64,
    wakers: BTreeMap<Alarm, Waker>,
}

impl Alarms {
    fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

impl Timer {
    fn ring_for_ever(&self) {
        let mut alarms = self.lock();
        loop {
            let next = alarms.wakers.first_key_value().map(|(alarm, _)| alarm.0);
            let left = next.map(|end| end.saturating_duration_since(Instant::now()));
            alarms = match left {
                None => self.changed.wait(alarms).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    let due = alarms.wakers.pop_first();
                    drop(alarms);
                    due.into_iter().for_each(|(_, waker)| waker.wake());
                    self.lock()
                }
                Some(left) => {
                    let waited = self.changed.wait_timeout(alarms, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Alarms> {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Sleep {
    alarm: Alarm,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.alarm.0 {
            return Poll::Ready(());
        }
        TIMER.lock().wakers.insert(self.alarm, context.waker().clone());
        TIMER.changed.notify_one();
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        TIMER.lock().wakers.remove(&self.alarm);
    }
}
