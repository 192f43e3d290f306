//! The memcached store, against real servers.

mod conformance;
