use cache_memoize_core::Timestamp;
use std::collections::BTreeSet;

/// What ends when, in the order of time. What never ends is not in it.
///
/// An item that gets another end is taken out of its old place, so that the index holds no more than
/// one place for each, however often it changes.
pub(crate) struct Expiry<T> {
    ends: BTreeSet<(Timestamp, T)>,
}

impl<T: Ord> Expiry<T> {
    pub(crate) fn new() -> Self {
        Self { ends: BTreeSet::new() }
    }

    pub(crate) fn add(&mut self, end: Timestamp, item: T) {
        if end != Timestamp::NEVER {
            self.ends.insert((end, item));
        }
    }

    pub(crate) fn remove(&mut self, end: Timestamp, item: T) {
        if end != Timestamp::NEVER {
            self.ends.remove(&(end, item));
        }
    }

    /// Takes out one item that is over, the one that is so for longest.
    pub(crate) fn pop_over(&mut self, now: Timestamp) -> Option<T> {
        if self.next_end() > now {
            return None;
        }
        self.ends.pop_first().map(|(_, item)| item)
    }

    /// When the next item ends; [`Timestamp::NEVER`] if none does.
    pub(crate) fn next_end(&self) -> Timestamp {
        self.ends.first().map_or(Timestamp::NEVER, |(end, _)| *end)
    }

    pub(crate) fn clear(&mut self) {
        self.ends.clear();
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn items_come_out_in_the_order_of_time_and_not_before_it() {
        let mut expiry = Expiry::new();
        expiry.add(at(20), "later");
        expiry.add(at(10), "sooner");
        expiry.add(Timestamp::NEVER, "never");

        assert_eq!(expiry.next_end(), at(10));
        assert_eq!(expiry.pop_over(at(9)), None);
        assert_eq!(expiry.pop_over(at(10)), Some("sooner"));
        assert_eq!(expiry.pop_over(at(10)), None);
        assert_eq!(expiry.pop_over(at(99)), Some("later"));
        assert_eq!(expiry.next_end(), Timestamp::NEVER);
        assert_eq!(expiry.pop_over(at(u64::MAX)), None);
    }
}
