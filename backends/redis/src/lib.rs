//! The Redis store of `cache-memoize`.
