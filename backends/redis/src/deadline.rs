use std::time::{Duration, Instant};

/// When an operation must be over, whatever it does until then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// A limit beyond what the clock can say, and this one is as good as any.
    const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    pub(crate) fn after(limit: Duration) -> Self {
        Self(Instant::now() + limit.min(Self::FAR))
    }

    /// This one, or `limit` from now if that is earlier.
    pub(crate) fn at_most(self, limit: Option<Duration>) -> Self {
        limit.map_or(self, |limit| Self(self.0.min(Self::after(limit).0)))
    }

    /// A fair share of what is left, when `others` are to be tried after this one.
    pub(crate) fn shared_with(self, others: usize) -> Self {
        let shares = u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1);
        self.left().map_or(self, |left| Self::after(left / shares))
    }

    /// The time that is left; `None` when it is over.
    pub(crate) fn left(self) -> Option<Duration> {
        self.0.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_shared_and_never_more() {
        let deadline = Deadline::after(Duration::from_secs(60));
        let share = deadline.shared_with(2).left().unwrap();
        assert!(share <= Duration::from_secs(20) && share > Duration::from_secs(15), "{share:?}");
        assert!(
            deadline.at_most(Some(Duration::from_secs(1))).left() < Some(Duration::from_secs(2))
        );
        assert!(deadline.at_most(None).left() > Some(Duration::from_secs(50)));
        assert!(Deadline::after(Duration::ZERO).left().is_none());
        assert!(Deadline::after(Duration::MAX).left().is_some());
    }
}
