use super::get::COMMANDS_AT_ONCE;
use super::{Operation, Turn, next, now};
use crate::fault::Outcome;
use crate::item::live_value;
use crate::moment::Moment;
use crate::wire::{Answers, Request, Written};
use cache_memoize_core::KeyRef;

/// Deletes the items of keys that are on one server, and their leases with them: one round trip, or one for
/// every few hundred keys.
///
/// What was there is looked at on the way, because a lease is no value. Look and deletion are two commands: the
/// answer may be wrong if another caller writes between them. The deletion itself is one command.
pub(crate) struct Remove<'a> {
    keys: Vec<KeyRef<'a>>,
    removed: Vec<bool>,
}

impl<'a> Remove<'a> {
    pub(crate) fn new(keys: Vec<KeyRef<'a>>) -> Self {
        Self { removed: Vec::with_capacity(keys.len()), keys }
    }
}

impl Operation for Remove<'_> {
    type Output = Vec<bool>;

    fn ask(&mut self, request: &mut Request, _: Moment) -> Outcome<()> {
        for key in &self.keys[self.removed.len()..] {
            if request.length() >= COMMANDS_AT_ONCE {
                break;
            }
            request.get(key.as_str())?;
            request.delete(key.as_str(), None)?;
        }
        Ok(())
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<Self::Output>> {
        while answers.len() > 0 {
            let was_there = live_value(next(&mut answers)?, now)?.is_some();
            let is_deleted = next(&mut answers)?.written()? == Written::Done;
            self.removed.push(was_there && is_deleted);
        }
        let is_done = self.removed.len() >= self.keys.len();
        Ok(if is_done { Turn::Done(std::mem::take(&mut self.removed)) } else { Turn::Ask })
    }
}
