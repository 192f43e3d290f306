/// What a store hands out before a computation, and asks for when the value comes.
///
/// Tokens mean something only to the store that issued them, for the key they were issued for. A store
/// never issues a number twice for one key, not even after a restart: count, or draw 64 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

impl Token {
    /// The token with this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of the token.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The answer to a request for a lease.
///
/// A lease is shared, not exclusive: every computation of a key that begins between two revocations
/// holds the same token. That keeps a slow or dead holder from hindering anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Lease {
    /// To be shown with the fill.
    pub token: Token,
    /// Whether this request created the token, and no one else holds it yet. Of any number of
    /// concurrent requests at most one is told so.
    pub first: bool,
}

/// How to take a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseMode {
    /// Share the token that stands, or create one where none does. The time of a token that stands is
    /// not prolonged.
    Join,
    /// Revoke the token that stands and create a new one: what began before may no longer be stored.
    /// The value that is there stays readable. A refresh takes its lease so, and is always the first.
    Renew,
}

/// When to store a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutMode {
    /// Whatever is there. Revokes the token that stands: the value is younger than any computation
    /// under way.
    Always,
    /// Only where no live value is. Of any number of concurrent requests exactly one succeeds. Revokes
    /// the token that stands where it stores, and leaves it alone where it does not.
    IfAbsent,
    /// Only while this token stands, replacing the value that may be there. The token may be spent by
    /// it: whether another fill under the same token is accepted afterwards is up to the store.
    IfLease(Token),
}
