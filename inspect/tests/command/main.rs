//! The command, as a process of its own, on real servers.

mod documented;
mod explaining;
mod failures;
mod forgetting;
mod listing;
mod measuring;
mod places;
mod support;
