use crate::{Key, Result};
use std::sync::Arc;
use std::time::Duration;

/// Tells which keys a store has, for people who look into it. An optional face: no call of a function comes this way.
///
/// A store in use changes while it is listed. What is promised is this:
///
/// - **A key whose value is there all the while is listed**, once at least. It may be listed more than once. A
///   backend whose server cannot do so much while others use it says so.
/// - **No other key is listed** than those that had a live value at some moment of the listing, and begin with the
///   prefix: none that was removed before or is over, no lease, nothing that the backend keeps for itself.
/// - **Nothing changes**: not a value, not a lease, not a lifetime.
/// - **A listing keeps nobody waiting.** It goes on in pages, each of which costs the server no more than an operation
///   does, and none takes longer than the store's time limit without a word from the server.
pub trait Listing: Send + Sync {
    /// The keys that begin with `prefix`. Nothing is asked before the first page is.
    fn list(&self, prefix: &str) -> Pages;

    /// What each server has counted, in an order that stays. Empty where nothing is counted, as in this process.
    ///
    /// # Errors
    /// If one of the servers does not tell.
    fn servers(&self) -> Result<Vec<ServerCounts>> {
        Ok(Vec::new())
    }
}

/// The keys of a store, page by page. An error ends it.
pub type Pages = Box<dyn Iterator<Item = Result<Page>> + Send>;

/// Some of the keys of a store. There may be none in it, and others in the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The keys.
    pub keys: Vec<Key>,
    /// How many names the store looked at for them, whatever they begin with: how far the listing has come.
    pub seen: u64,
}

/// What a server has counted, whoever caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCounts {
    /// Where the server is, for people to read. No user and no password.
    pub place: String,
    /// How many reads found something.
    pub hits: u64,
    /// How many reads found nothing.
    pub misses: u64,
    /// How many keys it has, of whatever kind.
    pub entries: u64,
    /// For how long it has been running. Hits and misses are counted since then, or since somebody had the server
    /// count from zero.
    pub uptime: Duration,
}

impl<L: Listing + ?Sized> Listing for Arc<L> {
    fn list(&self, prefix: &str) -> Pages {
        (**self).list(prefix)
    }

    fn servers(&self) -> Result<Vec<ServerCounts>> {
        (**self).servers()
    }
}
