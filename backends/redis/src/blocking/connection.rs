use super::inbox::{Inbox, Malformed};
use super::stream::Stream;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::handshake::Handshake;
use crate::settings::Address;
use redis::io::tcp::socket2::Socket;
use redis::{Cmd, Value};
use std::borrow::Borrow;
use std::io::{self, Write};

/// A connection with one server, for one exchange at a time.
pub(crate) struct Connection {
    stream: Stream,
    inbox: Inbox,
    /// Room for what is sent, used again and again.
    outbox: Vec<u8>,
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
            inbox: Inbox::default(),
            outbox: Vec::new(),
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

    pub(crate) fn exchange<C: Borrow<Cmd>>(
        &mut self,
        commands: &[C],
        deadline: Deadline,
    ) -> Result<Vec<Value>, Fault> {
        self.send(commands, deadline)?;
        self.receive(commands.len(), deadline)
    }

    pub(crate) fn send<C: Borrow<Cmd>>(
        &mut self,
        commands: &[C],
        deadline: Deadline,
    ) -> Result<(), Fault> {
        self.outbox.clear();
        for command in commands {
            command.borrow().write_packed_command(&mut self.outbox);
        }
        self.state = State::InExchange;
        self.stream.set_deadline(deadline);
        let sent = self.stream.write_all(&self.outbox).and_then(|()| self.stream.flush());
        if self.outbox.capacity() > KEPT {
            self.outbox = Vec::new();
        }
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
        match self.next_reply() {
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
        let mut replies = Vec::with_capacity(count);
        let mut has_heard = false;
        while replies.len() < count {
            match self.next_reply() {
                Ok(Value::Push { .. }) => has_heard = true,
                Ok(reply) => {
                    has_heard = true;
                    replies.push(reply);
                }
                Err(breach) => {
                    let is_silent = !has_heard && self.is_tried && breach.is_silent;
                    let fault = breach.fault(&self.address);
                    return Err(if is_silent { fault.unanswered() } else { fault });
                }
            }
        }
        // What was received along with the last reply would be taken for the answer to the next command.
        if self.inbox.is_empty() {
            self.state = State::Clean;
        }
        self.is_tried = true;
        Ok(replies)
    }

    /// The next reply, whether it has come already or not.
    fn next_reply(&mut self) -> Result<Value, Breach> {
        let mut is_silent = self.inbox.is_empty();
        loop {
            if let Some(reply) = self.inbox.take() {
                return reply.map_err(|Malformed| Breach { is_silent: false, failure: None });
            }
            let failure = match self.inbox.fill(&mut self.stream) {
                Ok(0) => io::ErrorKind::UnexpectedEof.into(),
                Ok(_) => {
                    is_silent = false;
                    continue;
                }
                Err(error) => error,
            };
            let is_silent = is_silent && !is_timeout(&failure);
            return Err(Breach { is_silent, failure: Some(failure) });
        }
    }

    /// The next thing that the server says without being asked; `None` when nothing comes until the deadline.
    pub(crate) fn listen(&mut self, deadline: Deadline) -> Result<Option<Value>, Fault> {
        self.stream.set_deadline(deadline);
        match self.next_reply() {
            Ok(value) => Ok(Some(value)),
            Err(Breach { failure: Some(error), .. }) if is_timeout(&error) => Ok(None),
            Err(breach) => Err(breach.fault(&self.address)),
        }
    }
}

/// Why no reply came.
struct Breach {
    /// The connection ended, and not a byte had come.
    is_silent: bool,
    /// None where what came is no reply.
    failure: Option<io::Error>,
}

impl Breach {
    fn fault(self, address: &Address) -> Fault {
        match self.failure {
            Some(error) => Fault::from_io(error, address),
            None => Fault::protocol(address),
        }
    }
}

/// How much room for what is sent is kept.
const KEPT: usize = 64 << 10;

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}
