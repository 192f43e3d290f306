//! Real servers for tests: each test starts its own, on a socket in a folder of its own and on a free port
//! of loopback, and they end with it.

mod memcached;
mod process;
mod proxy;
mod redis;

pub use memcached::{MemcachedServer, MemcachedServerBuilder};
pub use proxy::{Proxy, Traffic};
pub use redis::{RedisCluster, RedisSentinel, RedisServer, RedisServerBuilder};

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// A port of loopback that nobody listens on at this moment. Another process may take it first: whoever
/// starts a server there tries again with another one if the server does not come up.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
