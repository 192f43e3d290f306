//! One caller that blocks.

use super::bare::{BY_HAND, Bare};
use super::caller::{Caller, decoded};
use super::{Kind, PACKED, Place, library, peers};
use crate::bars::OURS;
use benchmarks::{Failure, Socket, Store};
use memcache::exp::{MetaClient, Ttl};
use redis::Commands;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

pub(super) fn all(kind: Kind, place: &Place) -> Result<Vec<Caller<'_>>, Failure> {
    store(kind, place)?;
    let mut all = vec![by_hand(kind, place)?];
    match kind.store {
        Store::Redis => {
            peers::tell(&place.servers);
            let mut redis = redis(kind, place)?;
            all.push(Caller::blocking(peers::REDIS, place, move |key| {
                let found: Option<Vec<u8>> = redis.get(key)?;
                decoded(&found.ok_or("there is nothing")?)
            }));
            all.push(match kind.socket {
                Socket::Tcp => {
                    Caller::blocking(peers::CACHED, place, |key| Ok(peers::cached_tcp(key)?))
                }
                Socket::Unix => {
                    Caller::blocking(peers::CACHED, place, |key| Ok(peers::cached_unix(key)?))
                }
            });
        }
        // It knows no Unix sockets.
        Store::Memcached if kind.socket == Socket::Unix => (),
        Store::Memcached => {
            let [address, _] = place.servers.memcached();
            let client = MetaClient::connect(address)?;
            all.push(Caller::blocking(peers::MEMCACHE, place, move |key| {
                decoded(&client.get(key).send()?.value.ok_or("there is nothing")?)
            }));
        }
    }
    let cache = library::cache(kind, place)?;
    all.push(Caller::blocking(OURS, place, move |key| Ok(library::strings_of(&cache, key))));
    Ok(all)
}

/// What the clients find that do not store it themselves.
pub(super) fn store(kind: Kind, place: &Place) -> Result<(), Failure> {
    match (kind.store, kind.socket) {
        (Store::Redis, _) => {
            let mut redis = redis(kind, place)?;
            place.keys.iter().try_for_each(|key| redis.set::<_, _, ()>(key, &PACKED[..]))?;
            Ok(())
        }
        (Store::Memcached, Socket::Tcp) => {
            let [address, _] = place.servers.memcached();
            let client = MetaClient::connect(address)?;
            for key in place.keys.iter() {
                client.set(key, &PACKED[..]).ttl(Ttl::secs(3600)).send()?;
            }
            Ok(())
        }
        (Store::Memcached, Socket::Unix) => {
            let [_, path] = place.servers.memcached();
            let mut socket = BufReader::new(UnixStream::connect(path)?);
            for key in place.keys.iter() {
                let mut request = format!("ms {key} {}\r\n", PACKED.len()).into_bytes();
                request.extend_from_slice(&PACKED);
                request.extend_from_slice(b"\r\n");
                socket.get_mut().write_all(&request)?;
                let mut answer = String::new();
                socket.read_line(&mut answer)?;
                if answer.trim_end() != "HD" {
                    return Err(format!("memcached does not store: {answer}").into());
                }
            }
            Ok(())
        }
    }
}

fn by_hand(kind: Kind, place: &Place) -> Result<Caller<'_>, Failure> {
    fn caller<S: Read + Write + 'static>(kind: Kind, place: &Place, socket: S) -> Caller<'_> {
        let mut bare = Bare::new(kind.store, socket);
        Caller::blocking(BY_HAND, place, move |key| bare.get(key))
    }
    let (address, path) = kind.listens_at(place);
    Ok(match kind.socket {
        Socket::Tcp => {
            let socket = TcpStream::connect(address)?;
            socket.set_nodelay(true)?;
            caller(kind, place, socket)
        }
        Socket::Unix => caller(kind, place, UnixStream::connect(path)?),
    })
}

fn redis(kind: Kind, place: &Place) -> Result<redis::Connection, Failure> {
    Ok(redis::Client::open(place.servers.url(Store::Redis, kind.socket))?.get_connection()?)
}

impl Kind {
    /// Its address, and the path of its socket.
    pub(super) fn listens_at(self, place: &Place) -> (String, String) {
        match self.store {
            Store::Redis => {
                let (address, path) = place.servers.redis();
                (address, path.display().to_string())
            }
            Store::Memcached => {
                let [address, path] = place.servers.memcached();
                (address, path)
            }
        }
    }
}
