use super::Group;
use cache_memoize_core::{Generation, ObjectStore};
use std::sync::Arc;

/// The groups that a value is in, as a store in this process counts their invalidations.
pub(crate) struct Members {
    generations: Box<[Arc<Generation>]>,
    tags: usize,
}

/// That a value is in its groups since a moment before it was computed.
#[derive(Clone)]
pub(crate) struct Membership {
    members: Arc<Members>,
    sum: u64,
}

impl Members {
    /// Those of these groups, so many of which are tags.
    pub(crate) fn of(objects: &dyn ObjectStore, groups: &[Group], tags: usize) -> Arc<Self> {
        let generations = groups.iter().map(|it| objects.generations().of(it.name())).collect();
        Arc::new(Self { generations, tags })
    }

    /// For a value that is computed from now on.
    pub(crate) fn join(self: &Arc<Self>) -> Membership {
        Membership { members: self.clone(), sum: self.sum() }
    }

    /// Since each of them only grows, the sum is what it was if and only if all of them are.
    #[inline]
    fn sum(&self) -> u64 {
        match &*self.generations {
            // Most values are in these two, and have no time to lose.
            [cache, function] => cache.number().wrapping_add(function.number()),
            all => all.iter().fold(0, |sum, it| sum.wrapping_add(it.number())),
        }
    }
}

impl Membership {
    /// Whether none of the groups was invalidated.
    #[inline]
    pub(crate) fn stands(&self) -> bool {
        self.members.sum() == self.sum
    }

    /// Whether that is enough for a call with so many tags: what was stored by hand has none.
    #[inline]
    pub(crate) fn stands_for(&self, tags: usize) -> bool {
        self.members.tags >= tags && self.stands()
    }
}
