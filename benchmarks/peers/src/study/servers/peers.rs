//! What other clients, and `cached`, need to be told.

use super::caller::{Client, decoded};
use super::{VALUE, Value};
use crate::{RUNS, TTL};
use async_memcached::MetaProtocol;
use benchmarks::{Failure, Servers, Socket, Store};
use cached::macros::concurrent_cached;
use cached::{AsyncRedisCache, RedisCache};
use memcache::exp::AsyncMetaClient;
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use std::sync::{Arc, OnceLock};

pub(super) const REDIS: &str = "redis, GET and decode";
pub(super) const MULTIPLEXED: &str = "redis multiplexed, GET and decode";
pub(super) const CACHED: &str = "cached";
pub(super) const ASYNC_MEMCACHED: &str = "async-memcached, mg and decode";
pub(super) const MEMCACHE: &str = "memcache's meta client, mg and decode";

/// Where Redis listens: the functions below cannot be told with each call.
static URLS: OnceLock<[String; 2]> = OnceLock::new();

pub(super) fn tell(servers: &Servers) {
    URLS.get_or_init(|| Socket::ALL.map(|socket| servers.url(Store::Redis, socket)));
}

fn url(socket: Socket) -> &'static str {
    let index = usize::from(socket == Socket::Unix);
    URLS.get().map_or("", |urls| &urls[index])
}

fn store(socket: Socket) -> RedisCache<String, Value> {
    let prefix = format!("cached-blocking-{}", socket.name());
    let store = RedisCache::builder(prefix).ttl(TTL).connection_string(url(socket));
    store.build().expect("the server was started")
}

async fn async_store(socket: Socket) -> AsyncRedisCache<String, Value> {
    let prefix = format!("cached-async-{}", socket.name());
    let store = AsyncRedisCache::builder(prefix).ttl(TTL).connection_string(url(socket));
    store.build().await.expect("the server was started")
}

fn computed() -> Result<Value, String> {
    RUNS.count();
    Ok(VALUE.clone())
}

#[concurrent_cached(
    ty = "RedisCache<String, Value>",
    create = "{ store(Socket::Tcp) }",
    key = "String",
    convert = "{ _key.to_owned() }",
    map_error = "|error| error.to_string()"
)]
pub(super) fn cached_tcp(_key: &str) -> Result<Value, String> {
    computed()
}

#[concurrent_cached(
    ty = "RedisCache<String, Value>",
    create = "{ store(Socket::Unix) }",
    key = "String",
    convert = "{ _key.to_owned() }",
    map_error = "|error| error.to_string()"
)]
pub(super) fn cached_unix(_key: &str) -> Result<Value, String> {
    computed()
}

#[concurrent_cached(
    ty = "AsyncRedisCache<String, Value>",
    create = "{ async_store(Socket::Tcp).await }",
    key = "String",
    convert = "{ _key.to_owned() }",
    map_error = "|error| error.to_string()"
)]
async fn cached_tcp_async(_key: &str) -> Result<Value, String> {
    computed()
}

#[concurrent_cached(
    ty = "AsyncRedisCache<String, Value>",
    create = "{ async_store(Socket::Unix).await }",
    key = "String",
    convert = "{ _key.to_owned() }",
    map_error = "|error| error.to_string()"
)]
async fn cached_unix_async(_key: &str) -> Result<Value, String> {
    computed()
}

#[derive(Clone)]
pub(super) struct Cached(pub(super) Socket);

impl Client for Cached {
    async fn get(&mut self, key: &str) -> Result<Value, Failure> {
        Ok(match self.0 {
            Socket::Tcp => cached_tcp_async(key).await?,
            Socket::Unix => cached_unix_async(key).await?,
        })
    }
}

impl Client for MultiplexedConnection {
    async fn get(&mut self, key: &str) -> Result<Value, Failure> {
        let found: Option<Vec<u8>> = AsyncCommands::get(self, key).await?;
        decoded(&found.ok_or("there is nothing")?)
    }
}

impl Client for async_memcached::Client {
    async fn get(&mut self, key: &str) -> Result<Value, Failure> {
        let found = self.meta_get(key, false, None, Some(&["v"])).await?;
        decoded(&found.and_then(|found| found.data).ok_or("there is nothing")?)
    }
}

#[derive(Clone)]
pub(super) struct Memcache(pub(super) Arc<AsyncMetaClient>);

impl Client for Memcache {
    async fn get(&mut self, key: &str) -> Result<Value, Failure> {
        let found = self.0.get(key).send().await?;
        decoded(&found.value.ok_or("there is nothing")?)
    }
}
