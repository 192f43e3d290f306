use crate::address::Address;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::resolver::{self, Addresses};
use std::io::{self, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// A socket that is connected.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

const TOO_SLOW: &str = "no connection in time; look whether it is up, and how it is reached";

impl Stream {
    pub(super) fn connect(address: &Address, deadline: Deadline) -> Outcome<Self> {
        match address {
            Address::Tcp { host, port } => connect_tcp(host, *port, deadline).map(Self::Tcp),
            Address::Unix(path) => connect_unix(path, deadline),
        }
    }

    /// The next read and the next write end after `limit` at the latest.
    pub(super) fn limit_time(&self, limit: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => {
                stream.set_read_timeout(Some(limit))?;
                stream.set_write_timeout(Some(limit))
            }
            #[cfg(unix)]
            Self::Unix(stream) => {
                stream.set_read_timeout(Some(limit))?;
                stream.set_write_timeout(Some(limit))
            }
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

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(buffer),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            #[cfg(unix)]
            Self::Unix(stream) => stream.write(bytes),
        }
    }
}

/// Tries each address that the name stands for, and leaves time for the others.
fn connect_tcp(host: &str, port: u16, deadline: Deadline) -> Outcome<TcpStream> {
    let addresses = resolve(host, port, deadline)?;
    let mut failure = Fault::no_connection(io::Error::from(io::ErrorKind::AddrNotAvailable));
    for (index, address) in addresses.iter().enumerate() {
        let others = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let limit = (deadline.left(TOO_SLOW)? / others).max(Duration::from_micros(1));
        match TcpStream::connect_timeout(address, limit) {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(Fault::no_connection)?;
                return Ok(stream);
            }
            Err(error) => failure = failed(error),
        }
    }
    Err(failure)
}

fn resolve(host: &str, port: u16, deadline: Deadline) -> Outcome<Addresses> {
    const SLOW: &str = "its name was not looked up in time; look at the name server";
    if let Some(addresses) = resolver::literal(host, port) {
        return Ok(addresses);
    }
    let (sender, receiver) = mpsc::channel();
    // Who has given up waiting does not hear the answer.
    resolver::look_up(host, port, move |found| drop(sender.send(found)))?;
    let found = receiver.recv_timeout(deadline.left(SLOW)?).map_err(|_| Fault::timeout(SLOW))?;
    found.map_err(|error| Fault::io("its name stands for nothing; look at its spelling", error))
}

/// A socket whose server takes no more callers lets them wait, and the standard library would do so without end.
#[cfg(unix)]
fn connect_unix(path: &Path, deadline: Deadline) -> Outcome<Stream> {
    use rustix::net::sockopt::{Timeout, set_socket_timeout};
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
    let limit = deadline.left(TOO_SLOW)?;
    let connect = || {
        let flags = SocketFlags::CLOEXEC;
        let socket =
            rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        set_socket_timeout(&socket, Timeout::Send, Some(limit))?;
        let address = SocketAddrUnix::new(path)?;
        rustix::io::retry_on_intr(|| rustix::net::connect(&socket, &address))?;
        rustix::io::Result::Ok(socket)
    };
    let socket = connect().map_err(|error| failed(error.into()))?;
    Ok(Stream::Unix(UnixStream::from(socket)))
}

#[cfg(not(unix))]
fn connect_unix(_: &Path, _: Deadline) -> Outcome<Stream> {
    Err(Fault::no_connection(io::Error::from(io::ErrorKind::Unsupported)))
}

fn failed(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Fault::timeout(TOO_SLOW),
        _ => Fault::no_connection(error),
    }
}
