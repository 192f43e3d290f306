use cache_memoize_core::Key;

/// The number of a resident, or of a vacancy, for as long as it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(u32);

impl Slot {
    /// How many residents there can be.
    pub(crate) const COUNT: usize = u32::MAX as usize;

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which queue a resident stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    Small,
    Main,
    Vacant,
}

/// The two queues that residents stand in, and a third for the vacancies they leave. Anyone can leave
/// from anywhere in constant time, and leaves nothing behind.
pub(crate) struct Queues {
    residents: Vec<Option<Resident>>,
    unused: Vec<Slot>,
    small: Fifo,
    main: Fifo,
    vacant: Fifo,
}

struct Resident {
    key: Key,
    weight: usize,
    queue: Queue,
    newer: Option<Slot>,
    older: Option<Slot>,
}

#[derive(Default)]
struct Fifo {
    newest: Option<Slot>,
    oldest: Option<Slot>,
    len: usize,
    weight: usize,
}

impl Queues {
    pub(crate) fn new() -> Self {
        Self {
            residents: Vec::new(),
            unused: Vec::new(),
            small: Fifo::default(),
            main: Fifo::default(),
            vacant: Fifo::default(),
        }
    }

    /// Takes in a new resident, at the new end of `queue`.
    pub(crate) fn admit(&mut self, key: Key, weight: usize, queue: Queue) -> Slot {
        let resident = Some(Resident { key, weight, queue, newer: None, older: None });
        let slot = match self.unused.pop() {
            Some(slot) => {
                self.residents[slot.index()] = resident;
                slot
            }
            None => {
                let number = u32::try_from(self.residents.len()).expect("bounded by Slot::COUNT");
                self.residents.push(resident);
                Slot(number)
            }
        };
        self.link(slot);
        slot
    }

    /// Lets a resident go, and gives back its key.
    pub(crate) fn dismiss(&mut self, slot: Slot) -> Key {
        self.unlink(slot);
        self.unused.push(slot);
        self.residents[slot.index()].take().expect("a dismissed slot was taken").key
    }

    /// Puts a resident at the new end of `queue`.
    pub(crate) fn requeue(&mut self, slot: Slot, queue: Queue) {
        self.unlink(slot);
        self.resident_mut(slot).queue = queue;
        self.link(slot);
    }

    /// Changes the weight of a resident where it stands.
    pub(crate) fn reweigh(&mut self, slot: Slot, weight: usize) {
        let resident = self.resident_mut(slot);
        let (queue, before) = (resident.queue, std::mem::replace(&mut resident.weight, weight));
        let fifo = self.fifo_mut(queue);
        fifo.weight = fifo.weight - before + weight;
    }

    pub(crate) fn key(&self, slot: Slot) -> &Key {
        &self.resident(slot).key
    }

    pub(crate) fn weight_of(&self, slot: Slot) -> usize {
        self.resident(slot).weight
    }

    pub(crate) fn queue_of(&self, slot: Slot) -> Queue {
        self.resident(slot).queue
    }

    pub(crate) fn oldest(&self, queue: Queue) -> Option<Slot> {
        self.fifo(queue).oldest
    }

    /// Who came to the same queue after this one.
    #[cfg(test)]
    fn next_newer(&self, slot: Slot) -> Option<Slot> {
        self.resident(slot).newer
    }

    pub(crate) fn len_of(&self, queue: Queue) -> usize {
        self.fifo(queue).len
    }

    pub(crate) fn weight_in(&self, queue: Queue) -> usize {
        self.fifo(queue).weight
    }

    /// How many residents there are; vacancies do not count.
    pub(crate) fn len(&self) -> usize {
        self.small.len + self.main.len
    }

    /// What the residents weigh.
    pub(crate) fn weight(&self) -> usize {
        self.small.weight + self.main.weight
    }

    /// The most residents and vacancies that there ever were at once.
    pub(crate) fn high_water_mark(&self) -> usize {
        self.residents.len()
    }

    fn link(&mut self, slot: Slot) {
        let resident = self.resident(slot);
        let (queue, weight) = (resident.queue, resident.weight);
        let fifo = self.fifo_mut(queue);
        fifo.len += 1;
        fifo.weight += weight;
        let before = fifo.newest.replace(slot);
        match before {
            Some(before) => self.resident_mut(before).newer = Some(slot),
            None => self.fifo_mut(queue).oldest = Some(slot),
        }
        let resident = self.resident_mut(slot);
        (resident.older, resident.newer) = (before, None);
    }

    fn unlink(&mut self, slot: Slot) {
        let resident = self.resident(slot);
        let (queue, weight) = (resident.queue, resident.weight);
        let (older, newer) = (resident.older, resident.newer);
        match older {
            Some(older) => self.resident_mut(older).newer = newer,
            None => self.fifo_mut(queue).oldest = newer,
        }
        match newer {
            Some(newer) => self.resident_mut(newer).older = older,
            None => self.fifo_mut(queue).newest = older,
        }
        let fifo = self.fifo_mut(queue);
        fifo.len -= 1;
        fifo.weight -= weight;
    }

    fn resident(&self, slot: Slot) -> &Resident {
        self.residents[slot.index()].as_ref().expect("the slot is taken")
    }

    fn resident_mut(&mut self, slot: Slot) -> &mut Resident {
        self.residents[slot.index()].as_mut().expect("the slot is taken")
    }

    fn fifo(&self, queue: Queue) -> &Fifo {
        match queue {
            Queue::Small => &self.small,
            Queue::Main => &self.main,
            Queue::Vacant => &self.vacant,
        }
    }

    fn fifo_mut(&mut self, queue: Queue) -> &mut Fifo {
        match queue {
            Queue::Small => &mut self.small,
            Queue::Main => &mut self.main,
            Queue::Vacant => &mut self.vacant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text).unwrap()
    }

    fn in_order(queues: &Queues, queue: Queue) -> Vec<&str> {
        std::iter::successors(queues.oldest(queue), |slot| queues.next_newer(*slot))
            .map(|slot| queues.key(slot).as_str())
            .collect()
    }

    #[test]
    fn anyone_can_leave_from_anywhere() {
        let mut queues = Queues::new();
        let slots = ["a", "b", "c", "d"].map(|text| queues.admit(key(text), 10, Queue::Small));
        queues.dismiss(slots[1]);
        assert_eq!(in_order(&queues, Queue::Small), ["a", "c", "d"]);
        queues.dismiss(slots[0]);
        queues.dismiss(slots[3]);
        assert_eq!(in_order(&queues, Queue::Small), ["c"]);
        queues.dismiss(slots[2]);
        assert_eq!((queues.len(), queues.weight(), queues.oldest(Queue::Small)), (0, 0, None));
    }

    #[test]
    fn slots_are_used_again() {
        let mut queues = Queues::new();
        for _ in 0..1_000 {
            let slot = queues.admit(key("a"), 1, Queue::Main);
            queues.dismiss(slot);
        }
        assert_eq!(queues.high_water_mark(), 1);
    }

    #[test]
    fn weights_follow_those_who_move() {
        let mut queues = Queues::new();
        let first = queues.admit(key("a"), 10, Queue::Small);
        queues.admit(key("b"), 5, Queue::Small);
        queues.requeue(first, Queue::Main);
        queues.reweigh(first, 30);
        assert_eq!((queues.weight_in(Queue::Small), queues.weight_in(Queue::Main)), (5, 30));
        assert_eq!((queues.len_of(Queue::Small), queues.len_of(Queue::Main)), (1, 1));
        queues.requeue(first, Queue::Small);
        assert_eq!(in_order(&queues, Queue::Small), ["b", "a"]);
        assert_eq!(queues.weight(), 35);
    }
}
