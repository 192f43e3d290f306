use rustix::fd::AsFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

/// Whether a connection on which nothing is expected is open: there is neither its end to be read, nor an error, nor
/// anything else.
pub(crate) fn is_open(socket: impl AsFd) -> bool {
    let mut byte = [0_u8];
    let peeked = recv(socket, &mut byte[..], RecvFlags::PEEK | RecvFlags::DONTWAIT);
    matches!(peeked, Err(error) if error == Errno::AGAIN || error == Errno::WOULDBLOCK || error == Errno::INTR)
}
