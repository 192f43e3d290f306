//! Where the servers are, and how to speak with them.

#[cfg(feature = "tls")]
mod tls;
mod url;

#[cfg(feature = "tls")]
pub(crate) use tls::{Pem, Tls};

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that the connections must know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) place: Place,
    pub(crate) credentials: Credentials,
    pub(crate) sentinel_credentials: Credentials,
    pub(crate) database: u32,
    pub(crate) protocol: Protocol,
    pub(crate) pool: usize,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Option<Duration>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

impl Settings {
    /// How many connections a blocking store keeps for each server. A server answers one command after the
    /// other anyway; eight keep it busy, and a caller who finds all of them taken waits for microseconds.
    pub(crate) const POOL: usize = 8;

    /// How long an operation may take.
    pub(crate) const TIMEOUT: Duration = Duration::from_millis(250);

    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            credentials: Credentials::default(),
            sentinel_credentials: Credentials::default(),
            database: 0,
            protocol: Protocol::Resp2,
            pool: Self::POOL,
            timeout: Self::TIMEOUT,
            connect_timeout: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }
}

/// Which servers there are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A server that stands for itself.
    One(Address),
    /// Some nodes of a cluster, which know the others.
    Cluster(Vec<Address>),
    /// Sentinels, which know who is the master.
    Sentinel {
        /// Where they are.
        sentinels: Vec<Address>,
        /// What they call the master.
        name: String,
    },
}

/// Shown in messages.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |addresses: &[Address]| {
            addresses.iter().map(Address::to_string).collect::<Vec<String>>().join(",")
        };
        match self {
            Self::One(address) => address.fmt(f),
            Self::Cluster(seeds) => write!(f, "the cluster of {}", list(seeds)),
            Self::Sentinel { sentinels, name } => {
                write!(f, "`{name}` of the sentinels {}", list(sentinels))
            }
        }
    }
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Address {
    /// A name or an IP address without brackets, and a port.
    Tcp { host: String, port: u16 },
    /// The path of a socket.
    Unix(PathBuf),
}

impl Address {
    /// The address that a server at this one means, which may leave out the host if it is its own.
    pub(crate) fn neighbour(&self, host: &str, port: u16) -> Self {
        let own = match self {
            Self::Tcp { host, .. } => host.as_str(),
            Self::Unix(_) => "localhost",
        };
        let host = if ["", "?", "0.0.0.0", "::"].contains(&host) { own } else { host };
        Self::Tcp { host: host.to_owned(), port }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// Who we are.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.as_ref().map(|_| "..");
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .field("password", &password)
            .finish()
    }
}

/// The version of Redis's protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// RESP2, which every server and every proxy speaks.
    #[default]
    Resp2,
    /// RESP3, from Redis 6 on.
    Resp3,
}
