use crate::fault::{Fault, Outcome};
use cache_memoize_core::StoreErrorKind;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a name stands for.
pub(crate) type Addresses = Vec<SocketAddr>;

/// The address that `host` is, if it is one and no name.
pub(crate) fn literal(host: &str, port: u16) -> Option<Addresses> {
    host.parse::<IpAddr>().ok().map(|ip| vec![SocketAddr::new(ip, port)])
}

/// Asks the system what `host` stands for, and hands the answer to `tell`.
///
/// The system's resolver knows no time limit, and takes half a minute where the name server is gone. So it works
/// on a thread of its own, that nobody has to wait for, and only so many of them wait for it at a time.
pub(crate) fn look_up(
    host: &str,
    port: u16,
    tell: impl FnOnce(io::Result<Addresses>) + Send + 'static,
) -> Outcome<()> {
    let seat = Seat::take().ok_or_else(|| {
        let what = "the name server does not answer; look at it, or write an IP address";
        Fault::new(StoreErrorKind::Unavailable, what)
    })?;
    let host = host.to_owned();
    let thread = thread::Builder::new().name("cache-memoize-resolver".to_owned());
    let spawned = thread.spawn(move || {
        tell((host.as_str(), port).to_socket_addrs().map(Iterator::collect));
        drop(seat);
    });
    spawned.map(drop).map_err(|error| Fault::io("no thread can be had to look its name up", error))
}

const SEATS: usize = 8;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// The right to have a thread.
struct Seat;

impl Seat {
    fn take() -> Option<Self> {
        let more = |taken| (taken < SEATS).then_some(taken + 1);
        TAKEN.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).ok().map(|_| Self)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn names_are_looked_up_and_addresses_are_not() {
        assert_eq!(literal("::1", 7).unwrap(), ["[::1]:7".parse().unwrap()]);
        assert_eq!(literal("localhost", 7), None);
        let (sender, receiver) = mpsc::channel();
        look_up("localhost", 7, move |found| drop(sender.send(found))).unwrap();
        let found = receiver.recv().unwrap().unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 7));
    }

    #[test]
    fn only_so_many_threads_wait_for_the_name_server() {
        let (release, gate) = mpsc::channel::<()>();
        let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
        let wait = |gate: std::sync::Arc<std::sync::Mutex<mpsc::Receiver<()>>>| {
            move |_| drop(gate.lock().map(|gate| gate.recv()))
        };
        let asked = (0..SEATS + 1).map(|_| look_up("127.0.0.1", 7, wait(gate.clone())));
        let refused = asked.filter(|asked| asked.is_err()).count();
        drop(release);
        assert!(refused >= 1);
    }
}
