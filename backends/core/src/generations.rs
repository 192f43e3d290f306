use crate::{Key, KeyRef};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How often the groups of a store in this process were invalidated.
///
/// An object remembers the generations of its groups from before it was computed, and is served only while they are
/// still what they were. So to invalidate a group costs the same whatever is in it. A generation lives as long as
/// somebody holds it, as every object of the group does: where nobody does there is nothing to invalidate.
#[derive(Debug, Default)]
pub struct Generations {
    groups: Mutex<Groups>,
}

#[derive(Debug, Default)]
struct Groups {
    by_name: HashMap<Key, Weak<Generation>>,
    /// How many groups there may be before those that nobody holds are looked for.
    bound: usize,
}

/// A number that grows whenever its group is invalidated.
#[derive(Debug, Default)]
pub struct Generation(AtomicU64);

impl Generation {
    /// The number at present.
    #[inline]
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

impl Generations {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The generation of a group, the same for all who ask as long as one of them holds it.
    #[must_use]
    pub fn of(&self, group: KeyRef<'_>) -> Arc<Generation> {
        self.groups().of(group)
    }

    /// Invalidates a group, and says whether anybody holds its generation.
    pub fn advance(&self, group: KeyRef<'_>) -> bool {
        let held = self.groups().by_name.get(group.as_str()).and_then(Weak::upgrade);
        if let Some(generation) = &held {
            generation.0.fetch_add(1, Ordering::AcqRel);
        }
        held.is_some()
    }

    fn groups(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Groups {
    const SMALLEST_BOUND: usize = 64;

    fn of(&mut self, group: KeyRef<'_>) -> Arc<Generation> {
        if let Some(generation) = self.by_name.get(group.as_str()).and_then(Weak::upgrade) {
            return generation;
        }
        let generation = Arc::default();
        self.by_name.insert(group.to_key(), Arc::downgrade(&generation));
        self.tidy();
        generation
    }

    /// Forgets what nobody holds, whenever there is twice as much as was held the last time: so each group pays for
    /// a constant number of looks.
    fn tidy(&mut self) {
        if self.by_name.len() > self.bound.max(Self::SMALLEST_BOUND) {
            self.by_name.retain(|_, generation| generation.strong_count() > 0);
            self.bound = self.by_name.len() * 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> KeyRef<'_> {
        KeyRef::new(text).unwrap()
    }

    #[test]
    fn all_who_hold_a_generation_see_it_advance() {
        let generations = Generations::new();
        let (one, other) = (generations.of(name("a")), generations.of(name("a")));
        let bystander = generations.of(name("b"));
        let before = (one.number(), bystander.number());
        assert!(generations.advance(name("a")));
        assert_ne!(one.number(), before.0);
        assert_eq!((other.number(), bystander.number()), (one.number(), before.1));
        assert!(!generations.advance(name("c")));
    }

    #[test]
    fn what_nobody_holds_takes_no_room() {
        let generations = Generations::new();
        let held: Vec<_> = (0..100).map(|at| generations.of(name(&format!("held{at}")))).collect();
        for at in 0..10_000 {
            drop(generations.of(name(&format!("dropped{at}"))));
        }
        let known = generations.groups().by_name.len();
        assert!((100..=2 * 100 + Groups::SMALLEST_BOUND).contains(&known), "{known} are known");
        assert!(generations.advance(name("held7")));
        assert_eq!(held[7].number(), 1);
    }
}
