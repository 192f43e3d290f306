use cache_memoize_core::{BoxError, StoreError, StoreErrorKind};
use std::fmt;

/// What a companion or a builder could not do.
///
/// An annotated function never gives one: there a fault is reported to the [observer](crate::Observer), and
/// the function computes. Says what was attempted, on what, and what to do; never a password, never a
/// stored value.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {context}")]
pub struct Error {
    kind: ErrorKind,
    operation: &'static str,
    context: String,
    source: Option<BoxError>,
}

/// The sorts of failure that a caller can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The store failed, in this way.
    Store(StoreErrorKind),
    /// The function took longer than its `hard_timeout`.
    Timeout,
    /// The value cannot be brought into the form of the store.
    Unstorable,
    /// The value is one that the options of the function do not store.
    NotKept,
    /// No cache of that name is installed.
    NotInstalled,
    /// The backend lacks what the call needs.
    Unsupported,
    /// A setting is wrong.
    Configuration,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        operation: &'static str,
        context: impl Into<String>,
    ) -> Self {
        Self { kind, operation, context: context.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What was attempted.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// To what it happened, and what to do.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }

    /// The failure of the store behind `backend` in one of our operations.
    pub(crate) fn of_store(operation: &'static str, backend: &str, error: StoreError) -> Self {
        let kind = error.kind();
        let context = format!("the {backend} store failed ({kind}): {}", error.context());
        Self::new(ErrorKind::Store(kind), operation, context).with_source(error)
    }

    /// The same, as the caller calls what was attempted.
    pub(crate) fn during(self, operation: &'static str) -> Self {
        Self { operation, ..self }
    }
}

/// So that a backend can be opened with `?` where a cache is built.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = match error.kind() {
            StoreErrorKind::Configuration => ErrorKind::Configuration,
            kind => ErrorKind::Store(kind),
        };
        Self::new(kind, error.operation(), error.context()).with_source(error)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(kind) => kind.fmt(f),
            Self::Timeout => f.write_str("the function took too long"),
            Self::Unstorable => f.write_str("the value cannot be stored"),
            Self::NotKept => f.write_str("the options do not store this value"),
            Self::NotInstalled => f.write_str("no such cache is installed"),
            Self::Unsupported => f.write_str("the backend lacks what the call needs"),
            Self::Configuration => f.write_str("wrong setting"),
        }
    }
}
