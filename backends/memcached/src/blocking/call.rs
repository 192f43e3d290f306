use super::pool::{Pool, Taken};
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::operations::{Operation, Turn};
use cache_memoize_core::StoreErrorKind;

/// An operation under way: asked, and not answered yet. Several servers are asked before the first answer is
/// waited for.
pub(super) struct Call<'a, O> {
    operation: O,
    taken: Taken<'a>,
    deadline: Deadline,
}

impl<'a, O: Operation> Call<'a, O> {
    /// Asks what the operation asks first.
    pub(super) fn begin(pool: &'a Pool, operation: O, deadline: Deadline) -> Outcome<Self> {
        let mut taken = pool.take(deadline)?;
        if taken.is_reused && !operation.is_repeatable() && !taken.connection.is_open() {
            taken.renew(deadline)?;
        }
        let mut call = Self { operation, taken, deadline };
        if let Err(fault) = call.ask() {
            call.start_over(fault)?;
        }
        Ok(call)
    }

    /// Hears the answer, and goes on until the operation is done.
    pub(super) fn finish(mut self) -> Outcome<O::Output> {
        loop {
            let answers = match self.taken.connection.receive(self.deadline) {
                Ok(answers) => answers,
                Err(fault) => {
                    self.start_over(fault)?;
                    continue;
                }
            };
            match self.operation.hear(answers) {
                Ok(Turn::Ask) => self.ask()?,
                Ok(Turn::Done(output)) => {
                    self.taken.give_back();
                    return Ok(output);
                }
                Err(fault) => {
                    if fault.leaves_the_connection_usable() {
                        self.taken.give_back();
                    }
                    return Err(fault);
                }
            }
        }
    }

    fn ask(&mut self) -> Outcome<()> {
        let connection = &mut self.taken.connection;
        connection.request.clear();
        self.operation.ask(&mut connection.request, connection.made)?;
        connection.send(self.deadline)
    }

    /// Asks again over a new connection, if the old one broke while it was idle.
    fn start_over(&mut self, fault: Fault) -> Outcome<()> {
        let was_broken = fault.kind() == StoreErrorKind::Unavailable
            && self.taken.is_reused
            && self.taken.connection.is_silent();
        if !(was_broken && self.operation.is_repeatable()) {
            return Err(fault);
        }
        self.operation.start_over();
        self.taken.renew(self.deadline)?;
        self.ask()
    }
}
