use super::get::COMMANDS_AT_ONCE;
use super::{Operation, Turn, next};
use crate::fault::Outcome;
use crate::item::{Holding, holding};
use crate::moment::Moment;
use crate::wire::{Answers, Request};
use cache_memoize_core::KeyRef;

/// Asks what items hold, without their values, and without counting as a use of them.
pub(crate) struct Holds<'a> {
    keys: Vec<KeyRef<'a>>,
    found: Vec<Holding>,
}

impl<'a> Holds<'a> {
    pub(crate) fn new(keys: Vec<KeyRef<'a>>) -> Self {
        Self { found: Vec::with_capacity(keys.len()), keys }
    }
}

impl Operation for Holds<'_> {
    type Output = Vec<Holding>;

    fn ask(&mut self, request: &mut Request, _: Moment) -> Outcome<()> {
        for key in &self.keys[self.found.len()..] {
            if request.length() >= COMMANDS_AT_ONCE {
                break;
            }
            request.glimpse(key.as_str())?;
        }
        Ok(())
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<Self::Output>> {
        while answers.len() > 0 {
            self.found.push(holding(&next(&mut answers)?)?);
        }
        let is_done = self.found.len() >= self.keys.len();
        Ok(if is_done { Turn::Done(std::mem::take(&mut self.found)) } else { Turn::Ask })
    }

    fn start_over(&mut self) {
        self.found.clear();
    }
}
