use super::Group;
use cache_memoize_core::{Generation, ObjectStore};
use std::sync::Arc;

/// The groups that a value is in, as a store in this process counts their invalidations.
pub(crate) struct Members {
    generations: Box<[Arc<Generation>]>,
}

/// That a value is in its groups since a moment before it was computed.
#[derive(Clone)]
pub(crate) struct Membership {
    members: Arc<Members>,
    sum: u64,
}

impl Members {
    pub(crate) fn of(objects: &dyn ObjectStore, groups: &[Group]) -> Arc<Self> {
        let generations = objects.generations();
        Arc::new(Self { generations: groups.iter().map(|it| generations.of(it.name())).collect() })
    }

    /// For a value that is computed from now on.
    pub(crate) fn join(self: &Arc<Self>) -> Membership {
        Membership { members: self.clone(), sum: self.sum() }
    }

    /// Since each of them only grows, the sum is what it was if and only if all of them are.
    #[inline]
    fn sum(&self) -> u64 {
        self.generations.iter().fold(0, |sum, it| sum.wrapping_add(it.number()))
    }
}

impl Membership {
    /// Whether none of the groups was invalidated.
    #[inline]
    pub(crate) fn stands(&self) -> bool {
        self.members.sum() == self.sum
    }
}
