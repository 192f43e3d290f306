use crate::address::Address;
use cache_memoize_core::{StoreError, StoreErrorKind};
use std::borrow::Cow;
use std::io;

/// What went wrong in an exchange with a server, before it is told to the caller.
#[derive(Debug)]
pub(crate) struct Fault {
    kind: StoreErrorKind,
    what: Cow<'static, str>,
    source: Option<io::Error>,
    is_between_exchanges: bool,
}

pub(crate) type Outcome<T> = Result<T, Fault>;

impl Fault {
    pub(crate) fn new(kind: StoreErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, what: what.into(), source: None, is_between_exchanges: false }
    }

    /// The server said what it cannot say.
    pub(crate) fn protocol(what: &'static str) -> Self {
        Self::new(StoreErrorKind::Protocol, what)
    }

    /// The time of the operation is over.
    pub(crate) fn timeout(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StoreErrorKind::Timeout, what)
    }

    /// The connection broke, or there is none.
    pub(crate) fn io(what: impl Into<Cow<'static, str>>, error: io::Error) -> Self {
        match error.kind() {
            // What a socket's own time limit ends is one or the other, as the system has it.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::timeout(what),
            _ => Self { source: Some(error), ..Self::new(StoreErrorKind::Unavailable, what) },
        }
    }

    /// There is no connection, for the reason that the system gives.
    pub(crate) fn no_connection(error: io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::ConnectionRefused => "look whether it is up, and listens there",
            io::ErrorKind::NotFound => "look at the path of the socket, and whether it is up",
            io::ErrorKind::PermissionDenied => {
                "give the user of this program the right to the socket"
            }
            _ => "look whether it is up, and how it is reached",
        };
        Self::io(format!("no connection, {error}; {advice}"), error)
    }

    /// All answers to what was asked are read: the connection may go on.
    pub(crate) fn between_exchanges(self) -> Self {
        Self { is_between_exchanges: true, ..self }
    }

    /// The same once more, for another caller whom it concerns.
    #[cfg(feature = "tokio")]
    pub(crate) fn again(&self) -> Self {
        let source = self.source.as_ref().map(|error| match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::from(error.kind()),
        });
        Self { kind: self.kind, what: self.what.clone(), source, ..*self }
    }

    pub(crate) fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    pub(crate) fn leaves_the_connection_usable(&self) -> bool {
        self.is_between_exchanges
    }

    /// The fault as the caller sees it.
    pub(crate) fn tell(self, operation: &'static str, server: &Address) -> StoreError {
        let error =
            StoreError::new(self.kind, operation, format!("memcached at {server}: {}", self.what));
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}
