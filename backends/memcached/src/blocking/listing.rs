use super::call::Call;
use super::connection::Connection;
use crate::Memcached;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::item::Holding;
use crate::operations::{Get, Holds};
use crate::servers::{Server, Servers};
use crate::wire::{DUMP, Dumped, More, STATS, busy, read_dumped, read_stat};
use cache_memoize_core::{Key, KeyRef, Listing, Page, Pages, Result, ServerCounts};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// By the crawler of one server after the other.
///
/// All names on a server are fetched at once: the slower a client takes them, the longer others cannot list, and the
/// more names are missed. Those that begin with the prefix wait here.
impl Listing for Memcached {
    fn list(&self, prefix: &str) -> Pages {
        let servers = self.servers.clone();
        Box::new(Walk { servers, prefix: prefix.to_owned(), asked: 0, names: Names::default() })
    }

    fn servers(&self) -> Result<Vec<ServerCounts>> {
        let deadline = self.servers.deadline();
        let counts = |server| {
            counts_of(server, deadline).map_err(|fault| fault.tell("servers", &server.address))
        };
        self.servers.all().iter().map(counts).collect()
    }
}

/// A listing under way.
struct Walk {
    servers: Arc<Servers>,
    prefix: String,
    /// How many servers were asked for their names.
    asked: usize,
    /// Those of the last one that are left.
    names: Names,
}

/// How many names are looked at for one page.
const PAGE: usize = 500;

impl Iterator for Walk {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        let servers = self.servers.clone();
        if self.names.is_empty() {
            self.asked += 1;
        }
        let server = servers.all().get(self.asked - 1)?;
        let page = self.page_of(server);
        if page.is_err() {
            (self.asked, self.names) = (servers.all().len(), Names::default());
        }
        Some(page.map_err(|fault| fault.tell("list", &server.address)))
    }
}

impl Walk {
    fn page_of(&mut self, server: &Server) -> Outcome<Page> {
        if self.names.is_empty() {
            self.names = names_on(server, &self.servers, &self.prefix)?;
        }
        let (names, seen) = self.names.take(PAGE);
        let keys = living(names, server, self.servers.deadline())?;
        Ok(Page { keys, seen })
    }
}

/// The names of all items on a server.
///
/// The crawler passes over what was just read, until the LRU maintainer has put it in its place. Unless as many were told
/// as there are, it is asked once more after that.
fn names_on(server: &Server, servers: &Servers, prefix: &str) -> Outcome<Names> {
    let mut connection = Connection::open(&server.address, servers.deadline())?;
    let mut names = Names::default();
    for pass in 1.. {
        let are_new = names.add(&dump(&mut connection, servers, prefix)?);
        let stats = stats(&mut connection, servers.deadline())?;
        let are_all = names.seen() >= stats.get(ITEMS).copied().unwrap_or(0);
        if are_all || pass == PASSES || (pass > 1 && !are_new) {
            break;
        }
        await_maintainer(&mut connection, servers, &stats)?;
    }
    Ok(names)
}

/// So often is a server asked at most. In one that is in use there is always something that was just read.
const PASSES: usize = 5;

/// What the crawler tells in one pass.
fn dump(connection: &mut Connection, servers: &Servers, prefix: &str) -> Outcome<Dump> {
    let deadline = servers.deadline();
    loop {
        let (mut dump, mut is_busy) = (Dump::default(), false);
        connection.converse(
            DUMP,
            || servers.deadline(),
            |line| {
                match read_dumped(line)? {
                    Dumped::Name(name) => dump.add(name.as_deref(), prefix),
                    Dumped::Busy => is_busy = true,
                    Dumped::End => return Ok(More::Ended),
                }
                Ok(if is_busy { More::Ended } else { More::Comes })
            },
        )?;
        if !is_busy {
            return Ok(dump);
        }
        // Nobody tells when the crawler is free again.
        deadline.left("").map_err(|_| busy())?;
        thread::sleep(BETWEEN_TRIES);
    }
}

const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Waits until the maintainer has put in its place whatever was read before `stats`. It sleeps for a second at most.
fn await_maintainer(connection: &mut Connection, servers: &Servers, before: &Stats) -> Outcome<()> {
    // The round that it is in may be past what was read, and the next one is over when another begins.
    let is_done = |now: &Stats| match (before.get(ROUNDS), now.get(ROUNDS)) {
        (Some(before), Some(now)) => *now >= before + 2,
        _ => true,
    };
    for _ in 0..LOOKS {
        thread::sleep(BETWEEN_LOOKS);
        if is_done(&stats(connection, servers.deadline())?) {
            break;
        }
    }
    Ok(())
}

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// As many as two rounds take and half a second more, on a server that has nothing to do.
const LOOKS: usize = 50;

/// Those of the names under which a value lives: an item may be a lease alone.
fn living(names: Vec<Key>, server: &Server, deadline: Deadline) -> Outcome<Vec<Key>> {
    if names.is_empty() {
        return Ok(names);
    }
    let all = names.iter().map(Key::as_ref).collect();
    let holdings = Call::begin(&server.blocking, Holds::new(all), deadline)?.finish()?;
    let is_doubtful = |holding: &Holding| *holding == Holding::Perhaps;
    let doubtful = names.iter().zip(&holdings).filter(|(_, holding)| is_doubtful(holding));
    let doubtful: Vec<KeyRef<'_>> = doubtful.map(|(name, _)| name.as_ref()).collect();
    let mut values = Vec::new();
    if !doubtful.is_empty() {
        values = Call::begin(&server.blocking, Get::new(doubtful), deadline)?.finish()?;
    }
    let mut values = values.into_iter();
    let lives = holdings.into_iter().map(|holding| match holding {
        Holding::Value => true,
        Holding::Nothing => false,
        Holding::Perhaps => values.next().flatten().is_some(),
    });
    let living: Vec<bool> = lives.collect();
    Ok(names.into_iter().zip(living).filter_map(|(name, lives)| lives.then_some(name)).collect())
}

fn counts_of(server: &Server, deadline: Deadline) -> Outcome<ServerCounts> {
    let stats = stats(&mut Connection::open(&server.address, deadline)?, deadline)?;
    let number = |name: &str| {
        let unknown = || Fault::protocol("its statistics lack what every memcached has counted");
        stats.get(name).copied().ok_or_else(unknown)
    };
    Ok(ServerCounts {
        place: server.address.to_string(),
        hits: number("get_hits")?,
        misses: number("get_misses")?,
        entries: number(ITEMS)?,
        uptime: Duration::from_secs(number("uptime")?),
    })
}

/// The numbers that a server tells of itself.
type Stats = HashMap<String, u64>;

const ITEMS: &str = "curr_items";

/// How many rounds the LRU maintainer has begun. A server without one does not tell.
const ROUNDS: &str = "lru_maintainer_juggles";

fn stats(connection: &mut Connection, deadline: Deadline) -> Outcome<Stats> {
    let mut stats = Stats::new();
    connection.converse(
        STATS,
        || deadline,
        |line| {
            let Some((name, value)) = read_stat(line)? else { return Ok(More::Ended) };
            if let Ok(number) = value.parse() {
                stats.insert(name.to_owned(), number);
            }
            Ok(More::Comes)
        },
    )?;
    Ok(stats)
}

/// What came in one pass, one name after the other in one text: it is to be taken fast.
#[derive(Default)]
struct Dump {
    text: String,
    /// How many more were seen that are no keys, or begin otherwise.
    others: u64,
}

impl Dump {
    fn add(&mut self, name: Option<&str>, prefix: &str) {
        match name.filter(|name| name.starts_with(prefix)) {
            Some(name) => self.text.extend([name, "\n"]),
            None => self.others += 1,
        }
    }
}

/// The names of all passes, each of them once.
#[derive(Default)]
struct Names {
    left: BTreeSet<Box<str>>,
    others: u64,
}

impl Names {
    /// Whether there were new ones among them.
    fn add(&mut self, dump: &Dump) -> bool {
        let before = self.left.len();
        self.left.extend(dump.text.split_terminator('\n').map(Box::from));
        self.others = self.others.max(dump.others);
        self.left.len() > before
    }

    fn seen(&self) -> u64 {
        self.left.len() as u64 + self.others
    }

    /// Some of the names, and how many were seen for them.
    fn take(&mut self, most: usize) -> (Vec<Key>, u64) {
        let before = self.seen();
        let names = std::iter::from_fn(|| self.left.pop_first()).take(most);
        let keys = names.filter_map(|name| Key::new(&name).ok()).collect();
        self.others = 0;
        (keys, before - self.seen())
    }

    fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(names: &[Option<&str>]) -> Dump {
        let mut dump = Dump::default();
        names.iter().for_each(|name| dump.add(*name, "app|"));
        dump
    }

    #[test]
    fn names_are_given_out_in_pages() {
        let mut names = Names::default();
        names.add(&dump(&[Some("app|a"), None, Some("other"), Some("app|b"), Some("app|c")]));
        let mut page = || {
            let (keys, seen) = names.take(2);
            (keys.iter().map(Key::to_string).collect::<Vec<_>>(), seen, names.is_empty())
        };
        assert_eq!(page(), (vec!["app|a".to_owned(), "app|b".to_owned()], 4, false));
        assert_eq!(page(), (vec!["app|c".to_owned()], 1, true));
        assert_eq!(page(), (Vec::new(), 0, true));
    }

    #[test]
    fn what_comes_in_several_passes_is_counted_once() {
        let mut names = Names::default();
        assert!(names.add(&dump(&[Some("app|a"), None])));
        assert!(names.add(&dump(&[Some("app|b"), None, Some("other")])));
        assert!(!names.add(&dump(&[Some("app|a")])));
        assert_eq!(names.seen(), 4);
    }
}
