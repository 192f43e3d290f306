//! What the store promises beyond the storage contract.

mod bounds;
mod drops;
mod faces;
mod scans;
mod support;
mod threads;
mod time;
