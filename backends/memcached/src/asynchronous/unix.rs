use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::task::{Context, Poll, ready};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A Unix socket that is watched for what comes, and for room only while there is none.
///
/// The system tells who watches a Unix socket for room each time that the other side reads something. So a hit over tokio's
/// own stream wakes the runtime twice: when the server has read the question, and when the answer is there.
#[derive(Debug)]
pub(super) struct UnixSocket {
    incoming: AsyncFd<UnixStream>,
    /// The same socket, once it had no room.
    outgoing: Option<AsyncFd<UnixStream>>,
}

impl UnixSocket {
    pub(super) async fn connect(path: &Path) -> io::Result<Self> {
        let stream = tokio::net::UnixStream::connect(path).await?.into_std()?;
        Ok(Self { incoming: watch(stream, Interest::READABLE)?, outgoing: None })
    }

    pub(super) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut readiness = ready!(self.incoming.poll_read_ready(context))?;
            match readiness.try_io(|socket| socket.get_ref().read(buffer)) {
                Ok(Ok(length)) => {
                    // That was all there is: to find out by another call would cost as much as this one.
                    if 0 < length && length < buffer.len() {
                        readiness.clear_ready();
                    }
                    return Poll::Ready(Ok(length));
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => {}
            }
        }
    }

    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.incoming.get_ref().write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
            let outgoing = match &self.outgoing {
                Some(outgoing) => outgoing,
                None => {
                    let socket = self.incoming.get_ref().try_clone()?;
                    self.outgoing.insert(watch(socket, Interest::WRITABLE)?)
                }
            };
            ready!(outgoing.poll_write_ready(context))?.clear_ready();
        }
    }
}

impl AsFd for UnixSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.incoming.as_fd()
    }
}

/// Tokio would rather have this asked for by a function that is unsafe, as of 1.54: somebody could give it a socket that
/// changes its number. One of the standard library keeps it as long as it lives.
#[allow(
    deprecated,
    reason = "the function that takes its place is unsafe, and not in older releases"
)]
fn watch(socket: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    AsyncFd::with_interest(socket, interest)
}
