//! One question an example: see `examples/`, and run one with `cargo run -p examples --example NAME`.

#[cfg(feature = "servers")]
pub mod servers;
pub mod table;
