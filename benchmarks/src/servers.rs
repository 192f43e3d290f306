//! The servers that a study starts for itself, on loopback and on sockets in folders of its own. They end with it.

use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use std::path::PathBuf;

/// A store on a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Redis.
    Redis,
    /// memcached.
    Memcached,
}

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    /// TCP, on loopback.
    Tcp,
    /// A Unix socket.
    Unix,
}

impl Store {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Redis, Self::Memcached];

    /// How it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
            Self::Memcached => "memcached",
        }
    }
}

impl Socket {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Tcp, Self::Unix];

    /// How it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Unix => "Unix",
        }
    }
}

/// One Redis, which listens on both sockets, and a memcached for each of them: that listens on one only.
#[derive(Debug)]
pub struct Servers {
    redis: RedisServer,
    memcached: [MemcachedServer; 2],
}

impl Servers {
    /// Starts them, on the core that the calling thread is bound to.
    ///
    /// # Panics
    /// If one does not start.
    #[must_use]
    pub fn start() -> Self {
        Self {
            redis: RedisServer::start(),
            memcached: [MemcachedServer::start(), MemcachedServer::start_unix()],
        }
    }

    /// The URL of a store, as this library takes it.
    #[must_use]
    pub fn url(&self, store: Store, socket: Socket) -> String {
        match (store, socket) {
            (Store::Redis, Socket::Tcp) => self.redis.tcp_url(),
            (Store::Redis, Socket::Unix) => self.redis.unix_url(),
            (Store::Memcached, Socket::Tcp) => self.memcached[0].url(),
            (Store::Memcached, Socket::Unix) => self.memcached[1].url(),
        }
    }

    /// Where Redis listens: address and port, and the path of its socket.
    #[must_use]
    pub fn redis(&self) -> (String, PathBuf) {
        (self.redis.address(), self.redis.socket())
    }

    /// Where memcached listens: address and port, and the path of the other's socket.
    #[must_use]
    pub fn memcached(&self) -> [String; 2] {
        [self.memcached[0].address(), self.memcached[1].address()]
    }
}
