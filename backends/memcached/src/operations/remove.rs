use super::get::COMMANDS_AT_ONCE;
use super::{MANY_COMMANDS, Operation, Turn, next, now};
use crate::fault::Outcome;
use crate::item::live_value;
use crate::moment::Moment;
use crate::wire::{Answers, Request, Written};
use cache_memoize_core::KeyRef;
use std::borrow::Cow;

/// Deletes the items of keys that are on one server, and their leases with them: one round trip, or one for
/// every few hundred keys.
///
/// What was there is looked at on the way, because a lease is no value. Look and deletion are two commands: the
/// answer may be wrong if another caller writes between them. The deletion itself is one command.
pub(crate) struct Remove<'a> {
    keys: Cow<'a, [KeyRef<'a>]>,
    removed: Vec<bool>,
}

impl<'a> Remove<'a> {
    pub(crate) fn new(keys: impl Into<Cow<'a, [KeyRef<'a>]>>) -> Self {
        let keys = keys.into();
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

    fn travels_alone(&self) -> bool {
        self.keys.len() > MANY_COMMANDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Expected, Incoming};

    fn heard(look: &str, deletion: &str) -> bool {
        let mut incoming = Incoming::new(Incoming::USUAL);
        let come = format!("{look}{deletion}");
        incoming.room()[..come.len()].copy_from_slice(come.as_bytes());
        incoming.add(come.len());
        let answers =
            (1..=2).map(|number| incoming.take(Expected::Numbered(number)).unwrap().unwrap());
        let answers: Vec<_> = answers.collect();
        let mut remove = Remove::new(vec![KeyRef::new("key").unwrap()]);
        match remove.hear(Answers::from(answers)).unwrap() {
            Turn::Done(removed) => removed[0],
            Turn::Ask => panic!("one key has one answer"),
        }
    }

    /// Another caller may have come between the two.
    #[test]
    fn a_value_was_there_if_it_was_seen_and_deleted() {
        let (value, nothing) = ("VA 1 f0 O1\r\nx\r\n", "EN O1\r\n");
        let (deleted, absent) = ("HD O2\r\n", "NF O2\r\n");
        assert!(heard(value, deleted));
        assert!(!heard(value, absent));
        assert!(!heard(nothing, deleted));
        assert!(!heard(nothing, absent));
    }
}
