//! The async face: sockets of tokio, on the runtime that the caller is on. No thread is blocked.
//!
//! Callers [share](line::Line) a connection to each server. What would keep others waiting, or be lost with what others do,
//! has one [of its own](pool::Pool).

mod alarm;
mod call;
mod connection;
mod connections;
mod driver;
mod join;
mod line;
mod lines;
mod link;
mod pool;
mod queue;
mod runtime;
mod seats;
mod store;
mod stream;
#[cfg(unix)]
mod unix;

pub(crate) use connections::Connections;
