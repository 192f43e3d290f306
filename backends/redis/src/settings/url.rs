use super::{Address, Credentials, Place, Protocol, Settings};
use cache_memoize_core::{Host, StoreError, StoreErrorKind, StoreUrl};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

impl Settings {
    /// Reads what a URL says, every parameter of it.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`], saying what is wrong and what would be right.
    pub(crate) fn from_url(mut url: StoreUrl) -> Result<Self, StoreError> {
        let is_tls = is_tls(&mut url)?;
        let (place, database) = read_place(&mut url)?;
        let mut settings = Self::new(place);
        settings.database = database;
        settings.credentials.user = url.user().map(str::to_owned);
        settings.credentials.password = url.password().map(str::to_owned);
        settings.sentinel_credentials = read_sentinel_credentials(&mut url);
        settings.read_parameters(&mut url)?;
        settings.read_tls(&mut url, is_tls)?;
        url.finish()?;
        settings.checked()
    }

    fn read_parameters(&mut self, url: &mut StoreUrl) -> Result<(), StoreError> {
        if let Some(connections) = url.take_as("pool", "a number of connections")? {
            self.pool = connections;
        }
        if let Some(Time(timeout)) = url.take_as("timeout", TIME)? {
            self.timeout = timeout;
        }
        if let Some(Time(timeout)) = url.take_as("connect_timeout", TIME)? {
            self.connect_timeout = Some(timeout);
        }
        if let Some(protocol) = url.take_as("protocol", "`2` or `3`")? {
            self.protocol = protocol;
        }
        Ok(())
    }

    #[cfg(feature = "tls")]
    fn read_tls(&mut self, url: &mut StoreUrl, is_tls: bool) -> Result<(), StoreError> {
        let files = ["ca", "cert", "key"].map(|name| url.take(name));
        if !is_tls {
            return match files.iter().flatten().next() {
                Some(_) => Err(wrong(
                    "`ca`, `cert` and `key` are for TLS: begin the URL with `rediss://`, or add `tls`",
                )),
                None => Ok(()),
            };
        }
        self.tls = Some(super::Tls::from_files(files)?);
        Ok(())
    }

    #[cfg(not(feature = "tls"))]
    fn read_tls(&mut self, _: &mut StoreUrl, is_tls: bool) -> Result<(), StoreError> {
        if is_tls {
            return Err(wrong(
                "this program was built without TLS: switch on the feature `tls` of `cache-memoize` (or of \
                 `cache-memoize-redis`, where that is used alone), or use a `redis://` URL",
            ));
        }
        Ok(())
    }

    /// What no part of the settings can tell by itself.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`].
    pub(crate) fn checked(self) -> Result<Self, StoreError> {
        if self.pool == 0 {
            return Err(wrong("`pool` is at least 1: a store without connections reaches nobody"));
        }
        if self.timeout.is_zero() || self.connect_timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(wrong("a timeout of nothing leaves no time for an answer; write `250ms`"));
        }
        if self.database != 0 && matches!(self.place, Place::Cluster(_)) {
            return Err(wrong("a cluster has the database 0 alone; leave `db` out"));
        }
        if self.credentials.user.is_some() && self.credentials.password.is_none() {
            return Err(wrong("a user needs a password: `redis://user:password@host`"));
        }
        Ok(self)
    }
}

fn is_tls(url: &mut StoreUrl) -> Result<bool, StoreError> {
    match url.scheme() {
        "rediss" => Ok(true),
        "redis+cluster" | "redis+sentinel" => {
            Ok(url.take_as("tls", "`true` or `false`")?.unwrap_or(false))
        }
        _ => Ok(false),
    }
}

/// The servers, and the number of the database.
fn read_place(url: &mut StoreUrl) -> Result<(Place, u32), StoreError> {
    match url.scheme() {
        "redis" | "rediss" => {
            let address = match url.hosts() {
                [host] => address(host, PORT),
                [] => return Err(wrong("the URL names no server: `redis://host:6379`")),
                _ => {
                    return Err(wrong(
                        "a `redis` URL names one server; for several it begins with \
                         `redis+cluster://` or `redis+sentinel://`",
                    ));
                }
            };
            let in_path = read_database(url.path().trim_matches('/'))?;
            let in_parameter = url.take_as("db", "the number of a database")?;
            match (in_path, in_parameter) {
                (Some(one), Some(other)) if one != other => {
                    Err(wrong("the URL says two databases, in its path and as `db`"))
                }
                (one, other) => Ok((Place::One(address), one.or(other).unwrap_or(0))),
            }
        }
        "redis+unix" => {
            if !url.hosts().is_empty() || !url.path().starts_with('/') {
                return Err(wrong("a socket has an absolute path: `redis+unix:///run/redis.sock`"));
            }
            if !cfg!(unix) {
                return Err(wrong("this system has no Unix sockets; use a `redis://` URL"));
            }
            let path = PathBuf::from(url.path());
            Ok((Place::One(Address::Unix(path)), parameter_database(url)?))
        }
        "redis+cluster" => {
            let nodes = addresses(url, PORT)?;
            if !url.path().trim_matches('/').is_empty() {
                return Err(wrong("a `redis+cluster` URL has no path, and a cluster no databases"));
            }
            Ok((Place::Cluster(nodes), parameter_database(url)?))
        }
        "redis+sentinel" => {
            let sentinels = addresses(url, SENTINEL_PORT)?;
            let name = url.path().trim_matches('/').to_owned();
            if name.is_empty() || name.contains('/') {
                return Err(wrong(
                    "the path of a `redis+sentinel` URL is the name that the sentinels have for the \
                     master: `redis+sentinel://host:26379/mymaster?db=0`",
                ));
            }
            Ok((Place::Sentinel { sentinels, name }, parameter_database(url)?))
        }
        scheme => Err(wrong(format!(
            "`{scheme}` is no scheme of Redis; there are `redis`, `rediss`, `redis+unix`, \
             `redis+cluster` and `redis+sentinel`"
        ))),
    }
}

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

fn addresses(url: &StoreUrl, port: u16) -> Result<Vec<Address>, StoreError> {
    if url.hosts().is_empty() {
        let scheme = url.scheme();
        return Err(wrong(format!(
            "the URL names no server: `{scheme}://one:{port},other:{port}`"
        )));
    }
    Ok(url.hosts().iter().map(|host| address(host, port)).collect())
}

fn address(host: &Host, port: u16) -> Address {
    Address::Tcp { host: host.name.clone(), port: host.port.unwrap_or(port) }
}

fn parameter_database(url: &mut StoreUrl) -> Result<u32, StoreError> {
    Ok(url.take_as("db", "the number of a database")?.unwrap_or(0))
}

fn read_database(path: &str) -> Result<Option<u32>, StoreError> {
    if path.is_empty() {
        return Ok(None);
    }
    path.parse().map(Some).map_err(|_| {
        wrong("the path of a `redis` URL is the number of a database: `redis://host:6379/0`")
    })
}

fn read_sentinel_credentials(url: &mut StoreUrl) -> Credentials {
    if url.scheme() != "redis+sentinel" {
        return Credentials::default();
    }
    Credentials { user: url.take("sentinel_user"), password: url.take("sentinel_password") }
}

const TIME: &str = "a time such as `250ms` or `1s`";

/// A time as people write it.
struct Time(Duration);

impl FromStr for Time {
    type Err = humantime::DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        humantime::parse_duration(text).map(Self)
    }
}

impl FromStr for Protocol {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "2" => Ok(Self::Resp2),
            "3" => Ok(Self::Resp3),
            _ => Err(()),
        }
    }
}

pub(super) fn wrong(what: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Configuration, "open", what)
}

#[cfg(all(test, not(feature = "tls")))]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_tls_says_which_feature_it_lacks() {
        for url in ["rediss://a", "redis+cluster://a?tls=true"] {
            let error = Settings::from_url(StoreUrl::parse(url).unwrap()).unwrap_err();
            assert!(error.to_string().contains("the feature `tls`"), "{error}");
        }
    }
}
