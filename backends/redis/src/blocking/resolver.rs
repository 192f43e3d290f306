use crate::deadline::Deadline;
use crate::fault::NoAddress;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// Turns the name of a host into addresses, in a thread of its own: the system takes as long for it as it
/// likes, which may be half a minute. There is one such thread at most, and whoever asks meanwhile waits for
/// it, until the own deadline.
#[derive(Default)]
pub(crate) struct Resolver {
    under_way: Mutex<Option<Arc<Lookup>>>,
}

#[derive(Default)]
struct Lookup {
    found: Mutex<Option<Result<Vec<SocketAddr>, String>>>,
    done: Condvar,
}

impl Resolver {
    pub(crate) fn resolve(
        &self,
        host: &str,
        port: u16,
        deadline: Deadline,
    ) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let lookup = self.lookup(host, port)?;
        let found = lookup.found.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = deadline.left().unwrap_or_default();
        let (found, _) = lookup
            .done
            .wait_timeout_while(found, limit, |found| found.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        let Some(found) = &*found else { return Err(io::ErrorKind::TimedOut.into()) };
        self.forget(&lookup);
        found.clone().map_err(|reason| NoAddress::of(host, &reason).error())
    }

    fn lookup(&self, host: &str, port: u16) -> io::Result<Arc<Lookup>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lookup) = &*under_way {
            return Ok(lookup.clone());
        }
        let lookup = Arc::new(Lookup::default());
        let (host, told) = (host.to_owned(), lookup.clone());
        thread::Builder::new().name("cache-memoize-resolver".to_owned()).spawn(move || {
            let addresses = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
            let found = addresses.map_err(|error| error.to_string());
            *told.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
            told.done.notify_all();
        })?;
        *under_way = Some(lookup.clone());
        Ok(lookup)
    }

    /// What was found serves those who waited for it. An address may change, so it is asked for again next time.
    fn forget(&self, lookup: &Arc<Lookup>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.take_if(|it| Arc::ptr_eq(it, lookup));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_name_is_resolved_and_an_address_is_one() {
        let resolver = Resolver::default();
        let deadline = Deadline::after(Duration::from_secs(20));
        let found = resolver.resolve("localhost", 7, deadline).unwrap();
        assert!(found.iter().all(|it| it.port() == 7 && it.ip().is_loopback()), "{found:?}");
        assert!(!found.is_empty());
        let found = resolver.resolve("::1", 7, deadline).unwrap();
        assert_eq!(found, ["[::1]:7".parse().unwrap()]);
        assert!(resolver.under_way.lock().unwrap().is_none(), "nobody is looking any more");
    }

    #[test]
    fn nobody_waits_beyond_the_own_deadline() {
        let resolver = Resolver::default();
        *resolver.under_way.lock().unwrap() = Some(Arc::default());
        let deadline = Deadline::after(Duration::from_millis(20));
        let error = resolver.resolve("localhost", 7, deadline).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
