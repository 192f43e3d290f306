//! What a thread found in process a moment ago, by the arguments of the call.
//!
//! A store finds a value by the text of its key. That text has to be written, hashed and compared, which takes longer
//! than all the rest of a hit. So each thread keeps hold of values that it found twice, in a small table of its own
//! under the arguments in [`Shorthand`]. A value that it holds answers for itself whether a reader of its key would be
//! shown it still, so that an invalidation ends it here as everywhere. What threads write is their own: two of them
//! do not slow each other down.
//!
//! A thread may hold a value that the store has given up, until it finds another one for the place. Therefore only
//! values of little weight are held.

use crate::cache::Inner;
use crate::caches;
use crate::key::{Hashed, Shorthand};
use crate::rules::Form;
use crate::site::Site;
use crate::stats::{Counted, Row};
use cache_memoize_core::{AnyObject, HeldObject};
use std::sync::Arc;

/// How heavy a value is at most that a thread holds, in bytes: together they take four megabytes of a thread at most.
const HEAVIEST: usize = 1024;

/// The places that one hash may have.
const WAYS: usize = 2;
const FEWEST_SETS: usize = 32;
const MOST_SETS: usize = 2048;

/// One in so many of those who find their places taken takes one: where more is asked for than there is room, most
/// calls are spared the exchange.
const RELUCTANCE: usize = 16;

/// What `view` sees in the value of this call, if the thread holds it: a hit, which is counted here. `given` is the
/// number of the cache, where the call says which.
#[inline]
pub(crate) fn find<T>(
    site: &'static Site,
    given: Option<u64>,
    arguments: &Hashed,
    view: impl FnOnce(&AnyObject) -> Option<T>,
) -> Option<T> {
    caches::in_front(site.slot(), given, |front, cache| {
        let found = front.find(Caller::new(cache, site), arguments)?;
        let seen = view(found.object.live()?)?;
        found.counters.count(Counted::Hit);
        Some(seen)
    })
}

/// Holds the value of this call from now on, if there is a place for it, and nobody wants to be told of hits.
#[cold]
pub(crate) fn keep(
    cache: &Inner,
    site: &'static Site,
    arguments: &Hashed,
    hold: impl FnOnce() -> Option<Arc<dyn HeldObject>>,
) {
    if cache.is_observed() || !Caller::is_distinct(cache.number, site) {
        return;
    }
    let Some(tally) = cache.tally(site) else { return };
    let caller = Caller::new(cache.number, site);
    // What goes is dropped when the table is free again: it is somebody else's code, and may call in here.
    let gone = caches::change_front(|front| {
        let place = front.place(caller.hash(arguments))?;
        let found = Found { object: hold()?, counters: tally.row().clone() };
        front.put(place, Entry { caller, arguments: arguments.notes, found })
    });
    drop(gone);
}

/// Whether a value is light enough to be held.
pub(crate) fn is_light<S, F: Form<S>>(stored: &S) -> bool {
    if !std::mem::needs_drop::<S>() {
        return size_of::<S>() <= HEAVIEST;
    }
    // A value that cannot leave the process does not say what it weighs.
    F::transcoder().is_some() && F::weight(stored) <= HEAVIEST
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
    turned_away: usize,
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

    /// Whether it is told from every other one. Who is not, holds nothing.
    fn is_distinct(cache: u64, site: &'static Site) -> bool {
        cache < Self::CACHES - 1 && site.index() < 1 << Self::FUNCTION
    }
}

impl Front {
    pub(crate) const fn new() -> Self {
        Self { sets: Vec::new(), held: 0, turned_away: 0 }
    }

    #[inline]
    fn find(&self, caller: Caller, arguments: &Hashed) -> Option<&Found> {
        let [first, second] = self.choices(caller.hash(arguments));
        let entry = self.find_in(first, caller, arguments);
        Some(&entry.or_else(|| self.find_in(second, caller, arguments))?.found)
    }

    #[inline]
    fn find_in(&self, set: usize, caller: Caller, arguments: &Hashed) -> Option<&Entry> {
        let mut entries = self.sets.get(set)?.iter().flatten();
        entries.find(|it| it.caller == caller && it.arguments.is(&arguments.notes))
    }

    /// The two sets that a hash may choose from (Azar and others, "Balanced allocations", 1999): where half of the
    /// places are taken, hardly anybody finds both full.
    #[inline]
    fn choices(&self, hash: u64) -> [usize; 2] {
        let mask = self.sets.len().wrapping_sub(1);
        let [first, second] = [hash >> 32, hash >> 48];
        [first as usize & mask, (first ^ second.wrapping_mul(2) ^ 1) as usize & mask]
    }

    /// Where a newcomer may stand, if anywhere.
    fn place(&mut self, hash: u64) -> Option<Place> {
        if self.held >= self.sets.len() * WAYS / 2 {
            self.grow();
        }
        let free = |entry: &Option<Entry>| entry.as_ref().is_none_or(|it| !it.lives());
        if let Some(place) = self.place_where(hash, free) {
            return Some(place);
        }
        self.turned_away = self.turned_away.wrapping_add(1);
        let chosen = self.turned_away / RELUCTANCE;
        let set = self.choices(hash)[chosen % 2];
        let is_exchanged = self.turned_away.is_multiple_of(RELUCTANCE);
        is_exchanged.then_some(Place { set, way: chosen / 2 % WAYS })
    }

    /// A place of this hash whose entry, or its absence, is such.
    fn place_where(&self, hash: u64, is_such: impl Fn(&Option<Entry>) -> bool) -> Option<Place> {
        self.choices(hash).into_iter().find_map(|set| {
            let way = self.sets.get(set)?.iter().position(&is_such)?;
            Some(Place { set, way })
        })
    }

    /// Puts an entry there, and gives the one that stood there.
    fn put(&mut self, place: Place, entry: Entry) -> Option<Entry> {
        let gone = self.sets[place.set][place.way].replace(entry);
        self.held += usize::from(gone.is_none());
        gone
    }

    fn grow(&mut self) {
        let number = (self.sets.len() * 2).clamp(FEWEST_SETS, MOST_SETS);
        if number == self.sets.len() {
            return;
        }
        let larger = std::iter::repeat_with(Default::default).take(number).collect();
        let smaller = std::mem::replace(&mut self.sets, larger);
        self.held = 0;
        for entry in smaller.into_iter().flatten().flatten() {
            let hash = entry.caller.hash(&entry.arguments.hashed());
            if let Some(place) = self.place_where(hash, Option::is_none) {
                self.put(place, entry);
            }
        }
    }
}

impl Entry {
    fn lives(&self) -> bool {
        self.found.object.live().is_some()
    }
}
