//! The blocking face: threads, and sockets of the standard library.

mod call;
mod connection;
mod listing;
mod pool;
mod store;
mod stream;

pub(crate) use pool::Pool;
