//! The memcached store of `cache-memoize`.
