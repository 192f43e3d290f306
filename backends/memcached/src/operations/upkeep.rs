use super::{Operation, Turn, next};
use crate::fault::Outcome;
use crate::moment::Moment;
use crate::wire::{Answers, Request};

/// Asks a server for a sign of life.
pub(crate) struct Ping;

impl Operation for Ping {
    type Output = ();

    fn ask(&mut self, request: &mut Request, _: Moment) -> Outcome<()> {
        request.ping();
        Ok(())
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<()>> {
        next(&mut answers).map(|_| Turn::Done(()))
    }
}

/// Deletes everything on a server.
pub(crate) struct Flush;

impl Operation for Flush {
    type Output = ();

    fn ask(&mut self, request: &mut Request, _: Moment) -> Outcome<()> {
        request.flush();
        Ok(())
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<()>> {
        next(&mut answers).map(|_| Turn::Done(()))
    }

    /// A server that does not allow it says so, and the connection ends.
    fn travels_alone(&self) -> bool {
        true
    }
}
