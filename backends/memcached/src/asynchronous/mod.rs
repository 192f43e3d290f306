//! The async face: sockets of tokio, on the runtime that the caller is on. No task is needed, and no
//! thread is blocked.

mod call;
mod connection;
mod join;
mod pool;
mod runtime;
mod store;
mod stream;

pub(crate) use pool::Pool;
