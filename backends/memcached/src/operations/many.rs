use super::{MANY_COMMANDS, Operation, Turn};
use crate::fault::Outcome;
use crate::moment::Moment;
use crate::wire::{Answers, Request};

/// Many operations on one server, in as many round trips as the longest of them has turns, or as their commands need to
/// find room. That one is refused is nothing to the others.
pub(crate) struct Many<O: Operation> {
    members: Vec<Member<O>>,
    room: Room,
}

struct Member<O: Operation> {
    operation: O,
    /// How many of its commands are under way.
    asked: usize,
    outcome: Option<Outcome<O::Output>>,
}

/// How much may be asked at once.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    bytes: usize,
    commands: usize,
}

impl Room {
    /// For commands whose answers may be long: so many bytes find room on the way even if the server waits for somebody
    /// to read its answers.
    pub(crate) const FOR_QUESTIONS: Self = Self { bytes: 32 * 1024, commands: usize::MAX };

    /// For long commands with short answers: so many answers find room on the way while the server reads on.
    pub(crate) const FOR_VALUES: Self = Self { bytes: 1024 * 1024, commands: 512 };

    fn is_left(self, request: &Request) -> bool {
        request.length() < self.bytes && request.expected().len() < self.commands
    }
}

impl<O: Operation> Many<O> {
    pub(crate) fn new(operations: impl IntoIterator<Item = O>, room: Room) -> Self {
        let member = |operation| Member { operation, asked: 0, outcome: None };
        Self { members: operations.into_iter().map(member).collect(), room }
    }

    fn open(&mut self) -> impl Iterator<Item = &mut Member<O>> {
        self.members.iter_mut().filter(|member| member.outcome.is_none())
    }
}

impl<O: Operation> Operation for Many<O> {
    type Output = Vec<Outcome<O::Output>>;

    fn ask(&mut self, request: &mut Request, connected: Moment) -> Outcome<()> {
        let room = self.room;
        for member in self.open() {
            if !room.is_left(request) {
                break;
            }
            let before = request.expected().len();
            member.operation.ask(request, connected)?;
            member.asked = request.expected().len() - before;
        }
        Ok(())
    }

    fn hear(&mut self, mut answers: Answers) -> Outcome<Turn<Self::Output>> {
        for member in self.open().filter(|member| member.asked > 0) {
            let own: Vec<_> = answers.by_ref().take(std::mem::take(&mut member.asked)).collect();
            match member.operation.hear(Answers::from(own)) {
                Ok(Turn::Ask) => {}
                Ok(Turn::Done(output)) => member.outcome = Some(Ok(output)),
                Err(fault) if fault.leaves_the_connection_usable() => {
                    member.outcome = Some(Err(fault));
                }
                Err(fault) => return Err(fault),
            }
        }
        if self.open().next().is_some() {
            return Ok(Turn::Ask);
        }
        let members = std::mem::take(&mut self.members);
        Ok(Turn::Done(members.into_iter().filter_map(|member| member.outcome).collect()))
    }

    fn is_repeatable(&self) -> bool {
        let mut members = self.members.iter();
        members.all(|member| member.outcome.is_some() || member.operation.is_repeatable())
    }

    fn travels_alone(&self) -> bool {
        self.members.len() > MANY_COMMANDS
            || self.members.iter().any(|member| member.operation.travels_alone())
    }

    fn start_over(&mut self) {
        for member in self.open() {
            member.asked = 0;
            member.operation.start_over();
        }
    }
}
