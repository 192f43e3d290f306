use super::{Operation, Turn, next, next_or_refusal, now};
use crate::fault::{Fault, Outcome};
use crate::item::{Found, Item};
use crate::moment::Moment;
use crate::wire::{Answers, Condition, Refusal, Request, Written};
use cache_memoize_core::{KeyRef, StoreErrorKind, Timestamp};

/// A change that depends on what is there: looks at the item, decides, and writes if the item is still in the
/// state that was looked at; otherwise it looks again.
///
/// That is two round trips. Most changes have an opening that does the usual case in one.
pub(crate) struct Update<'a, C: Change> {
    key: KeyRef<'a>,
    change: C,
    stage: Stage<C::Output>,
    asked: Moment,
    tries: usize,
}

/// What an [`Update`] changes.
pub(crate) trait Change {
    type Output;

    /// Writes commands that may do without a look, and says whether there are any.
    fn open(&mut self, request: &mut Request, connected: Moment) -> Outcome<bool>;

    /// Takes the answers to the opening, which was asked at `asked`.
    fn opened(&mut self, answers: &mut Answers, asked: Moment) -> Outcome<Opened<Self::Output>>;

    /// What becomes of the item that was found, by a look asked at `asked`.
    fn decide(
        &mut self,
        found: Option<&Found>,
        asked: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<Self::Output>>;

    /// What was decided is written, and has this state number.
    fn written(&mut self, _cas: u64, _asked: Moment) {}

    /// Whether to look again if the server had no room for what was decided. It forgot the older item with
    /// this.
    fn goes_on_without_room(&self) -> bool {
        false
    }

    /// See [`Operation::is_repeatable`].
    fn is_repeatable(&self) -> bool {
        true
    }

    /// See [`Operation::start_over`].
    fn start_over(&mut self) {}
}

/// What the opening came to.
pub(crate) enum Opened<T> {
    Done(T),
    /// It was not the usual case, and here is the item.
    Found(Found),
    /// It was not the usual case.
    Look,
}

/// What becomes of an item.
pub(crate) enum Decision<T> {
    Leave(T),
    Write(Item, T),
    Delete(T),
}

enum Stage<T> {
    Opening,
    Looking,
    Writing { decision: Write, output: T },
}

enum Write {
    Set(Item, Condition),
    Delete(u64),
}

/// Each time when the item has changed, another caller got done. It is the deadline that ends this in a crowd; so
/// many tries in a row are a server that errs.
const MOST_TRIES: usize = 256;

impl<'a, C: Change> Update<'a, C> {
    pub(crate) fn new(key: KeyRef<'a>, change: C) -> Self {
        Self { key, change, stage: Stage::Opening, asked: Moment::now(), tries: 0 }
    }

    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "blocking callers share nothing"))]
    pub(crate) fn change(&self) -> &C {
        &self.change
    }

    fn decide(&mut self, found: Option<&Found>) -> Outcome<Turn<C::Output>> {
        let decision = self.change.decide(found, self.asked, now());
        let cas = found.map(|found| found.cas);
        let (write, output) = match (decision.map_err(Fault::between_exchanges)?, cas) {
            (Decision::Leave(output), _) | (Decision::Delete(output), None) => {
                return Ok(Turn::Done(output));
            }
            (Decision::Delete(output), Some(cas)) => (Write::Delete(cas), output),
            (Decision::Write(item, output), cas) => {
                let condition = cas.map_or(Condition::IfAbsent, Condition::IfUnchanged);
                (Write::Set(item, condition), output)
            }
        };
        self.stage = Stage::Writing { decision: write, output };
        Ok(Turn::Ask)
    }

    fn look_again(&mut self) -> Outcome<Turn<C::Output>> {
        self.tries += 1;
        if self.tries >= MOST_TRIES {
            return Err(crowded().between_exchanges());
        }
        self.stage = Stage::Looking;
        Ok(Turn::Ask)
    }

    /// What became of a write: it is done, or the item was no longer what it was.
    fn hear_of_write(
        &mut self,
        mut answers: Answers,
        output: C::Output,
    ) -> Outcome<Turn<C::Output>> {
        let reply = match next_or_refusal(&mut answers)? {
            Ok(reply) => reply,
            Err(Refusal::TooLarge) if self.change.goes_on_without_room() => {
                return self.look_again();
            }
            Err(refusal) => return Err(refusal.into_fault()),
        };
        if reply.written()? != Written::Done {
            return self.look_again();
        }
        if let Ok(cas) = reply.cas() {
            self.change.written(cas, self.asked);
        }
        Ok(Turn::Done(output))
    }
}

impl<C: Change> Operation for Update<'_, C> {
    type Output = C::Output;

    fn ask(&mut self, request: &mut Request, connected: Moment) -> Outcome<()> {
        self.asked = Moment::now();
        if matches!(self.stage, Stage::Opening) && !self.change.open(request, connected)? {
            self.stage = Stage::Looking;
        }
        let key = self.key.as_str();
        match &self.stage {
            Stage::Opening => Ok(()),
            Stage::Looking => request.look(key),
            Stage::Writing { decision: Write::Set(item, condition), .. } => {
                request.set(key, item, *condition)
            }
            Stage::Writing { decision: Write::Delete(cas), .. } => request.delete(key, Some(*cas)),
        }
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<C::Output>> {
        match std::mem::replace(&mut self.stage, Stage::Looking) {
            Stage::Opening => match self.change.opened(&mut answers, self.asked)? {
                Opened::Done(output) => Ok(Turn::Done(output)),
                Opened::Found(found) => self.decide(Some(&found)),
                Opened::Look => Ok(Turn::Ask),
            },
            Stage::Looking => {
                let found = Found::read(next(&mut answers)?, now())?;
                self.decide(found.as_ref())
            }
            Stage::Writing { output, .. } => self.hear_of_write(answers, output),
        }
    }

    fn is_repeatable(&self) -> bool {
        self.change.is_repeatable()
    }

    fn start_over(&mut self) {
        self.stage = Stage::Opening;
        self.change.start_over();
    }
}

fn crowded() -> Fault {
    let what = "too many others write to the same key at the same time; try again";
    Fault::new(StoreErrorKind::Other, what)
}
