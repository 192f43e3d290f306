//! Which store a URL means.

use super::wrong;
use crate::builder::CacheBuilder;
use crate::error::Error;
use cache_memoize_core::StoreUrl;

/// The builder with the store of this URL, whose other parameters are its own.
pub(super) fn opened(builder: CacheBuilder, url: StoreUrl) -> Result<CacheBuilder, Error> {
    match url.scheme() {
        "none" => finished(builder, &url),
        "memory" => memory(builder, url),
        "redis" | "rediss" | "redis+unix" | "redis+cluster" | "redis+sentinel" => {
            redis(builder, url)
        }
        "memcached" | "memcached+unix" => memcached(builder, url),
        scheme => Err(wrong(format!(
            "there is no store `{scheme}:`: it is one of `memory:`, `redis://`, `rediss://`, `redis+unix://`, \
             `redis+cluster://`, `redis+sentinel://`, `memcached://`, `memcached+unix://` and `none:`"
        ))),
    }
}

fn finished(builder: CacheBuilder, url: &StoreUrl) -> Result<CacheBuilder, Error> {
    if !url.hosts().is_empty() || !url.path().is_empty() {
        let scheme = url.scheme();
        return Err(wrong(format!("a `{scheme}:` URL has no host and no path: write `{scheme}:`")));
    }
    url.finish()?;
    Ok(builder)
}

#[cfg(feature = "memory")]
fn memory(builder: CacheBuilder, mut url: StoreUrl) -> Result<CacheBuilder, Error> {
    let mut memory = cache_memoize_memory::Memory::builder();
    if let Some(entries) = url.take_as("max_entries", "a number of entries")? {
        memory = memory.max_entries(entries);
    }
    if let Some(bytes) = url.take_as("max_bytes", "a number of bytes")? {
        memory = memory.max_bytes(bytes);
    }
    finished(builder.backend(memory.build()), &url)
}

#[cfg(not(feature = "memory"))]
fn memory(_: CacheBuilder, _: StoreUrl) -> Result<CacheBuilder, Error> {
    Err(lacks_feature("memory"))
}

#[cfg(feature = "redis")]
fn redis(builder: CacheBuilder, url: StoreUrl) -> Result<CacheBuilder, Error> {
    Ok(builder.backend(cache_memoize_redis::Redis::from_url(url)?))
}

#[cfg(not(feature = "redis"))]
fn redis(_: CacheBuilder, _: StoreUrl) -> Result<CacheBuilder, Error> {
    Err(lacks_feature("redis"))
}

#[cfg(feature = "memcached")]
fn memcached(builder: CacheBuilder, url: StoreUrl) -> Result<CacheBuilder, Error> {
    Ok(builder.backend(cache_memoize_memcached::Memcached::from_url(url)?))
}

#[cfg(not(feature = "memcached"))]
fn memcached(_: CacheBuilder, _: StoreUrl) -> Result<CacheBuilder, Error> {
    Err(lacks_feature("memcached"))
}

#[cfg(not(all(feature = "memory", feature = "redis", feature = "memcached")))]
fn lacks_feature(feature: &str) -> Error {
    wrong(format!("this store needs the feature `{feature}` of cache-memoize: enable it"))
}
