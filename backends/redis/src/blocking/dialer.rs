use super::connection::Connection;
use super::resolver::Resolver;
use super::stream::{Stream, Timed};
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::handshake::{Handshake, question, read_master};
use crate::settings::{Address, Place, Settings};
use cache_memoize_core::StoreErrorKind;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Makes connections with one server, or with whoever is the master.
pub(crate) struct Dialer {
    settings: Arc<Settings>,
    target: Target,
    resolver: Resolver,
}

enum Target {
    Fixed(Address),
    /// Whoever the sentinels name, each time when a connection is made.
    Master {
        sentinels: Vec<Address>,
        name: String,
        /// Which sentinel answered last.
        last: AtomicUsize,
    },
}

impl Dialer {
    /// For the one server, or the one master, of the settings.
    pub(crate) fn for_place(settings: &Arc<Settings>) -> Option<Self> {
        let target = match &settings.place {
            Place::One(address) => Target::Fixed(address.clone()),
            Place::Cluster(_) => return None,
            Place::Sentinel { sentinels, name } => Target::Master {
                sentinels: sentinels.clone(),
                name: name.clone(),
                last: AtomicUsize::new(0),
            },
        };
        Some(Self { settings: settings.clone(), target, resolver: Resolver::default() })
    }

    /// For one node of a cluster.
    pub(crate) fn for_node(settings: &Arc<Settings>, node: &Address) -> Self {
        let target = Target::Fixed(node.clone());
        Self { settings: settings.clone(), target, resolver: Resolver::default() }
    }

    /// A connection over which both sides know each other.
    pub(crate) fn dial(
        &self,
        handshake: &Handshake,
        deadline: Deadline,
    ) -> Result<Connection, Fault> {
        let deadline = deadline.at_most(self.settings.connect_timeout);
        match &self.target {
            Target::Fixed(address) => self.connect(address, handshake, deadline),
            Target::Master { sentinels, name, last } => {
                let address = self.find_master(sentinels, name, last, deadline)?;
                self.connect(&address, handshake, deadline)
            }
        }
    }

    /// Asks one sentinel after the other, each for its share of the time.
    fn find_master(
        &self,
        sentinels: &[Address],
        name: &str,
        last: &AtomicUsize,
        deadline: Deadline,
    ) -> Result<Address, Fault> {
        let first = last.load(Ordering::Relaxed);
        let mut failure = Fault::new(StoreErrorKind::Configuration, "there are no sentinels");
        for turn in 0..sentinels.len() {
            let index = (first + turn) % sentinels.len();
            // The master itself must be reached in what the sentinels leave.
            let share = deadline.shared_with(sentinels.len() - turn);
            match self.ask_sentinel(&sentinels[index], name, share) {
                Ok(master) => {
                    last.store(index, Ordering::Relaxed);
                    return Ok(master);
                }
                Err(fault) => failure = fault,
            }
        }
        Err(failure)
    }

    fn ask_sentinel(
        &self,
        sentinel: &Address,
        name: &str,
        deadline: Deadline,
    ) -> Result<Address, Fault> {
        let handshake = Handshake::with_sentinel(&self.settings);
        let mut connection = self.connect(sentinel, &handshake, deadline)?;
        let replies = connection.exchange(&[question(name)], deadline)?;
        let reply = replies.into_iter().next().ok_or_else(|| Fault::protocol(sentinel))?;
        let (host, port) = read_master(reply, name).map_err(|fault| fault.at(sentinel))?;
        Ok(sentinel.neighbour(&host, port))
    }

    fn connect(
        &self,
        address: &Address,
        handshake: &Handshake,
        deadline: Deadline,
    ) -> Result<Connection, Fault> {
        let stream =
            self.open(address, deadline).map_err(|error| Fault::from_io(error, address))?;
        Connection::open(stream, address, handshake, deadline)
    }

    fn open(&self, address: &Address, deadline: Deadline) -> io::Result<Stream> {
        let socket = match address {
            Address::Unix(path) => Timed::unix(path, deadline)?,
            Address::Tcp { host, port } => self.open_tcp(host, *port, deadline)?,
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.settings.tls {
            return Stream::tls(socket, tls, address);
        }
        Ok(Stream::plain(socket))
    }

    /// Tries every address that the host has, each for its share of the time.
    fn open_tcp(&self, host: &str, port: u16, deadline: Deadline) -> io::Result<Timed> {
        let addresses = self.resolver.resolve(host, port, deadline)?;
        let mut failure = io::Error::other(format!("{host} has no address"));
        for (index, address) in addresses.iter().enumerate() {
            match Timed::tcp(*address, deadline.shared_with(addresses.len() - 1 - index)) {
                Ok(socket) => return Ok(socket),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}
