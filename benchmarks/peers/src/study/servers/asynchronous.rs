//! Callers that await, one or many, on one current-thread runtime.

use super::bare::{BY_HAND, Bare};
use super::caller::Caller;
use super::library::{self, Ours};
use super::peers::{self, Cached, Memcache};
use super::{Kind, Place, blocking};
use crate::bars::OURS;
use benchmarks::{Failure, Socket, Store};
use memcache::exp::AsyncMetaClient;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

pub(super) fn all(kind: Kind, tasks: usize, place: &Place) -> Result<Vec<Caller<'_>>, Failure> {
    blocking::store(kind, place)?;
    let mut all = vec![place.runtime.block_on(by_hand(kind, tasks, place))?];
    match kind.store {
        Store::Redis => {
            peers::tell(&place.servers);
            let client = redis::Client::open(place.servers.url(Store::Redis, kind.socket))?;
            let shared = place.runtime.block_on(client.get_multiplexed_async_connection())?;
            all.push(Caller::tasks(peers::MULTIPLEXED, place, vec![shared; tasks]));
            all.push(Caller::tasks(peers::CACHED, place, vec![Cached(kind.socket); tasks]));
        }
        Store::Memcached => {
            // It has no pool: each caller gets a connection.
            let clients = place.runtime.block_on(connected(kind, tasks, place))?;
            all.push(Caller::tasks(peers::ASYNC_MEMCACHED, place, clients));
            // This one knows no Unix sockets.
            if kind.socket == Socket::Tcp {
                let (address, _) = kind.listens_at(place);
                let client = place.runtime.block_on(AsyncMetaClient::connect(address))?;
                let shared = Memcache(Arc::new(client));
                all.push(Caller::tasks(peers::MEMCACHE, place, vec![shared; tasks]));
            }
        }
    }
    let cache = library::cache(kind, place)?;
    all.push(Caller::tasks(OURS, place, vec![Ours(cache); tasks]));
    Ok(all)
}

async fn connected(
    kind: Kind,
    tasks: usize,
    place: &Place,
) -> Result<Vec<async_memcached::Client>, Failure> {
    let (address, path) = kind.listens_at(place);
    let name = match kind.socket {
        Socket::Tcp => format!("tcp://{address}"),
        Socket::Unix => format!("unix://{path}"),
    };
    let mut clients = Vec::new();
    for _ in 0..tasks {
        clients.push(async_memcached::Client::new(&name).await?);
    }
    Ok(clients)
}

/// One caller asks for one value after the other, many are one request.
async fn by_hand(kind: Kind, tasks: usize, place: &Place) -> Result<Caller<'_>, Failure> {
    fn caller<S>(kind: Kind, tasks: usize, place: &Place, socket: S) -> Caller<'_>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut bare = Bare::new(kind.store, socket);
        match tasks {
            1 => Caller::tasks(BY_HAND, place, vec![bare]),
            _ => Caller::new(BY_HAND, tasks, move |is_examined| {
                place.runtime.block_on(bare.get_many(&place.keys[..tasks], is_examined))
            }),
        }
    }
    let (address, path) = kind.listens_at(place);
    Ok(match kind.socket {
        Socket::Tcp => {
            let socket = TcpStream::connect(address).await?;
            socket.set_nodelay(true)?;
            caller(kind, tasks, place, socket)
        }
        Socket::Unix => caller(kind, tasks, place, UnixStream::connect(path).await?),
    })
}
