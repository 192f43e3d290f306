use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::time::{Sleep, sleep_until};

/// One timer for all exchanges of a connection.
///
/// A timer for each of them would be felt: they are set and taken back at every hit, and all but never ring. This one is
/// set for the earliest deadline, and left as it is when that exchange is over. Once it rings it is set for the earliest
/// of those that are under way then.
#[derive(Default)]
pub(super) struct Alarm {
    timer: Option<Pin<Box<Sleep>>>,
    /// Not later than any deadline that it was told.
    set: Option<Instant>,
}

impl Alarm {
    /// Sees to it that it rings at `deadline`, or before.
    pub(super) fn cover(&mut self, deadline: Instant) {
        if self.set.is_none_or(|set| deadline < set) {
            self.set = Some(deadline);
            match &mut self.timer {
                Some(timer) => timer.as_mut().reset(deadline.into()),
                None => self.timer = Some(Box::pin(sleep_until(deadline.into()))),
            }
        }
    }

    /// Whether a deadline that it was told of is over, though the exchange may be over too.
    pub(super) fn may_ring(&self) -> bool {
        self.set.is_some_and(|set| set <= now())
    }

    /// Whether one of the `deadlines` is over. If not, the one who asks is woken when the next one may be.
    pub(super) fn rings(
        &mut self,
        context: &mut Context<'_>,
        deadlines: impl Fn() -> Option<Instant>,
    ) -> bool {
        while let (Some(_), Some(timer)) = (self.set, &mut self.timer) {
            if timer.as_mut().poll(context) == Poll::Pending {
                return false;
            }
            self.set = None;
            let Some(earliest) = deadlines() else { return false };
            if earliest <= now() {
                return true;
            }
            self.cover(earliest);
        }
        false
    }
}

/// The time that timers go by, which stands still or runs ahead in some tests.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
