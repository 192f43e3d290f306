use super::lines::Lines;
use super::pool::Pool;
use crate::address::Address;

/// The connections of the async face to one server.
pub(crate) struct Connections {
    pub(super) address: Address,
    /// Those that callers share.
    pub(super) lines: Lines,
    /// Those that have one caller at a time.
    pub(super) pool: Pool,
}

impl Connections {
    /// At most `limit` of them: half of them may be shared, one by each runtime. If there is to be but one, callers take
    /// turns: nothing long could be kept out of the others' way.
    pub(crate) fn new(address: Address, limit: usize) -> Self {
        let shared = limit / 2;
        Self {
            lines: Lines::new(shared),
            pool: Pool::new(address.clone(), limit - shared),
            address,
        }
    }
}
