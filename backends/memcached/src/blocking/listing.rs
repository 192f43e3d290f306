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
use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// By the crawler of one server after the other.
///
/// All names on a server are fetched at once: the slower a client takes them, the longer others cannot list, and the
/// more names are missed. Those that begin with the prefix wait here, as bare text.
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
fn names_on(server: &Server, servers: &Servers, prefix: &str) -> Outcome<Names> {
    let deadline = servers.deadline();
    let mut connection = Connection::open(&server.address, deadline)?;
    loop {
        let (mut names, mut is_busy) = (Names::default(), false);
        connection.converse(
            DUMP,
            || servers.deadline(),
            |line| {
                match read_dumped(line)? {
                    Dumped::Name(name) => names.add(name.as_deref(), prefix),
                    Dumped::Busy => is_busy = true,
                    Dumped::End => return Ok(More::Ended),
                }
                Ok(if is_busy { More::Ended } else { More::Comes })
            },
        )?;
        if !is_busy {
            return Ok(names);
        }
        // Nobody tells when the crawler is free again.
        deadline.left("").map_err(|_| busy())?;
        thread::sleep(BETWEEN_TRIES);
    }
}

const BETWEEN_TRIES: Duration = Duration::from_millis(20);

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
    let mut connection = Connection::open(&server.address, deadline)?;
    let mut stats = HashMap::new();
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
    let number = |name: &str| {
        let unknown = || Fault::protocol("its statistics lack what every memcached has counted");
        stats.get(name).copied().ok_or_else(unknown)
    };
    Ok(ServerCounts {
        place: server.address.to_string(),
        hits: number("get_hits")?,
        misses: number("get_misses")?,
        entries: number("curr_items")?,
        uptime: Duration::from_secs(number("uptime")?),
    })
}

/// Names that were fetched, one after the other in one text: there may be many.
#[derive(Default)]
struct Names {
    text: String,
    /// How much of it was taken.
    taken: usize,
    /// How many more were seen that are no keys, or begin otherwise.
    others: u64,
}

impl Names {
    fn add(&mut self, name: Option<&str>, prefix: &str) {
        match name.filter(|name| name.starts_with(prefix)) {
            Some(name) => self.text.extend([name, "\n"]),
            None => self.others += 1,
        }
    }

    /// Some of the names, and how many were seen for them.
    fn take(&mut self, most: usize) -> (Vec<Key>, u64) {
        let mut keys = Vec::new();
        for name in self.text[self.taken..].split_terminator('\n').take(most) {
            self.taken += name.len() + 1;
            keys.extend(Key::new(name));
        }
        let seen = keys.len() as u64 + std::mem::take(&mut self.others);
        (keys, seen)
    }

    fn is_empty(&self) -> bool {
        self.taken == self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_out_in_pages() {
        let mut names = Names::default();
        for name in [Some("app|a"), None, Some("other"), Some("app|b"), Some("app|c")] {
            names.add(name, "app|");
        }
        let mut page = || {
            let (keys, seen) = names.take(2);
            (keys.iter().map(Key::to_string).collect::<Vec<_>>(), seen, names.is_empty())
        };
        assert_eq!(page(), (vec!["app|a".to_owned(), "app|b".to_owned()], 4, false));
        assert_eq!(page(), (vec!["app|c".to_owned()], 1, true));
        assert_eq!(page(), (Vec::new(), 0, true));
    }
}
