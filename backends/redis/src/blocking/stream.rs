use crate::deadline::Deadline;
#[cfg(feature = "tls")]
use crate::settings::{Address, Tls};
use redis::io::tcp::socket2::{Domain, SockAddr, Socket, TcpKeepalive, Type};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// A socket whose every read and write ends by a deadline, with TLS around it or without.
pub(crate) enum Stream {
    Plain(Timed),
    #[cfg(feature = "tls")]
    Tls(Box<rustls::StreamOwned<rustls::ClientConnection, Timed>>),
}

impl Stream {
    pub(crate) fn plain(socket: Timed) -> Self {
        Self::Plain(socket)
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls(socket: Timed, tls: &Tls, address: &Address) -> io::Result<Self> {
        let Address::Tcp { host, .. } = address else { return Ok(Self::Plain(socket)) };
        let name =
            rustls::pki_types::ServerName::try_from(host.clone()).map_err(io::Error::other)?;
        let session = rustls::ClientConnection::new(tls.config.clone(), name);
        let session = session.map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(rustls::StreamOwned::new(session, socket))))
    }

    /// What is read and written from now on must be over by then.
    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        self.socket_mut().deadline = deadline;
    }

    /// Whether the other side neither hung up nor sent what nobody asked for. Costs no round trip.
    pub(crate) fn is_quiet(&self) -> bool {
        let socket = &self.socket().socket;
        let peeked =
            socket.set_nonblocking(true).map(|()| socket.peek(&mut [MaybeUninit::uninit()]));
        let is_blocking = socket.set_nonblocking(false).is_ok();
        let would_block = |error: &io::Error| error.kind() == io::ErrorKind::WouldBlock;
        is_blocking && matches!(peeked, Ok(Err(error)) if would_block(&error))
    }

    /// Another handle to the socket, to end it from another thread.
    pub(crate) fn handle(&self) -> io::Result<Socket> {
        self.socket().socket.try_clone()
    }

    fn socket(&self) -> &Timed {
        match self {
            Self::Plain(socket) => socket,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => &stream.sock,
        }
    }

    fn socket_mut(&mut self) -> &mut Timed {
        match self {
            Self::Plain(socket) => socket,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket, TCP or Unix, with a deadline.
pub(crate) struct Timed {
    socket: Socket,
    deadline: Deadline,
    read_timeout: Duration,
    write_timeout: Duration,
}

impl Timed {
    pub(crate) fn tcp(address: SocketAddr, deadline: Deadline) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.connect_timeout(&address.into(), left(deadline)?)?;
        socket.set_tcp_nodelay(true)?;
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
        Ok(Self::new(socket, deadline))
    }

    pub(crate) fn unix(path: &Path, deadline: Deadline) -> io::Result<Self> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.connect_timeout(&SockAddr::unix(path)?, left(deadline)?)?;
        Ok(Self::new(socket, deadline))
    }

    fn new(socket: Socket, deadline: Deadline) -> Self {
        Self { socket, deadline, read_timeout: Duration::ZERO, write_timeout: Duration::ZERO }
    }
}

/// Lets firewalls on the way not forget a connection that is idle.
pub(crate) const KEEPALIVE: Duration = Duration::from_secs(60);

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let timeout = whole_millis(left(self.deadline)?);
            if timeout != self.read_timeout {
                self.socket.set_read_timeout(Some(timeout))?;
                self.read_timeout = timeout;
            }
            match self.socket.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let timeout = whole_millis(left(self.deadline)?);
        if timeout != self.write_timeout {
            self.socket.set_write_timeout(Some(timeout))?;
            self.write_timeout = timeout;
        }
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

fn left(deadline: Deadline) -> io::Result<Duration> {
    deadline.left().ok_or_else(|| io::ErrorKind::TimedOut.into())
}

/// Whole milliseconds mostly are those that the socket was told last, which saves telling it.
fn whole_millis(left: Duration) -> Duration {
    let millis = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(millis.max(1))
}
