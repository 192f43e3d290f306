//! What went wrong, in the words of the contract. Nothing here shows a password or a value: of what a
//! server says, only what it says by itself gets into a message, never what it repeats of a command.

use cache_memoize_core::{StoreError, StoreErrorKind};
use redis::{ServerError, Value};
use std::fmt;
use std::io;
use std::sync::Arc;

/// A failure on the way to an answer, before it is told which operation it ended.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    kind: StoreErrorKind,
    context: String,
    source: Option<Arc<io::Error>>,
    /// Whether the context names the server.
    is_placed: bool,
    is_unanswered: bool,
}

impl Fault {
    pub(crate) fn new(kind: StoreErrorKind, context: impl Into<String>) -> Self {
        Self { kind, context: context.into(), source: None, is_placed: false, is_unanswered: false }
    }

    /// The server at `place` did not answer in time.
    pub(crate) fn timeout(place: &impl fmt::Display) -> Self {
        let what = "took too long; look whether it is overloaded, or raise `timeout`";
        Self::of(StoreErrorKind::Timeout, place, what)
    }

    /// The connection with `place` could not be made, or broke.
    pub(crate) fn from_io(error: io::Error, place: &impl fmt::Display) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::timeout(place),
            io::ErrorKind::UnexpectedEof => Self::broken(place, "closed the connection"),
            // What TLS complains of.
            io::ErrorKind::InvalidData => {
                let context = format!(
                    "no TLS with redis at {place}, {error}; check `ca`, `cert` and `key`, and whether \
                     it listens with TLS there"
                );
                Self { is_placed: true, ..Self::new(StoreErrorKind::Denied, context) }
                    .because(error)
            }
            _ => {
                let advice = advice(&error);
                let context = format!("no connection with redis at {place}, {error}; {advice}");
                Self { is_placed: true, ..Self::new(StoreErrorKind::Unavailable, context) }
                    .because(error)
            }
        }
    }

    pub(crate) fn broken(place: &impl fmt::Display, what: &str) -> Self {
        Self::of(StoreErrorKind::Unavailable, place, what)
    }

    /// The server at `place` did this.
    fn of(kind: StoreErrorKind, place: &impl fmt::Display, what: &str) -> Self {
        Self { is_placed: true, ..Self::new(kind, format!("redis at {place} {what}")) }
    }

    fn because(self, error: io::Error) -> Self {
        Self { source: Some(Arc::new(error)), ..self }
    }

    /// What came is nothing that this command is answered with.
    pub(crate) fn protocol(place: &impl fmt::Display) -> Self {
        let context =
            format!("what answers at {place} does not speak as Redis does; is it another server?");
        Self { is_placed: true, ..Self::new(StoreErrorKind::Protocol, context) }
    }

    /// The server refused.
    pub(crate) fn from_server(error: &ServerError) -> Self {
        let text = said_by_itself(error);
        let (kind, remedy) = meaning(error.code(), &text);
        let remedy = if remedy.is_empty() { String::new() } else { format!("; {remedy}") };
        Self::new(kind, format!("it says `{text}`{remedy}"))
    }

    /// Names the server, if it is not named yet.
    pub(crate) fn at(mut self, place: &impl fmt::Display) -> Self {
        if !self.is_placed {
            self.context = format!("redis at {place}: {}", self.context);
            self.is_placed = true;
        }
        self
    }

    /// Says that not a byte came back on a connection that had stood idle: it was over before.
    pub(crate) fn unanswered(mut self) -> Self {
        self.is_unanswered = true;
        self
    }

    /// Takes that back: the connection was new, and another one would break as well.
    #[cfg(feature = "tokio")]
    pub(crate) fn answered(mut self) -> Self {
        self.is_unanswered = false;
        self
    }

    pub(crate) fn is_unanswered(&self) -> bool {
        self.is_unanswered
    }

    pub(crate) fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    pub(crate) fn into_error(self, operation: &'static str) -> StoreError {
        let error = StoreError::new(self.kind, operation, self.context);
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

/// What to do where no connection comes about.
fn advice(error: &io::Error) -> &'static str {
    if error.get_ref().is_some_and(|inner| inner.is::<NoAddress>()) {
        return "check the name of the host in the URL";
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "is it running, and does it listen there?",
        io::ErrorKind::NotFound => "check the path of the socket, and whether it is running",
        io::ErrorKind::PermissionDenied => "give the user of this program the right to the socket",
        _ => "is it running?",
    }
}

/// A name of a host that stands for no address.
#[derive(Debug)]
pub(crate) struct NoAddress(String);

impl NoAddress {
    pub(crate) fn of(host: &str, reason: &impl fmt::Display) -> Self {
        Self(format!("no address of {host}: {reason}"))
    }

    pub(crate) fn error(self) -> io::Error {
        io::Error::other(self)
    }
}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoAddress {}

/// A reply, or the refusal that came in its place.
pub(crate) fn granted(reply: Value) -> Result<Value, Fault> {
    match reply {
        Value::ServerError(error) => Err(Fault::from_server(&error)),
        reply => Ok(reply),
    }
}

/// Whether whoever answers so is no longer, or not yet, the server to talk with: another connection may lead
/// to another one.
pub(crate) fn is_misplaced(reply: &Value) -> bool {
    let Value::ServerError(error) = reply else { return false };
    ["READONLY", "MASTERDOWN", "LOADING"].contains(&error.code())
        || said_by_itself(error).contains(TOO_MANY_CLIENTS)
}

/// Whether the server has no such command.
pub(crate) fn is_unknown_command(error: &ServerError) -> bool {
    said_by_itself(error).contains(UNKNOWN_COMMAND)
}

const UNKNOWN_COMMAND: &str = "unknown command";

const TOO_MANY_CLIENTS: &str = "max number of clients reached";

/// Some errors repeat the arguments of the command, keys, values and passwords included.
fn said_by_itself(error: &ServerError) -> String {
    let details = error.details().unwrap_or_default();
    let details = details.split(", with args beginning with").next().unwrap_or_default();
    let text = format!("{} {details}", error.code());
    text.trim_end().chars().filter(|it| !it.is_control()).take(200).collect()
}

fn meaning(code: &str, text: &str) -> (StoreErrorKind, &'static str) {
    match code {
        "WRONGTYPE" => (
            StoreErrorKind::WrongType,
            "something else uses this key; remove it, or give the cache a prefix of its own",
        ),
        "OOM" => (
            StoreErrorKind::TooLarge,
            "raise `maxmemory`, or let Redis evict: `maxmemory-policy allkeys-lru`",
        ),
        "NOAUTH" => {
            (StoreErrorKind::Denied, "put the password into the URL: `redis://:password@host`")
        }
        "WRONGPASS" => (StoreErrorKind::Denied, "check user and password in the URL"),
        "NOPERM" => (StoreErrorKind::Denied, "give this user the right with `ACL SETUSER`"),
        "DENIED" | "MISCONF" => (StoreErrorKind::Denied, ""),
        "MOVED" | "ASK" => (
            StoreErrorKind::Unavailable,
            "this server is one of a cluster: the URL for it begins with `redis+cluster://`",
        ),
        "LOADING" | "MASTERDOWN" | "READONLY" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS"
        | "BUSY" => (StoreErrorKind::Unavailable, ""),
        _ => meaning_of_text(text),
    }
}

/// Older errors have no code of their own.
fn meaning_of_text(text: &str) -> (StoreErrorKind, &'static str) {
    let has = |part: &str| text.contains(part);
    if has(TOO_MANY_CLIENTS) {
        (StoreErrorKind::Unavailable, "raise its `maxclients`, or lower `pool`")
    } else if has(UNKNOWN_COMMAND) || has("syntax error") || has("Unknown subcommand") {
        (StoreErrorKind::Unsupported, "Redis 7.0 or later is needed, with this command enabled")
    } else if has("AUTH") || has("invalid password") {
        (StoreErrorKind::Denied, "this server has no such user or password; check the URL")
    } else if has("invalid bulk length") || has("string exceeds maximum allowed size") {
        (StoreErrorKind::TooLarge, "the value is longer than its `proto-max-bulk-len`")
    } else if has("cluster support disabled") {
        (StoreErrorKind::Configuration, "the URL for a single server begins with `redis://`")
    } else if has("DB index") || has("SELECT is not allowed") {
        (StoreErrorKind::Configuration, "this server has no such database; check `db` in the URL")
    } else {
        (StoreErrorKind::Other, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> StoreError {
        let reply = redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap();
        granted(reply).unwrap_err().into_error("get")
    }

    #[test]
    fn what_a_server_refuses_has_its_kind() {
        use StoreErrorKind::*;
        let kinds = [
            ("WRONGTYPE Operation against a key holding the wrong kind of value", WrongType),
            ("OOM command not allowed when used memory > 'maxmemory'.", TooLarge),
            ("NOAUTH Authentication required.", Denied),
            ("WRONGPASS invalid username-password pair or user is disabled.", Denied),
            ("NOPERM User worker has no permissions to run the 'flushdb' command", Denied),
            ("DENIED Redis is running in protected mode", Denied),
            ("MISCONF Redis is configured to save RDB snapshots", Denied),
            ("ERR AUTH <password> called without any password configured", Denied),
            ("ERR invalid password", Denied),
            ("LOADING Redis is loading the dataset in memory", Unavailable),
            ("MASTERDOWN Link with MASTER is down", Unavailable),
            ("READONLY You can't write against a read only replica.", Unavailable),
            ("CLUSTERDOWN The cluster is down", Unavailable),
            ("TRYAGAIN Multiple keys request during rehashing of slot", Unavailable),
            ("MOVED 3999 127.0.0.1:6381", Unavailable),
            ("BUSY Redis is busy running a script.", Unavailable),
            ("ERR max number of clients reached", Unavailable),
            ("ERR Protocol error: invalid bulk length", TooLarge),
            ("ERR string exceeds maximum allowed size (proto-max-bulk-len)", TooLarge),
            ("ERR DB index is out of range", Configuration),
            ("ERR This instance has cluster support disabled", Configuration),
            ("ERR SELECT is not allowed in cluster mode", Configuration),
            ("ERR unknown command 'EVALSHA'", Unsupported),
            ("ERR syntax error", Unsupported),
            ("ERR something new", Other),
            ("SOMETHING new", Other),
        ];
        for (line, kind) in kinds {
            assert_eq!(said(line).kind(), kind, "{line}");
        }
    }

    /// No test can be refused a socket that runs with all rights.
    #[test]
    fn who_may_not_open_the_socket_is_told_so() {
        let error = Fault::from_io(io::ErrorKind::PermissionDenied.into(), &"/run/redis.sock");
        let text = error.into_error("get").to_string();
        assert!(text.contains("permission denied") && text.contains("the right to the socket"));
    }

    #[test]
    fn a_command_that_is_unknown_is_not_taken_for_what_it_is_called() {
        assert_eq!(said("ERR unknown command 'AUTH'").kind(), StoreErrorKind::Unsupported);
    }

    #[test]
    fn what_a_server_repeats_of_a_command_is_not_repeated() {
        let error = said(
            "ERR unknown command `HELLO`, with args beginning with: `3` `AUTH` `me` `hunter2`",
        );
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        assert!(error.to_string().contains("unknown command `HELLO`"), "{error}");
    }
}
