//! Servers for the examples that need one and are given none.

use cache_memoize_testkit::servers::RedisServer;

/// The URL in the first argument; without one, that of a Redis which is started here and ends with the guard.
pub fn redis_url() -> (String, Option<RedisServer>) {
    match std::env::args().nth(1) {
        Some(url) => (url, None),
        None => {
            let server = RedisServer::start();
            (server.unix_url(), Some(server))
        }
    }
}
