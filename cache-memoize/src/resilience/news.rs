use cache_memoize_core::StoreErrorKind;
use std::sync::atomic::{AtomicU8, Ordering};

/// What a store is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Get,
    Put,
    Lease,
    Release,
    Remove,
    Ping,
    Increment,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Lease => "lease",
            Self::Release => "release",
            Self::Remove => "remove",
            Self::Ping => "ping",
            Self::Increment => "increment",
        }
    }
}

const OPERATIONS: usize = 7;
const FINE: u8 = 0;

/// How each operation last ended, to tell what is news from what has been told.
#[derive(Default)]
pub(crate) struct News {
    last: [AtomicU8; OPERATIONS],
}

impl News {
    pub(crate) fn succeeded(&self, operation: Operation) {
        let last = &self.last[operation as usize];
        if last.load(Ordering::Relaxed) != FINE {
            last.store(FINE, Ordering::Relaxed);
        }
    }

    /// Whether this failure is another than the last outcome of the operation.
    pub(crate) fn failed(&self, operation: Operation, kind: StoreErrorKind) -> bool {
        let number = number(kind);
        self.last[operation as usize].swap(number, Ordering::Relaxed) != number
    }
}

fn number(kind: StoreErrorKind) -> u8 {
    match kind {
        StoreErrorKind::Unavailable => 1,
        StoreErrorKind::Timeout => 2,
        StoreErrorKind::TooLarge => 3,
        StoreErrorKind::Denied => 4,
        StoreErrorKind::Protocol => 5,
        StoreErrorKind::WrongType => 6,
        StoreErrorKind::Unsupported => 7,
        StoreErrorKind::Configuration => 8,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_news_once_until_something_else_happens() {
        let news = News::default();
        assert!(news.failed(Operation::Get, StoreErrorKind::Timeout));
        assert!(!news.failed(Operation::Get, StoreErrorKind::Timeout));
        assert!(news.failed(Operation::Put, StoreErrorKind::Timeout), "another operation");
        assert!(news.failed(Operation::Get, StoreErrorKind::Unavailable), "another failure");
        news.succeeded(Operation::Get);
        assert!(news.failed(Operation::Get, StoreErrorKind::Unavailable));
    }
}
