use std::fmt;
use std::path::PathBuf;

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    /// A name or an IP address, in lower case, and a port.
    Tcp { host: String, port: u16 },
    /// The path of a socket.
    Unix(PathBuf),
}

impl Address {
    pub(crate) const DEFAULT_PORT: u16 = 11211;

    /// Two ways to write one server are one address, so that every process finds a key at the same place.
    pub(crate) fn tcp(host: &str, port: Option<u16>) -> Self {
        let port = port.unwrap_or(Self::DEFAULT_PORT);
        Self::Tcp { host: host.to_ascii_lowercase(), port }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_has_one_name() {
        assert_eq!(Address::tcp("Cache-1", None), Address::tcp("cache-1", Some(11211)));
        assert_eq!(Address::tcp("::1", None).to_string(), "[::1]:11211");
        assert_eq!(Address::Unix("/run/a.sock".into()).to_string(), "/run/a.sock");
    }
}
