//! Where callers wait for the answers to what they asked over a shared connection.

use super::queue::Heard;
use std::task::Waker;

/// The places of the callers of one connection. They are used again, so that an exchange takes no memory.
#[derive(Default)]
pub(super) struct Seats {
    seats: Vec<Seat>,
    free: Vec<usize>,
}

enum Seat {
    Free,
    /// Somebody waits, and is to be woken, if polled since.
    Waiting(Option<Waker>),
    /// Nobody waits any more for the answer, which is still to come.
    Left,
    Served(Heard),
}

impl Seats {
    /// Takes a place to wait at.
    pub(super) fn take(&mut self) -> usize {
        if let Some(index) = self.free.pop() {
            self.seats[index] = Seat::Waiting(None);
            return index;
        }
        self.seats.push(Seat::Waiting(None));
        self.seats.len() - 1
    }

    /// What came for the one who waits there; the place is free then. Otherwise it is to be woken by `waker`.
    pub(super) fn look(&mut self, index: usize, waker: &Waker) -> Option<Heard> {
        match &mut self.seats[index] {
            Seat::Waiting(Some(former)) => former.clone_from(waker),
            Seat::Waiting(none) => *none = Some(waker.clone()),
            Seat::Free | Seat::Left | Seat::Served(_) => {
                if let Seat::Served(heard) = self.free(index) {
                    return Some(heard);
                }
            }
        }
        None
    }

    /// The one who waits there is awake, and will look. Says whether it waits.
    pub(super) fn look_away(&mut self, index: usize) -> bool {
        let Seat::Waiting(waker) = &mut self.seats[index] else { return false };
        *waker = None;
        true
    }

    /// Puts down what came, and gives whom to wake.
    pub(super) fn serve(&mut self, index: usize, heard: Heard) -> Option<Waker> {
        match std::mem::replace(&mut self.seats[index], Seat::Free) {
            Seat::Waiting(waker) => {
                self.seats[index] = Seat::Served(heard);
                waker
            }
            Seat::Left => {
                self.free.push(index);
                None
            }
            other @ (Seat::Free | Seat::Served(_)) => {
                self.seats[index] = other;
                None
            }
        }
    }

    /// The caller does not wait any more. Says whether the answer is still to come.
    pub(super) fn leave(&mut self, index: usize) -> bool {
        if matches!(self.seats[index], Seat::Waiting(_)) {
            self.seats[index] = Seat::Left;
            return true;
        }
        self.free(index);
        false
    }

    /// Puts down the same for everybody who waits, and gives whom to wake.
    pub(super) fn serve_all(&mut self, heard: impl Fn() -> Heard) -> Vec<Waker> {
        let all = 0..self.seats.len();
        let waiting =
            all.filter(|index| matches!(self.seats[*index], Seat::Waiting(_) | Seat::Left));
        let waiting: Vec<_> = waiting.collect();
        waiting.into_iter().filter_map(|index| self.serve(index, heard())).collect()
    }

    /// The place of a caller to whom nothing will come is free again.
    pub(super) fn give_back(&mut self, index: usize) {
        self.free(index);
    }

    fn free(&mut self, index: usize) -> Seat {
        self.free.push(index);
        std::mem::replace(&mut self.seats[index], Seat::Free)
    }
}
