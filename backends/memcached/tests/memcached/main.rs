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
#[cfg(feature = "tokio")]
mod long_values;
mod round_trips;
#[cfg(feature = "tokio")]
mod runtimes;
mod settings;
mod support;
