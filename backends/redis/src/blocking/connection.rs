use super::stream::Stream;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::handshake::Handshake;
use crate::settings::Address;
use redis::io::tcp::socket2::Socket;
use redis::{Cmd, Parser, Value};
use std::io::{self, Read, Write};

/// A connection with one server, for one exchange at a time.
pub(crate) struct Connection {
    stream: Stream,
    parser: Parser,
    address: Address,
    state: State,
    /// Whether an exchange went well before this one. What breaks then without a word was over before.
    is_tried: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Every command was answered, and nothing else came.
    Clean,
    /// Something was sent and not all of the answer has come. There is no way back from here but through it.
    InExchange,
}

impl Connection {
    /// Makes ourselves known, in one round trip or in none.
    pub(crate) fn open(
        stream: Stream,
        address: &Address,
        handshake: &Handshake,
        deadline: Deadline,
    ) -> Result<Self, Fault> {
        let mut this = Self {
            stream,
            parser: Parser::new(),
            address: address.clone(),
            state: State::Clean,
            is_tried: false,
        };
        if !handshake.commands().is_empty() {
            let replies = this.exchange(handshake.commands(), deadline)?;
            handshake.check(replies).map_err(|fault| fault.at(address))?;
        }
        this.is_tried = false;
        Ok(this)
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Whether another exchange may take place: the one before was not broken off.
    pub(crate) fn is_clean(&self) -> bool {
        self.state == State::Clean
    }

    /// Whether the server has not hung up, as far as is known here without asking it.
    pub(crate) fn is_quiet(&self) -> bool {
        self.stream.is_quiet()
    }

    /// Another handle to the socket, to end it from another thread.
    pub(crate) fn handle(&self) -> io::Result<Socket> {
        self.stream.handle()
    }

    pub(crate) fn exchange(
        &mut self,
        commands: &[Cmd],
        deadline: Deadline,
    ) -> Result<Vec<Value>, Fault> {
        self.send(commands, deadline)?;
        self.receive(commands.len(), deadline)
    }

    pub(crate) fn send(&mut self, commands: &[Cmd], deadline: Deadline) -> Result<(), Fault> {
        let mut packed = Vec::new();
        for command in commands {
            command.write_packed_command(&mut packed);
        }
        self.state = State::InExchange;
        self.stream.set_deadline(deadline);
        let sent = self.stream.write_all(&packed).and_then(|()| self.stream.flush());
        sent.map_err(|error| {
            if is_timeout(&error) {
                return Fault::timeout(&self.address);
            }
            if let Some(refusal) = self.last_words() {
                return refusal;
            }
            let fault = Fault::from_io(error, &self.address);
            if self.is_tried { fault.unanswered() } else { fault }
        })
    }

    /// What a server said before it hung up in the middle of a request, such as that it is too long.
    fn last_words(&mut self) -> Option<Fault> {
        match self.parser.parse_value(&mut self.stream) {
            Ok(Value::ServerError(error)) => Some(Fault::from_server(&error)),
            _ => None,
        }
    }

    /// Takes so many replies. An error in one of them is a reply too.
    pub(crate) fn receive(
        &mut self,
        count: usize,
        deadline: Deadline,
    ) -> Result<Vec<Value>, Fault> {
        self.stream.set_deadline(deadline);
        let mut source = Watched { stream: &mut self.stream, has_read: false, failure: None };
        let mut replies = Vec::with_capacity(count);
        while replies.len() < count {
            match self.parser.parse_value(&mut source) {
                Ok(Value::Push { .. }) => {}
                Ok(reply) => replies.push(reply),
                Err(_) => {
                    let (has_read, failure) = (source.has_read, source.failure.take());
                    return Err(self.broken(has_read, failure));
                }
            }
        }
        if !self.has_more() {
            self.state = State::Clean;
        }
        self.is_tried = true;
        Ok(replies)
    }

    /// Whether another reply was read along with the last one. It would be taken for the answer to the next
    /// command.
    fn has_more(&mut self) -> bool {
        self.parser.parse_value(Nothing).is_ok()
    }

    /// The next thing that the server says without being asked; `None` when nothing comes until the deadline.
    pub(crate) fn listen(&mut self, deadline: Deadline) -> Result<Option<Value>, Fault> {
        self.stream.set_deadline(deadline);
        let mut source = Watched { stream: &mut self.stream, has_read: false, failure: None };
        match self.parser.parse_value(&mut source) {
            Ok(value) => Ok(Some(value)),
            Err(_) => match source.failure.take() {
                Some(error) if is_timeout(&error) => Ok(None),
                failure => Err(self.broken(true, failure)),
            },
        }
    }

    fn broken(&self, has_read: bool, failure: Option<io::Error>) -> Fault {
        let Some(error) = failure else { return Fault::protocol(&self.address) };
        let is_silent = self.is_tried && !has_read && !is_timeout(&error);
        let fault = Fault::from_io(error, &self.address);
        if is_silent { fault.unanswered() } else { fault }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Lets the parser make do with what it has read already.
struct Nothing;

impl Read for Nothing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// Remembers what the parser does not tell.
struct Watched<'a> {
    stream: &'a mut Stream,
    has_read: bool,
    failure: Option<io::Error>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            Ok(0) if !buffer.is_empty() => {
                self.failure = Some(io::ErrorKind::UnexpectedEof.into());
                Ok(0)
            }
            Ok(count) => {
                self.has_read = true;
                Ok(count)
            }
            Err(error) => {
                let told = io::Error::from(error.kind());
                self.failure = Some(error);
                Err(told)
            }
        }
    }
}
