//! The store against real servers.

mod bus;
mod certificates;
mod cluster;
mod conformance;
mod costs;
mod faults;
mod listing;
mod messages;
mod runtimes;
mod sentinel;
mod settings;
mod strangers;
mod support;
