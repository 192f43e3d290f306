use super::link::broken;
use super::stream::Stream;
use crate::address::Address;
use crate::fault::Outcome;
use crate::moment::Moment;
use crate::wire::{Answers, Incoming, Request};
use std::io;
use std::time::Instant;
use tokio::runtime;

/// A connection, between two exchanges or in the middle of one. One that is left in the middle, because its future was
/// dropped or failed, is good for nothing but being dropped.
pub(super) struct Connection {
    stream: Stream,
    incoming: Incoming,
    pub(super) request: Request,
    /// When it was made.
    pub(super) made: Moment,
    /// The runtime that wakes who waits for it; on another one it would wait in vain once that is gone.
    pub(super) runtime: runtime::Id,
}

impl Connection {
    pub(super) async fn open(
        address: &Address,
        runtime: runtime::Id,
        until: Instant,
    ) -> Outcome<Self> {
        let stream = Stream::connect(address, until).await?;
        Ok(Self {
            stream,
            incoming: Incoming::new(Incoming::USUAL),
            request: Request::default(),
            // Drawn when the connection stands: what it leads to was there before.
            made: Moment::now(),
            runtime,
        })
    }

    /// Sends the request.
    pub(super) async fn send(&mut self) -> Outcome<()> {
        for piece in self.request.pieces() {
            if !piece.is_empty() {
                self.stream.write_all(piece).await.map_err(broken)?;
            }
        }
        Ok(())
    }

    /// Reads the answers to the request.
    pub(super) async fn receive(&mut self) -> Outcome<Answers> {
        let mut answers = Vec::with_capacity(self.request.expected().len());
        while let Some(expected) = self.request.expected().get(answers.len()) {
            match self.incoming.take(*expected)? {
                Some(answer) => answers.push(answer),
                None => self.read().await?,
            }
        }
        Ok(Answers::from(answers))
    }

    /// Whether the server has not closed it, as far as this machine knows. Costs a system call and no round
    /// trip.
    pub(super) fn is_open(&self) -> bool {
        self.stream.is_open()
    }

    /// Whether nothing has come that was not taken for an answer.
    pub(super) fn is_silent(&self) -> bool {
        self.incoming.is_empty()
    }

    async fn read(&mut self) -> Outcome<()> {
        match self.stream.read(self.incoming.room()).await {
            Ok(0) => Err(broken(io::Error::from(io::ErrorKind::UnexpectedEof))),
            Ok(come) => {
                self.incoming.add(come);
                Ok(())
            }
            Err(error) => Err(broken(error)),
        }
    }
}
