use crate::Memcached;
use crate::address::Address;
use crate::servers::Servers;
use cache_memoize_core::{StoreError, StoreErrorKind, StoreUrl};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The servers and the measure of a [`Memcached`] to be built.
#[derive(Clone, Debug)]
#[must_use]
pub struct MemcachedBuilder {
    addresses: Vec<Address>,
    pool: usize,
    timeout: Duration,
}

impl MemcachedBuilder {
    /// Adds a server on TCP: a name or an IP address, and a port, which is usually 11211.
    pub fn server(mut self, host: &str, port: u16) -> Self {
        self.addresses.push(Address::tcp(host, Some(port)));
        self
    }

    /// Adds a server on a Unix socket.
    pub fn socket(mut self, path: impl AsRef<Path>) -> Self {
        self.addresses.push(Address::Unix(path.as_ref().to_owned()));
        self
    }

    /// At most this many connections to each server, for the blocking and for the async face each: 16 if nothing is said.
    /// Zero counts as one.
    ///
    /// Blocking callers have one each, and beyond that wait for their turn. Async callers share one, and need others for
    /// what is long, or must not be repeated; with a pool of one they take turns as well.
    pub fn pool(mut self, connections: usize) -> Self {
        self.pool = connections;
        self
    }

    /// An operation that takes longer is an error of kind [`Timeout`](StoreErrorKind::Timeout). It is the time for all
    /// of it: waiting for a connection, making one, asking and being answered.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Builds the store. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Configuration`](StoreErrorKind::Configuration) if there is no server, or one of them twice.
    pub fn build(self) -> Result<Memcached, StoreError> {
        if self.addresses.is_empty() {
            return Err(wrong("memcached needs at least one server: `memcached://localhost`"));
        }
        for (index, address) in self.addresses.iter().enumerate() {
            if self.addresses[..index].contains(address) {
                return Err(wrong(format!("the server {address} is there twice; leave one out")));
            }
        }
        if self.timeout.is_zero() {
            return Err(wrong("a `timeout` of zero leaves no time for anything; write `250ms`"));
        }
        let servers = Servers::new(self.addresses, self.pool.max(1), self.timeout);
        Ok(Memcached { servers: Arc::new(servers) })
    }

    pub(crate) fn from_url(mut url: StoreUrl) -> Result<Self, StoreError> {
        let builder = Self { addresses: addresses(&url)?, ..Self::default() };
        let pool = url.take_as("pool", "a number of connections")?;
        let timeout = url.take("timeout").map(|text| read_duration(&text)).transpose()?;
        url.finish()?;
        Ok(Self {
            pool: pool.unwrap_or(builder.pool),
            timeout: timeout.unwrap_or(builder.timeout),
            ..builder
        })
    }
}

impl Default for MemcachedBuilder {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            pool: Memcached::DEFAULT_POOL,
            timeout: Memcached::DEFAULT_TIMEOUT,
        }
    }
}

fn addresses(url: &StoreUrl) -> Result<Vec<Address>, StoreError> {
    if url.user().is_some() || url.password().is_some() {
        return Err(wrong(
            "memcached is spoken to without user and password; leave them out of the URL",
        ));
    }
    match url.scheme() {
        "memcached" => on_tcp(url),
        "memcached+unix" => on_a_socket(url),
        scheme => Err(wrong(format!(
            "`{scheme}` is no scheme of memcached; write `memcached://host` or `memcached+unix:///path`"
        ))),
    }
}

fn on_tcp(url: &StoreUrl) -> Result<Vec<Address>, StoreError> {
    let path = url.path();
    if !["", "/"].contains(&path) {
        return Err(wrong(format!(
            "memcached has no databases: leave `{path}` out, or write `memcached+unix://{path}` for a socket"
        )));
    }
    Ok(url.hosts().iter().map(|host| Address::tcp(&host.name, host.port)).collect())
}

fn on_a_socket(url: &StoreUrl) -> Result<Vec<Address>, StoreError> {
    if let Some(host) = url.hosts().first() {
        return Err(wrong(format!(
            "a socket has no host, and `{host}` stands for one; write three slashes: `memcached+unix:///path`"
        )));
    }
    if !cfg!(unix) {
        return Err(wrong("this system has no Unix sockets; write `memcached://host`"));
    }
    if url.path().len() < 2 {
        return Err(wrong("the socket has no path; write `memcached+unix:///run/memcached.sock`"));
    }
    Ok(vec![Address::Unix(PathBuf::from(url.path()))])
}

/// Reads `250ms`, `2s`, `1.5s`, `1m`.
fn read_duration(text: &str) -> Result<Duration, StoreError> {
    let split = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => f64::NAN,
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * unit);
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| {
        wrong(format!("the parameter `timeout` takes a time such as `250ms` or `2s`, not `{text}`"))
    })
}

fn wrong(what: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Configuration, "open", what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_as_long_as_its_unit_says() {
        for (text, micros) in
            [("7us", 7), ("250ms", 250_000), ("1.5s", 1_500_000), ("2m", 120_000_000)]
        {
            assert_eq!(read_duration(text).unwrap(), Duration::from_micros(micros), "{text}");
        }
    }
}
