use crate::address::Address;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Which of several servers has a key: rendezvous hashing.
///
/// Every key gives each server a score and goes to the highest. A server that comes or goes moves only the
/// keys that are its own, and the order of the list says nothing.
///
/// Two processes that do not agree on the place of a key break the fence, since one removes where the other does not
/// read. So this is not the `Rendezvous` of the crate `memcache`: that one hashes with the standard library's
/// `DefaultHasher`, which may be another one in the next release, and gives other numbers on machines of
/// 32 bits.
#[derive(Debug)]
pub(crate) struct Ring {
    seeds: Vec<u64>,
}

impl Ring {
    pub(crate) fn new<'a>(addresses: impl Iterator<Item = &'a Address>) -> Self {
        Self { seeds: addresses.map(|address| xxh3_64(address.to_string().as_bytes())).collect() }
    }

    /// The index of the server that has `key`.
    pub(crate) fn place(&self, key: &str) -> usize {
        if self.seeds.len() < 2 {
            return 0;
        }
        let scores =
            self.seeds.iter().map(|seed| (xxh3_64_with_seed(key.as_bytes(), *seed), *seed));
        scores.enumerate().max_by_key(|(_, score)| *score).map_or(0, |(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: usize = 4000;

    fn servers(names: &[&str]) -> Vec<Address> {
        names.iter().map(|name| Address::tcp(name, None)).collect()
    }

    /// Where each of many keys is.
    fn places(servers: &[Address]) -> Vec<&Address> {
        let ring = Ring::new(servers.iter());
        (0..KEYS).map(|key| &servers[ring.place(&format!("key-{key}"))]).collect()
    }

    #[test]
    fn the_order_of_the_list_says_nothing() {
        assert_eq!(places(&servers(&["a", "b", "c"])), places(&servers(&["c", "a", "b"])));
    }

    #[test]
    fn every_server_has_its_share() {
        let servers = servers(&["a", "b", "c"]);
        let places = places(&servers);
        for server in &servers {
            let share = places.iter().filter(|place| **place == server).count();
            assert!(share > KEYS / 4, "{server} has {share} keys");
        }
    }

    #[test]
    fn a_server_that_goes_moves_its_own_keys_alone() {
        let (all, fewer) = (servers(&["a", "b", "c"]), servers(&["a", "c"]));
        for (before, after) in places(&all).into_iter().zip(places(&fewer)) {
            assert!(before == after || *before == all[1]);
        }
    }

    /// A key that changes its place with a release of ours, or of the compiler, is found by half the fleet only.
    #[test]
    fn the_places_are_the_same_for_ever() {
        let servers = servers(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        let ring = Ring::new(servers.iter());
        let places: Vec<usize> =
            ["a", "b", "c", "d", "e", "f", "g", "h"].map(|key| ring.place(key)).into();
        assert_eq!(places, [0, 2, 1, 0, 2, 2, 1, 1]);
    }
}
