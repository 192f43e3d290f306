use std::collections::{HashMap, VecDeque};

/// The hashes of keys that left not long ago. Who comes back while it is remembered has shown that it
/// is asked for again.
#[derive(Default)]
pub(crate) struct Ghosts {
    order: VecDeque<(u64, u64)>,
    departures: HashMap<u64, u64, foldhash::fast::RandomState>,
    departed: u64,
}

impl Ghosts {
    /// Remembers a departure, and forgets the oldest beyond `limit`.
    pub(crate) fn remember(&mut self, hash: u64, limit: usize) {
        self.departed += 1;
        self.departures.insert(hash, self.departed);
        self.order.push_back((hash, self.departed));
        while self.order.len() > limit {
            self.forget_oldest();
        }
    }

    /// Whether this one is remembered; it is not any more afterwards.
    pub(crate) fn take(&mut self, hash: u64) -> bool {
        self.departures.remove(&hash).is_some()
    }

    /// A hash that came back and left again stands in the order twice: its older place must not take
    /// the younger memory along.
    fn forget_oldest(&mut self) {
        if let Some((hash, departure)) = self.order.pop_front()
            && self.departures.get(&hash) == Some(&departure)
        {
            self.departures.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_first() {
        let mut ghosts = Ghosts::default();
        for hash in 1..=5 {
            ghosts.remember(hash, 3);
        }
        assert_eq!([1, 2, 3, 4, 5].map(|hash| ghosts.take(hash)), [false, false, true, true, true]);
        assert!(!ghosts.take(5), "taken once, forgotten");
    }

    #[test]
    fn an_older_departure_does_not_take_a_younger_one_along() {
        let mut ghosts = Ghosts::default();
        ghosts.remember(1, 2);
        ghosts.take(1);
        ghosts.remember(1, 2);
        ghosts.remember(2, 2);
        assert!(ghosts.take(1));
    }

    #[test]
    fn it_never_grows_beyond_its_limit() {
        let mut ghosts = Ghosts::default();
        for round in 0..10_000 {
            ghosts.remember(round % 7, 100);
            ghosts.take(round % 5);
            assert!(ghosts.order.len() <= 100 && ghosts.departures.len() <= 100);
        }
    }
}
