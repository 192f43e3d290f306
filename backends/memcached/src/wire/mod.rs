//! memcached's meta protocol: commands as bytes, and answers from bytes. Nothing here reads or writes a socket.
//!
//! Commands are written, and the flags of answers read, by the crate `memcache`. Where an answer ends is
//! found out here, because that crate does not give the announced length of a value.

mod incoming;
mod lines;
mod reply;
mod request;

pub(crate) use incoming::Incoming;
pub(crate) use lines::{DUMP, Dumped, Lines, More, STATS, busy, read_dumped, read_stat};
pub(crate) use reply::{Answers, Refusal, Reply, Written};
pub(crate) use request::{Condition, Expected, Request};
