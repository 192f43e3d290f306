//! What a store does, as conversations with a server: what to ask next, and what the answers mean. Nothing
//! here knows how bytes travel, so that the blocking and the async face do the same.

mod get;
mod holds;
mod increment;
mod lease;
mod many;
mod put;
mod remove;
mod touch;
mod update;
mod upkeep;

pub(crate) use get::Get;
pub(crate) use holds::Holds;
pub(crate) use increment::Increment;
pub(crate) use lease::{Release, TakeLease};
pub(crate) use many::{Many, Room};
pub(crate) use put::Write;
pub(crate) use remove::Remove;
pub(crate) use touch::Touch;
pub(crate) use update::Update;
pub(crate) use upkeep::{Flush, Ping};

use crate::fault::Outcome;
use crate::moment::Moment;
use crate::wire::{Answers, Refusal, Reply, Request};
use cache_memoize_core::{Clock, SystemClock, Timestamp};

/// One operation, told in turns. All of them take place on one connection, and so on one server that is not
/// started anew in between.
pub(crate) trait Operation {
    type Output;

    /// Writes what is to be asked next, on a connection that was made at `connected`.
    fn ask(&mut self, request: &mut Request, connected: Moment) -> Outcome<()>;

    /// Takes the answers, one for each command.
    fn hear(&mut self, answers: Answers) -> Outcome<Turn<Self::Output>>;

    /// Whether it does no harm to begin anew, although what was asked may have been done without an answer.
    fn is_repeatable(&self) -> bool {
        true
    }

    /// Whether it asks for a connection of its own, where others share one: what must not be repeated, so as not to be
    /// lost with what others do, and what is long, so as not to keep them waiting.
    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "blocking callers share nothing"))]
    fn travels_alone(&self) -> bool {
        !self.is_repeatable()
    }

    /// Begins anew.
    fn start_over(&mut self) {}
}

/// A value longer than this, or more commands at once, keep others waiting.
const LONG_VALUE: usize = 16 * 1024;
const MANY_COMMANDS: usize = 128;

/// What comes after an answer.
#[derive(Debug)]
pub(crate) enum Turn<T> {
    Done(T),
    Ask,
}

/// The next answer, where a refusal is an error.
fn next(answers: &mut Answers) -> Outcome<Reply> {
    next_or_refusal(answers)?.map_err(Refusal::into_fault)
}

/// The next answer. A connection gives as many as there are commands.
fn next_or_refusal(answers: &mut Answers) -> Outcome<Result<Reply, Refusal>> {
    answers.next().ok_or_else(|| crate::fault::Fault::protocol("it left a question unanswered"))
}

fn now() -> Timestamp {
    SystemClock.now()
}
