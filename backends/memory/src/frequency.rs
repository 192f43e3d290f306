use std::sync::atomic::{AtomicU8, Ordering};

/// How often an entry was asked for lately: a count up to three, which is all that the policy can use.
#[derive(Default)]
pub(crate) struct Frequency(AtomicU8);

impl Frequency {
    const MAX: u8 = 3;

    /// Counts one request. A full counter is not written to, so that the cores share what is hot
    /// without contending for it; two requests at once may count as one.
    #[inline]
    pub(crate) fn raise(&self) {
        let count = self.count();
        if count < Self::MAX {
            self.0.store(count + 1, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn count(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    /// The same count, for the entry that takes this one's place.
    pub(crate) fn handed_on(&self) -> Self {
        Self(AtomicU8::new(self.count()))
    }

    pub(crate) fn lower(&self) {
        self.0.store(self.count().saturating_sub(1), Ordering::Relaxed);
    }

    pub(crate) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_is_full_stays_so() {
        let frequency = Frequency::default();
        for _ in 0..300 {
            frequency.raise();
        }
        assert_eq!(frequency.count(), Frequency::MAX);
        frequency.lower();
        assert_eq!(frequency.handed_on().count(), Frequency::MAX - 1);
    }
}
