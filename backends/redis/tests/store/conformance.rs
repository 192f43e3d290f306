//! The storage contract, clause by clause, on every way to a server.

use crate::support::{patient, served};
use cache_memoize_testkit::conformance;
use cache_memoize_testkit::servers::RedisServer;

conformance! {
    mod tcp;
    store: || {
        let server = RedisServer::start();
        served(patient(&server.tcp_url()), server)
    },
}

conformance! {
    mod unix;
    store: || {
        let server = RedisServer::start();
        served(patient(&format!("{}?protocol=3", server.unix_url())), server)
    },
}
