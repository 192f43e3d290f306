use crate::{StoreError, StoreErrorKind};
use std::fmt;
use std::str::FromStr;

/// Where a store is, as a URL: `redis://user:password@host:6379/0?timeout=250ms`, or with several hosts,
/// `memcached://a,b:11212`.
///
/// Whoever reads it [takes](Self::take) the parameters that it knows and calls [`finish`](Self::finish), so
/// that a parameter which nobody knows is an error. No message and no `Debug` shows the password.
#[derive(Clone)]
pub struct StoreUrl {
    scheme: String,
    user: Option<String>,
    password: Option<String>,
    hosts: Vec<Host>,
    path: String,
    parameters: Vec<(String, String)>,
    known: Vec<&'static str>,
}

/// A server in a [`StoreUrl`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// A name or an address; one of IPv6 without its brackets.
    pub name: String,
    /// The port, if the URL says one.
    pub port: Option<u16>,
}

impl StoreUrl {
    /// Reads `text`. Escapes like `%20` are resolved everywhere but in the scheme.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`] if it is no URL, saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = text.split_once(':').ok_or_else(|| {
            wrong("a URL begins with a scheme, such as `redis://`; this one has no colon")
        })?;
        if !is_scheme(scheme) {
            return Err(wrong("a URL begins with a scheme, such as `redis://`"));
        }
        if text.contains('#') {
            return Err(wrong(
                "a `#` stands for nothing in the URL of a store: write `%23` for it",
            ));
        }
        let (rest, query) = split_at_first(rest, '?');
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash)),
            None => ("", rest),
        };
        let (credentials, hosts) = authority
            .rsplit_once('@')
            .map_or((None, authority), |(left, right)| (Some(left), right));
        let (user, password) = credentials.map_or(Ok((None, None)), read_credentials)?;
        Ok(Self {
            scheme: scheme.to_ascii_lowercase(),
            user,
            password,
            hosts: read_hosts(hosts)?,
            path: decoded(path, "path")?,
            parameters: query.map_or(Ok(Vec::new()), read_parameters)?,
            known: Vec::new(),
        })
    }

    /// What comes before the first colon, in lower case: `"redis+unix"`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The user, if there is one.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password, if there is one. Keep it out of every message.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The servers, in their order.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// What comes after the hosts, with its slash: the path of a socket, a database.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Takes the parameter `name` out of the URL.
    pub fn take(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let index = self.parameters.iter().position(|(key, _)| key == name)?;
        Some(self.parameters.remove(index).1)
    }

    /// Takes the parameter `name` and reads it as a `T`. `what` says what it should be: `"a number"`.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`] if it cannot be read so.
    pub fn take_as<T: FromStr>(
        &mut self,
        name: &'static str,
        what: &str,
    ) -> Result<Option<T>, StoreError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match value.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(wrong(format!("the parameter `{name}` takes {what}, not `{value}`"))),
        }
    }

    /// Checks that every parameter was taken.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`], naming one that was not, and those that could have been.
    pub fn finish(&self) -> Result<(), StoreError> {
        let Some((name, _)) = self.parameters.first() else { return Ok(()) };
        let mut known = self.known.clone();
        known.sort_unstable();
        known.dedup();
        if known.contains(&name.as_str()) {
            return Err(wrong(format!("the parameter `{name}` is there twice; leave one out")));
        }
        let scheme = &self.scheme;
        let known = known.join("`, `");
        Err(wrong(format!("a `{scheme}` URL has no parameter `{name}`; it may have `{known}`")))
    }
}

/// The URL without its password, and without the values of its parameters.
impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        for (index, host) in self.hosts.iter().enumerate() {
            write!(f, "{}{host}", if index > 0 { "," } else { "" })?;
        }
        f.write_str(&self.path)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let brackets = if self.name.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{}{}{}", brackets.0, self.name, brackets.1)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::parse(text)
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
}

fn split_at_first(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(left, right)| (left, Some(right)))
}

type Credentials = (Option<String>, Option<String>);

fn read_credentials(text: &str) -> Result<Credentials, StoreError> {
    let (user, password) = split_at_first(text, ':');
    let user = Some(decoded(user, "user")?).filter(|user| !user.is_empty());
    let password = password.map(|password| decoded(password, "password")).transpose()?;
    Ok((user, password))
}

fn read_hosts(text: &str) -> Result<Vec<Host>, StoreError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.contains(|it: char| it == ';' || it.is_whitespace()) {
        return Err(wrong(
            "several hosts have a comma between them, and no blank: `one:1234,other`",
        ));
    }
    text.split(',').map(read_host).collect()
}

fn read_host(text: &str) -> Result<Host, StoreError> {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, "")) => (name, None),
        Some((name, rest)) => (name, Some(rest.strip_prefix(':').unwrap_or(rest))),
        None => split_at_first(text, ':'),
    };
    // Where the `@` was forgotten, or the password holds a slash, this is the password: it is not shown.
    let port = port.map(|port| {
        port.parse().map_err(|_| {
            wrong(
                "what follows the colon of a host is its port, a number up to 65535; in a password \
                   write `%2F` for `/`, `%3F` for `?` and `%40` for `@`",
            )
        })
    });
    let name = decoded(name, "host")?;
    if name.is_empty() {
        return Err(wrong(
            "a host has no name: look for a comma or a colon too many; in a password write `%2F` for `/` and `%3F` \
             for `?`",
        ));
    }
    Ok(Host { name, port: port.transpose()? })
}

fn read_parameters(query: &str) -> Result<Vec<(String, String)>, StoreError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let read = |pair| {
        let (name, value) = split_at_first(pair, '=');
        // The password may be in here, so that it is not shown.
        if name.contains('@') {
            return Err(wrong(
                "a parameter has an `@` in its name: in a password write `%3F` for `?`, and `%40` for `@`",
            ));
        }
        Ok((decoded(name, "parameter")?, decoded(value.unwrap_or("true"), "parameter")?))
    };
    pairs.map(read).collect()
}

/// Resolves the escapes of a part of a URL; the message names the part and shows nothing of it.
fn decoded(text: &str, part: &str) -> Result<String, StoreError> {
    let broken =
        || wrong(format!("the {part} in the URL has a broken escape: write `%25` for `%`"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = rest else { return Err(broken()) };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return Err(broken()) };
        bytes.push(high << 4 | low);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

fn wrong(what: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Configuration, "open", what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(url: &StoreUrl) -> Vec<String> {
        url.hosts().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_part_is_read() {
        let mut url =
            StoreUrl::parse("Redis://m%40e:p%40ss@[::1]:6379,b/3?db=7&strict&prefix=a%26b#end")
                .unwrap();
        assert_eq!((url.scheme(), url.path()), ("redis", "/3"));
        assert_eq!((url.user(), url.password()), (Some("m@e"), Some("p@ss")));
        assert_eq!(hosts(&url), ["[::1]:6379", "b"]);
        assert_eq!(url.take_as::<u8>("db", "a number").unwrap(), Some(7));
        assert_eq!(url.take("strict").as_deref(), Some("true"));
        assert_eq!(url.take("prefix").as_deref(), Some("a&b"));
        url.finish().unwrap();
    }

    #[test]
    fn a_socket_has_a_path_and_no_host() {
        for text in ["redis+unix:///run/a%20b.sock", "redis+unix:/run/a%20b.sock"] {
            let url = StoreUrl::parse(text).unwrap();
            assert_eq!((url.hosts(), url.path()), (&[][..], "/run/a b.sock"));
        }
        let url = StoreUrl::parse("redis+unix://:secret@/run/a.sock").unwrap();
        assert_eq!((url.user(), url.password()), (None, Some("secret")));
        assert_eq!(url.path(), "/run/a.sock");
    }

    #[test]
    fn a_password_ends_at_the_last_at_sign() {
        let url = StoreUrl::parse("redis://me:hunter2@hunter2@a").unwrap();
        assert_eq!((url.password(), hosts(&url)), (Some("hunter2@hunter2"), vec!["a".to_owned()]));
    }

    #[test]
    fn a_url_that_is_none_says_why() {
        let error = |text: &str| StoreUrl::parse(text).unwrap_err().to_string();
        assert!(error("localhost").contains("scheme"));
        assert!(error("1redis://a").contains("scheme"));
        assert!(error("redis://a:70000").contains("a number up to 65535"));
        assert!(error("redis://a,,b").contains("no name"));
        assert!(error("redis://a/%zz").contains("path"));
        for url in ["memcached://a:1, b:2", "memcached://a; b", "memcached://a;b:2", "redis://a b"]
        {
            assert!(error(url).contains("a comma between them"), "{url}");
        }
    }

    /// What would silently cut off the rest: two services with `prefix=a#1` and `prefix=a#2` would share their keys.
    #[test]
    fn what_ends_a_part_of_a_url_must_be_escaped_within_one() {
        for url in ["redis://a?prefix=a#1", "redis://a#", "redis://:pa#xyz@a", "redis+unix:///a#b"]
        {
            let error = StoreUrl::parse(url).unwrap_err().to_string();
            assert!(error.contains("`%23`") && !error.contains("xyz"), "{url}: {error}");
        }
        for url in
            ["redis://:pa?xyz@a", "redis://:12?xyz@a", "redis://me:12?xyz@a", "redis://me:?xyz@a=b"]
        {
            let error = StoreUrl::parse(url).unwrap_err().to_string();
            assert!(error.contains("`%3F` for `?`") && !error.contains("xyz"), "{url}: {error}");
        }
        let url = StoreUrl::parse("redis://:p%23%3Fss@a?sentinel_password=x@y").unwrap();
        assert_eq!(url.password(), Some("p#?ss"));
    }

    #[test]
    fn an_unknown_parameter_is_an_error_that_names_the_known() {
        let mut url = StoreUrl::parse("redis://a?tiemout=3&db=0").unwrap();
        url.take("timeout");
        url.take("db");
        let error = url.finish().unwrap_err().to_string();
        assert!(error.contains("`tiemout`") && error.contains("`db`, `timeout`"), "{error}");
        let mut url = StoreUrl::parse("redis://a?db=0&db=1").unwrap();
        url.take("db");
        assert!(url.finish().unwrap_err().to_string().contains("twice"));
    }

    #[test]
    fn no_text_of_it_shows_a_password() {
        let url = StoreUrl::parse("redis://me:hunter2@a:1/0?password=hunter2").unwrap();
        assert_eq!(url.to_string(), "redis://a:1/0");
        assert_eq!(format!("{url:?}"), "StoreUrl(redis://a:1/0)");
        for text in ["redis://me:hunter2%@a", "redis://me:hunter2", "redis://me:hunter2/x@a"] {
            let error = StoreUrl::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
