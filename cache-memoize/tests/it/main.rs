//! What the library promises, shown on its public interface.

mod caches;
mod config;
mod ends;
mod errors;
mod faces;
mod fence;
mod flight;
mod guard;
mod keys;
mod near;
mod patience;
mod resilience;
mod support;
mod types;
