//! The options of the attribute, one file each: every form, and what it does.
//!
//! All of it holds for caches of objects and of bytes; where time matters, a fake clock tells it.

mod background;
mod batch;
mod cache;
mod cache_err;
mod cache_if;
mod clocks;
mod companions;
mod computations;
mod crate_path;
mod early_refresh;
mod err_ttl;
mod extra;
mod hard_timeout;
mod hooks;
mod in_impl;
mod jitter;
mod key;
mod local;
mod on_hit;
mod on_miss;
mod prefix;
mod single_flight;
mod skip;
mod soft_timeout;
mod stale_if_error;
mod stale_while_revalidate;
mod store_result;
#[path = "../it/support.rs"]
mod support;
mod tags;
mod together;
mod ttl;
mod ttl_with;
mod version;
