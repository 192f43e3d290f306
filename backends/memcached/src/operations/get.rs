use super::{MANY_COMMANDS, Operation, Turn, next, now};
use crate::fault::Outcome;
use crate::item::live_value;
use crate::moment::Moment;
use crate::wire::{Answers, Request};
use cache_memoize_core::{Bytes, KeyRef};
use std::borrow::Cow;

/// Reads the values of keys that are on one server: one round trip, or one for every few hundred keys.
pub(crate) struct Get<'a> {
    keys: Cow<'a, [KeyRef<'a>]>,
    found: Vec<Option<Bytes>>,
}

/// A client that goes on writing while nobody reads the answers waits for a server that waits for it.
/// So many bytes find room on the way in any case.
pub(super) const COMMANDS_AT_ONCE: usize = 8 * 1024;

impl<'a> Get<'a> {
    pub(crate) fn new(keys: impl Into<Cow<'a, [KeyRef<'a>]>>) -> Self {
        let keys = keys.into();
        Self { found: Vec::with_capacity(keys.len()), keys }
    }
}

impl Operation for Get<'_> {
    type Output = Vec<Option<Bytes>>;

    fn ask(&mut self, request: &mut Request, _: Moment) -> Outcome<()> {
        for key in &self.keys[self.found.len()..] {
            if request.length() >= COMMANDS_AT_ONCE {
                break;
            }
            request.get(key.as_str())?;
        }
        Ok(())
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<Self::Output>> {
        while answers.len() > 0 {
            self.found.push(live_value(next(&mut answers)?, now)?);
        }
        let is_done = self.found.len() >= self.keys.len();
        Ok(if is_done { Turn::Done(std::mem::take(&mut self.found)) } else { Turn::Ask })
    }

    fn travels_alone(&self) -> bool {
        self.keys.len() > MANY_COMMANDS
    }
}
