//! What the library promises, shown on its public interface.

mod batch;
mod by_hand;
mod caches;
mod check;
mod config;
mod crowd;
mod ends;
mod entry;
mod errors;
mod faces;
mod fence;
mod flight;
mod groups;
mod guard;
mod held;
mod keys;
mod left_behind;
mod listing;
mod many;
mod messages;
mod near;
mod near_contract;
mod near_store;
mod outdated;
mod patience;
mod plain;
#[cfg(feature = "json")]
mod python;
#[cfg(feature = "json")]
mod python_on_servers;
#[cfg(feature = "json")]
mod read_entry;
mod refreshes;
mod resilience;
mod seen;
mod strict;
mod support;
mod types;
