use cache_memoize_core::{Clock, Timestamp};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time of the machine as its kernel last noted it, a few milliseconds late at most and several
/// times cheaper to ask than [`SystemClock`](cache_memoize_core::SystemClock).
///
/// It is what the wall clock said when any clock of this type was first asked, carried on by the coarse
/// monotonic clock: a correction of the wall clock neither revives nor kills an entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoarseClock;

impl CoarseClock {
    /// How late it is at most: longer than the ticks of the usual kernels, which are 10 milliseconds and less, and 16 on
    /// Windows.
    pub const LAG: Duration = Duration::from_millis(20);
}

impl Clock for CoarseClock {
    #[inline]
    fn now(&self) -> Timestamp {
        static START_OF_THE_COARSE_CLOCK: LazyLock<Timestamp> =
            LazyLock::new(|| Timestamp::from_millis(wall_clock().saturating_sub(coarse_millis())));
        START_OF_THE_COARSE_CLOCK.plus_millis(coarse_millis())
    }
}

/// The coarse monotonic clock of the kernel. Its parts are asked for as they are kept, since the time takes up a good part of
/// a hit: two multiplications less are felt.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn coarse_millis() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse);
    // Neither is ever less than zero, and how wide they are is the platform's.
    time.tv_sec as u64 * 1_000 + time.tv_nsec as u64 / 1_000_000
}

/// The cheapest monotonic clock of the system. `Instant::now` would also store the moment in a variable that all threads
/// share, and so make every hit contend for one cache line.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn coarse_millis() -> u64 {
    let ticks = coarsetime::Instant::now_without_cache_update().as_ticks();
    coarsetime::Duration::from_ticks(ticks).as_millis()
}

fn wall_clock() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// Where a store takes the time from. The usual clock is asked directly, because a virtual call is felt
/// on the path of a hit.
pub(crate) enum Time {
    Coarse,
    Given(Arc<dyn Clock>),
}

impl Time {
    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Coarse => CoarseClock.now(),
            Self::Given(clock) => clock.now(),
        }
    }

    /// Whether this time passes as the machine's does, so that one can sleep until a moment of it.
    pub(crate) fn passes_by_itself(&self) -> bool {
        matches!(self, Self::Coarse)
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self {
            Self::Coarse => Arc::new(CoarseClock),
            Self::Given(clock) => clock.clone(),
        }
    }
}

impl From<Option<Arc<dyn Clock>>> for Time {
    fn from(clock: Option<Arc<dyn Clock>>) -> Self {
        clock.map_or(Self::Coarse, Self::Given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cache_memoize_core::SystemClock;

    #[test]
    fn it_says_what_the_system_clock_says_give_or_take_a_tick() {
        let (coarse, system) = (CoarseClock.now(), SystemClock.now());
        let apart = coarse.since(system).max(system.since(coarse));
        assert!(apart < Duration::from_secs(5), "{coarse:?} and {system:?} are {apart:?} apart");
    }

    #[test]
    fn it_moves_on_and_never_back() {
        let start = CoarseClock.now();
        let mut last = start;
        while last <= start {
            let now = CoarseClock.now();
            assert!(now >= last);
            last = now;
            std::thread::yield_now();
        }
    }
}
