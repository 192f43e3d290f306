//! memcached's meta protocol: commands as bytes, and answers from bytes. Nothing here reads or writes a socket.
//!
//! The usual commands are written, and the usual answers read, here: a hit takes no memory but for its value. What is
//! not usual, a key that could be misread or a refusal, is left to the crate `memcache`.

mod digits;
mod incoming;
mod lines;
mod reply;
mod request;

pub(crate) use incoming::Incoming;
pub(crate) use lines::{DUMP, Dumped, Lines, More, STATS, busy, read_dumped, read_stat};
pub(crate) use reply::{Answer, Answers, Refusal, Reply, Written};
pub(crate) use request::{Condition, Expected, Request};
