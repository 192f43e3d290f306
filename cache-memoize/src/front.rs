//! What a thread found in process a moment ago, by the arguments of the call.
//!
//! A store finds a value by the text of its key. That text has to be written, hashed and compared, which takes longer
//! than all the rest of a hit. So each thread keeps hold of values that it found twice, in a small table of its own
//! under the arguments in [`Shorthand`]. A value that it holds answers for itself whether a reader of its key would be
//! shown it still, so that an invalidation ends it here as everywhere. What threads write is their own: two of them
//! do not slow each other down.
//!
//! A thread may hold a value that the store has given up, until it finds another one for the place. Therefore what is
//! held may weigh so much, and no more.

use crate::cache::Inner;
use crate::caches;
use crate::key::{Hashed, Shorthand};
use crate::rules::Form;
use crate::site::Site;
use crate::stats::{Counted, Row};
use cache_memoize_core::{AnyObject, HeldObject};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How heavy a value is at most that a thread holds, in bytes. To copy one that is heavier takes longer than to find it.
const HEAVIEST: usize = 16 * 1024;
/// How much all that a thread holds weighs at most.
const MOST: usize = 4 * 1024 * 1024;

/// The places that one hash may have.
const WAYS: usize = 2;
const FEWEST_SETS: usize = 32;
const MOST_SETS: usize = 2048;

/// One in so many of those for whom there is no room takes that of others: where more is asked for than there is room,
/// most calls are spared the exchange.
const RELUCTANCE: usize = 16;

/// Shows the value of this call to `view`, if the thread holds it. If that says that it is one, this is a hit, which is
/// counted here. `given` is the number of the cache, where the call says which.
#[inline]
pub(crate) fn find(
    site: &'static Site,
    given: Option<u64>,
    arguments: &Hashed,
    view: impl FnOnce(&AnyObject) -> bool,
) {
    caches::in_front(site.slot(), given, |front, cache| {
        let Some(found) = front.find(Caller::new(cache, site), arguments) else { return };
        if found.object.live().is_some_and(view) {
            found.counters.count(Counted::Hit);
        }
    });
}

/// Holds the value of this call from now on, if there is a place for it, and nobody wants to be told of hits.
#[cold]
pub(crate) fn keep(
    cache: &Inner,
    site: &'static Site,
    arguments: &Hashed,
    weight: Weight,
    hold: impl FnOnce() -> Option<Arc<dyn HeldObject>>,
) {
    if cache.is_observed() || !Caller::is_distinct(cache.number, site) {
        return;
    }
    let Some(tally) = cache.tally(site) else { return };
    let caller = Caller::new(cache.number, site);
    let gone = caches::change_front(|front| {
        if let Some(place) = front.place(caller, arguments, weight)
            && let Some(object) = hold()
        {
            let found = Found { object, counters: tally.row().clone() };
            front.put(place, Entry { caller, arguments: arguments.notes, found }, weight);
        }
        std::mem::take(&mut front.gone)
    });
    // The table is free again.
    let_go(gone.into_iter().flatten());
}

/// What a value weighs that a thread may hold, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight(u16);

impl Weight {
    /// The weight of a value; `None` if it is too heavy, or does not say what it weighs.
    ///
    /// To know it the value is serialized, which is the user's code: it may wait for a lock that is in the value, and
    /// panic. So this is for a value that nobody else has yet.
    pub(crate) fn of<S, F: Form<S>>(stored: &S) -> Option<Self> {
        let weight = match std::mem::needs_drop::<S>() {
            false => size_of::<S>(),
            true => {
                catch_unwind(AssertUnwindSafe(|| F::weight_within(stored, HEAVIEST))).ok()??
            }
        };
        u16::try_from(weight).ok().filter(|_| weight <= HEAVIEST).map(Self)
    }

    fn bytes(self) -> usize {
        self.0.into()
    }
}

/// Drops entries: their values are the user's, and so are the panics of these.
fn let_go(entries: impl IntoIterator<Item = Entry>) {
    for entry in entries {
        let _ = catch_unwind(AssertUnwindSafe(|| drop(entry)));
    }
}

/// The number of a cache that was made; those that are beyond the numbers share the last one.
pub(crate) fn number_of_cache(made_before: u64) -> u64 {
    made_before.min(Caller::CACHES - 1)
}

/// Whose calls have these arguments: a function in a cache.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Caller(u64);

/// A value that is held, and what counts its hits.
struct Found {
    object: Arc<dyn HeldObject>,
    counters: Arc<Row>,
}

struct Entry {
    caller: Caller,
    arguments: Shorthand,
    found: Found,
}

/// The table of a thread.
pub(crate) struct Front {
    /// A power of two of them; none before the first entry.
    sets: Vec<[Option<Entry>; WAYS]>,
    held: usize,
    /// What the entries weigh, each in its place, so that a hit does not read it.
    weights: Vec<[Weight; WAYS]>,
    weight: usize,
    turned_away: usize,
    /// Where room was made last.
    hand: usize,
    /// What went, and is to be dropped when the table is free again: that is somebody else's code, and may call in here.
    gone: Vec<Entry>,
}

/// Where an entry may stand.
#[derive(Clone, Copy)]
struct Place {
    set: usize,
    way: usize,
}

impl Caller {
    /// So many bits for the number of the function, and the others for that of the cache.
    const FUNCTION: u32 = 24;
    /// More caches than a process makes.
    const CACHES: u64 = 1 << (u64::BITS - Self::FUNCTION);

    #[inline]
    fn new(cache: u64, site: &'static Site) -> Self {
        Self(cache << Self::FUNCTION | site.index() as u64)
    }

    #[inline]
    fn hash(self, arguments: &Hashed) -> u64 {
        arguments.hash(self.0)
    }

    /// Whether it is told from every other one. Who is not, holds nothing: functions that the linker has not gathered
    /// share the number 0.
    fn is_distinct(cache: u64, site: &'static Site) -> bool {
        cache < Self::CACHES - 1 && (1..1 << Self::FUNCTION).contains(&site.index())
    }
}

impl Front {
    pub(crate) const fn new() -> Self {
        Self {
            sets: Vec::new(),
            held: 0,
            weights: Vec::new(),
            weight: 0,
            turned_away: 0,
            hand: 0,
            gone: Vec::new(),
        }
    }

    #[inline]
    fn find(&self, caller: Caller, arguments: &Hashed) -> Option<&Found> {
        let [first, second] = self.choices(caller.hash(arguments));
        let entry = self.find_in(first, caller, arguments);
        Some(&entry.or_else(|| self.find_in(second, caller, arguments))?.found)
    }

    #[inline]
    fn find_in(&self, set: usize, caller: Caller, arguments: &Hashed) -> Option<&Entry> {
        self.sets.get(set)?.iter().flatten().find(|it| it.is_of(caller, arguments))
    }

    /// The two sets that a hash may choose from (Azar and others, "Balanced allocations", 1999): where half of the
    /// places are taken, hardly anybody finds both full.
    #[inline]
    fn choices(&self, hash: u64) -> [usize; 2] {
        let mask = self.sets.len().wrapping_sub(1);
        let [first, second] = [hash >> 32, hash >> 48];
        [first as usize & mask, (first ^ second.wrapping_mul(2) ^ 1) as usize & mask]
    }

    /// Where a value of this call and weight may stand, if anywhere: in the place of an earlier one first.
    fn place(&mut self, caller: Caller, arguments: &Hashed, weight: Weight) -> Option<Place> {
        if self.held >= self.sets.len() * WAYS / 2 {
            self.grow();
        }
        let hash = caller.hash(arguments);
        let own = |it: &Option<Entry>| it.as_ref().is_some_and(|it| it.is_of(caller, arguments));
        if let Some(place) = self.place_where(hash, own) {
            return Some(place);
        }
        let has_room = !self.is_too_heavy_with(weight);
        if let Some(place) = self.place_where(hash, Option::is_none).filter(|_| has_room) {
            return Some(place);
        }
        self.turned_away = self.turned_away.wrapping_add(1);
        self.turned_away.is_multiple_of(RELUCTANCE).then(|| self.place_of_another(hash))
    }

    /// The place of another call, rather of one whose value is not shown any more. To look at the values would be slow
    /// for everybody who is turned away.
    fn place_of_another(&self, hash: u64) -> Place {
        let dead = |it: &Option<Entry>| it.as_ref().is_some_and(|it| !it.found.object.is_live());
        let chosen = self.turned_away / RELUCTANCE;
        let any = Place { set: self.choices(hash)[chosen % 2], way: chosen / 2 % WAYS };
        self.place_where(hash, dead).unwrap_or(any)
    }

    /// A place of this hash whose entry, or its absence, is such.
    fn place_where(&self, hash: u64, is_such: impl Fn(&Option<Entry>) -> bool) -> Option<Place> {
        self.choices(hash).into_iter().find_map(|set| {
            let way = self.sets.get(set)?.iter().position(&is_such)?;
            Some(Place { set, way })
        })
    }

    /// Puts an entry there in place of another, and where all would be too heavy, of as many as it takes.
    fn put(&mut self, place: Place, entry: Entry, weight: Weight) {
        self.clear(place);
        while self.is_too_heavy_with(weight) {
            self.hand = (self.hand + 1) % (self.sets.len() * WAYS);
            self.clear(Place { set: self.hand / WAYS, way: self.hand % WAYS });
        }
        self.held += 1;
        self.weight += weight.bytes();
        self.weights[place.set][place.way] = weight;
        self.sets[place.set][place.way] = Some(entry);
    }

    fn is_too_heavy_with(&self, weight: Weight) -> bool {
        self.weight + weight.bytes() > MOST
    }

    fn clear(&mut self, place: Place) {
        let Some(gone) = self.sets[place.set][place.way].take() else { return };
        self.held -= 1;
        self.weight -= self.weights[place.set][place.way].bytes();
        self.gone.push(gone);
    }

    fn grow(&mut self) {
        let number = (self.sets.len() * 2).clamp(FEWEST_SETS, MOST_SETS);
        if number == self.sets.len() {
            return;
        }
        let larger = std::iter::repeat_with(Default::default).take(number).collect();
        let smaller = std::mem::replace(&mut self.sets, larger);
        let weights = std::mem::replace(&mut self.weights, vec![[Weight::default(); WAYS]; number]);
        (self.held, self.weight) = (0, 0);
        let entries = smaller.into_iter().flatten().zip(weights.into_iter().flatten());
        for (entry, weight) in entries.filter_map(|(entry, weight)| Some((entry?, weight))) {
            let hash = entry.caller.hash(&entry.arguments.hashed());
            match self.place_where(hash, Option::is_none) {
                Some(place) => self.put(place, entry, weight),
                None => self.gone.push(entry),
            }
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let_go(std::mem::take(&mut self.sets).into_iter().flatten().flatten());
        let_go(std::mem::take(&mut self.gone));
    }
}

impl Entry {
    #[inline]
    fn is_of(&self, caller: Caller, arguments: &Hashed) -> bool {
        self.caller == caller && self.arguments.is(&arguments.notes)
    }
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use super::*;
    use crate::key::{KeyWriter, Stenographer};
    use cache_memoize_core::{KeyRef, Object, ObjectStore, PutMode, Ttl};
    use cache_memoize_memory::Memory;

    fn arguments(number: u64) -> Hashed {
        let mut stenographer = Stenographer::new();
        KeyWriter::in_shorthand(&mut stenographer).unsigned(number);
        stenographer.finish().unwrap()
    }

    fn put(memory: &Memory, key: &str) {
        let object = Object { value: Box::new(1_u8), weight: 1 };
        let key = KeyRef::new(key).unwrap();
        ObjectStore::put(memory, key, object, Ttl::Forever, PutMode::Always).unwrap();
    }

    fn found(memory: &Memory, key: &str) -> Found {
        let object = memory.hold(KeyRef::new(key).unwrap(), &|_| true).unwrap();
        Found { object, counters: Arc::default() }
    }

    fn keep(front: &mut Front, number: u64, found: Found, weight: u16) {
        let (caller, arguments) = (Caller(1 << Caller::FUNCTION | 1), arguments(number));
        let weight = Weight(weight);
        if let Some(place) = front.place(caller, &arguments, weight) {
            front.put(place, Entry { caller, arguments: arguments.notes, found }, weight);
        }
    }

    #[test]
    fn a_call_has_one_place_however_often_it_is_kept() {
        let (memory, mut front) = (Memory::new(), Front::new());
        put(&memory, "key");
        (0..100).for_each(|_| keep(&mut front, 7, found(&memory, "key"), 3));
        assert_eq!((front.held, front.weight, front.sets.len()), (1, 3, FEWEST_SETS));
    }

    #[test]
    fn there_are_never_more_than_there_are_places() {
        let (memory, mut front) = (Memory::builder().max_entries(20_000).build(), Front::new());
        for number in 0..20_000 {
            let key = number.to_string();
            put(&memory, &key);
            keep(&mut front, number, found(&memory, &key), 1);
        }
        assert_eq!(front.sets.len(), MOST_SETS);
        let there = front.sets.iter().flatten().flatten().count();
        assert_eq!((front.held, front.weight), (there, there));
        assert!(there > MOST_SETS * WAYS * 9 / 10, "{there}");
    }

    #[test]
    fn what_is_held_weighs_no_more_than_it_may() {
        let (memory, mut front) = (Memory::new(), Front::new());
        for number in 0..1_000 {
            let key = number.to_string();
            put(&memory, &key);
            keep(&mut front, number, found(&memory, &key), HEAVIEST as u16);
            assert!(front.weight <= MOST);
        }
        let room = MOST / HEAVIEST;
        assert_eq!((front.held, front.weight), (room, MOST));
        let caller = Caller(1 << Caller::FUNCTION | 1);
        let held = |number: &u64| front.find(caller, &arguments(*number)).is_some();
        assert_eq!((0..1_000).filter(held).count(), room);
        assert!((room as u64..1_000).any(|number| held(&number)), "those that come later, too");
    }

    struct Explosive;

    impl HeldObject for Explosive {
        fn live(&self) -> Option<&AnyObject> {
            None
        }

        fn is_live(&self) -> bool {
            false
        }
    }

    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("it is dropped");
        }
    }

    #[test]
    fn what_goes_may_panic_one_after_the_other() {
        let entry = |number| {
            let found = Found { object: Arc::new(Explosive), counters: Arc::default() };
            Entry { caller: Caller(1), arguments: arguments(number).notes, found }
        };
        let_go([entry(1), entry(2)]);
    }

    #[test]
    fn what_shares_a_number_with_others_is_not_held() {
        static UNGATHERED: Site = Site::new(
            "f",
            crate::place::Neighbour::of::<Front>,
            crate::place::Place::new("", 0, 0, None, 0),
        );
        assert_eq!(UNGATHERED.index(), 0);
        assert!(!Caller::is_distinct(0, &UNGATHERED));
        assert_eq!(number_of_cache(u64::MAX), Caller::CACHES - 1);
        assert_eq!(number_of_cache(7), 7);
    }
}
