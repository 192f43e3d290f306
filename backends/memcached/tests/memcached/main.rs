//! The memcached store, against real servers, and against some that only pretend to be one.

#[cfg(feature = "tokio")]
mod company;
mod conformance;
mod connections;
mod faults;
#[cfg(feature = "tokio")]
mod futures;
mod garbage;
mod items;
mod leases;
mod listing;
mod round_trips;
#[cfg(feature = "tokio")]
mod runtimes;
mod settings;
mod support;
