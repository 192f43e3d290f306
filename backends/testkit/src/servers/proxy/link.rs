//! One client's connection, and the one to the server that belongs to it.

use super::{Shared, Target, Traffic};
use rustix::net::sockopt::set_socket_linger;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The two connections, which end together.
pub(super) struct Link {
    client: TcpStream,
    server: Upstream,
    /// Whether the server has said something since the client did.
    is_answered: AtomicBool,
    /// How much it has said.
    said: AtomicUsize,
}

/// Connects a client with the server, and passes on what they say until one of them has had enough.
pub(super) fn serve(shared: &Arc<Shared>, client: TcpStream) {
    let Ok(server) = Upstream::connect(&shared.target) else {
        let _ = set_socket_linger(&client, Some(Duration::ZERO));
        return;
    };
    let _ = client.set_nodelay(true);
    let (is_answered, said) = (AtomicBool::new(true), AtomicUsize::new(0));
    let link = Arc::new(Link { client, server, is_answered, said });
    if shared.admit(&link).is_err() {
        link.reset();
        return;
    }
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ended = link.pass_requests(shared);
            link.close();
        });
        let _ended = link.pass_replies(shared);
        link.close();
    });
}

impl Link {
    /// Ends it so that the client sees a reset. Gives `false`, since it is not there any more.
    pub(super) fn reset(&self) -> bool {
        let _ = set_socket_linger(&self.client, Some(Duration::ZERO));
        // Closing, which the last thread does that lets go of it, is what resets the connection.
        let _ = self.client.shutdown(Shutdown::Read);
        self.server.shutdown();
        false
    }

    fn close(&self) {
        let _ = self.client.shutdown(Shutdown::Read);
        self.server.shutdown();
    }

    fn pass_requests(&self, shared: &Shared) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        let mut position = 0;
        loop {
            let request = received((&self.client).read(&mut buffer)?, &buffer)?;
            shared.keep(request);
            if self.is_answered.swap(false, Ordering::SeqCst) {
                self.said.store(0, Ordering::SeqCst);
                shared.exchanges.fetch_add(1, Ordering::SeqCst);
            }
            let traffic = shared.traffic().clone();
            match traffic {
                Traffic::BlackHole => {}
                Traffic::Delay(time) => {
                    shared.pause(time);
                    self.server.send(request)?;
                }
                Traffic::Lose { every } => {
                    self.server.send(&thinned(request, every, &mut position))?;
                }
                _ => self.server.send(request)?,
            }
        }
    }

    fn pass_replies(&self, shared: &Shared) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        let mut position = 0;
        loop {
            let reply = received(self.server.receive(&mut buffer)?, &buffer)?;
            self.is_answered.store(true, Ordering::SeqCst);
            let before = self.said.fetch_add(reply.len(), Ordering::SeqCst);
            let traffic = shared.traffic().clone();
            match traffic {
                Traffic::Pass | Traffic::Refuse => self.answer(reply)?,
                Traffic::BlackHole => {}
                Traffic::Delay(time) => {
                    shared.pause(time);
                    self.answer(reply)?;
                }
                Traffic::Garbage(garbage) => self.answer(&garbage)?,
                Traffic::Lose { every } => self.answer(&thinned(reply, every, &mut position))?,
                Traffic::Drip(time) => self.drip(reply, time, shared)?,
                Traffic::Cut { after } => {
                    let left = after.saturating_sub(before);
                    self.answer(&reply[..left.min(reply.len())])?;
                    if reply.len() >= left {
                        self.reset();
                        return Ok(());
                    }
                }
            }
        }
    }

    fn drip(&self, reply: &[u8], time: Duration, shared: &Shared) -> io::Result<()> {
        for (index, byte) in reply.iter().enumerate() {
            self.answer(&[*byte])?;
            if !shared.pause(time) {
                return self.answer(&reply[index + 1..]);
            }
        }
        Ok(())
    }

    fn answer(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.client).write_all(bytes)
    }
}

fn received(count: usize, buffer: &[u8]) -> io::Result<&[u8]> {
    if count == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(&buffer[..count]) }
}

/// The bytes without those that are lost. `position` says how many came before.
fn thinned(bytes: &[u8], every: usize, position: &mut usize) -> Vec<u8> {
    let numbered = bytes.iter().zip(*position + 1..);
    let left = numbered.filter(|(_, number)| number % every.max(1) != 0);
    let left = left.map(|(byte, _)| *byte).collect();
    *position += bytes.len();
    left
}

/// The connection to the server.
enum Upstream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Upstream {
    fn connect(target: &Target) -> io::Result<Self> {
        match target {
            Target::Tcp(address) => {
                let stream = TcpStream::connect(address)?;
                stream.set_nodelay(true)?;
                Ok(Self::Tcp(stream))
            }
            Target::Unix(path) => UnixStream::connect(path).map(Self::Unix),
        }
    }

    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => (&*stream).read(buffer),
            Self::Unix(stream) => (&*stream).read(buffer),
        }
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => (&*stream).write_all(bytes),
            Self::Unix(stream) => (&*stream).write_all(bytes),
        }
    }

    fn shutdown(&self) {
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}
