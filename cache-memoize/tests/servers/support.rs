//! Servers, caches on them, and waiting for what has to happen.

use cache_memoize::core::Backend;
use cache_memoize::{Cache, CacheBuilder, Memcached, Redis, caches};
use cache_memoize_testkit::servers::{MemcachedServer, Proxy, RedisServer};
use std::thread;
use std::time::{Duration, Instant};

/// Which server a test is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Redis,
    Memcached,
}

pub(crate) const KINDS: [Kind; 2] = [Kind::Redis, Kind::Memcached];

/// A server of either kind.
#[derive(Debug)]
pub(crate) enum Server {
    Redis(RedisServer),
    Memcached(MemcachedServer),
}

impl Server {
    pub(crate) fn start(kind: Kind) -> Self {
        match kind {
            Kind::Redis => Self::Redis(RedisServer::start()),
            Kind::Memcached => Self::Memcached(MemcachedServer::start()),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Redis(_) => Kind::Redis,
            Self::Memcached(_) => Kind::Memcached,
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Redis(server) => server.tcp_url(),
            Self::Memcached(server) => server.url(),
        }
    }

    /// A proxy in front of it, and the URL of a store behind that.
    pub(crate) fn proxied(&self) -> (Proxy, String) {
        let (proxy, scheme) = match self {
            Self::Redis(server) => (Proxy::to_unix(server.socket()), "redis"),
            Self::Memcached(server) => (Proxy::to_tcp(server.address()), "memcached"),
        };
        let url = format!("{scheme}://{}", proxy.address());
        (proxy, url)
    }

    pub(crate) fn kill(&mut self) {
        match self {
            Self::Redis(server) => server.kill(),
            Self::Memcached(server) => server.kill(),
        }
    }

    pub(crate) fn restart(&mut self) {
        match self {
            Self::Redis(server) => server.restart(),
            Self::Memcached(server) => server.restart(),
        }
    }

    pub(crate) fn pause(&self) {
        match self {
            Self::Redis(server) => server.pause(),
            Self::Memcached(server) => server.pause(),
        }
    }

    pub(crate) fn resume(&self) {
        match self {
            Self::Redis(server) => server.resume(),
            Self::Memcached(server) => server.resume(),
        }
    }

    /// How many connections the server counts, that of this question included.
    pub(crate) fn connections(&self) -> u64 {
        match self {
            Self::Redis(server) => server.info("connected_clients"),
            Self::Memcached(server) => server.stat("curr_connections"),
        }
    }
}

/// A store at `url`, of whichever kind.
pub(crate) fn backend(url: &str) -> Backend {
    if url.starts_with("redis") {
        Redis::open(url).expect("the URL is right").into()
    } else {
        Memcached::open(url).expect("the URL is right").into()
    }
}

/// For laws that are not about time: a busy machine is no fault of a store.
pub(crate) fn patient() -> CacheBuilder {
    Cache::builder().timeout(Duration::from_secs(60)).call_timeout(Duration::MAX)
}

pub(crate) fn built(builder: CacheBuilder) -> Cache {
    builder.build().expect("the settings are right")
}

/// Runs `body` with `cache` as the default.
pub(crate) fn with_default<R>(cache: &Cache, body: impl FnOnce() -> R) -> R {
    caches::scoped([("default", cache.clone())], body)
}

/// Runs a future with `cache` as the default, on two worker threads.
pub(crate) fn block_on<F: Future>(cache: &Cache, future: F) -> F::Output {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    runtime.block_on(caches::scoped_async([("default", cache.clone())], future))
}

/// Waits until something holds, and says how long that took.
#[track_caller]
pub(crate) fn wait_until(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "waited {limit:?} in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
    began.elapsed()
}

/// Says what was measured, to those who ask for the output of a test.
#[expect(clippy::print_stdout, reason = "figures are for whoever runs a test by hand")]
pub(crate) fn report(what: impl std::fmt::Display) {
    println!("{what}");
}
