use std::error::Error;
use std::fmt;

/// An error of any type, as a source of ours.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a store could not do what it was asked.
///
/// Says what was attempted, on what, and what went wrong; never a password, never a stored value.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    operation: &'static str,
    context: String,
    source: Option<BoxError>,
}

impl StoreError {
    /// An error of the operation named by its method (`"get"`, `"put"`), with a sentence for the
    /// person who must act: to what it happened, and what to do.
    pub fn new(kind: StoreErrorKind, operation: &'static str, context: impl Into<String>) -> Self {
        Self { kind, operation, context: context.into(), source: None }
    }

    /// Adds the error that led to this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same to be told once more, without the error that led to it: of many values one failure may have befallen all.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::new(self.kind, self.operation, self.context.clone())
    }

    /// What sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Which operation failed.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// To what it happened.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed, {}: {}", self.operation, self.kind, self.context)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The sorts of failure that a caller can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store could not be reached, or the connection broke. Whether the operation took place is
    /// not known.
    Unavailable,
    /// No answer came in time. Whether the operation took place is not known.
    Timeout,
    /// The store has no room, or the value is larger than it takes.
    TooLarge,
    /// The store answered, and refused: credentials, rights, configuration.
    Denied,
    /// The store answered what its protocol does not allow.
    Protocol,
    /// The entry is not of the sort that the operation needs, such as text that is no number.
    WrongType,
    /// The store cannot do this at all.
    Unsupported,
    /// A setting of the store is wrong.
    Configuration,
    /// Anything else.
    Other,
}

impl fmt::Display for StoreErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "store unavailable",
            Self::Timeout => "no answer in time",
            Self::TooLarge => "no room for the value",
            Self::Denied => "refused by the store",
            Self::Protocol => "unintelligible answer",
            Self::WrongType => "entry of another sort",
            Self::Unsupported => "not supported",
            Self::Configuration => "wrong setting",
            Self::Other => "unexpected failure",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_happened_to_what() {
        let error = StoreError::new(StoreErrorKind::Timeout, "get", "redis at 127.0.0.1:6379")
            .with_source(std::io::Error::other("socket"));
        assert_eq!(error.to_string(), "get failed, no answer in time: redis at 127.0.0.1:6379");
        assert_eq!(error.source().unwrap().to_string(), "socket");
    }
}
