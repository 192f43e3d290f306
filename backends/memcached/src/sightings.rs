use crate::moment::Moment;
use cache_memoize_core::{Timestamp, Token};
use std::sync::{Mutex, MutexGuard, PoisonError};
use xxhash_rust::xxh3::xxh3_64;

/// In which state this process saw leases, so that a fill need not look first: it names the state, and the
/// server refuses it if the item is in another one by now.
///
/// Nothing depends on a sighting. One that is lost costs a fill a round trip more.
///
/// A server that was started anew deals out its state numbers again from the beginning. So a sighting serves only
/// on a connection that was there before the lease was asked for: what answers on it was not started since.
pub(crate) struct Sightings {
    slots: Box<[Slot]>,
}

type Slot = Mutex<Option<(Place, Sighting)>>;

/// A lease without a value, as it was seen on a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    pub(crate) token: Token,
    pub(crate) cas: u64,
    /// When the lease is over.
    pub(crate) end: Timestamp,
    /// Before the server was asked.
    pub(crate) asked: Moment,
}

/// Which key on which server is meant: a state number says something for that one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    server: usize,
    key: u64,
}

/// So many computations at a time fill without a look; what is more is a few dozen kilobytes in vain.
const SLOTS: usize = 1024;

impl Sightings {
    pub(crate) fn new() -> Self {
        Self { slots: (0..SLOTS).map(|_| Mutex::default()).collect() }
    }

    /// The sightings of one key, which is on this server.
    pub(crate) fn of(&self, server: usize, key: &str) -> Watch<'_> {
        Watch { sightings: self, place: Place { server, key: xxh3_64(key.as_bytes()) } }
    }
}

/// The sightings of one key.
#[derive(Clone, Copy)]
pub(crate) struct Watch<'a> {
    sightings: &'a Sightings,
    place: Place,
}

impl Watch<'_> {
    /// Remembers a lease; an older sighting may have to go for it.
    pub(crate) fn note(self, sighting: Sighting) {
        *self.slot(sighting.token) = Some((self.place, sighting));
    }

    /// The state in which the lease was seen that goes by `token`, if that may be relied on over a
    /// connection made at `connected`. It is forgotten with this.
    pub(crate) fn recall(self, token: Token, connected: Moment, now: Timestamp) -> Option<u64> {
        let is_meant = |(place, sighting): &mut (Place, Sighting)| {
            *place == self.place && sighting.token == token
        };
        let (_, sighting) = self.slot(token).take_if(is_meant)?;
        (connected < sighting.asked && now < sighting.end).then_some(sighting.cas)
    }

    /// Tokens are random: so is the slot.
    fn slot(&self, token: Token) -> MutexGuard<'_, Option<(Place, Sighting)>> {
        let slots = &self.sightings.slots;
        let index = usize::try_from(token.number() % slots.len() as u64).unwrap_or(0);
        slots[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1000);

    fn token() -> Token {
        Token::new(7)
    }

    fn noted(sightings: &Sightings) -> Watch<'_> {
        let watch = sightings.of(1, "key");
        let end = NOW.plus_millis(10);
        watch.note(Sighting { token: token(), cas: 5, end, asked: Moment::now() });
        watch
    }

    #[test]
    fn a_lease_is_recalled_once_on_a_connection_that_was_there_before() {
        let (sightings, connected) = (Sightings::new(), Moment::now());
        let watch = noted(&sightings);
        assert_eq!(watch.recall(token(), connected, NOW), Some(5));
        assert_eq!(watch.recall(token(), connected, NOW), None);
    }

    #[test]
    fn a_later_connection_may_lead_to_another_server() {
        let sightings = Sightings::new();
        assert_eq!(noted(&sightings).recall(token(), Moment::now(), NOW), None);
    }

    #[test]
    fn no_other_key_server_or_token_is_meant() {
        let (sightings, connected) = (Sightings::new(), Moment::now());
        let watch = noted(&sightings);
        assert_eq!(sightings.of(1, "other").recall(token(), connected, NOW), None);
        assert_eq!(sightings.of(2, "key").recall(token(), connected, NOW), None);
        let same_slot = Token::new(7 + SLOTS as u64);
        assert_eq!(watch.recall(same_slot, connected, NOW), None);
        assert_eq!(watch.recall(token(), connected, NOW), Some(5));
    }

    #[test]
    fn a_lease_that_is_over_is_not_recalled() {
        let (sightings, connected) = (Sightings::new(), Moment::now());
        assert_eq!(noted(&sightings).recall(token(), connected, NOW.plus_millis(10)), None);
    }
}
