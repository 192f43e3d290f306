use super::stream::Stream;
use crate::address::Address;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::moment::Moment;
use crate::wire::{Answer, Answers, Expected, Incoming, Lines, More, Request};
use std::io;
use std::time::Duration;

/// A connection, between two exchanges or in the middle of one. One that is left in the middle is good for
/// nothing but being dropped.
pub(super) struct Connection {
    socket: Socket,
    incoming: Incoming,
    pub(super) request: Request,
    /// When it was made.
    pub(super) made: Moment,
}

impl Connection {
    pub(super) fn open(address: &Address, deadline: Deadline) -> Outcome<Self> {
        let stream = Stream::connect(address, deadline)?;
        Ok(Self {
            socket: Socket { stream, limit: Duration::ZERO },
            incoming: Incoming::new(Incoming::USUAL),
            request: Request::default(),
            // Drawn when the connection stands: what it leads to was there before.
            made: Moment::now(),
        })
    }

    /// Sends the request.
    pub(super) fn send(&mut self, deadline: Deadline) -> Outcome<()> {
        for mut piece in self.request.pieces() {
            while !piece.is_empty() {
                let sent = self.socket.act(deadline, |stream| stream.write(piece))?;
                piece = &piece[sent..];
            }
        }
        Ok(())
    }

    /// Reads the answers to the request.
    pub(super) fn receive(&mut self, deadline: Deadline) -> Outcome<Answers> {
        if let [expected] = *self.request.expected() {
            return self.receive_one(expected, deadline).map(Answers::from);
        }
        let mut answers = Vec::with_capacity(self.request.expected().len());
        while let Some(expected) = self.request.expected().get(answers.len()) {
            answers.push(self.receive_one(*expected, deadline)?);
        }
        Ok(Answers::from(answers))
    }

    fn receive_one(&mut self, expected: Expected, deadline: Deadline) -> Outcome<Answer> {
        loop {
            if let Some(answer) = self.incoming.take(expected)? {
                return Ok(answer);
            }
            let room = self.incoming.room();
            let come = self.socket.act(deadline, |stream| stream.read(room))?;
            self.incoming.add(come);
        }
    }

    /// Sends a command that is older than the meta protocol, and shows each line of its answer to `look`. Of the
    /// deadlines each is for the next step alone.
    pub(super) fn converse(
        &mut self,
        command: &[u8],
        deadline: impl Fn() -> Deadline,
        mut look: impl FnMut(&[u8]) -> Outcome<More>,
    ) -> Outcome<()> {
        let mut rest = command;
        while !rest.is_empty() {
            let sent = self.socket.act(deadline(), |stream| stream.write(rest))?;
            rest = &rest[sent..];
        }
        let mut lines = Lines::default();
        loop {
            let room = self.incoming.room();
            let come = self.socket.act(deadline(), |stream| stream.read(room))?;
            if lines.take(&room[..come], &mut look)? == More::Ended {
                return Ok(());
            }
        }
    }

    /// Whether the server has not closed it, as far as this machine knows. Costs a system call and no round
    /// trip.
    pub(super) fn is_open(&self) -> bool {
        self.socket.stream.is_open()
    }

    /// Whether nothing has come that was not taken for an answer.
    pub(super) fn is_silent(&self) -> bool {
        self.incoming.is_empty()
    }
}

/// A stream, and the time limit that its next system call has.
struct Socket {
    stream: Stream,
    limit: Duration,
}

impl Socket {
    /// Carries one system call out, and again if a signal or its own time limit came in between.
    fn act(
        &mut self,
        deadline: Deadline,
        mut call: impl FnMut(&mut Stream) -> io::Result<usize>,
    ) -> Outcome<usize> {
        loop {
            let left = deadline
                .left("no answer in time; look whether it is overloaded, or raise `timeout`")?;
            let moved = self.limit_time(left).and_then(|()| call(&mut self.stream));
            match moved.map_err(|error| (error.kind(), error)) {
                Ok(0) => return Err(broken(io::Error::from(io::ErrorKind::UnexpectedEof))),
                Ok(length) => return Ok(length),
                Err((io::ErrorKind::Interrupted, _)) => {}
                Err((io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut, _)) => {}
                Err((_, error)) => return Err(broken(error)),
            }
        }
    }

    /// Sees to it that the next call does not outlast `left`. A limit from before serves again while it is not
    /// much shorter, so that most calls need none to be set.
    fn limit_time(&mut self, left: Duration) -> io::Result<()> {
        if self.limit > left || self.limit < left / 2 {
            let shorter = left / 4 * 3;
            self.limit = if shorter < Duration::from_millis(1) { left } else { shorter };
            self.stream.limit_time(self.limit)?;
        }
        Ok(())
    }
}

fn broken(error: io::Error) -> Fault {
    Fault::io("the connection broke; look whether it was stopped or started anew", error)
}
