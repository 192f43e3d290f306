use crate::frequency::Frequency;
use crate::ghosts::Ghosts;
use crate::queues::{Queue, Queues, Slot};
use cache_memoize_core::Key;
use std::hash::BuildHasher;

/// Who stays and who goes: S3-FIFO (Yang, Zhang, Qiu, Yue and Rashmi, "FIFO queues are all you need for
/// cache eviction", SOSP 2023).
///
/// Newcomers enter the small queue, a tenth of the room. Who was asked for more than once by the time it
/// is the oldest there moves on to the main queue; who was not leaves, and only a ghost of its key is
/// kept. Who comes back while its ghost is remembered enters the main queue at once. The oldest of the
/// main queue starts again at its end if it was asked for, one count poorer, and leaves if not.
///
/// Who leaves, for whatever reason, leaves a vacancy: its key stays in the map for a while, without a
/// value. The map never uses the place of a removed key again before it grows or is copied, so that a
/// single key that is removed and stored over and over would have the whole map copied every hundred
/// times, and start the next copy before the last one is done. With its place kept it costs nothing.
///
/// Readers only ever touch a [`Frequency`]; all else happens under the writers' lock.
pub(crate) struct Policy {
    bounds: Bounds,
    queues: Queues,
    ghosts: Ghosts,
    hasher: foldhash::fast::RandomState,
}

impl Policy {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            queues: Queues::new(),
            ghosts: Ghosts::default(),
            hasher: foldhash::fast::RandomState::default(),
        }
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(crate) fn len(&self) -> usize {
        self.queues.len()
    }

    pub(crate) fn weight(&self) -> usize {
        self.queues.weight()
    }

    pub(crate) fn key(&self, slot: Slot) -> &Key {
        self.queues.key(slot)
    }

    pub(crate) fn weight_of(&self, slot: Slot) -> usize {
        self.queues.weight_of(slot)
    }

    /// Whether one more of this weight can be admitted without evicting anyone.
    pub(crate) fn has_room_for(&self, weight: usize) -> bool {
        self.len() < self.bounds.entries
            && self.weight().saturating_add(weight) <= self.bounds.weight
    }

    /// Admits a newcomer, or one who comes back. Room must have been made.
    pub(crate) fn admit(&mut self, key: Key, weight: usize) -> Slot {
        let queue = match self.ghosts.take(self.hash(&key)) {
            true => Queue::Main,
            false => Queue::Small,
        };
        self.queues.admit(key, weight, queue)
    }

    /// Gives a resident another weight where it stands, if there is room for the difference.
    pub(crate) fn reweigh(&mut self, slot: Slot, weight: usize) -> bool {
        let others = self.weight() - self.queues.weight_of(slot);
        let fits = others.saturating_add(weight) <= self.bounds.weight;
        if fits {
            self.queues.reweigh(slot, weight);
        }
        fits
    }

    /// Lets a resident step out of its queue, so that room can be made without evicting it.
    pub(crate) fn step_out(&mut self, slot: Slot) -> SteppedOut {
        let queue = self.queues.queue_of(slot);
        SteppedOut { queue, key: self.queues.dismiss(slot) }
    }

    /// Lets in again who stepped out, at the end of the same queue.
    pub(crate) fn step_in(&mut self, resident: SteppedOut, weight: usize) -> Slot {
        self.queues.admit(resident.key, weight, resident.queue)
    }

    /// Makes a vacancy of one that was removed: nobody expects it back.
    pub(crate) fn remove(&mut self, slot: Slot) -> Vacancy {
        let vacancy = Vacancy { slot, key: self.key(slot).clone(), weight: self.weight_of(slot) };
        self.queues.reweigh(slot, 0);
        self.queues.requeue(slot, Queue::Vacant);
        vacancy
    }

    /// Makes a vacancy of one whose time is over. Who had made it to the main queue leaves a ghost,
    /// because it will be computed again as soon as it is asked for, and is no newcomer then.
    pub(crate) fn expire(&mut self, slot: Slot) -> Vacancy {
        if self.queues.queue_of(slot) == Queue::Main {
            self.remember(slot);
        }
        self.remove(slot)
    }

    /// Makes a vacancy of the one that is worth least. `frequency_of` finds the count that the readers
    /// keep.
    pub(crate) fn evict<'f>(
        &mut self,
        frequency_of: impl Fn(&Key) -> Option<&'f Frequency>,
    ) -> Option<Vacancy> {
        let from_small = match self.small_has_its_share() {
            true => self.pass_from_small(&frequency_of),
            false => None,
        };
        let slot = from_small
            .or_else(|| self.pass_from_main(&frequency_of))
            .or_else(|| self.pass_from_small(&frequency_of))?;
        Some(self.remove(slot))
    }

    /// Ends a vacancy because its key is back.
    pub(crate) fn end_vacancy(&mut self, slot: Slot) -> Key {
        self.queues.dismiss(slot)
    }

    /// Gives up the oldest vacancy, if there are more than it takes.
    pub(crate) fn end_surplus_vacancy(&mut self) -> Option<Key> {
        let enough = FEWEST_VACANCIES + self.len() / RESIDENTS_PER_VACANCY;
        let oldest = self.queues.oldest(Queue::Vacant)?;
        (self.queues.len_of(Queue::Vacant) > enough).then(|| self.queues.dismiss(oldest))
    }

    /// Forgets everyone, ghosts included.
    pub(crate) fn clear(&mut self) {
        self.queues = Queues::new();
        self.ghosts = Ghosts::default();
    }

    fn small_has_its_share(&self) -> bool {
        self.queues.len_of(Queue::Small) >= (self.bounds.entries / SMALL_SHARE).max(1)
            || self.queues.weight_in(Queue::Small) >= (self.bounds.weight / SMALL_SHARE).max(1)
    }

    fn pass_from_small<'f>(
        &mut self,
        frequency_of: &impl Fn(&Key) -> Option<&'f Frequency>,
    ) -> Option<Slot> {
        for _ in 0..PATIENCE {
            let slot = self.queues.oldest(Queue::Small)?;
            match frequency_of(self.key(slot)) {
                Some(frequency) if frequency.count() > 1 => {
                    frequency.reset();
                    self.queues.requeue(slot, Queue::Main);
                }
                _ => {
                    self.remember(slot);
                    return Some(slot);
                }
            }
        }
        None
    }

    fn pass_from_main<'f>(
        &mut self,
        frequency_of: &impl Fn(&Key) -> Option<&'f Frequency>,
    ) -> Option<Slot> {
        for _ in 0..PATIENCE {
            let slot = self.queues.oldest(Queue::Main)?;
            match frequency_of(self.key(slot)) {
                Some(frequency) if frequency.count() > 0 => {
                    frequency.lower();
                    self.queues.requeue(slot, Queue::Main);
                }
                _ => return Some(slot),
            }
        }
        self.queues.oldest(Queue::Main)
    }

    fn remember(&mut self, slot: Slot) {
        let hash = self.hash(self.key(slot));
        self.ghosts.remember(hash, self.queues.high_water_mark());
    }

    fn hash(&self, key: &Key) -> u64 {
        self.hasher.hash_one(key)
    }
}

/// The small queue has one part in so many of the room.
const SMALL_SHARE: usize = 10;

/// How many residents get another round before one has to go, asked for or not. Where all are asked for,
/// it matters little which one goes, and the lock is not held while a whole queue turns round.
const PATIENCE: usize = 1_000;

/// How many vacancies are kept at least, and one more for so many residents.
const FEWEST_VACANCIES: usize = 64;
const RESIDENTS_PER_VACANCY: usize = 64;

/// What a resident left: its place, and how much less the others now weigh.
pub(crate) struct Vacancy {
    pub(crate) slot: Slot,
    pub(crate) key: Key,
    pub(crate) weight: usize,
}

/// One who left its queue for a moment.
pub(crate) struct SteppedOut {
    key: Key,
    queue: Queue,
}

/// How much a store holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) entries: usize,
    pub(crate) weight: usize,
    pub(crate) weighs: bool,
}

impl Bounds {
    /// No memory holds more than this, and sums below it cannot overflow, whatever an object claims.
    const MOST_WEIGHT: usize = isize::MAX as usize;

    pub(crate) fn new(entries: usize, weight: Option<usize>) -> Self {
        Self {
            entries: entries.clamp(1, Slot::COUNT),
            weight: weight.unwrap_or(Self::MOST_WEIGHT).clamp(1, Self::MOST_WEIGHT),
            weighs: weight.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// A policy with the frequencies that the table keeps for it.
    struct Room {
        policy: Policy,
        present: HashMap<Key, (Slot, Frequency)>,
    }

    impl Room {
        fn new(bounds: Bounds) -> Self {
            Self { policy: Policy::new(bounds), present: HashMap::new() }
        }

        fn of_entries(entries: usize) -> Self {
            Self::new(Bounds::new(entries, None))
        }

        fn admit(&mut self, text: &str, weight: usize) -> Vec<String> {
            let mut gone = Vec::new();
            while !self.policy.has_room_for(weight) {
                let present = &self.present;
                let frequency_of = |key: &Key| present.get(key).map(|(_, frequency)| frequency);
                let Vacancy { key, .. } =
                    self.policy.evict(frequency_of).expect("there is someone to evict");
                self.present.remove(&key).expect("who is evicted was present");
                gone.push(key.to_string());
            }
            let key = Key::new(text).unwrap();
            let slot = self.policy.admit(key.clone(), weight);
            self.present.insert(key, (slot, Frequency::default()));
            gone
        }

        fn ask_for(&self, text: &str) {
            self.present[text].1.raise();
        }

        fn expire(&mut self, text: &str) {
            let (slot, _) = self.present.remove(text).unwrap();
            self.policy.expire(slot);
        }

        fn queue_of(&self, text: &str) -> Queue {
            self.policy.queues.queue_of(self.present[text].0)
        }
    }

    #[test]
    fn who_is_never_asked_for_leaves_in_the_order_of_coming() {
        let mut room = Room::of_entries(3);
        for text in ["a", "b", "c"] {
            assert!(room.admit(text, 1).is_empty());
        }
        assert_eq!(room.admit("d", 1), ["a"]);
        assert_eq!(room.admit("e", 1), ["b"]);
        assert_eq!(room.policy.len(), 3);
    }

    #[test]
    fn who_is_asked_for_twice_moves_on_and_once_does_not() {
        let mut room = Room::of_entries(3);
        for text in ["twice", "once", "never"] {
            room.admit(text, 1);
        }
        room.ask_for("twice");
        room.ask_for("twice");
        room.ask_for("once");
        assert_eq!(room.admit("d", 1), ["once"]);
        assert_eq!(room.queue_of("twice"), Queue::Main);
    }

    #[test]
    fn who_comes_back_soon_enters_the_main_queue() {
        let mut room = Room::of_entries(3);
        for text in ["a", "b", "c", "d"] {
            room.admit(text, 1);
        }
        room.admit("a", 1);
        assert_eq!(room.queue_of("a"), Queue::Main);
        assert_eq!(room.queue_of("d"), Queue::Small);
    }

    #[test]
    fn the_main_queue_gives_another_round_to_who_is_asked_for() {
        let mut room = Room::of_entries(2);
        for text in ["a", "b"] {
            room.admit(text, 1);
            room.ask_for(text);
            room.ask_for(text);
        }
        room.admit("c", 1);
        assert_eq!(room.policy.len(), 2, "both were promoted, and the older one had to go");
        assert!(!room.present.contains_key("a"));
        room.ask_for("b");
        room.admit("d", 1);
        assert!(room.present.contains_key("b"), "b was asked for, c was not");
    }

    #[test]
    fn who_expires_in_the_main_queue_comes_back_to_it() {
        let mut room = Room::of_entries(3);
        for text in ["a", "b", "c"] {
            room.admit(text, 1);
        }
        room.ask_for("a");
        room.ask_for("a");
        room.admit("d", 1);
        room.expire("a");
        room.expire("d");
        room.admit("a", 1);
        room.admit("d", 1);
        assert_eq!((room.queue_of("a"), room.queue_of("d")), (Queue::Main, Queue::Small));
    }

    #[test]
    fn room_is_made_for_a_heavy_one() {
        let mut room = Room::new(Bounds::new(usize::MAX, Some(100)));
        for text in ["a", "b", "c", "d"] {
            room.admit(text, 25);
        }
        assert_eq!(room.admit("heavy", 60), ["a", "b", "c"]);
        assert_eq!((room.policy.len(), room.policy.weight()), (2, 85));
    }

    #[test]
    fn someone_leaves_even_where_all_are_asked_for_all_the_time() {
        let mut room = Room::of_entries(1_000);
        for number in 0..1_000 {
            room.admit(&number.to_string(), 1);
        }
        for number in 0..1_000 {
            room.ask_for(&number.to_string());
            room.ask_for(&number.to_string());
            room.ask_for(&number.to_string());
        }
        assert_eq!(room.admit("another", 1).len(), 1);
    }

    #[test]
    fn vacancies_are_few() {
        let mut room = Room::of_entries(640);
        for number in 0..10_000 {
            room.admit(&number.to_string(), 1);
            while room.policy.end_surplus_vacancy().is_some() {}
            assert!(room.policy.queues.len_of(Queue::Vacant) <= 74);
        }
        assert!(room.policy.queues.high_water_mark() <= 640 + 75);
    }
}
