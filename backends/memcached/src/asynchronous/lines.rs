use super::driver;
use super::line::Line;
use super::stream::Stream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime;

/// The shared connections to one server: one for each runtime.
///
/// A connection is of use on the runtime that it was made on: on another one it would be woken by a driver that may be
/// gone. Those of runtimes that have ended, or do not ask any more, make room.
pub(super) struct Lines {
    most: usize,
    places: Mutex<Vec<Place>>,
}

struct Place {
    runtime: runtime::Id,
    state: State,
    /// How often the connection had been used when another runtime wanted the place, and since when it was so.
    use_seen: (u64, Instant),
}

/// A connection that was not used for so long makes room. One that is in use now and then does not: two runtimes that take
/// the place from each other would connect at every call.
const UNUSED: Duration = Duration::from_secs(1);

enum State {
    Connected(Arc<Line>),
    /// One caller makes the connection, until then at the latest. Others do not wait for it: nobody knows whether its
    /// future is polled.
    Connecting {
        until: Instant,
    },
}

/// The shared connection of a runtime, as one caller finds it.
pub(super) enum Found<'a> {
    Line(Arc<Line>),
    /// There is none, and the caller is the one to make it.
    Vacancy(Vacancy<'a>),
    /// There is none for this caller.
    Nothing,
}

impl Lines {
    pub(super) fn new(most: usize) -> Self {
        Self { most, places: Mutex::default() }
    }

    /// Finds the connection of `runtime`, for a caller who may take until `until` to make it.
    pub(super) fn find(&self, runtime: runtime::Id, until: Instant) -> Found<'_> {
        let mut places = self.enter();
        if let Some(place) = places.iter_mut().find(|place| place.runtime == runtime) {
            match &place.state {
                State::Connected(line) => return Found::Line(line.clone()),
                State::Connecting { until } if *until > Instant::now() => return Found::Nothing,
                State::Connecting { .. } => {}
            }
            place.state = State::Connecting { until };
            return Found::Vacancy(Vacancy { lines: self, runtime, until });
        }
        let mut removed = None;
        if places.len() >= self.most {
            let Some(index) = places.iter_mut().position(Place::may_go) else {
                return Found::Nothing;
            };
            removed = Some(places.remove(index));
        }
        let state = State::Connecting { until };
        places.push(Place { runtime, state, use_seen: (0, Instant::now()) });
        drop(places);
        drop(removed);
        Found::Vacancy(Vacancy { lines: self, runtime, until })
    }

    /// Forgets a connection that is lost.
    pub(super) fn forget(&self, lost: &Arc<Line>) {
        self.enter().retain(
            |place| !matches!(&place.state, State::Connected(line) if Arc::ptr_eq(line, lost)),
        );
    }

    fn enter(&self) -> MutexGuard<'_, Vec<Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether nobody is disturbed if another runtime has it.
    fn may_go(&mut self) -> bool {
        match &self.state {
            State::Connecting { until } => *until <= Instant::now(),
            State::Connected(line) if line.is_lost() => true,
            State::Connected(line) => {
                if self.use_seen.0 != line.begun() {
                    self.use_seen = (line.begun(), Instant::now());
                }
                line.is_idle() && self.use_seen.1.elapsed() >= UNUSED
            }
        }
    }
}

impl Drop for Place {
    /// Its driver holds the connection too.
    fn drop(&mut self) {
        if let State::Connected(line) = &self.state {
            line.give_up("the connection was closed");
        }
    }
}

/// The place of a connection that is being made. Dropped before it is filled, it is given back.
pub(super) struct Vacancy<'a> {
    lines: &'a Lines,
    runtime: runtime::Id,
    until: Instant,
}

impl Vacancy<'_> {
    /// The connection that was made, unless another caller is about to make one by now.
    pub(super) fn fill(self, stream: Stream) -> Option<Arc<Line>> {
        let mut places = self.lines.enter();
        let place = places.iter_mut().find(|place| self.is_of(place))?;
        let line = Line::new(stream);
        driver::start(line.clone());
        place.state = State::Connected(line.clone());
        Some(line)
    }

    fn is_of(&self, place: &Place) -> bool {
        place.runtime == self.runtime
            && matches!(place.state, State::Connecting { until } if until == self.until)
    }
}

impl Drop for Vacancy<'_> {
    fn drop(&mut self) {
        self.lines.enter().retain(|place| !self.is_of(place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use std::net::{Ipv4Addr, TcpListener};
    use tokio::runtime::{Builder, Runtime};

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    fn deadline() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    fn vacancy<'a>(lines: &'a Lines, runtime: &Runtime) -> Option<Vacancy<'a>> {
        match lines.find(runtime.handle().id(), deadline()) {
            Found::Vacancy(vacancy) => Some(vacancy),
            Found::Line(_) | Found::Nothing => None,
        }
    }

    #[test]
    fn who_gives_up_connecting_gives_the_place_back() {
        let (lines, runtime) = (Lines::new(1), runtime());
        let first = vacancy(&lines, &runtime).expect("nobody was there before");
        assert!(vacancy(&lines, &runtime).is_none(), "one makes the connection");
        drop(first);
        assert!(vacancy(&lines, &runtime).is_some());
    }

    #[test]
    fn a_place_is_taken_from_who_does_not_use_it() {
        let (lines, used, other) = (Lines::new(1), runtime(), runtime());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = Address::tcp("127.0.0.1", Some(listener.local_addr().unwrap().port()));
        let line = used.block_on(async {
            let stream = Stream::connect(&address, deadline()).await.unwrap();
            vacancy(&lines, &used).unwrap().fill(stream).unwrap()
        });
        assert!(vacancy(&lines, &other).is_none(), "it may be used again in a moment");
        line.give_up("for a test");
        assert!(vacancy(&lines, &other).is_some());
    }
}
