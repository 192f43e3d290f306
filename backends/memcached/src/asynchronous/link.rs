use super::alarm::{self, Alarm};
use super::stream::Stream;
use crate::fault::{Fault, Outcome};
use crate::wire::{Answer, Answers, Expected, Incoming, Request};
use std::collections::VecDeque;
use std::io;
use std::task::{Context, Poll};
use std::time::Instant;

/// The socket of a shared connection, and what is on its way over it. It belongs to whoever moves bytes at the moment.
pub(super) struct Link {
    stream: Stream,
    incoming: Incoming,
    outgoing: Vec<u8>,
    /// How much of that is written.
    pub(super) written: usize,
    /// Whether the rest of it has to wait until the socket takes more.
    is_stuck: bool,
    /// The exchanges whose answers have not come, in the order in which they were asked.
    under_way: VecDeque<Exchange>,
    expected: VecDeque<Expected>,
    /// The answers to the first of them, as far as they have come.
    heard: Vec<Answer>,
    alarm: Alarm,
    answered: Vec<(usize, Answers)>,
    #[cfg(test)]
    pub(super) writes: usize,
}

/// Commands of one caller, asked one behind the other.
pub(super) struct Exchange {
    /// Where the caller waits.
    pub(super) seat: usize,
    pub(super) commands: usize,
    /// How long they are as they are sent.
    pub(super) length: usize,
    pub(super) deadline: Instant,
}

/// Why a connection is given up.
pub(super) enum Failure {
    /// It broke.
    Broken(Fault),
    /// The answer to one caller is none.
    Wrong { seat: usize, fault: Fault },
    /// There was no answer in time, to callers whose deadline was before this.
    Late(Instant),
}

/// The answers of many callers come at once.
const ROOM: usize = 64 * 1024;

/// What is longer than this keeps others waiting.
const LONG: usize = 64 * 1024;

impl Link {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            incoming: Incoming::new(ROOM),
            outgoing: Vec::new(),
            written: 0,
            is_stuck: false,
            under_way: VecDeque::new(),
            expected: VecDeque::new(),
            heard: Vec::new(),
            alarm: Alarm::default(),
            answered: Vec::new(),
            #[cfg(test)]
            writes: 0,
        }
    }

    /// Takes over what callers asked since.
    pub(super) fn take_over(
        &mut self,
        request: &mut Request,
        exchanges: &mut Vec<Exchange>,
        expected: &mut Vec<Expected>,
    ) {
        if self.is_writing() {
            self.outgoing.drain(..self.written);
            request.append_text(&mut self.outgoing);
        } else {
            request.swap_text(&mut self.outgoing);
        }
        self.written = 0;
        self.expected.extend(expected.drain(..));
        for exchange in exchanges.drain(..) {
            self.alarm.cover(exchange.deadline);
            self.under_way.push_back(exchange);
        }
    }

    /// Moves what can be moved without waiting, in both directions: a server that waits for somebody to read its answers
    /// does not read on. The one who asks is woken when there is more to do.
    pub(super) fn drive(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        if self.is_stuck && self.alarm.may_ring() {
            self.give_up_if_late(context)?;
        }
        self.write(context).map_err(Failure::Broken)?;
        self.is_stuck = self.is_writing();
        self.read(context)?;
        if self.under_way.is_empty() {
            return Ok(());
        }
        let under_way = &self.under_way;
        let earliest = || under_way.iter().map(|exchange| exchange.deadline).min();
        if self.alarm.rings(context, earliest) {
            return Err(Failure::Late(alarm::now()));
        }
        Ok(())
    }

    /// What could not be sent in time must not be sent later either: what it writes may be outdated by then.
    fn give_up_if_late(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        self.read(context)?;
        let now = alarm::now();
        match self.late(now).next() {
            Some(_) => Err(Failure::Late(now)),
            None => Ok(()),
        }
    }

    /// What was answered since, and at which seats it is waited for.
    pub(super) fn answered(&mut self) -> impl Iterator<Item = (usize, Answers)> {
        self.answered.drain(..)
    }

    /// More was said than was asked for.
    pub(super) fn has_surplus(&self) -> bool {
        self.under_way.is_empty() && !self.incoming.is_empty()
    }

    /// Something long is on its way, behind which others would have to wait.
    pub(super) fn is_clogged(&self) -> bool {
        self.incoming.missing() > LONG || self.outgoing.len() - self.written > LONG
    }

    fn is_writing(&self) -> bool {
        self.written < self.outgoing.len()
    }

    /// Those whose deadline was not after `moment`.
    pub(super) fn late(&self, moment: Instant) -> impl Iterator<Item = usize> {
        let late = self.under_way.iter().filter(move |exchange| exchange.deadline <= moment);
        late.map(|exchange| exchange.seat)
    }

    fn write(&mut self, context: &mut Context<'_>) -> Outcome<()> {
        while self.is_writing() {
            #[cfg(test)]
            {
                self.writes += 1;
            }
            match self.stream.poll_write(context, &self.outgoing[self.written..]) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(0)) => return Err(broken(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(length)) => self.written += length,
                Poll::Ready(Err(error)) => return Err(broken(error)),
            }
        }
        Ok(())
    }

    fn read(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        while !self.under_way.is_empty() {
            match self.stream.poll_read(context, self.incoming.room()) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(0)) => {
                    return Err(Failure::Broken(broken(io::ErrorKind::UnexpectedEof.into())));
                }
                Poll::Ready(Ok(length)) => self.incoming.add(length),
                Poll::Ready(Err(error)) => return Err(Failure::Broken(broken(error))),
            }
            self.sort_out()?;
        }
        Ok(())
    }

    /// Gives the answers that have come to whom they belong.
    fn sort_out(&mut self) -> Result<(), Failure> {
        while let (Some(first), Some(expected)) = (self.under_way.front(), self.expected.front()) {
            let (seat, commands) = (first.seat, first.commands);
            let answer = match self.incoming.take(*expected) {
                Ok(Some(answer)) => answer,
                Ok(None) => return Ok(()),
                Err(fault) => return Err(Failure::Wrong { seat, fault }),
            };
            self.expected.pop_front();
            if commands == 1 {
                self.under_way.pop_front();
                self.answered.push((seat, Answers::from(answer)));
                continue;
            }
            self.heard.push(answer);
            if self.heard.len() == commands {
                self.under_way.pop_front();
                self.answered.push((seat, Answers::from(std::mem::take(&mut self.heard))));
            }
        }
        Ok(())
    }
}

pub(super) fn broken(error: io::Error) -> Fault {
    Fault::io("the connection broke; look whether it was stopped or started anew", error)
}
