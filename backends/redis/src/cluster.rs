use crate::fault::{Fault, granted};
use crate::layout::SLOTS;
use crate::settings::Address;
use cache_memoize_core::StoreErrorKind;
use redis::{Cmd, ServerErrorKind, Value};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is known of a cluster: which master serves which slot. Both faces share it.
pub(crate) struct Cluster {
    seeds: Vec<Address>,
    map: Mutex<Map>,
    is_being_read: AtomicBool,
}

#[derive(Default)]
struct Map {
    /// The masters, without order.
    nodes: Vec<Address>,
    /// Every master that there was got a number of its own, which is never zero.
    numbers: HashMap<Address, usize>,
    last_number: usize,
    /// For each slot the index of its master, or [`NOBODY`]; empty before the map was read.
    owners: Vec<u16>,
    is_doubtful: bool,
    asked: Option<Instant>,
}

const NOBODY: u16 = u16::MAX;

/// How many masters are told apart: two that share a number rest together.
pub(crate) const PARTS: usize = 64;

/// Doubts are resolved no more often than this: while a master is down, every operation has some.
const SHORTEST_DOUBT: Duration = Duration::from_millis(50);

impl Cluster {
    pub(crate) fn new(seeds: Vec<Address>) -> Self {
        Self { seeds, map: Mutex::default(), is_being_read: AtomicBool::new(false) }
    }

    /// The command that asks a node for the map.
    pub(crate) fn question() -> Cmd {
        let mut command = redis::cmd("CLUSTER");
        command.arg("SLOTS");
        command
    }

    /// Says whether the map should be read now, and by the caller. One at a time does so, but for those who
    /// have none yet.
    pub(crate) fn reading(&self) -> Option<Reading<'_>> {
        let mut map = self.map();
        let has_waited = map.asked.is_none_or(|asked| asked.elapsed() >= SHORTEST_DOUBT);
        let is_unread = map.owners.is_empty();
        if !(is_unread || map.is_doubtful && has_waited) {
            return None;
        }
        if self.is_being_read.swap(true, Ordering::AcqRel) && !is_unread {
            return None;
        }
        map.asked = Some(Instant::now());
        Some(Reading(self))
    }

    /// Whom to ask for the map, one after the other: those who served last, and then those of the settings.
    pub(crate) fn informants(&self) -> Vec<Address> {
        let mut informants = self.map().nodes.clone();
        for seed in &self.seeds {
            if !informants.contains(seed) {
                informants.push(seed.clone());
            }
        }
        informants
    }

    /// Every master, in the same order for everybody.
    pub(crate) fn masters(&self) -> Result<Vec<Address>, Fault> {
        let mut masters = self.map().nodes.clone();
        masters.sort_unstable();
        if masters.is_empty() {
            let context = "the redis cluster has no masters; were its slots given to any?";
            return Err(Fault::new(StoreErrorKind::Unavailable, context));
        }
        Ok(masters)
    }

    pub(crate) fn owner(&self, slot: u16) -> Result<Address, Fault> {
        let mut map = self.map();
        let owner = map.owners.get(usize::from(slot)).copied().unwrap_or(NOBODY);
        let node = map.nodes.get(usize::from(owner)).cloned();
        map.is_doubtful |= node.is_none();
        node.ok_or_else(|| {
            let context = format!("no master of the redis cluster serves slot {slot}");
            Fault::new(StoreErrorKind::Unavailable, context)
        })
    }

    /// Which of the [`PARTS`] serves a slot, as far as is known. A master keeps its number, and one that takes
    /// the place of another has its own.
    pub(crate) fn part(&self, slot: u16) -> usize {
        let map = self.map();
        let owner = map.owners.get(usize::from(slot)).copied().unwrap_or(NOBODY);
        let node = map.nodes.get(usize::from(owner));
        node.and_then(|node| map.numbers.get(node)).map_or(0, |number| number % PARTS)
    }

    /// Has the map read again, because something did not fit.
    pub(crate) fn doubt(&self) {
        self.map().is_doubtful = true;
    }

    /// Where the reply of the node `from` sends its reader, if it does.
    pub(crate) fn redirect(&self, reply: &Value, from: &Address) -> Option<Redirect> {
        let Value::ServerError(error) = reply else { return None };
        let mut words = error.details()?.split_ascii_whitespace();
        match error.kind()? {
            ServerErrorKind::Moved => {
                let (slot, node) = (words.next()?.parse().ok()?, node_at(words.next()?, from)?);
                self.map().note(slot, &node);
                Some(Redirect::Moved(node))
            }
            ServerErrorKind::Ask => node_at(words.nth(1)?, from).map(Redirect::Ask),
            _ => None,
        }
    }

    /// Has the map read again before the next operation, however new it is: what is meant for every master
    /// must miss none.
    pub(crate) fn distrust(&self) {
        let mut map = self.map();
        (map.is_doubtful, map.asked) = (true, None);
    }

    fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Map {
    /// One slot has moved, so others will have too: the map is read again before the next operation.
    fn note(&mut self, slot: u16, node: &Address) {
        self.is_doubtful = true;
        let index = self.nodes.iter().position(|it| it == node).unwrap_or_else(|| {
            self.nodes.push(node.clone());
            self.number();
            self.nodes.len() - 1
        });
        if let (Some(owner), Ok(index)) =
            (self.owners.get_mut(usize::from(slot)), u16::try_from(index))
        {
            *owner = index;
        }
    }

    /// Gives new masters their numbers, and forgets those that are gone.
    fn number(&mut self) {
        let mut before = std::mem::take(&mut self.numbers);
        for node in &self.nodes {
            let number = before.remove(node).unwrap_or_else(|| {
                self.last_number += 1;
                self.last_number
            });
            self.numbers.insert(node.clone(), number);
        }
    }
}

/// The right to read the map, until it is dropped.
pub(crate) struct Reading<'a>(&'a Cluster);

impl Reading<'_> {
    /// Takes what the node `from` answered to the question.
    pub(crate) fn learn(&self, reply: Value, from: &Address) -> Result<(), Fault> {
        let reply = granted(reply).map_err(|fault| fault.at(from))?;
        let (nodes, owners) = read_map(reply, from).ok_or_else(|| Fault::protocol(from))?;
        let mut map = self.0.map();
        (map.nodes, map.owners, map.is_doubtful) = (nodes, owners, false);
        map.number();
        Ok(())
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.is_being_read.store(false, Ordering::Release);
    }
}

/// Another node than the one that was asked.
#[derive(Clone, Debug)]
pub(crate) enum Redirect {
    /// Serves the slot from now on.
    Moved(Address),
    /// Is about to serve the slot, and answers for it when told that one knows.
    Ask(Address),
}

impl Redirect {
    pub(crate) fn node(&self) -> &Address {
        match self {
            Self::Moved(node) | Self::Ask(node) => node,
        }
    }
}

/// Ranges of slots, each with its first and last and then its master and replicas.
fn read_map(reply: Value, from: &Address) -> Option<(Vec<Address>, Vec<u16>)> {
    let Value::Array(ranges) = reply else { return None };
    let mut nodes: Vec<Address> = Vec::new();
    let mut owners = vec![NOBODY; usize::from(SLOTS)];
    for range in ranges {
        let Value::Array(range) = range else { return None };
        let [Value::Int(first), Value::Int(last), Value::Array(master), ..] = &range[..] else {
            return None;
        };
        let (first, last) = (usize::try_from(*first).ok()?, usize::try_from(*last).ok()?);
        let [host, Value::Int(port), ..] = &master[..] else { return None };
        let node = from.neighbour(&text(host), u16::try_from(*port).ok()?);
        let index = nodes.iter().position(|it| *it == node).unwrap_or_else(|| {
            nodes.push(node);
            nodes.len() - 1
        });
        owners.get_mut(first..=last)?.fill(u16::try_from(index).ok()?);
    }
    Some((nodes, owners))
}

fn text(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::SimpleString(text) => text.clone(),
        _ => String::new(),
    }
}

fn node_at(text: &str, from: &Address) -> Option<Address> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some(from.neighbour(host, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Address {
        Address::Tcp { host: host.to_owned(), port }
    }

    fn reply(text: &str) -> Value {
        redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    /// Two masters; one has a replica, and one tells no host, as a node does that does not know its own.
    const MAP: &str = "*2\r\n*4\r\n:0\r\n:8191\r\n*2\r\n$1\r\na\r\n:1\r\n*2\r\n$1\r\nc\r\n:3\r\n\
                       *3\r\n:8192\r\n:16383\r\n*2\r\n$0\r\n\r\n:2\r\n";

    fn told() -> Cluster {
        let cluster = Cluster::new(vec![tcp("seed", 9)]);
        let reading = cluster.reading().unwrap();
        reading.learn(reply(MAP), &tcp("seed", 9)).unwrap();
        drop(reading);
        cluster
    }

    #[test]
    fn the_map_is_read_once_and_again_when_in_doubt() {
        let cluster = told();
        assert_eq!(cluster.owner(8191).unwrap(), tcp("a", 1));
        assert_eq!(cluster.owner(8192).unwrap(), tcp("seed", 2));
        assert_eq!(cluster.masters().unwrap(), [tcp("a", 1), tcp("seed", 2)]);
        assert!(cluster.reading().is_none());
        cluster.doubt();
        assert!(cluster.reading().is_none(), "it was read a moment ago");
        cluster.distrust();
        let reading = cluster.reading().expect("there is a doubt");
        cluster.distrust();
        assert!(cluster.reading().is_none(), "one at a time reads it");
        drop(reading);
        assert!(cluster.reading().is_some());
    }

    #[test]
    fn a_moved_slot_is_known_at_once() {
        let cluster = told();
        let moved = reply("-MOVED 5 [::1]:7\r\n");
        let Some(Redirect::Moved(node)) = cluster.redirect(&moved, &tcp("a", 1)) else { panic!() };
        assert_eq!(node, tcp("::1", 7));
        assert_eq!(cluster.owner(5).unwrap(), node);
        assert_eq!(cluster.owner(6).unwrap(), tcp("a", 1));
        assert!(cluster.map().is_doubtful);
    }

    #[test]
    fn a_master_is_the_same_part_until_another_takes_its_place() {
        let unread = Cluster::new(vec![tcp("seed", 9)]);
        assert_eq!(unread.part(5), 0, "nobody knows");
        let cluster = told();
        let parts = || [5, 8191, 8192, 16383].map(|slot| cluster.part(slot));
        let [a, same, b, _] = parts();
        assert_eq!(parts(), [a, a, b, b]);
        assert_eq!(same, a);
        assert!(a != b && a != 0 && b != 0);
        cluster.distrust();
        let failed_over = MAP.replace("$1\r\na\r\n:1", "$1\r\nd\r\n:4");
        cluster.reading().unwrap().learn(reply(&failed_over), &tcp("seed", 9)).unwrap();
        assert_eq!(parts()[2..], [b, b]);
        assert!(![0, a, b].contains(&cluster.part(5)));
        cluster.redirect(&reply("-MOVED 5 e:5\r\n"), &tcp("a", 1)).unwrap();
        assert!(![0, a, b, cluster.part(6)].contains(&cluster.part(5)));
    }

    #[test]
    fn a_slot_on_its_way_is_asked_for_where_it_goes() {
        let cluster = told();
        let ask = reply("-ASK 5 :7\r\n");
        let Some(Redirect::Ask(node)) = cluster.redirect(&ask, &tcp("a", 1)) else { panic!() };
        assert_eq!(node, tcp("a", 7), "a node without a host is where the reply came from");
        assert_eq!(cluster.owner(5).unwrap(), tcp("a", 1));
    }

    #[test]
    fn rubbish_is_no_map() {
        let rubbish = [
            "+OK\r\n",
            "*1\r\n+OK\r\n",
            "*1\r\n*3\r\n:0\r\n:99999\r\n*2\r\n$1\r\na\r\n:1\r\n",
            "*1\r\n*3\r\n:9\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n",
            "*1\r\n*3\r\n:-1\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n",
            "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\na\r\n:70000\r\n",
            "-ERR This instance has cluster support disabled\r\n",
        ];
        for text in rubbish {
            let cluster = Cluster::new(vec![tcp("seed", 9)]);
            let reading = cluster.reading().unwrap();
            assert!(reading.learn(reply(text), &tcp("seed", 9)).is_err(), "{text:?}");
            for odd in ["-MOVED\r\n", "-MOVED x y\r\n", "-ASK 1\r\n", "-MOVED 99999 a:1\r\n"] {
                let _ = cluster.redirect(&reply(odd), &tcp("a", 1));
            }
        }
    }
}
