#[cfg(unix)]
use super::unix::UnixSocket;
use crate::address::Address;
use crate::fault::{Fault, Outcome};
use crate::resolver::{self, Addresses};
use std::future::poll_fn;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// A socket that is connected, and belongs to the runtime that it was made on.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixSocket),
}

impl Stream {
    /// Waits for as long as it is polled: the caller sets the limit, of which each of several addresses has its
    /// part.
    pub(super) async fn connect(address: &Address, until: Instant) -> Outcome<Self> {
        match address {
            Address::Tcp { host, port } => connect_tcp(host, *port, until).await.map(Self::Tcp),
            Address::Unix(path) => connect_unix(path).await,
        }
    }

    /// Whether the other side has not closed it, where the system tells without waiting.
    pub(super) fn is_open(&self) -> bool {
        match self {
            #[cfg(unix)]
            Self::Tcp(stream) => crate::peek::is_open(stream),
            #[cfg(unix)]
            Self::Unix(stream) => crate::peek::is_open(stream),
            #[cfg(not(unix))]
            Self::Tcp(_) => true,
        }
    }

    /// Reads what has come, or has the one who asks woken when something comes.
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => {
                let mut buffer = ReadBuf::new(buffer);
                let polled = Pin::new(stream).poll_read(context, &mut buffer);
                polled.map_ok(|()| buffer.filled().len())
            }
            #[cfg(unix)]
            Self::Unix(socket) => socket.poll_read(context, buffer),
        }
    }

    /// Writes what finds room, or has the one who asks woken when there is room.
    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(unix)]
            Self::Unix(socket) => socket.poll_write(context, bytes),
        }
    }

    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        poll_fn(|context| self.poll_read(context, buffer)).await
    }

    pub(super) async fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match poll_fn(|context| self.poll_write(context, bytes)).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                length => bytes = &bytes[length..],
            }
        }
        Ok(())
    }
}

/// Tries each address that the name stands for, and leaves time for the others.
async fn connect_tcp(host: &str, port: u16, until: Instant) -> Outcome<TcpStream> {
    let addresses = resolve(host, port).await?;
    let mut failure = Fault::no_connection(io::Error::from(io::ErrorKind::AddrNotAvailable));
    for (index, address) in addresses.iter().enumerate() {
        let others = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let limit = until.saturating_duration_since(Instant::now()) / others;
        match connect_within(address, limit).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = Fault::no_connection(error),
        }
    }
    Err(failure)
}

async fn connect_within(address: &std::net::SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let stream = timeout(limit, TcpStream::connect(address)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn resolve(host: &str, port: u16) -> Outcome<Addresses> {
    if let Some(addresses) = resolver::literal(host, port) {
        return Ok(addresses);
    }
    let (sender, receiver) = oneshot::channel();
    // Who has given up waiting does not hear the answer.
    resolver::look_up(host, port, move |found| drop(sender.send(found)))?;
    let found = receiver.await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::NotFound)));
    found.map_err(|error| Fault::io("its name stands for nothing; look at its spelling", error))
}

#[cfg(unix)]
async fn connect_unix(path: &Path) -> Outcome<Stream> {
    let socket = UnixSocket::connect(path).await;
    socket.map(Stream::Unix).map_err(Fault::no_connection)
}

#[cfg(not(unix))]
async fn connect_unix(_: &Path) -> Outcome<Stream> {
    Err(Fault::no_connection(io::Error::from(io::ErrorKind::Unsupported)))
}
